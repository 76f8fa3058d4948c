"""The sheet in the frame: where it lies, and the straight view of it.

A sheet is a region brighter than what is around it, with straight and sharp edges. Where there is
no such region, or writing beside it, the whole frame is read: a table that is read does little
harm, writing that is cut off does much. A sheet may reach beyond the frame.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.components import outlines

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Line = tuple[Floats, Floats]  # a point and a direction

# By eye, on photographs of sheets on tables of all kinds and on drawn scenes
# (tests/measure/scenes.py): a sheet that is not found does little harm, writing cut off does much.
_SIDE = 480  # pixels: the longer side, at most, of what sheets are looked for in
_CLOSING = 7  # of these pixels: ink that is filled, a marker's stroke on a near page
_BROAD = 11  # of these pixels: narrower bright things are no sheets
_LEVELS = 6  # thresholds that are tried
_FLAT = 25  # grey values between dark and light parts: less is no table beside a sheet
_LEAST_AREA = 0.15  # of the frame: a smaller thing is no sheet to read
_MOST_AREA = 0.97  # of the frame: a larger sheet is the frame
_LEAST_SOLID = 0.88  # of its convex hull: what a sheet covers at least, a pen may lie on it
_BORDER = 3  # pixels: so near the frame's edge a region ends because the frame does
_SHORT = 0.08  # of a region's outline: shorter edges are cut corners, folds and fingers
_SAME = 2.0  # pixels: regions that differ less are the same
_ACROSS = 5  # pixels: so far to both sides an edge is looked at
_REACH = np.arange(-_ACROSS, _ACROSS + 1.0)
_PLACES = np.linspace(0.06, 0.94, 28)  # of an edge's length: where it is looked at
_STEP = 0.1  # brightness that an edge takes at least, as a share of the sheet's
_SHARP = 0.5  # share of that within two pixels: shadows are softer
_SUPPORT = 0.75  # share of an edge where it is seen; hands and pens may hide some of it
_CLEAR = 1.2  # four edges of three such steps: no need to look for a clearer sheet
_OFF_LINE = 1.0  # pixels: how far an edge may stray from its straight line
_SQUARE = math.radians(50)  # a sheet's corners, seen at an angle, are of 90 degrees ± 40
_INSET = 0.004  # of a side: the edge itself is not read
_INK = 0.25  # of the ground's brightness: what is so much darker beside the sheet may be writing
_LEAST_INK = 25  # grey values that it is darker at least
_DEEP = np.maximum(_INK * np.arange(256), _LEAST_INK).astype(np.uint8)  # by the ground's grey
_MARKS = 5  # so many such marks are writing
_MARK = 0.12  # of the frame's longer side: a mark is no longer
_CHALK = 60  # grey values: what is so much lighter than the ground may be writing, too
_MARK_GROUND = 40  # grey: on darker ground nobody writes with a dark pen


def find_sheet(frame: npt.NDArray[np.uint8]) -> Floats | None:
    """Finds the sheet of paper in a frame.

    Args:
        frame: uint8, (h, w) grey or (h, w, 3) BGR.

    Returns:
        Its corners from the upper left one clockwise, float (4, 2) in pixels, the frame's upper
        left corner at (0, 0), and beyond its edges where the sheet is; ``None`` where there is
        none, it fills the frame, or is doubtful.
    """
    small, scale = _small(frame)
    if min(small.shape[:2]) < 6 * _CLOSING:
        return None
    best, least = None, 0.0
    for channel in _channels(small):
        some = np.sort(channel[::4, ::4], axis=None)
        dark, light = float(some[len(some) // 25]), float(some[-(len(some) // 25) - 1])
        if light - dark < _FLAT:
            continue
        # Cables, rims and labels that touch the sheet are no part of it.
        broad = cv2.morphologyEx(channel, cv2.MORPH_OPEN, np.ones((_BROAD, _BROAD), np.uint8))
        for hull in _regions(np.asarray(broad, np.uint8), dark, light):
            found = _quad(hull, channel)
            if found is not None and found[1] > least:
                best, least = found
            if least > _CLEAR:
                break
        if least > _CLEAR:
            break
    if best is None or _writing_beside(small, best):
        return None
    return (best + 0.5) / scale


def straighten(grey: Grey, corners: Floats) -> tuple[Grey, Floats]:
    """The sheet as if seen from above.

    Args:
        grey: uint8 (h, w), the frame.
        corners: float (4, 2), of the sheet, from the upper left one clockwise.

    Returns:
        uint8 (h, w), the sheet, and float (3, 3), from its pixels to the frame's. The upper left
        corner of the first pixel is (0, 0) in both.
    """
    middle = corners.mean(0)
    corners = middle + (corners - middle) * (1 - 2 * _INSET)
    sides = np.hypot(*(np.roll(corners, -1, 0) - corners).T)
    longest = 1.5 * max(grey.shape)
    width = max(8, round(min(longest, max(sides[0], sides[2]))))
    height = max(8, round(min(longest, max(sides[1], sides[3]))))
    straight = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = np.asarray(
        cv2.getPerspectiveTransform(straight, corners.astype(np.float32)), np.float64
    )
    half = np.array([(1, 0, 0.5), (0, 1, 0.5), (0, 0, 1)])  # OpenCV counts from pixels' centres
    picture = cv2.warpPerspective(
        grey,
        np.linalg.inv(half) @ matrix @ half,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(picture, np.uint8), matrix


def _small(frame: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], float]:
    """The frame halved, which is quick, as often as needed, and its scale."""
    scale = 1.0
    while max(frame.shape[:2]) > _SIDE and min(frame.shape[:2]) > 1:
        height, width = (n // 2 for n in frame.shape[:2])
        half = frame[: 2 * height, : 2 * width]
        frame = np.asarray(cv2.resize(half, (width, height), interpolation=cv2.INTER_AREA))
        scale /= 2
    return frame, scale


def _channels(small: npt.NDArray[np.uint8]) -> Iterator[Grey]:
    """Pictures in which paper may stand out: the darkest colour does on wood and cloth, the
    brightest if the paper is coloured; ink is filled."""
    pictures: list[npt.NDArray[np.generic]] = [small]
    if small.ndim == 3:
        blue, green, red = cv2.split(small)
        darkest = cv2.min(cv2.min(blue, green), red)
        pictures = [darkest, cv2.max(cv2.max(blue, green), red)]
    kernel = np.ones((_CLOSING, _CLOSING), np.uint8)
    for picture in pictures:
        yield np.asarray(
            cv2.morphologyEx(np.asarray(picture, np.uint8), cv2.MORPH_CLOSE, kernel), np.uint8
        )


def _regions(channel: Grey, dark: float, light: float) -> Iterator[Floats]:
    """Convex hulls of the large bright regions, (n, 2), at several thresholds; the same only
    once."""
    seen: list[tuple[float, ...]] = []
    for level in np.linspace(dark, light, _LEVELS + 2)[1:-1]:
        mask = cv2.threshold(channel, float(level), 255, cv2.THRESH_BINARY)[1]
        outlines = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
        for outline in outlines:
            x, y, w, h = cv2.boundingRect(outline)
            if len(outline) < 4 or w * h < _LEAST_AREA * channel.size:
                continue
            area = cv2.contourArea(outline)
            kind = (x, y, x + w, y + h, 4 * area / (w + h))
            if any(max(abs(a - b) for a, b in zip(kind, k, strict=True)) < _SAME for k in seen):
                continue
            seen.append(kind)
            hull = cv2.convexHull(outline)
            size = cv2.contourArea(hull)
            if size >= _LEAST_AREA * channel.size and area >= _LEAST_SOLID * size:
                yield np.asarray(hull[:, 0], np.float64)


def _quad(hull: Floats, channel: Grey) -> tuple[Floats, float] | None:
    """The sheet of which a region is the visible part, and how clear its edges are."""
    outline = hull.astype(np.float32)
    length = cv2.arcLength(outline, True)
    ends = cv2.approxPolyDP(outline, 0.006 * length, True)[:, 0].tolist()
    right, lower = channel.shape[1] - 1 - _BORDER, channel.shape[0] - 1 - _BORDER
    real = [
        (a, b)
        for a, b in zip(ends, ends[1:] + ends[:1], strict=True)
        # Not along the frame's edge.
        if max(a[0], b[0]) > _BORDER
        and max(a[1], b[1]) > _BORDER
        and min(a[0], b[0]) < right
        and min(a[1], b[1]) < lower
        and math.dist(a, b) >= _SHORT * length
    ]
    if not 2 <= len(real) <= 4:
        return None
    sides = np.array(real, np.float64)
    edges = _edges(channel, sides[:, 0], sides[:, 1], hull.mean(0))
    if edges is None:
        return None
    corners = _corners(edges[0], hull)
    if corners is None or not _plausible(corners, hull, channel.shape):
        return None
    return corners, edges[1] * len(edges[0])


def _edges(channel: Grey, a: Floats, b: Floats, inside: Floats) -> tuple[list[Line], float] | None:
    """The straight lines that a region's edges from a to b, (n, 2), lie on, and the least step in
    brightness over one of them; None if one of them is no sheet's edge."""
    along = (b - a) / np.hypot(*(b - a).T)[:, None]
    inwards = np.stack([-along[:, 1], along[:, 0]], 1)
    inwards *= np.where(((inside - a) * inwards).sum(1) < 0, -1.0, 1.0)[:, None]
    places = a[:, None] + _PLACES[:, None] * (b - a)[:, None]
    spots = places[:, :, None] + _REACH[:, None] * inwards[:, None, None]
    x, y = np.moveaxis(spots.reshape(-1, len(_REACH), 2), 2, 0).astype(np.float32)
    seen = cv2.remap(channel, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    profile = np.asarray(seen, np.float32).reshape(len(a), len(_PLACES), len(_REACH))
    steps = profile[:, :, 2:] - profile[:, :, :-2]
    at, step = steps.argmax(2), steps.max(2)
    light = profile[:, :, -3:].sum(2) / 3
    whole = light - profile[:, :, :3].sum(2) / 3
    bright = np.sort(light, 1)[:, len(_PLACES) // 2]
    clear = (whole >= _STEP * bright[:, None]) & (step >= _SHARP * whole)
    if (clear.mean(1) < _SUPPORT).any():
        return None
    # Where the step is steepest, between the pixels: the top of a parabola.
    side, place = np.ogrid[: len(a), : len(_PLACES)]
    left = steps[side, place, np.maximum(at - 1, 0)]
    right = steps[side, place, np.minimum(at + 1, steps.shape[2] - 1)]
    between = (right - left) / np.maximum(2 * (2 * step - left - right), 1e-3)
    offs = at + np.clip(between, -0.5, 0.5) - (_ACROSS - 1)
    lines: list[Line] = []
    for k in range(len(a)):
        found = (places[k] + offs[k, :, None] * inwards[k])[clear[k]].astype(np.float32)
        fitted = cv2.fitLine(found, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        way, point = np.asarray(fitted[:2], np.float64), np.asarray(fitted[2:], np.float64)
        off = np.sort(np.abs((found - point) @ (-way[1], way[0])))
        if off[3 * len(off) // 4] > _OFF_LINE:
            return None
        lines.append((point, way))
    middle = np.sort(np.where(clear, whole, 0), 1)[:, len(_PLACES) // 2]
    return lines, float((middle / np.maximum(bright, 1)).min())


def _corners(lines: list[Line], hull: Floats) -> Floats | None:
    """Where the four sides meet, (4, 2) from the upper left clockwise; sides that the frame has
    cut off are taken to be parallel to those that they face, beyond all that is seen."""
    first = lines[0][1]
    families: list[list[Line]] = [[], []]
    for point, way in lines:
        families[int(abs(way @ first) < math.cos(math.pi / 4))].append((point, way))
    across = families[1][0][1] if families[1] else np.array((-first[1], first[0]))
    for family, way in zip(families, (first, across), strict=True):
        if len(family) > 2:
            return None
        normal = np.array((-way[1], way[0]))
        ends = hull @ normal
        outer = [hull[ends.argmin()], hull[ends.argmax()]]
        if len(family) == 1:  # the end that is farther from the side that is there
            here = float(family[0][0] @ normal)
            outer = [outer[int(abs(ends.max() - here) > abs(ends.min() - here))]]
        family += [(point, way) for point in outer[: 2 - len(family)]]
    corners = [_meet(u, v) for u in families[0] for v in families[1]]
    if any(corner is None for corner in corners):
        return None
    return _clockwise(np.array(corners))


def _meet(one: Line, other: Line) -> Floats | None:
    """Where two lines meet; None if they are parallel."""
    (p, u), (q, v) = one, other
    cross = u[0] * v[1] - u[1] * v[0]
    if abs(cross) < 1e-6:
        return None
    off = q - p
    return np.asarray(p + u * (off[0] * v[1] - off[1] * v[0]) / cross)


def _clockwise(corners: Floats) -> Floats:
    """Corners in the order of a picture's, the upper left one first."""
    middle = corners - corners.mean(0)
    corners = corners[np.argsort(np.arctan2(middle[:, 1], middle[:, 0]))]
    # Of the four, the side that is most level and above is the upper one.
    sides = np.roll(corners, -1, 0) - corners
    rightwards = sides[:, 0] / np.maximum(np.hypot(*sides.T), 1e-9)
    return np.asarray(np.roll(corners, -int(rightwards.argmax()), 0))


def _plausible(corners: Floats, hull: Floats, shape: tuple[int, ...]) -> bool:
    """Whether a sheet may look like this, and holds what is bright."""
    sides = np.roll(corners, -1, 0) - corners
    lengths = np.hypot(*sides.T)
    if lengths.min() < 0.15 * lengths.max():
        return False
    before = np.roll(sides, 1, 0)
    turns = sides[:, 1] * before[:, 0] - sides[:, 0] * before[:, 1]
    if (turns <= math.sin(_SQUARE) * lengths * np.roll(lengths, 1)).any():
        return False
    inside = [
        cv2.pointPolygonTest(corners.astype(np.float32), (float(x), float(y)), True)
        for x, y in hull
    ]
    if min(inside) < -0.02 * max(shape):
        return False
    frame = np.array([(0, 0), (shape[1], 0), (shape[1], shape[0]), (0, shape[0])], np.float32)
    shared, _ = cv2.intersectConvexConvex(corners.astype(np.float32), frame)
    return bool(shared < _MOST_AREA * shape[0] * shape[1])


def _writing_beside(small: npt.NDArray[np.uint8], corners: Floats) -> bool:
    """Whether there are marks beside the sheet as writing makes them: small, several, and much
    darker or lighter than their ground."""
    grey = np.asarray(small if small.ndim == 2 else cv2.cvtColor(small, cv2.COLOR_BGR2GRAY))
    kernel = np.ones((_CLOSING, _CLOSING), np.uint8)
    ground = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_CLOSE, kernel), np.uint8)
    deeper = np.asarray(cv2.subtract(ground, grey), np.uint8)
    dark = (deeper > np.asarray(cv2.LUT(ground, _DEEP))) & (ground >= _MARK_GROUND)
    light = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_TOPHAT, kernel)) > _CHALK
    middle = corners.mean(0)
    wider = np.round(middle + (corners - middle) * 1.03).astype(np.int32)
    return any(_are_marks(marks.view(np.uint8), wider) for marks in (dark, light))


def _are_marks(marks: Grey, sheet: npt.NDArray[np.int32]) -> bool:
    """Whether so many marks beside the sheet have a character's size and form. What touches the
    sheet is a thing that it lies on: with the sheet it is too large for a mark."""
    cv2.fillConvexPoly(marks, sheet, 1)
    stats, _ = outlines(marks.view(np.bool_))
    sides = stats[1:, cv2.CC_STAT_WIDTH : cv2.CC_STAT_HEIGHT + 1]
    longer, shorter = sides.max(1), sides.min(1)
    few = (shorter >= 2) & (longer <= 4 * shorter) & (longer <= _MARK * max(marks.shape))
    return bool(few.sum() >= _MARKS)
