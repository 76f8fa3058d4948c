"""How the picture has moved since it was read, so that boxes stay on the writing.

The shift of the whole picture is found by phase correlation (Kuglin and Hines 1975); from there
the written glyphs themselves are followed by optical flow (Lucas and Kanade 1981), and a shift, a
turn and a scale are fitted to where they went.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.media.images import Image
from hwr_live.reading import Glyph, Reading

# By eye, on videos of hand-held pages: boxes stay on the writing, or stand still where it is lost.
_SIDE = 480  # pixels: at most, the longer side of what is compared
_COARSE = 160  # pixels: the same of what the whole shift is found in
_FARTHEST = 0.25  # of a side: the picture has moved out of reach of a comparison
_LEAST_RESPONSE = 0.2  # of the correlation's peak: below it is another picture
_POINTS = 60  # glyphs that are followed; more cost time
_LEAST_POINTS = 4  # of which at least so many must be found, and agree
_WINDOW = (15, 15)  # pixels around each point that are compared
_LEAST_INLIERS = 0.5  # share of the points that must agree on one motion
_OFF = 1.5  # pixels that a point may stray from it


Small = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]

STILL: Matrix = np.eye(2, 3)
"""No motion at all."""


def small_grey(image: Image) -> Small:
    """What is compared of a frame, uint8 (h, w, 3) BGR."""
    small = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    while max(small.shape) > _SIDE:  # by halves, which is several times as quick
        height, width = (max(1, n // 2) for n in small.shape)
        half = small[: 2 * height, : 2 * width]
        small = np.asarray(cv2.resize(half, (width, height), interpolation=cv2.INTER_AREA))
    return small


def motion_between(before: Small, after: Small, reading: Reading) -> Matrix:
    """Where the picture went since it was read.

    Args:
        before: of the frame that was read.
        after: of the frame that is shown.
        reading: of the former, in its pixels; ``reading.size`` is the frame's size.

    Returns:
        float (2, 3), in the frame's pixels; :data:`STILL` where it is not sure.
    """
    if before.shape != after.shape or not reading.glyphs:
        return STILL
    shift = _shift(before, after)
    if shift is None:
        return STILL
    scale = before.shape[1] / max(1, reading.size[0])
    moved = np.hstack([np.eye(2), shift[:, None]])
    fitted = _followed(before, after, _centres(reading) * scale, shift)
    if fitted is not None:
        moved = fitted
    moved[:, 2] /= scale
    return moved


def moved_reading(reading: Reading, matrix: Matrix) -> Reading:
    """The reading with its boxes moved; they keep their sizes."""
    if matrix is STILL:
        return reading

    (xx, xy, dx), (yx, yy, dy) = matrix.tolist()

    def moved(glyph: Glyph) -> Glyph:
        x, y, w, h = glyph.box
        middle, centre = x + w / 2, y + h / 2
        across, down = xx * middle + xy * centre + dx, yx * middle + yy * centre + dy
        return glyph.at((round(across - w / 2), round(down - h / 2), w, h))

    return reading.map(moved)


def _shift(before: Small, after: Small) -> npt.NDArray[np.float64] | None:
    """The shift of the whole picture in pixels of what is compared; None if it is another one."""
    scale = min(1.0, _COARSE / max(before.shape))
    coarse = [
        np.asarray(
            cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.float32
        )
        for picture in (before, after)
    ]
    height, width = coarse[0].shape
    window = cv2.createHanningWindow((width, height), cv2.CV_32F)
    (dx, dy), response = cv2.phaseCorrelate(coarse[0], coarse[1], window)
    far = max(abs(dx) / width, abs(dy) / height) > _FARTHEST
    return None if far or response < _LEAST_RESPONSE else np.array((dx, dy)) / scale


def _centres(reading: Reading) -> npt.NDArray[np.float64]:
    glyphs = reading.glyphs[:: max(1, len(reading.glyphs) // _POINTS)]
    boxes = np.array([glyph.box for glyph in glyphs], np.float64)
    return np.asarray(boxes[:, :2] + boxes[:, 2:] / 2)


def _followed(
    before: Small,
    after: Small,
    points: npt.NDArray[np.float64],
    shift: npt.NDArray[np.float64],
) -> Matrix | None:
    """The motion that most of the points agree on, if there are enough of them."""
    if len(points) < _LEAST_POINTS:
        return None
    start = points.astype(np.float32).reshape(-1, 1, 2)
    guess = (points + shift).astype(np.float32).reshape(-1, 1, 2)
    end, found, _ = cv2.calcOpticalFlowPyrLK(
        before, after, start, guess, winSize=_WINDOW, maxLevel=2, flags=cv2.OPTFLOW_USE_INITIAL_FLOW
    )
    good = found.ravel() == 1
    if good.sum() < _LEAST_POINTS:
        return None
    matrix, inliers = cv2.estimateAffinePartial2D(
        start[good], end[good], method=cv2.RANSAC, ransacReprojThreshold=_OFF
    )
    if matrix is None or inliers.sum() < max(_LEAST_POINTS, _LEAST_INLIERS * len(points)):
        return None
    return np.asarray(matrix, np.float64)
