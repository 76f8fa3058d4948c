"""Touching and broken characters: ways to cut and join ink, and the best of them for the line.

A line's pieces are cut into atoms where characters may touch. Each run of atoms that may be one
glyph is a hypothesis; the classifier says how much it looks like a character, and the cheapest
path over the line wins (over-segmentation with a segmentation graph: Bengio, LeCun, Nohl, Burges
1995; Casey and Lecolinet 1996 name the family).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from hwr_live.middle import median
from hwr_live.reading import union_box
from hwr_live.recognition.cuts import Cuts
from hwr_live.recognition.settings import DEFAULTS, LatticeSettings
from hwr_live.segmentation.pieces import Piece

_Likeness = tuple[float, float]
Look = Callable[[Sequence[Piece], Sequence[int]], npt.NDArray[np.float64]]
"""Of each piece (n, 2), one batch: how much it looks like a character, 0 to 1, and how much of that
is left in view of its size and place in the line of that number, above 0 to 1."""


@dataclass(frozen=True)
class _Hypothesis:
    """Atoms ``first`` up to, not including, ``last`` as one glyph."""

    first: int
    last: int
    piece: Piece
    cost: float  # of cutting and joining; the look's own comes on top


class Paths:
    """The ways to cut and join the ink of a line.

    Attributes:
        best: the pieces of the cheapest way, from left to right.
    """

    def __init__(
        self,
        graph: Sequence[_Hypothesis],
        looks: Mapping[Piece, _Likeness],
        height: float,
        settings: LatticeSettings,
    ) -> None:
        self._steps: dict[int, list[tuple[float, _Hypothesis]]] = {}
        for h in graph:
            look = _look_cost(looks[h.piece], h.piece, height, settings)
            self._steps.setdefault(h.first, []).append((h.cost + settings.glyph + look, h))
        end = max(h.last for h in graph)
        ((_, way),) = self._cheapest(0, end, 1)
        self._ends = {h.piece: (h.first, h.last) for h in way}
        self.best = [h.piece for h in way]

    def ways(self, pieces: Sequence[Piece], most: int) -> list[tuple[float, list[Piece]]]:
        """The cheapest ways to cut and join the ink of some neighbours of ``best``, with their
        costs, the cheapest first; at most so many."""
        first, last = self._ends[pieces[0]][0], self._ends[pieces[-1]][1]
        found = self._cheapest(first, last, most)
        return [(cost, [h.piece for h in way]) for cost, way in found]

    def _cheapest(
        self, first: int, last: int, most: int
    ) -> list[tuple[float, tuple[_Hypothesis, ...]]]:
        """The cheapest paths from one atom up to another."""
        paths: dict[int, list[tuple[float, tuple[_Hypothesis, ...]]]] = {first: [(0.0, ())]}
        for at in range(first, last):
            own = heapq.nsmallest(most, paths.pop(at, []), key=itemgetter(0))
            for cost, h in self._steps.get(at, ()):
                if h.last <= last:
                    further = [(before + cost, (*way, h)) for before, way in own]
                    paths.setdefault(h.last, []).extend(further)
        return heapq.nsmallest(most, paths[last], key=itemgetter(0))


def best_paths(
    lines: Sequence[Sequence[Piece]],
    looks: Sequence[npt.NDArray[np.float64]],
    cuts: Cuts,
    height: float,
    look: Look,
    marks: Collection[Piece] = (),
    slack: float = 0.0,
    settings: LatticeSettings = DEFAULTS.lattice,
) -> list[Paths]:
    """Each line's pieces, cut and joined as they look most like characters.

    Args:
        lines: each line's pieces from left to right.
        looks: for each line (n, 2), as of ``Look``, of its pieces as they are.
        cuts: the ink; what is cut is kept there.
        height: the usual height of a glyph in pixels.
        look: the classifier, asked once for all further hypotheses of all lines.
        marks: pieces that look like punctuation as they are.
        slack: how much more than the cheapest way others may cost that are wanted too.
        settings: what cutting and joining costs.
    """
    known = frozenset(marks)
    graphs = [
        _hypotheses(line, own, cuts, height, known, slack, settings)
        for line, own in zip(lines, looks, strict=True)
    ]
    known_looks: dict[Piece, _Likeness] = {}
    for line, own in zip(lines, looks, strict=True):
        known_looks.update(zip(line, map(tuple, own.tolist()), strict=True))
    asked = {
        h.piece: number
        for number, graph in enumerate(graphs)
        for h in graph
        if h.piece not in known_looks
    }
    if asked:
        closer = look(list(asked), list(asked.values()))
        known_looks.update(zip(asked, map(tuple, closer.tolist()), strict=True))
    return [Paths(graph, known_looks, height, settings) for graph in graphs]


def _hypotheses(
    line: Sequence[Piece],
    looks: npt.NDArray[np.float64],
    cuts: Cuts,
    height: float,
    marks: frozenset[Piece],
    slack: float,
    settings: LatticeSettings,
) -> list[_Hypothesis]:
    """The hypotheses of a line: pieces as they are, their cuts, and joins of whole pieces; of those
    only what could be on the cheapest path, or one that costs ``slack`` more, if it looked like a
    character for certain."""
    out: list[_Hypothesis] = []
    starts: list[int] = []
    wholes: list[float] = []  # what each piece costs as it is
    at = 0
    for piece, (likeness, fit) in zip(line, looks.tolist(), strict=True):
        starts.append(at)
        whole = settings.glyph + _look_cost((likeness, fit), piece, height, settings)
        wholes.append(whole)
        price = _cut_cost(piece, settings)
        atoms = (
            cuts.cut(piece, height) if whole + slack > _least_cut(1, price, settings) else [piece]
        )
        for i in range(len(atoms)):
            for j in range(i + 1, len(atoms) + 1):
                edges = (i > 0) + (j < len(atoms))
                if not edges:
                    out.append(_Hypothesis(at, at + j, piece, 0.0))
                # A cut has two sides, each pays half.
                elif whole + slack > _least_cut(edges, price, settings):
                    part = union(atoms[i:j])
                    if part.box[2] <= settings.widest * height:
                        out.append(_Hypothesis(at + i, at + j, part, price * edges / 2))
        at += len(atoms)
    starts.append(at)
    gaps = [_gap(a, b) / height for a, b in pairwise(line)]
    usual = min(settings.widest_usual, median(gaps)) if len(gaps) > 2 else settings.few_gaps
    for i in range(len(line)):
        cost = 0.0
        for j in range(i + 1, min(len(line), i + settings.most_joined)):
            gap = gaps[j - 1]
            if gap > settings.widest_gap:
                break
            cost += settings.join + settings.join_gap * max(0.0, gap)
            cost -= settings.spaced_gain * max(0.0, usual - settings.spaced - max(0.0, gap))
            own = cost + (0.0 if marks.isdisjoint(line[i : j + 1]) else settings.join_mark)
            if own + settings.glyph >= sum(wholes[i : j + 1]) + slack:
                continue
            joined = union(line[i : j + 1])
            _, _, width, tall = joined.box
            if width > settings.widest * height or tall > settings.tallest * height:
                break
            out.append(_Hypothesis(starts[i], starts[j + 1], joined, own))
    return out


def _look_cost(look: _Likeness, piece: Piece, height: float, settings: LatticeSettings) -> float:
    """What it costs to take for a glyph what looks so much like one; the wider it is, the more
    characters are lost if it is none."""
    likeness, fit = look
    wide = max(1.0, piece.box[2] / (settings.lost * height))
    return -math.log(max(likeness, 1e-4)) * wide - settings.fit * math.log(max(fit, 1e-4))


def _cut_cost(piece: Piece, settings: LatticeSettings) -> float:
    """The cost of each cut of a piece: two characters are wider than tall, few single ones are."""
    _, _, w, h = piece.box
    return settings.cut + settings.slim_cut * max(0.0, settings.square - w / h)


def _least_cut(cuts: int, price: float, settings: LatticeSettings) -> float:
    """The cost of so many cuts of a piece, if all parts look like characters for certain."""
    return (cuts + 1) * settings.glyph + cuts * price


def union(pieces: Sequence[Piece]) -> Piece:
    """Pieces as one."""
    parts = dict.fromkeys(part for piece in pieces for part in piece.parts)
    return Piece(tuple(parts), union_box([piece.box for piece in pieces]))


def _gap(a: Piece, b: Piece) -> float:
    return float(b.box[0] - (a.box[0] + a.box[2]))
