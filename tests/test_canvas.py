"""The canvas: strokes, taking them back, and smooth curves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from hwr_live.canvas import Canvas, smooth_path
from hwr_live.errors import InputError

LINE = [(20, 30), (80, 30)]
OTHER = [(20, 60), (80, 60)]


def test_an_empty_canvas_is_white_and_large_enough() -> None:
    image = Canvas().image
    assert image.dtype == np.uint8
    assert image.ndim == 2
    assert min(image.shape) >= 300
    assert (image == 255).all()


@pytest.mark.parametrize("size", [(0, 10), (10, 0), (-1, 5)])
@pytest.mark.parametrize("pen", [6, 1])
def test_a_canvas_needs_a_size(size: tuple[int, int], pen: int) -> None:
    with pytest.raises(InputError, match="at least 1 pixel"):
        Canvas(*size, pen=pen)


@pytest.mark.parametrize("pen", [0, -3, float("nan"), float("inf")])
def test_a_canvas_needs_a_pen(pen: float) -> None:
    with pytest.raises(InputError, match="at least 1 pixel"):
        Canvas(10, 10, pen)


@pytest.mark.parametrize(
    "points",
    [[1, 2, 3], [(1, 2, 3)], [(1,)], ["ab"], [(0, float("nan"))], [(float("inf"), 0)], [None]],
)
def test_broken_points_draw_nothing(points: list[object]) -> None:
    canvas = Canvas()
    with pytest.raises(InputError, match="stroke"):
        canvas.stroke(points)  # type: ignore[arg-type]
    assert (canvas.image == 255).all()
    assert canvas.strokes == ()


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize(
    "points", [[], [(5, 5)], [(5, 5), (5, 5)], [(-1e9, 0), (1e9, 9)], [(5.5, 5.5), (5.5, 6)]]
)
def test_odd_strokes_are_drawn(points: list[tuple[float, float]], smooth: bool) -> None:
    canvas = Canvas(20, 20)
    canvas.stroke(points, smooth=smooth)
    assert (canvas.image < 128).any() == bool(points)


@pytest.mark.parametrize("pen", [1, 6, 15])
def test_a_stroke_is_black_and_about_as_wide_as_the_pen(pen: int) -> None:
    canvas = Canvas(100, 100, pen)
    canvas.stroke(LINE)
    width = int((canvas.image[:, 50] < 128).sum())
    assert pen <= width <= pen + 2  # OpenCV's anti-aliased lines are up to two pixels wider


def test_the_image_is_a_copy() -> None:
    canvas = Canvas(10, 10)
    canvas.image[:] = 0
    assert (canvas.image == 255).all()


def test_a_copy_goes_its_own_way() -> None:
    canvas = Canvas(100, 100)
    canvas.stroke(LINE)
    copy = canvas.copy()
    canvas.stroke(OTHER)
    assert (copy.image[60] == 255).all()
    assert len(copy.strokes) == 1
    copy.undo()
    assert (copy.image == 255).all()
    assert (canvas.image[30, 30:70] < 128).all()


def test_a_snapshot_has_the_picture_and_the_strokes_and_no_sheet_before() -> None:
    assert Canvas(9, 9).snapshot().strokes == ()
    canvas = Canvas(90, 60)
    canvas.stroke([(10, 10), (50, 20)])
    canvas.clear()
    canvas.stroke([(20, 10), (40, 20)])
    canvas.erase([(30, 10)], 5)
    canvas.resize(80, 70)
    still = canvas.snapshot()
    assert (still.width, still.height, still.revision) == (80, 70, canvas.revision)
    assert still.strokes == canvas.strokes
    np.testing.assert_array_equal(still.image, canvas.image)
    canvas.stroke([(5, 5)])
    assert len(still.strokes) == 2, "it stays what it was"
    assert still.undo()
    assert still.undo()
    assert not still.undo()
    assert (still.image == 255).all()
    assert len(canvas.strokes) == 3


def test_sheets_before_come_back_after_another_size() -> None:
    canvas, pictures = Canvas(90, 60), []
    for number in range(5):
        canvas.stroke([(10 + number, 10), (50, 20 + number)])
        pictures.append(canvas.image)
        canvas.clear()
    canvas.resize(70, 40)
    canvas.resize(90, 60)
    for picture in reversed(pictures):
        assert canvas.undo()
        np.testing.assert_array_equal(canvas.image, picture)
        assert canvas.undo()
    assert not canvas.undo()


def test_undo_and_redo_walk_through_strokes_erasing_and_clearing() -> None:
    canvas = Canvas(100, 100)
    images = [canvas.image]
    for act in (
        lambda: canvas.stroke(LINE),
        lambda: canvas.stroke(OTHER),
        lambda: canvas.erase(LINE, 20),
        lambda: canvas.clear(),
        lambda: canvas.stroke(OTHER),
    ):
        act()
        images.append(canvas.image)
    assert all((a != b).any() for a, b in itertools.pairwise(images))
    for image in reversed(images[:-1]):
        assert canvas.undo()
        np.testing.assert_array_equal(canvas.image, image)
    assert not canvas.undo()
    for image in images[1:]:
        assert canvas.redo()
        np.testing.assert_array_equal(canvas.image, image)
    assert not canvas.redo()


@pytest.mark.parametrize("kept", [0, 20_000, 1 << 26])
def test_undone_is_as_if_it_had_never_been(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the pixel, however much of what was there before is kept."""
    monkeypatch.setattr("hwr_live.canvas._MOST_KEPT", kept)
    rng = np.random.default_rng(kept)
    canvas, pictures = Canvas(200, 150), []
    for number in range(150):
        pictures.append(canvas.image)
        count, spread = int(rng.integers(1, 6)), int(rng.choice([20, 300, 100_000]))
        points = (rng.uniform(0, 200, 2) + rng.normal(0, spread, (count, 2))).tolist()
        canvas.pen = float(rng.uniform(1, 30))
        if number % 31 == 30:
            canvas.clear()
        elif number % 5 == 4:
            canvas.erase(points, float(rng.uniform(1, 40)), smooth=True)
        else:
            canvas.stroke(points, smooth=bool(rng.random() < 0.5))
        if number % 40 == 20:
            canvas.resize(200, 150 + number % 3)
            canvas.resize(200, 150)
    last, copy = canvas.image, canvas.copy()
    for picture in reversed(pictures):
        assert canvas.undo()
        assert np.array_equal(canvas.image, picture)
    assert not canvas.undo()
    while canvas.redo():
        pass
    assert np.array_equal(canvas.image, last)
    assert copy.undo()
    assert np.array_equal(copy.image, pictures[-1])


def test_what_is_drawn_after_an_undo_ends_redoing() -> None:
    canvas = Canvas(100, 100)
    canvas.stroke(LINE)
    canvas.undo()
    canvas.stroke(OTHER)
    assert not canvas.redo()


def test_clearing_an_empty_canvas_is_nothing_to_undo() -> None:
    canvas = Canvas(100, 100)
    canvas.stroke(LINE)
    assert canvas.clear()
    assert not canvas.clear()
    assert canvas.undo()
    assert (canvas.image < 128).any()


def test_the_revision_tells_every_change() -> None:
    canvas = Canvas(100, 100)
    seen = {canvas.revision}
    for act in (
        lambda: canvas.stroke(LINE),
        lambda: canvas.erase(LINE, 5),
        canvas.undo,
        canvas.redo,
        canvas.clear,
    ):
        act()
        assert canvas.revision not in seen
        seen.add(canvas.revision)
    canvas.stroke([])
    assert canvas.revision in seen


def test_erasing_takes_ink_away_only_where_it_goes() -> None:
    canvas = Canvas(100, 100)
    canvas.stroke(LINE)
    canvas.stroke(OTHER)
    canvas.erase([(50, 30)], 20)
    assert (canvas.image[30, 42:58] == 255).all()
    assert (canvas.image[30, 22:38] < 128).all()
    assert (canvas.image[60, 22:78] < 128).all()


def test_the_last_twenty_sheets_can_be_had_back_and_older_ones_are_forgotten() -> None:
    canvas = Canvas()
    for number in range(50):
        canvas.stroke([(10 * number + 5, 30)])
        canvas.clear()
        assert canvas.depth == 2 * (number + 1)
    seen = []
    while canvas.undo():
        seen.append(canvas.strokes)
    sheets = [int(strokes[0].path[0, 0]) // 10 for strokes in seen if strokes]
    assert sheets == list(range(49, 29, -1))
    assert canvas.depth == 60
    while canvas.redo():
        pass
    assert canvas.depth == 100
    assert (canvas.image == 255).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 40])
def test_a_smooth_path_goes_through_its_points(count: int) -> None:
    points = np.random.default_rng(count).uniform(0, 300, (count, 2))
    path = smooth_path(points)
    assert np.isfinite(path).all()
    for point in points:
        assert np.abs(path - point).sum(axis=1).min() < 1e-6


def test_a_fast_circle_of_ten_points_comes_out_round_and_without_gaps() -> None:
    angles = np.linspace(0, 2 * np.pi, 11)
    points = np.stack([150 + 100 * np.cos(angles), 150 + 100 * np.sin(angles)], axis=1)
    path = smooth_path(points)
    assert np.hypot(*np.diff(path, axis=0).T).max() < 4
    inner = path[np.hypot(*(path - points[0]).T) > 70]  # its two ends know no neighbour
    assert np.abs(np.hypot(*(inner - 150).T) - 100).max() < 1.5  # straight pieces: 4.9


def test_corners_stay_corners() -> None:
    points = np.array([(0, 0), (50, 0), (100, 0), (100, 50), (100, 100)], float)
    path = smooth_path(points)
    on_edges = (np.abs(path[:, 1]) < 1e-6) | (np.abs(path[:, 0] - 100) < 1e-6)
    assert on_edges.all()


def test_dense_points_stay_as_they_are() -> None:
    points = np.cumsum(np.random.default_rng(0).uniform(-2, 2, (50, 2)), axis=0)
    np.testing.assert_array_equal(smooth_path(points), points)
