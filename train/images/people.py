"""Characters and signs by UNIPEN's writers: pen strokes of a hundred people more.

About three of a hundred letters lack a stroke, as the collection parted them wrongly: the dot of an
i, the bar of a t. Such are left out of training; all others are measured with.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, SHAPES
from hwr_live.crop import crop
from train.data.writers import JOINED, is_held, likelihoods
from train.images.strokes import Character, draw, read_crohme

CHARS, SIGNS = (f"unipen/unipen_{kind}_train.npz" for kind in ("chars", "symbols"))
"""Files in the data folder."""

LIGATURE = "ligature"
"""The label of strokes that join two letters."""

Crops = npt.NDArray[np.uint8]

_PEN = 9.0  # pixels at the size that characters are drawn at, to be judged by
_FEW = 3  # characters of a writer below which all of its contributor tell the usual strokes
_LARGE = 0.4  # heights of a capital
_OFF = 2.8  # times the usual size
_UNLIKELY = 0.1  # probability of a shape below which one with too few strokes is left out


def read_people(path: Path, held: bool, *, joined: bool = True) -> list[Character]:
    """The characters of a file, of those who are held back or of all others.

    Args:
        path: one of ``CHARS`` and ``SIGNS``.
        held: of whom.
        joined: whether those that were cut out of joined words are among them.

    Raises:
        InputError: if the file is missing or not of its form.
    """
    return [
        one
        for one in read_crohme(path)
        if one.strokes and is_held(one.group) == held and (joined or one.group[:3] not in JOINED)
    ]


def read_ligatures(path: Path, held: bool) -> list[Character]:
    """Strokes that join two letters, without those that may as well be a dot. One contributor alone
    has them, who is held back; of these the writers of uneven numbers are.

    Args:
        path: ``SIGNS``.
        held: whether of those held back, or of the others.
    """
    every = (one for one in read_crohme(path) if one.label == LIGATURE and one.strokes)
    large = (one for one in every if (one.extent or 0) > _LARGE)
    return [one for one in large if (one.group[-1] in "13579") == held]


def writer_weights(people: Sequence[Character]) -> npt.NDArray[np.float64]:
    """(n,) how much each character counts, 1 on average: writers and contributors by the root of
    what they wrote."""
    counts = Counter(one.group for one in people)
    writers = sorted(counts)
    share = likelihoods(writers, np.array([counts[w] for w in writers], np.float64))
    own = {w: p / counts[w] for w, p in zip(writers, share.tolist(), strict=True)}
    return np.array([own[one.group] for one in people]) * len(people)


def too_few_strokes(people: Sequence[Character]) -> npt.NDArray[np.bool_]:
    """(n,) whether each has fewer strokes than its writer usually gives this character."""
    counts: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for one in people:
        for who in (one.group, one.group[:3]):
            counts[who, one.label][len(one.strokes)] += 1
    out = []
    for one in people:
        own = counts[one.group, one.label]
        if own.total() < _FEW:
            own = counts[one.group[:3], one.label]
        usual = own.most_common(1)[0][0]
        out.append(len(one.strokes) < usual)
    return np.array(out, np.bool_)


def of_usual_size(signs: Sequence[Character]) -> npt.NDArray[np.bool_]:
    """(n,) whether each is about as large as its like mostly are: others are parts of signs, or
    other things."""
    sizes: dict[str, list[float]] = defaultdict(list)
    for one in signs:
        if one.extent is not None and np.isfinite(one.extent):
            sizes[one.label].append(one.extent)
    usual = {label: float(np.median(own)) for label, own in sizes.items()}
    return np.array(
        [
            one.extent is None
            or usual.get(one.label, 1.0) / _OFF < one.extent < usual.get(one.label, 1.0) * _OFF
            for one in signs
        ],
        np.bool_,
    )


def whole(
    people: list[Character], probabilities: Callable[[Crops], npt.NDArray[np.float64]]
) -> list[Character]:
    """Those that lack no stroke: one with fewer than usual stays if it looks like what it is.

    Args:
        people: letters and digits.
        probabilities: of a network, (n, 62 or more), the first of them of ``ALL``.
    """
    doubtful = np.flatnonzero(too_few_strokes(people))
    if not len(doubtful):
        return people
    rng = np.random.default_rng(0)
    crops = np.stack([crop(draw(people[i].strokes, rng, _PEN)) for i in doubtful])
    p = probabilities(crops)[:, : len(ALL)]
    shapes = np.array([SHAPES[char] for char in ALL])
    own = np.array([p[k, shapes == SHAPES[people[i].label]].sum() for k, i in enumerate(doubtful)])
    gone = set(doubtful[own < _UNLIKELY].tolist())
    return [one for i, one in enumerate(people) if i not in gone]
