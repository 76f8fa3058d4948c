"""Ink: what is a picture, what is paper, and what was written, in good light and bad."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.canvas import Canvas
from hwr_live.errors import InputError
from hwr_live.segmentation.ink import drawn_ink, find_ink, sauvola, to_grey

Grey = npt.NDArray[np.uint8]
H, W = 480, 640


def page(ink: float = 30, paper: float = 220) -> tuple[Grey, npt.NDArray[np.bool_]]:
    """Rows of crosses and rings with a pen of 5 pixels, and where their ink is for certain."""
    drawn = np.zeros((H, W), np.uint8)
    for number, x in enumerate(range(60, W - 60, 45)):
        for y in range(70, H - 60, 80):
            if number % 2:
                cv2.circle(drawn, (x, y), 13, 255, 5, cv2.LINE_AA)
            else:
                cv2.line(drawn, (x - 12, y - 15), (x + 12, y + 15), 255, 5, cv2.LINE_AA)
                cv2.line(drawn, (x + 12, y - 15), (x - 12, y + 15), 255, 5, cv2.LINE_AA)
    share = drawn / 255
    return (paper + (ink - paper) * share).astype(np.uint8), drawn > 127


def noisy(grey: npt.NDArray[np.generic], sigma: float) -> Grey:
    noise = np.random.default_rng(5).normal(0, sigma, grey.shape)
    return np.clip(grey.astype(float) + noise, 0, 255).astype(np.uint8)


def lit(grey: Grey) -> Grey:
    """Light that falls to a third from left to right, and a shadow's edge down the middle."""
    light = np.linspace(1, 0.33, W)[None] * np.ones((H, 1))
    light[:, W // 2 :] *= 0.6
    return (grey * cv2.GaussianBlur(light, (0, 0), 5)).astype(np.uint8)


def agreement(mask: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]) -> tuple[float, float]:
    """Share of the truth found, and of what was found that lies within two pixels of it."""
    near = cv2.dilate(truth.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    return float(mask[truth].mean()), float(near[mask].mean()) if mask.any() else 0.0


@pytest.mark.parametrize("shape", [(0, 0), (0, 9, 3), (9, 0)])
def test_a_picture_has_pixels(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="no pixels"):
        find_ink(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("shape", [(), (5,), (5, 5, 2), (5, 5, 5), (1, 5, 5, 3)])
def test_a_picture_has_two_dimensions_and_known_channels(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="a picture is"):
        find_ink(np.zeros(shape, np.uint8))


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint32, np.complex128, object, "U1"])
def test_a_picture_has_known_numbers(dtype: npt.DTypeLike) -> None:
    with pytest.raises(InputError, match="pixels are"):
        find_ink(np.zeros((5, 5), dtype))


@pytest.mark.parametrize("value", [255.0, float("nan"), float("inf"), -1.0])
def test_a_picture_of_floats_is_of_0_to_1(value: float) -> None:
    frame = np.ones((30, 40), np.float32)
    frame[9:12, 9:30] = value
    with pytest.raises(InputError, match="0 to 1"):
        find_ink(frame)


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (2, 2), (3, 3000), (16, 16)])
@pytest.mark.parametrize("value", [0, 128, 255])
def test_plain_pictures_of_any_size_have_no_ink(shape: tuple[int, int], value: int) -> None:
    ink = find_ink(np.full(shape, value, np.uint8))
    assert not ink.mask.any()
    assert ink.size == (shape[1], shape[0])


@pytest.mark.parametrize(
    "paper",
    [np.full((H, W), 60, np.uint8), lit(np.full((H, W), 200, np.uint8))],
    ids=["dark", "lit"],
)
@pytest.mark.parametrize("sigma", [0, 2, 8])
def test_noise_alone_is_hardly_ink(paper: Grey, sigma: float) -> None:
    assert find_ink(noisy(paper, sigma)).mask.mean() < 0.02  # at most the shadow's edge


@pytest.mark.parametrize(
    "change",
    [
        lambda g: g,
        lambda g: cv2.cvtColor(g, cv2.COLOR_GRAY2BGR),
        lambda g: g[:, :, None],
        lambda g: cv2.cvtColor(g, cv2.COLOR_GRAY2BGRA),
        lambda g: np.dstack([np.zeros((H, W, 3), np.uint8), 255 - g]),  # black on see-through
        lambda g: g.astype(np.uint16) * 257,
        lambda g: g.astype(np.float32) / 255,
        lambda g: g.astype(np.float64) / 255,
        lambda g: np.asfortranarray(g),
        lambda g: np.flipud(np.flipud(g).copy()),
    ],
    ids="grey bgr one-channel bgra see-through 16-bit float32 float64 fortran view".split(),
)
def test_all_forms_of_a_picture_are_the_same(change: object) -> None:
    grey, _ = page(0, 255)
    given = change(grey)  # type: ignore[operator]
    before = given.copy()
    np.testing.assert_allclose(to_grey(given).astype(int), grey, atol=1)
    ink, same = find_ink(given), find_ink(grey)
    assert (ink.mask != same.mask).mean() < 1e-3
    np.testing.assert_array_equal(given, before)
    assert ink.mask.dtype == np.bool_
    assert ink.grey.dtype == np.uint8
    assert ink.mask.shape == ink.grey.shape == (H, W)


@pytest.mark.parametrize(
    ("frame", "least"),
    [
        pytest.param(page()[0], 0.95, id="plain"),
        pytest.param(255 - page()[0], 0.95, id="inverted"),
        pytest.param(noisy(page(120, 200)[0], 4), 0.9, id="grey pen"),
        pytest.param(noisy(page(176, 220)[0], 3), 0.9, id="faint pencil"),
        pytest.param(lit(page(10, 240)[0]), 0.95, id="uneven light"),
        pytest.param(noisy(lit(page(40, 230)[0]), 3), 0.9, id="uneven light and noise"),
        pytest.param(noisy(page(170, 45)[0], 5), 0.9, id="blackboard"),
        pytest.param(noisy(lit(page(230, 90)[0]), 2), 0.9, id="board in uneven light"),
        pytest.param(cv2.GaussianBlur(page()[0], (0, 0), 2), 0.9, id="out of focus"),
    ],
)
def test_the_ink_is_found(frame: Grey, least: float) -> None:
    found, clean = agreement(find_ink(frame).mask, page()[1])
    assert found > least
    assert clean > 0.97


def test_ink_is_bright_where_it_is_and_paper_nearly_black() -> None:
    ink = find_ink(lit(page()[0]))
    assert ink.grey[ink.mask].min() > 0
    far = cv2.dilate(ink.mask.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    assert np.percentile(ink.grey[far], 95) < 30 < np.percentile(ink.grey[ink.mask], 5)


@pytest.mark.parametrize("longest", [640, 1500, 4000])
def test_large_pictures_are_worked_on_small(longest: int) -> None:
    frame = cv2.resize(page()[0], (longest, longest * H // W), interpolation=cv2.INTER_CUBIC)
    ink = find_ink(frame)
    assert ink.size == (longest, longest * H // W)
    assert max(ink.mask.shape) <= 2000
    assert ink.scale == pytest.approx(ink.mask.shape[1] / longest, rel=0.01)
    mask = cv2.resize(ink.mask.astype(np.uint8), (W, H), interpolation=cv2.INTER_AREA) > 0
    found, clean = agreement(mask, page()[1])
    assert found > 0.9
    assert clean > 0.9


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (40, 50)])
@pytest.mark.parametrize(("window", "k"), [(15, 0.2), (3, 0.5)])
def test_sauvola_is_that_of_scikit_image(shape: tuple[int, int], window: int, k: float) -> None:
    filters = pytest.importorskip("skimage.filters", reason="compared with scikit-image")
    grey = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    ours = sauvola(grey, window, k)
    assert ours.dtype == np.float32
    assert ours.shape == shape
    if min(shape) > window // 2:  # at the edges beyond, borders are filled differently
        np.testing.assert_allclose(ours, filters.threshold_sauvola(grey, window, k, 128), atol=0.05)
    else:
        assert np.isfinite(ours).all()


@pytest.mark.parametrize("scale", [None, 2.0])
@pytest.mark.parametrize("pen", [2, 4, 8])
def test_a_drawing_has_the_ink_that_its_picture_has(pen: float, scale: float | None) -> None:
    canvas = Canvas(300, 200, pen)
    assert not drawn_ink(canvas.image, scale).mask.any()
    for x in range(40, 260, 40):
        canvas.stroke([(x, 60), (x + 20, 140), (x + 25, 60)])
    drawn, found = drawn_ink(canvas.image, scale), find_ink(canvas.image, scale)
    assert drawn.size == found.size == (300, 200)
    assert drawn.scale == found.scale
    assert (drawn.mask != found.mask).mean() < 0.003
    assert drawn.grey[drawn.mask].min() > 0


@pytest.mark.parametrize("apart", [18, 28])
@pytest.mark.parametrize("grey", [110, 140])
def test_how_much_is_written_makes_no_ink_too_faint(apart: int, grey: int) -> None:
    """Soft strokes that cover much of a small picture are no grain of its paper."""
    rng = np.random.default_rng(2)
    image = np.full((60, 240), 230.0)
    for x in range(12, 232, apart):
        cv2.line(image, (x, 12), (x + 4, 48), float(grey), 3)
    soft = cv2.GaussianBlur(image, (0, 0), 1.2)
    picture = np.clip(soft + rng.normal(0, 2, soft.shape), 0, 255).astype(np.uint8)
    assert find_ink(picture).mask[image < 225].mean() > 0.8
