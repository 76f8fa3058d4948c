"""Where ink may be two characters."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.cuts import Cuts, cut_paths
from hwr_live.segmentation.pieces import Piece

HEIGHT = 40.0


def strokes(*lines: tuple[tuple[int, int], ...], pen: int = 4) -> npt.NDArray[np.bool_]:
    """Ink of polylines, cut off around it."""
    page = np.zeros((60, 160), np.uint8)
    for line in lines:
        cv2.polylines(page, [np.array(line, np.int32)], False, 255, pen)
    x, y, w, h = cv2.boundingRect(page)
    return page[y : y + h, x : x + w] > 0


@pytest.mark.parametrize(
    "ink",
    [
        np.ones((40, 10), np.bool_),  # too narrow
        np.ones((40, 60), np.bool_),  # solid: nowhere thin
        np.zeros((1, 1), np.bool_),
    ],
)
def test_there_are_no_paths_where_nothing_is_thin(ink: npt.NDArray[np.bool_]) -> None:
    assert len(cut_paths(ink, HEIGHT)) == 0


def test_letters_on_a_bridge_are_parted_at_it() -> None:
    ink = strokes(((10, 10), (10, 50)), ((10, 48), (50, 48)), ((50, 10), (50, 50)))
    paths = cut_paths(ink, HEIGHT)
    assert len(paths) >= 1
    assert ((paths > 5) & (paths < 40)).all()
    crossed = np.take_along_axis(ink, paths.T, 1).sum(0)
    assert (crossed <= 6).all()


def test_a_letter_that_leans_over_its_neighbour_is_parted_along_it() -> None:
    # Strokes beside each other, with a thin bridge, that overhang in every column between them.
    ink = strokes(((10, 50), (18, 6)), ((22, 50), (30, 6)), pen=8)
    ink[20:22, 8:16] = True
    straight = int(ink.sum(0)[9:20].min())
    bent = min(int(np.take_along_axis(ink, p[:, None], 1).sum()) for p in cut_paths(ink, 24.0))
    assert bent <= 3 < straight


@pytest.mark.parametrize("seed", range(5))
def test_the_atoms_are_all_the_ink_from_left_to_right(seed: int) -> None:
    rng = np.random.default_rng(seed)
    page = np.zeros((70, 220), np.uint8)
    knots = np.stack([np.linspace(10, 210, 14), rng.uniform(10, 60, 14)], 1)
    cv2.polylines(page, [knots.astype(np.int32)], False, 255, int(rng.integers(2, 7)))
    labels = (page > 0).astype(np.int32)
    whole = Piece((1,), tuple(map(int, cv2.boundingRect(page))))  # type: ignore[arg-type]
    cuts = Cuts(labels)
    atoms = cuts.cut(whole, HEIGHT)
    assert len(atoms) > 1
    count = np.zeros(page.shape, np.int64)
    for atom in atoms:
        x, y, w, h = atom.box
        mask = cuts.mask(atom)
        assert mask[:, [0, -1]].any(0).all(), "the box is tight"
        assert mask[[0, -1]].any(1).all()
        count[y : y + h, x : x + w] += mask
        assert (cuts.mask(atom, 1)[1:-1, 1:-1] == mask).all()
    assert (count == labels).all()
    assert cuts.mask(whole).sum() == labels.sum()
    middles = [x + w / 2 for x, _, w, _ in (atom.box for atom in atoms)]
    assert middles == sorted(middles)


def test_what_is_narrow_stays_whole() -> None:
    labels = np.zeros((60, 60), np.int32)
    labels[10:50, 20:35] = 1
    whole = Piece((1,), (20, 10, 15, 40))
    assert Cuts(labels).cut(whole, HEIGHT) == [whole]
