"""Frame → ink: what was written, free of paper, shadows and light.

The paper's brightness is estimated and divided out, then Sauvola's threshold decides, at the scale
that the writing needs rather than the camera's. Dark ink on light paper and light on dark alike.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.media.images import check_array, paper_of, to_8_bits
from hwr_live.segmentation.components import components, outlines
from hwr_live.segmentation.ground import (
    GROUND_SIDE,
    Grey,
    flatten,
    halve,
    is_light_on_dark,
    off_ground,
    percentiles,
    plain_ground,
)
from hwr_live.segmentation.rules import find_rules
from hwr_live.segmentation.straight import Rule
from hwr_live.segmentation.unruled import without_rules

_AREA = 3_000_000  # pixels: larger pictures are worked on at this size; pens are then 3 px wide
_SECOND_AREA = 8_000_000  # pixels: the most that small writing is enlarged to
_MOST_ENLARGED = 4.0  # times: more is blur
_WINDOW = 1 / 24  # of the shorter side: Sauvola's window
_LEAST_WINDOW = 15  # pixels of the picture: the window is no smaller
_K = 0.18  # Sauvola's k: lower than print's 0.3-0.5, pencils are faint
_PEN = 130.0  # grey: how dark a pen's ink is against the paper; fainter writing is made so
_DARKEST = 0.3  # per cent of the pixels that a few words cover
_THRESHOLD_SIDE = 640  # pixels: the threshold is found on a picture no larger than its square
_DRAWN_SIDE = 320  # pixels: the same of canvases, which have no camera's noise
_FIRM = 0.3  # of the darkest ink: on an even ground what is paler is the edge of a stroke
_FILL = 0.6  # of the darkest ink: what is darker is ink on an even ground, however broad
_FAINTEST = 0.10  # darkness against the paper below which nothing is ink
_GRAIN = 2.5  # times the paper's grain: what is no darker is no ink either
_MOST_INK = 0.25  # of the pixels: a word that is cut close covers fewer
_MOST_GRAIN = 90  # grey: no grain hides what is darker
_CORE = 0.45  # of the page's ink darkness: each component has a pixel as dark
_PALE = 0.32  # of the page's ink darkness: paler parts are dropped if they are rules
_RULE = 3.0  # times its width: a rule is longer
_LEAST_RULE = 6  # pixels: and no shorter


@dataclass(frozen=True)
class Ink:
    """The ink of one frame at working scale.

    Attributes:
        mask: bool (h, w), where there is ink.
        grey: uint8 (h, w), bright ink on black, also at the soft edges of strokes and where ink is
            too faint for ``mask``; beside it the paper's grain, nearly black.
        core: brightness in ``grey`` that ink reaches somewhere in each of its components; shadows,
            creases and the writing on the other side never do.
        scale: working pixels per pixel of the frame.
        size: width and height of the frame in its own pixels.
        origin: where in the picture the frame begins, if it is a part of one.
        rules: that were taken out of the ink, in its pixels.
        photo: whether a camera took it: there may be a table, shadows, and edges of a page.
        drawn: whether it is a drawing, of which all is meant.
    """

    mask: npt.NDArray[np.bool_]
    grey: Grey
    core: float
    scale: float
    size: tuple[int, int]
    origin: tuple[int, int] = (0, 0)
    rules: tuple[Rule, ...] = ()
    photo: bool = False
    drawn: bool = False


def find_ink(frame: npt.NDArray[np.generic], scale: float | None = None) -> Ink:
    """Finds the ink in a frame.

    Args:
        frame: (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA; uint8, uint16 or float of 0 to 1.
        scale: working pixels per pixel of the frame; chosen by the frame's size if None.

    Raises:
        InputError: for an array that is no picture.
    """
    given = to_grey(frame)
    plain = plain_ground(given)
    grey, scale = _scaled(given, scale)
    # An enlarged stroke is narrower than the camera's pixels were, and so much paler.
    k = _K / max(1.0, scale)
    exact = plain is not None and plain.exact
    if plain is not None and (exact or plain.light):
        flat = _with_contrast(off_ground(grey, plain))
    else:
        less = halve(grey, 2 * GROUND_SIDE)  # for both, as each would make it of the whole
        flat = _with_contrast(flatten(grey, is_light_on_dark(less), less))
    soft = _soft(flat)
    mask, darkness = binarize(soft, k)
    if exact and darkness:
        mask = _firm(mask, soft, darkness)
    rules = find_rules(mask)
    whole = mask
    if rules:
        mask = without_rules(mask, rules, soft)
    if not exact:
        _drop_pale(mask, soft >= math.ceil(255 - _PALE * darkness))
    bright = np.asarray(cv2.bitwise_not(flat), np.uint8)
    if rules:  # their soft edges go as well, where no stroke is
        gone = cv2.dilate((whole & ~mask).view(np.uint8), np.ones((3, 3), np.uint8))
        bright[gone.view(np.bool_) & ~mask] = 0
    size = given.shape[::-1]
    core = _CORE * darkness
    return Ink(mask, bright, core, scale, size, rules=tuple(rules), photo=not exact)


def drawn_ink(image: Grey, scale: float | None = None) -> Ink:
    """The ink of a canvas, whose paper is white and whose strokes are black: no light to divide
    out, no rules to take away.

    Args:
        image: uint8 (h, w).
        scale: as of ``find_ink``.
    """
    grey, scale = _scaled(image, scale)
    soft = _soft(grey)
    mask = _darker(soft, 255 * (1 - _FAINTEST), _K, _DRAWN_SIDE)
    mask |= (soft < math.ceil(255 * (1 - _FILL))) | (grey < 128)  # broad pens, and single pixels
    bright = np.asarray(cv2.bitwise_not(grey), np.uint8)
    return Ink(mask, bright, _CORE * 255, scale, image.shape[::-1], drawn=True)


def _scaled(grey: Grey, scale: float | None) -> tuple[Grey, float]:
    """The picture at a scale, or at the one that its size asks for, and that scale."""
    height, width = grey.shape
    if scale is None:
        scale = min(1.0, math.sqrt(_AREA / (height * width)))
    if scale != 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        grey = np.asarray(cv2.resize(grey, size, interpolation=way), np.uint8)
    return grey, scale


def second_scale(ink: Ink, factor: float, part: tuple[int, ...]) -> float:
    """The scale for a second look, ``factor`` times nearer as far as that helps; never further.

    Args:
        ink: that of the first look.
        factor: how much nearer.
        part: height and width in pixels of the part of the frame that is looked at.
    """
    most = math.sqrt(_SECOND_AREA / (part[0] * part[1]))
    return max(ink.scale, min(ink.scale * factor, most, _MOST_ENLARGED))


def to_grey(frame: npt.NDArray[np.generic]) -> Grey:
    """Any picture as uint8 (h, w); transparent pixels are paper (:func:`paper_of`).

    Raises:
        InputError: for an array of another shape, type or range, or without pixels.
    """
    picture = np.asarray(frame)
    if picture.ndim == 3 and picture.shape[2] == 1:
        picture = picture[:, :, 0]
    check_array(picture)
    picture = to_8_bits(picture)
    if picture.ndim == 2:
        return np.ascontiguousarray(picture)
    grey = cv2.cvtColor(
        np.ascontiguousarray(picture),
        cv2.COLOR_BGR2GRAY if picture.shape[2] == 3 else cv2.COLOR_BGRA2GRAY,
    )
    if picture.shape[2] == 4:
        alpha = picture[:, :, 3].astype(np.float32) / 255
        grey = (grey * alpha + paper_of(picture) * (1 - alpha)).astype(np.uint8)
    return np.asarray(grey, np.uint8)


def sauvola(grey: Grey, window: int, k: float, r: float = 128.0) -> npt.NDArray[np.float32]:
    """Sauvola's threshold for each pixel (Sauvola and Pietikäinen 2000): mean·(1 + k·(sd/r − 1)).

    Args:
        grey: uint8 (h, w).
        window: odd side of the square that mean and standard deviation are taken over.
        k: how far the threshold falls below the mean where there is little contrast.
        r: the greatest standard deviation, 128 for uint8.

    Returns:
        float32 (h, w); a darker pixel is ink.
    """
    side = (window, window)
    border = cv2.BORDER_REFLECT_101 if min(grey.shape) > 1 else cv2.BORDER_REPLICATE
    mean = np.asarray(cv2.boxFilter(grey, cv2.CV_32F, side, borderType=border), np.float32)
    out = np.asarray(cv2.sqrBoxFilter(grey, cv2.CV_32F, side, borderType=border), np.float32)
    out -= mean * mean
    np.sqrt(np.maximum(out, 0, out=out), out=out)
    out *= k / r
    out += 1 - k
    out *= mean
    return out


def binarize(soft: Grey, k: float = _K) -> tuple[npt.NDArray[np.bool_], float]:
    """Ink mask of a picture whose paper is 255, and how dark its ink is.

    Args:
        soft: uint8 (h, w), with little noise.
        k: as of ``sauvola``.

    Returns:
        bool (h, w), and the darkness of the darker ink, 0 to 255; 0 where there is none.
    """
    mask = _darker(soft, 255 * (1 - _FAINTEST), k)
    mask &= soft < math.ceil(255 - min(_GRAIN * _grain(soft, mask), _MOST_GRAIN))
    inked = np.flatnonzero(mask)  # few of all pixels
    if not len(inked):
        return mask, 0.0
    greys = soft.reshape(-1)[inked]
    return mask, 255 - percentiles(greys, 20)[0]


def _grain(soft: Grey, mask: npt.NDArray[np.bool_]) -> float:
    """How dark the paper's own grain is: four of five of its pixels are no darker.

    Args:
        soft: uint8 (h, w), paper 255.
        mask: bool (h, w), what may be ink. If it is no more than writing covers, the pixels about
            it are no paper; else it is the grain that the mask is full of.
    """
    some, inked = soft[::4, ::4], mask[::4, ::4]
    if inked.mean() < _MOST_INK:
        near = cv2.dilate(inked.astype(np.uint8), np.ones((3, 3), np.uint8))
        paper = some[near == 0]
        if paper.size:
            some = paper
    return max(1.0, 255.0 - percentiles(some, 20)[0])


def _firm(mask: npt.NDArray[np.bool_], soft: Grey, darkness: float) -> npt.NDArray[np.bool_]:
    """The ink on an even ground, where there are no shadows that a fixed limit could take for ink.

    Sauvola's threshold parts strokes that stand close, but hollows those that are broader than its
    window, and keeps crumbs of their soft edges.

    Args:
        mask: bool (h, w), by Sauvola's threshold.
        soft: uint8 (h, w), ground 255.
        darkness: of the darker ink, of 255.
    """
    out = mask | (soft < math.ceil(255 - _FILL * darkness))
    labels, stats = components(out)
    inked = np.flatnonzero(out)  # few of all pixels
    owner, dark = (a.reshape(-1)[inked] for a in (labels, soft < math.ceil(255 - _FIRM * darkness)))
    # What is pale all over is a fainter pen's.
    firm = np.bincount(owner[dark], minlength=len(stats)) > 0
    out.reshape(-1)[inked[~dark & firm[owner]]] = False
    return out


def _soft(grey: Grey) -> Grey:
    """The picture with less noise in it."""
    return np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), np.uint8) if min(grey.shape) > 2 else grey


def _darker(
    soft: Grey, limit: float, k: float, side: int = _THRESHOLD_SIDE
) -> npt.NDArray[np.bool_]:
    """Where a picture is darker than Sauvola's threshold and a limit: bool (h, w)."""
    # The threshold is smooth: on a large picture a part of the pixels tell it as well.
    coarse = halve(soft, side)
    scale = coarse.shape[0] / soft.shape[0]
    window = int(max(_LEAST_WINDOW * scale, min(coarse.shape) * _WINDOW)) // 2 * 2 + 1
    exact = np.minimum(sauvola(coarse, max(3, window), k), np.float32(limit))
    threshold = np.ceil(exact).astype(np.uint8)
    if coarse.shape != soft.shape:
        size = (soft.shape[1], soft.shape[0])
        resized = cv2.resize(threshold, size, interpolation=cv2.INTER_LINEAR)
        threshold = np.asarray(resized, np.uint8)
    return np.asarray(soft < threshold, np.bool_)


def _with_contrast(flat: Grey) -> Grey:
    """Faint writing made as dark as a pen's, if it stands out from the paper's grain."""
    darkness, grain = (255 - grey for grey in percentiles(flat[::2, ::2], _DARKEST, 20))
    if darkness >= _PEN or darkness < 4 * grain or darkness < 12:
        return flat
    darker = cv2.convertScaleAbs(cv2.bitwise_not(flat), alpha=_PEN / darkness)
    return np.asarray(cv2.bitwise_not(darker), np.uint8)


def _drop_pale(mask: npt.NDArray[np.bool_], pale: npt.NDArray[np.bool_]) -> None:
    """Takes out of a mask, in place, those of its pale pixels, bool (h, w), that are bits of the
    paper's rules: long and thin."""
    stats, runs = outlines(mask & pale)
    w, h = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    longer, shorter = np.maximum(w, h), np.minimum(w, h)
    rule = (longer > _RULE * shorter) & (longer >= _LEAST_RULE)
    rule |= longer > mask.shape[1] // 6  # a tilted rule has a high box
    mask.reshape(-1)[runs.pixels(np.flatnonzero(rule), mask.shape[1])] = False
