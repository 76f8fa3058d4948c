"""From strokes or a drawn mask to the ink of a line, as a pen, paper and a camera would have it."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.ink import find_ink
from hwr_live.strip import with_faint
from train.lines.sources.strokes import Pen, join

Grey = npt.NDArray[np.uint8]

_MARGIN = 6
_CLUTTERED = 0.16  # share of lines of strokes
_BITS = 4
_PLAIN, _PLAIN_PEN = 26.0, 3.0  # pixels: x-height and pen of what is drawn to be measured
_KEPT = 0.55  # share of the ink without which writing is beyond reading
_MOST = 3600  # pixels of width that a line is drawn at


def bent(path: Pen, rng: np.random.Generator) -> Pen:
    """A line of strokes, x-height 1, as another hand and mood would have written it: leaning,
    narrower or wider, wavy along the line, and unsteady."""
    points = path.points.copy()
    x, y = points[:, 0], points[:, 1]
    lean = rng.normal(0, 0.16)
    wide = np.exp(np.clip(rng.normal(0, 0.17), -0.45, 0.4))
    length = float(x.max()) + 1
    at = x.copy()
    x += -lean * y
    x *= wide
    if rng.random() < 0.75:
        for period, most in ((rng.uniform(6, 16), 0.12), (rng.uniform(1.2, 4), 0.045)):
            for axis in (x, y):
                turn = rng.uniform(0, 6.3)
                axis += most * rng.random() * np.sin(at * (6.283 / period) + y * 0.7 + turn)
    if rng.random() < 0.5:
        y += rng.normal(0, 0.022) * (x - length / 2)  # the line rises or falls
    if rng.random() < 0.25:
        y += rng.normal(0, 0.25) * np.square((x - length / 2) / length)
    return Pen(points, path.firsts)


def cluttered(
    path: Pen,
    rng: np.random.Generator,
    piece: Callable[[np.random.Generator], npt.NDArray[np.float32]] | None = None,
) -> Pen:
    """Now and then with what a reader leaves of a page: a rule, a box's side, a piece of the line
    above or below.

    Args:
        path: a line of strokes, x-height 1, baseline at 0.
        rng: the source of chance.
        piece: gives pieces of other writing, (n, 2), about as large as a letter.
    """
    if rng.random() > _CLUTTERED:
        return path
    low, high = path.points.min(0), path.points.max(0)
    width = float(high[0] - low[0])
    kind = int(rng.integers(5))
    if kind == 0:  # underlined, or on a rule that is left in pieces
        y = float(rng.uniform(0.12, 0.75))
        a = float(low[0]) + width * rng.uniform(-0.1, 0.6) - 0.3
        b = min(float(high[0]) + 0.6, a + width * rng.uniform(0.3, 1.3) + 0.5)
        mark = np.stack([np.linspace(a, b, 8), y + np.cumsum(rng.normal(0, 0.03, 8))], 1)
    elif kind == 1 and width > 1.5:  # the side of a box
        left = rng.random() < 0.5
        away = float(rng.uniform(0.4, 1.2))
        x = float(low[0]) - away if left else float(high[0]) + away
        ends = np.sort(rng.uniform(-3.0, 1.5, 2))
        mark = np.array([[x, ends[0] - 0.7], [x + rng.normal(0, 0.05), ends[1] + 0.7]])
    else:
        own = piece(rng) if piece else np.zeros((0, 2), np.float32)
        if not len(own):
            return path
        mark = own.astype(np.float64)
        mark[:, 1] += rng.uniform(0.9, 1.6) if rng.random() < 0.5 else -rng.uniform(2.1, 2.8)
        mark[:, 0] += float(low[0]) + width * rng.random()
    return join([path, Pen(mark.astype(np.float32), np.zeros(1, np.int64))])


def drawn(path: Pen, rng: np.random.Generator) -> Grey:
    """Ink of strokes whose x-height is 1, of a pen of any width: uint8 (h, w)."""
    points = path.points
    if not len(points):
        return np.zeros((8, 8), np.uint8)
    low, high = points.min(0), points.max(0)
    size = float(np.exp(rng.uniform(np.log(17), np.log(34))))
    size = min(size, _MOST / (float(high[0] - low[0]) + 1))
    pen = float(np.exp(rng.uniform(np.log(0.045), np.log(0.22)))) * size
    margin = _MARGIN + pen
    fixed = np.round((points - low) * (size * (1 << _BITS)) + margin * (1 << _BITS))
    whole = fixed.astype(np.int32).reshape(-1, 1, 2)
    strokes = np.split(whole, path.firsts[1:])
    width, height = np.ceil((high - low) * size + 2 * margin + 1).astype(int)
    image = np.zeros((height, width), np.uint8)
    thick = max(1, int(pen + rng.random()))
    cv2.polylines(image, strokes, False, 255, thick, cv2.LINE_AA, _BITS)
    for dot in strokes:
        if len(dot) == 1:
            centre = (int(dot[0, 0, 0]), int(dot[0, 0, 1]))
            cv2.circle(image, centre, thick << (_BITS - 1), 255, cv2.FILLED, cv2.LINE_AA, _BITS)
    if rng.random() < 0.12 and pen < 0.12 * size:  # a broad nib: thick one way, thin across
        image = cv2.dilate(image, _nib(size * rng.uniform(0.05, 0.2), rng))
    return image


def plain(path: Pen) -> Grey:
    """Ink of strokes whose x-height is 1, as a common pen leaves it on plain paper, unvaried."""
    points = path.points
    size = min(_PLAIN, _MOST / (float(points[:, 0].max() - points[:, 0].min()) + 1))
    fixed = np.round((points - points.min(0)) * (size * (1 << _BITS)) + (10 << _BITS))
    strokes = np.split(fixed.astype(np.int32).reshape(-1, 1, 2), path.firsts[1:])
    width, height = np.ceil(np.ptp(points, axis=0) * size + 21).astype(int)
    image = np.zeros((height, width), np.uint8)
    pen = max(1, round(_PLAIN_PEN * size / _PLAIN))
    cv2.polylines(image, strokes, False, 255, pen, cv2.LINE_AA, _BITS)
    return image


def _nib(length: float, rng: np.random.Generator) -> Grey:
    side = max(3, round(length) | 1)
    nib = np.zeros((side, side), np.uint8)
    turn = rng.uniform(0, np.pi)
    reach = (side - 1) / 2
    dx, dy = reach * np.cos(turn), reach * np.sin(turn)
    a = (round(reach - dx), round(reach - dy))
    cv2.line(nib, a, (round(reach + dx), round(reach + dy)), 1)
    nib[side // 2, side // 2] = 1
    return nib


def warped(image: Grey, rng: np.random.Generator, much: float = 1.0) -> Grey:
    """A picture of ink leaning otherwise, wider or narrower and bent, as :func:`bent` does.

    Args:
        image: uint8 (h, w).
        rng: the source of chance.
        much: how much, from 0; 1 as a hand differs from another.
    """
    h, w = image.shape
    lean = much * rng.normal(0, 0.14)
    wide = np.exp(much * np.clip(rng.normal(0, 0.15), -0.4, 0.4))
    room = int(abs(lean) * h) + 4
    width = max(8, int(w * wide) + 2 * room)
    x = (np.arange(width, dtype=np.float32)[None, :] - room) / np.float32(wide)
    y = np.arange(-4, h + 4, dtype=np.float32)[:, None]
    from_x = x + np.float32(lean) * (y - h / 2)
    from_y = y + np.zeros_like(x)
    if rng.random() < 0.7:
        for period, most in ((rng.uniform(1.5, 6) * h, 0.05), (rng.uniform(0.4, 1.2) * h, 0.018)):
            turns = rng.uniform(0, 6.3, 2)
            most *= much * h * rng.random()
            wave = x * np.float32(6.283 / period) + y * np.float32(2 / h)
            from_x = from_x + np.float32(most) * np.sin(wave + np.float32(turns[0]))
            from_y = from_y + np.float32(most) * np.sin(wave + np.float32(turns[1]))
    if rng.random() < 0.4:
        from_y = from_y + np.float32(much * rng.normal(0, 0.02)) * (x - w / 2)
    return np.asarray(
        cv2.remap(image, from_x.astype(np.float32), from_y.astype(np.float32), cv2.INTER_LINEAR),
        np.uint8,
    )


def thickened(image: Grey, rng: np.random.Generator) -> Grey:
    """The ink of a picture with a thicker or thinner pen."""
    kind = rng.random()
    if kind < 0.25:
        shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        more = cv2.dilate(image, shape)
        return np.asarray(cv2.addWeighted(image, (s := rng.random()), more, 1 - s, 0), np.uint8)
    if kind < 0.4:
        thin = cv2.erode(image, np.ones((2, 2), np.uint8))
        if float(thin.sum()) > 0.45 * float(image.sum()):
            return np.asarray(thin, np.uint8)
    return image


def seen(image: Grey, rng: np.random.Generator) -> Grey:
    """The ink as it reaches the reader: through a camera and the product's own binarization, or
    from the pad's canvas. What would be lost on the way is given as it was drawn."""
    total = float(image.sum())
    if rng.random() < 0.3:
        shot, scale = _photographed(image, rng)
        return shot if float(shot.sum()) > _KEPT * total * scale * scale else image
    scale = 1.0
    if rng.random() < 0.55:
        scale = float(np.exp(rng.uniform(np.log(0.5), 0)))
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        out = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    else:
        out = image
    if rng.random() < 0.35:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), rng.uniform(0.3, 1.5 * scale)), np.uint8)
    if rng.random() < 0.1:
        out = _faded(out, rng)
    if rng.random() < 0.25:  # binarized somewhere on its way
        limit = int(rng.integers(60, 130))
        out = np.asarray(cv2.threshold(out, limit, 255, cv2.THRESH_TOZERO)[1], np.uint8)
    return out if float(out.sum()) > _KEPT * total * scale * scale else image


def _faded(image: Grey, rng: np.random.Generator) -> Grey:
    """Ink that the pen gave unevenly, down to gaps."""
    h, w = image.shape
    coarse = rng.random((max(2, h // 8), max(2, w // 8)), np.float32)
    fine = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_LINEAR)
    gain = np.clip(fine * rng.uniform(1.2, 2.6) - rng.uniform(0, 0.3), 0, 1)
    return np.asarray(image * gain, np.uint8)


def _photographed(image: Grey, rng: np.random.Generator) -> tuple[Grey, float]:
    """Drawn on paper, seen by a camera, made ink again by ``find_ink``; and how much smaller."""
    small = float(np.exp(rng.uniform(np.log(0.5), np.log(1.1))))
    room = cv2.copyMakeBorder(image, 14, 14, 14, 14, cv2.BORDER_CONSTANT, value=0)
    size = (max(24, round(room.shape[1] * small)), max(24, round(room.shape[0] * small)))
    way = cv2.INTER_AREA if small < 1 else cv2.INTER_LINEAR
    ink = cv2.resize(room, size, interpolation=way).astype(np.float32) / 255
    h, w = ink.shape
    paper = rng.uniform(110, 250)
    light = (
        np.float32(paper) + np.linspace(-1, 1, w, dtype=np.float32) * rng.uniform(0, 0.15) * paper
    )
    dark = rng.uniform(0.25, 0.9)
    grey = light * (1 - np.float32(dark) * ink)
    if rng.random() < 0.2:  # ruled or squared paper, paler than the pen
        pale = np.float32(1 - dark * rng.uniform(0.1, 0.45))
        pitch = max(9, int(h * rng.uniform(0.25, 0.7)))
        grey[int(rng.integers(pitch)) :: pitch] *= pale
        if rng.random() < 0.5:
            grey[:, int(rng.integers(pitch)) :: pitch] *= pale
    if rng.random() < 0.7:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.4, 1.1)), np.float32)
    noise = rng.standard_normal(grey.shape, np.float32) * np.float32(rng.uniform(0.5, 7))
    found = find_ink(np.clip(grey + noise, 0, 255).astype(np.uint8))
    return with_faint(found.grey, found.mask, np.zeros_like(found.mask)), small
