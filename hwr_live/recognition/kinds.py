"""What ink belongs to, as the line network tells it: handwriting, print, or no writing at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.settings import DEFAULTS, KindSettings

Floats = npt.NDArray[np.float64]

KINDS = ("hand", "print", "none")
"""The kinds in the order of a network's outputs."""

HAND, PRINT, NONE = range(len(KINDS))


def no_writing(kinds: Floats | None) -> float:
    """How surely a line is no writing.

    Args:
        kinds: (frames, 3) logarithms of probabilities; None where the network does not tell.

    Returns:
        0 to 1; 0 of no frames.
    """
    if kinds is None or not len(kinds):
        return 0.0
    return float(np.exp(kinds[:, NONE]).mean())


def are_written(
    nones: Sequence[float],
    signs: Sequence[int],
    sure: Sequence[float],
    around: tuple[int, Sequence[int]] | None = None,
    settings: KindSettings = DEFAULTS.kinds,
    least: float = DEFAULTS.view.written,
) -> list[bool]:
    """Which lines of a picture are writing.

    Args:
        nones: how surely each is none, as of :func:`no_writing`.
        signs: how many signs are told in each.
        sure: mean probability of these.
        around: of lines that a map of writing tells, how many pieces of ink it found to be
            something else, and how many each line has; None where no map was asked.
        settings: how much is needed.
        least: probability of a line's signs that is needed where a map was asked.
    """
    lines = list(zip(nones, signs, sure, strict=True))
    told = [none <= (settings.none if n else settings.signless) for none, n, _ in lines]
    if around is None:
        total = sum(signs)
        poor = total >= settings.many and sum(n * p for _, n, p in lines) < settings.poor * total
        return [own and not poor for own in told]
    told = [own and (not n or p >= least) for own, (_, n, p) in zip(told, lines, strict=True)]
    other, pieces = around
    kept = sum(count for count, own in zip(pieces, told, strict=True) if own)
    if other + sum(pieces) - kept <= settings.lonely * kept:
        return told
    least = settings.lonely_sure
    surely = [own and n > 0 and p >= least for own, (_, n, p) in zip(told, lines, strict=True)]
    company = sum(n for own, (_, n, _) in zip(surely, lines, strict=True) if own)
    return told if company >= settings.company else surely


def in_print(
    kinds: Floats | None,
    centres: Floats,
    words: Sequence[tuple[float, float]],
    settings: KindSettings = DEFAULTS.kinds,
) -> tuple[bool, ...]:
    """Which words of a line are printed: those that surely are, and, beside words that are surely
    written by hand, those that are not: the network sees some words at once, so that a printed
    label looks half written where handwriting follows. Several words that are rather printed are so
    together: of one letter, as on keys, hardly anything is sure.

    Args:
        kinds: as of :func:`no_writing`.
        centres: (frames,) where each frame's middle is.
        words: left and right edge of each word, in the same unit.
        settings: how much is needed.
    """
    if kinds is None or not len(kinds) or not words:
        return (False,) * len(words)
    odds = kinds[:, PRINT] - kinds[:, HAND]
    means = []
    for left, right in words:
        own = odds[(centres >= left) & (centres <= right)]
        means.append(float(own.mean()) if len(own) else float(odds.mean()))
    several = len(means) >= settings.several and min(means) > settings.beside
    if several and sum(means) > settings.together * len(means):
        return (True,) * len(means)
    least = settings.beside if min(means) < settings.hand else settings.printed
    return tuple(mean > least for mean in means)
