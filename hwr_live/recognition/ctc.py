"""What a line network says: the best text, how sure each sign is, and how likely a text is.

A network trained with connectionist temporal classification (CTC: Graves, Fernández, Gomez and
Schmidhuber 2006) gives for each frame, a narrow column of the strip, the probability of each sign
and of *blank*, no new sign. A text's probability is the sum over all ways to spread it over the
frames, each sign over one frame or more, with blanks between or before signs, and always between
two equal ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

BLANK = 0
"""The output that stands for no new sign."""

NEVER = -1e30
"""The logarithm of a probability of nothing, which can be added to without a warning."""


@dataclass(frozen=True)
class Spelling:
    """The signs of a line by its best path.

    Attributes:
        signs: (n,) which output each is, from left to right.
        first, last: (n,) frames from which to which, inclusive, each was the likeliest output.
        p: (n, outputs) probability of each output at each sign's place; the column of ``BLANK`` is
            the probability that no sign stands there, and each row sums to 1.
    """

    signs: npt.NDArray[np.intp]
    first: npt.NDArray[np.intp]
    last: npt.NDArray[np.intp]
    p: Floats


def certainty(spellings: Sequence[Spelling]) -> float:
    """Mean probability of the signs of some lines; 0 if there are none."""
    sure = [row for spelling in spellings for row in spelling.p.max(axis=1, initial=0.0).tolist()]
    return sum(sure) / len(sure) if sure else 0.0


def log_softmax(logits: npt.NDArray[np.floating], temperature: float = 1.0) -> Floats:
    """Logarithms of probabilities (frames, outputs); a temperature above 1 makes them less sure."""
    z = np.asarray(logits, np.float64) / temperature
    z = z - z.max(-1, keepdims=True)
    return np.asarray(z - np.log(np.exp(z).sum(-1, keepdims=True)), np.float64)


def spell(logp: Floats) -> Spelling:
    """The best path: the likeliest output of each frame, repeats and blanks left out.

    The network tells a sign in one or two frames and blanks around them. What else could stand in a
    sign's place is therefore what is likeliest anywhere between its neighbours' frames.

    Args:
        logp: (frames, outputs) logarithms of probabilities.
    """
    best = logp.argmax(1) if len(logp) else np.empty(0, np.intp)
    edges = np.flatnonzero(np.append(len(best) > 0, best[1:] != best[:-1]))
    runs = best[edges]
    ends = np.append(edges[1:], len(best)) - 1
    told = runs != BLANK
    return told_of(logp, runs[told], edges[told], ends[told])


def told_of(
    logp: Floats,
    signs: npt.NDArray[np.intp],
    first: npt.NDArray[np.intp],
    last: npt.NDArray[np.intp],
) -> Spelling:
    """What the network tells at the places of signs.

    Args:
        logp: (frames, outputs) logarithms of probabilities.
        signs: (n,) from left to right.
        first, last: (n,) frames from which to which, inclusive, each stands.
    """
    if not len(signs):
        return Spelling(signs, first, last, np.empty((0, logp.shape[1])))
    # Each sign's place reaches halfway to the signs before and after it.
    starts = np.append(0, (last[:-1] + first[1:]) // 2 + 1)
    starts = np.minimum(starts, first)
    q = np.exp(np.maximum.reduceat(logp, starts, axis=0))
    # Blank stands between all signs; in a sign's place it is what the sign's own frames leave.
    blank = np.append(logp[:, BLANK], 0.0)  # one more, where the last sign may end
    own = np.minimum.reduceat(blank, np.stack([first, last + 1], 1).reshape(-1))[::2]
    q[:, BLANK] = np.exp(own)
    return Spelling(signs, first, last, np.asarray(q / q.sum(1, keepdims=True), np.float64))


def log_likelihood(logp: Floats, texts: Sequence[Sequence[int]]) -> Floats:
    """(n,) natural logarithm of each text's probability, by the forward algorithm.

    Args:
        logp: (frames, outputs) logarithms of probabilities.
        texts: signs as numbers of outputs, none of them ``BLANK``.

    Returns:
        About -1e30 for what does not fit into the frames.
    """
    if not texts:
        return np.empty(0)
    states, skips, ends = _states(texts)
    at = np.full(states.shape, NEVER)
    if not len(logp):
        return np.where(ends == 0, 0.0, NEVER)
    at[:, 0] = logp[0, BLANK]
    if states.shape[1] > 1:
        at[:, 1] = np.where(ends > 0, logp[0, states[:, 1]], NEVER)
    with np.errstate(under="ignore"):
        for row in logp[1:]:
            stay = np.logaddexp(at, _moved(at, 1))
            at = np.logaddexp(stay, np.where(skips, _moved(at, 2), NEVER)) + row[states]
    n = np.arange(len(texts))
    before = np.where(ends > 0, at[n, np.maximum(ends - 1, 0)], NEVER)
    return np.asarray(np.logaddexp(at[n, ends], before), np.float64)


def align(logp: Floats, text: Sequence[int]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where signs of a text stand by the likeliest way to spread it over the frames.

    Args:
        logp: (frames, outputs) logarithms of probabilities.
        text: signs as numbers of outputs, none of them ``BLANK``, which fit into the frames.

    Returns:
        (n,) the first and the last frame of each.
    """
    none = np.empty(0, np.intp)
    if not len(text):
        return none, none
    (states,), (skips,), _ = _states([text])
    rows = logp[:, states]
    at = np.full(len(states), NEVER)
    at[:2] = rows[0, :2]
    back = np.zeros(rows.shape, np.intp)
    every = np.arange(len(states))
    for t in range(1, len(rows)):
        ways = np.stack([at, _moved(at, 1), np.where(skips, _moved(at, 2), NEVER)])
        back[t] = ways.argmax(0)
        at = ways[back[t], every] + rows[t]
    state = len(states) - 1 - int(at[-2] >= at[-1])
    way = np.empty(len(rows), np.intp)
    for t in range(len(rows) - 1, -1, -1):
        way[t] = state
        state -= int(back[t, state])
    places = [np.flatnonzero(way == 2 * k + 1) for k in range(len(text))]
    first = np.array([frames[0] for frames in places], np.intp)
    return first, np.array([frames[-1] for frames in places], np.intp)


def weighed(logp: Floats, weights: Floats) -> Floats:
    """The same where these, (outputs,), are added: ``NEVER`` to what cannot be told; each frame's
    probabilities sum to 1 again. What a frame held of that goes to the others in proportion, blank
    among them."""
    return log_softmax(logp + weights)


def _states(
    texts: Sequence[Sequence[int]],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    """The states that a path runs through: blanks around all signs, (n, states); where the blank
    before may be skipped, (n, states); and each text's last state, (n,)."""
    most = max(len(text) for text in texts)
    states = np.full((len(texts), 2 * most + 1), BLANK, np.intp)
    skips = np.zeros(states.shape, np.bool_)
    for k, text in enumerate(texts):
        own = np.asarray(text, np.intp)
        states[k, 1 : 2 * len(own) : 2] = own
        skips[k, 3 : 2 * len(own) : 2] = own[1:] != own[:-1]
    ends = np.array([2 * len(text) for text in texts], np.intp)
    return states, skips, ends


def _moved(at: Floats, by: int) -> Floats:
    """States shifted to the right by so many places along the last axis."""
    out = np.full(at.shape, NEVER)
    out[..., by:] = at[..., :-by]
    return out
