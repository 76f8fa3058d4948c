"""Of lines that a map of writing may mean, and ways to cut them out, those that the line network
reads best."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.recognition.joint import Told
from hwr_live.recognition.kinds import no_writing
from hwr_live.recognition.line_network import LineNetwork
from hwr_live.segmentation.line_picture import CUTS, Cut, line_picture
from hwr_live.segmentation.writing import TextLine

Grey = npt.NDArray[np.uint8]

# On diagrams of validation writers, in a trial: of 490 words 312 are right with any of 0.6 to 0.8,
# 0.5 to 0.7 and 0.2 to 0.5; signs read where no word is are 147 and 72 with the lowest and the
# highest. In the program, lines of which no other cut is tried save a tenth of a page's time and
# lose 6 words of 300.
_SURE = 0.7  # probability of a sign above which it speaks for its line
_CLEAR = 0.6  # mean probability of a line's signs from which it is writing
_NONE = 0.2  # how surely a line is no writing, at the most
_SETTLED, _SIGNS = 0.9, 3  # mean probability of so many signs from which nothing else is tried
_SAME = 0.35  # of the smaller one: lines that share so much are one
_MANY, _HARDLY = 24, 0.1
"""So many lines, of which less than this share is writing, are those of a texture, of which nothing
else is tried. By hand, on drawn wood and gravel, of which a map tells 50 to 300."""
_ENOUGH = 0.5  # gain of such lines that tells of writing: of two or three letters that are sure


@dataclass(frozen=True)
class _Read:
    """How well a line is read if it is cut out in a way: whether it is writing then, and so surely
    that no other way is tried."""

    gain: float
    line: TextLine
    cut: Cut
    clear: bool
    settled: bool


def best_lines(
    grey: Grey,
    lines: Sequence[TextLine],
    network: LineNetwork,
    others: Callable[[], Sequence[TextLine]] = tuple,
) -> list[tuple[TextLine, Cut]]:
    """Lines that are surely writing and share no place, each with its best cut.

    Args:
        grey: uint8 (h, w), ink bright on black.
        lines: in its pixels; several may mean the same writing.
        network: reads them.
        others: tells those that may be meant where these are not surely read.
    """
    reads = _reads(grey, [(line, CUTS[0]) for line in lines], network)
    if not _are_texture(reads):
        settled = [one.line for one in reads if one.settled]
        unsettled = [line for line in lines if not _is_any(line, settled)]
        more = [(line, cut) for line in unsettled for cut in CUTS[1:]]
        more += [(line, CUTS[0]) for line in others() if not _is_any(line, settled)]
        reads += _reads(grey, more, network)
    chosen: list[_Read] = []
    for one in sorted(reads, key=lambda one: -one.gain):
        if one.clear and not _is_any(one.line, [other.line for other in chosen]):
            chosen.append(one)
    return [(one.line, one.cut) for one in chosen]


def is_any_writing(grey: Grey, lines: Sequence[TextLine], network: LineNetwork) -> bool:
    """Whether enough is read of the lines that a map is surest of, either way up, for any of them
    to be writing: a bow may look like one letter.

    Args:
        grey, lines, network: as of :func:`best_lines`.
    """
    some = sorted(lines, key=lambda line: -line.certainty)[:_MANY]
    both = [way for line in some for way in (line, line.turned_round())]
    reads = _reads(grey, [(line, CUTS[0]) for line in both], network)
    return sum(max(0.0, one.gain) for one in reads if one.clear) > _ENOUGH


def _are_texture(reads: Sequence[_Read]) -> bool:
    """Whether so many lines are so seldom writing that they are edges, grain or leaves."""
    return len(reads) >= _MANY and sum(one.clear for one in reads) < _HARDLY * len(reads)


def _reads(grey: Grey, cuts: Sequence[tuple[TextLine, Cut]], network: LineNetwork) -> list[_Read]:
    """How well lines are read, each cut out in a way."""
    told = network.hear([line_picture(grey, line, cut) for line, cut in cuts])
    return [_read(one, line, cut) for one, (line, cut) in zip(told, cuts, strict=True)]


def _read(told: Told, line: TextLine, cut: Cut) -> _Read:
    p = told.spelling.p.max(axis=1, initial=0.0)
    if not len(p):
        return _Read(-math.inf, line, cut, clear=False, settled=False)
    clear = bool(p.mean() >= _CLEAR) and no_writing(told.kinds) <= _NONE
    settled = clear and len(p) >= _SIGNS and bool(p.mean() >= _SETTLED)
    return _Read(float((p - _SURE).sum()), line, cut, clear, settled)


def _is_any(line: TextLine, others: Sequence[TextLine]) -> bool:
    return any(_are_one(line, other) for other in others)


def _are_one(one: TextLine, other: TextLine) -> bool:
    """Whether two lines share so much of their cores that they mean the same writing."""
    a, b = (line.outline(0.5, 0.5, 0.0).astype(np.float32) for line in (one, other))
    if (a.min(0) > b.max(0)).any() or (b.min(0) > a.max(0)).any():
        return False
    shared, _ = cv2.intersectConvexConvex(a, b)
    return shared > _SAME * min(cv2.contourArea(a), cv2.contourArea(b))
