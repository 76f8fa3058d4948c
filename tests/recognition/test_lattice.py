"""Cuts and joins: what the classifier likes best is chosen, and no ink is lost or read twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.cuts import Cuts
from hwr_live.recognition.lattice import best_paths
from hwr_live.segmentation.pieces import Piece

Labels = npt.NDArray[np.int32]
HEIGHT = 40.0


def page(*boxes: tuple[int, int, int, int]) -> tuple[Labels, list[Piece]]:
    """Filled boxes x, y, w, h; those that touch are one component. Pieces from left to right."""
    ink = np.zeros((120, 400), np.uint8)
    for x, y, w, h in boxes:
        ink[y : y + h, x : x + w] = 1
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    pieces = [Piece((n,), (*map(int, stats[n, :4]),)) for n in range(1, count)]  # type: ignore[arg-type]
    return np.asarray(labels, np.int32), sorted(pieces, key=lambda piece: piece.box)


def best(
    labels: Labels,
    line: list[Piece],
    likes: Callable[[Piece], float],
    marks: Sequence[Piece] = (),
    fits: Callable[[Piece], float] = lambda piece: 1.0,
) -> tuple[list[Piece], list[Piece]]:
    """The best pieces of one line for a classifier that ``likes`` and a line of which it ``fits``
    size and place; and what it was asked."""
    asked: list[Piece] = []

    def look(pieces: Sequence[Piece], of: Sequence[int]) -> npt.NDArray[np.float64]:
        assert not asked, "asked twice"
        assert set(of) == {0}
        asked.extend(pieces)
        return np.array([(likes(piece), fits(piece)) for piece in pieces])

    looks = np.array([(likes(piece), fits(piece)) for piece in line])
    cuts = Cuts(labels)
    (paths,) = best_paths([line], [looks], cuts, HEIGHT, look, marks)
    count = np.zeros(labels.shape, np.int64)
    for piece in paths.best:
        x, y, w, h = piece.box
        count[y : y + h, x : x + w] += cuts.mask(piece)
    assert (count == (labels > 0)).all(), "ink is lost or read twice"
    return paths.best, asked


# Two bodies 25 pixels wide with a bridge between them from 45 to 55.
BRIDGED = ((20, 30, 25, 40), (45, 60, 10, 3), (55, 30, 25, 40))
# One character broken in two, and a neighbour.
BROKEN = ((20, 30, 14, 40), (37, 30, 14, 40), (150, 30, 20, 40))


def test_no_lines_ask_nothing() -> None:
    def look(pieces: Sequence[Piece], of: Sequence[int]) -> npt.NDArray[np.float64]:
        raise AssertionError("asked for nothing")

    assert best_paths([], [], Cuts(np.zeros((5, 5), np.int32)), HEIGHT, look) == []


@pytest.mark.parametrize("whole", [0.9, 0.02])
def test_touching_characters_are_cut_where_the_halves_look_better(whole: float) -> None:
    labels, line = page(*BRIDGED)
    chosen, _ = best(labels, line, lambda p: 0.99 if p.box[2] < 40 else whole)
    if whole > 0.1:  # a cut has its price
        assert chosen == line
    else:
        assert len(chosen) == 2
        assert chosen[0].box[0] + chosen[0].box[2] == chosen[1].box[0]
        assert 44 <= chosen[1].box[0] <= 56


def test_a_sure_character_is_not_looked_at_again() -> None:
    labels, line = page((20, 30, 15, 40), (50, 50, 25, 3), (90, 30, 15, 40), (200, 30, 20, 40))
    assert best(labels, line, lambda p: 0.95) == (line, [])


@pytest.mark.parametrize(("apart", "expected"), [(3, 2), (25, 3)])
def test_broken_characters_are_joined_if_they_are_near(apart: int, expected: int) -> None:
    (x, y, w, h), (_, *second), other = BROKEN
    labels, line = page((x, y, w, h), (x + w + apart, second[0], second[1], second[2]), other)
    chosen, _ = best(labels, line, lambda p: 0.99 if p.box[2] > 18 else 0.05)
    assert len(chosen) == expected


def test_parts_that_look_well_alone_stay_alone() -> None:
    labels, line = page(*BROKEN)
    assert best(labels, line, lambda p: 0.97)[0] == line


@pytest.mark.parametrize("seed", range(6))
def test_no_ink_is_lost_or_read_twice(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, boxes = 10, []
    while x < 340:
        w, h = int(rng.integers(8, 45)), int(rng.integers(10, 45))
        boxes.append((x, 70 - h, w, h))
        if rng.random() < 0.5:
            boxes.append((x + w, 60, 6, 3))
        x += w + int(rng.integers(2, 12))
    labels, line = page(*boxes)
    chosen, asked = best(labels, line, lambda p: float(rng.random()))
    assert len(set(asked)) == len(asked)
    assert not set(asked) & set(line)
    assert [p.box[0] for p in chosen] == sorted(p.box[0] for p in chosen)


def test_what_looks_like_a_mark_rather_stands_alone() -> None:
    labels, line = page((20, 30, 6, 25), (27, 30, 24, 40), (150, 30, 20, 40))

    def likes(piece: Piece) -> float:
        return 0.95 if len(piece.parts) > 1 else 0.8

    assert len(best(labels, line, likes)[0]) == 2
    assert len(best(labels, line, likes, marks=line[:1])[0]) == 3


def test_what_does_not_fit_the_line_is_rather_two() -> None:
    labels, line = page(*BRIDGED)

    def likes(piece: Piece) -> float:
        return 0.9 if piece.box[2] < 40 else 0.75

    assert len(best(labels, line, likes)[0]) == 1
    assert len(best(labels, line, likes, fits=lambda p: 1.0 if p.box[2] < 40 else 0.05)[0]) == 2


def test_wide_ink_is_cut_into_as_many_as_it_holds() -> None:
    bodies = [(20 + 35 * i, 30, 25, 40) for i in range(7)]
    bridges = [(45 + 35 * i, 60, 10, 3) for i in range(6)]
    labels, line = page(*bodies, *bridges)
    assert len(line) == 1
    chosen, asked = best(labels, line, lambda p: 0.95 if p.box[2] < 40 else 0.01)
    assert len(chosen) == 7
    assert max(piece.box[2] for piece in asked) <= 1.5 * HEIGHT
