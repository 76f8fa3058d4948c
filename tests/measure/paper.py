"""Pages composed of photographed characters, and what paper, light and cameras do to them.

The characters are single photographs whose size says nothing about how tall they stood (lower case
is photographed as large as capitals), so heights are from ``compose.ZONES``, and all stand with one
pen's darkness. What a real page has and these have not: joined strokes, a hand that slopes and
drifts, one writer's forms from beginning to end.

Each disturbance can be had alone or with others, on the same words in the same characters.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tests.measure.compose import ZONES

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Rng = np.random.Generator

PAPER = ("ruled", "squared", "coloured", "show-through")
OTHERS = ("touching", "shadowed", "tilted", "low resolution")
DISTURBANCES = (*PAPER, *OTHERS)
_FAINT = 0.55  # of the limit between ink and paper: fainter strokes are none
_NEAR = 0.12  # of a character: parts further away are dirt and remnants
TOUCHING = 0.5  # share of the neighbours within words that touch
_LOW = (12.0, 15.0)  # pixels that capitals have at low resolution
_TILT = 12.0  # degrees to each side
_PITCH = 3.4  # x-heights between lines
_MARGIN = 3.0  # x-heights


@dataclass(frozen=True)
class Sheet:
    """What is written, without its paper.

    Attributes:
        ink: float32 (h, w), 0 to 1, how much of the paper ink covers.
        baselines: pixels from the top.
        x_height: pixels.
    """

    ink: Floats
    baselines: tuple[float, ...]
    x_height: float


def ink_of(crop: Grey, *, dotted: bool = False) -> tuple[Floats, int, int]:
    """The ink of a photographed character, without what is left of rules and frames around it.

    Args:
        crop: uint8 (h, w), dark ink on paper.
        dotted: whether the character has a part of its own, as ``i`` and ``j``.

    Returns:
        float32 (h, w), about 1 in the strokes' middle; the ink's rows: the first, and the one
        behind the last. Cut to the ink's columns.
    """
    soft = cv2.GaussianBlur(crop, (0, 0), 0.6)
    ground = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
    ground = cv2.GaussianBlur(ground, (0, 0), 4).astype(np.float32)
    dark = np.clip(1 - crop / np.maximum(ground, 1), 0, 1).astype(np.float32)
    scaled = np.asarray(255 * dark / max(1e-3, float(dark.max())), np.uint8)
    limit, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_OTSU)
    # Faint strokes belong to the ink where they go on from, or beside, what is surely ink.
    mask = (cv2.GaussianBlur(scaled, (0, 0), 0.5) > _FAINT * limit).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
    mass = np.bincount(labels.reshape(-1), dark.reshape(-1), minlength=count)
    mass[0] = 0
    x, y, w, h = stats[:, :4].T
    height, width = crop.shape
    outside = (x == 0) | (y == 0) | (x + w == width) | (y + h == height)
    edge = (h <= 4) & ((y + h < 6) | (y > height - 6)) | (w <= 4) & (h > 0.9 * height)
    mass[outside & edge] = 0  # rules and frames
    main = int(mass.argmax())
    away = cv2.distanceTransform((labels != main).astype(np.uint8), cv2.DIST_L2, 3)
    kept = mass > 0.25 * mass[main]
    for i in np.flatnonzero((mass > 0.03 * mass[main]) & ~kept):
        above = dotted and y[i] + h[i] <= y[main] + 2 and not outside[i]
        kept[i] = above or away[labels == i].min() < _NEAR * max(h[main], w[main])
    strokes = kept[labels] if kept.any() else np.ones(crop.shape, bool)
    rows, columns = (np.flatnonzero(strokes.any(axis)) for axis in (1, 0))
    near = cv2.dilate(strokes.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    full = max(1e-3, float(np.percentile(dark[strokes], 70)))
    left, right = int(columns[0]), int(columns[-1]) + 1
    ink = np.clip(np.where(near, dark, 0)[:, left:right] / full, 0, 1.1)
    return np.asarray(ink, np.float32), int(rows[0]), int(rows[-1]) + 1


def write(
    lines: Sequence[str],
    hand: Mapping[str, Sequence[Grey]],
    rng: Rng,
    x_height: float = 20,
    touching: float = 0.0,
) -> Sheet:
    """Writes lines with photographed characters on baselines.

    Args:
        lines: the text; its characters must be in ``hand`` or spaces.
        hand: uint8 (h, w) of each character, one or more.
        rng: chooses among them, and how far heights (10 %) and gaps stray.
        x_height: pixels.
        touching: share of the neighbours within words that touch.
    """
    margin, pitch = _MARGIN * x_height, _PITCH * x_height
    baselines = tuple(margin + pitch * (i + 0.6) for i in range(len(lines)))
    longest = max(map(len, lines), default=1)
    shape = (int(2 * margin + pitch * len(lines)), int(2 * margin + 2.6 * x_height * longest))
    page = np.zeros(shape, np.float32)
    right = 0
    for line, base in zip(lines, baselines, strict=True):
        x, before = margin, False
        for char in line:
            if char == " ":
                x, before = x + rng.uniform(1.0, 1.4) * x_height, False
                continue
            crop = hand[char][int(rng.integers(len(hand[char])))]
            high, low = ZONES[char]
            tall = (high - low) * x_height * rng.uniform(0.9, 1.1)
            ink, foot = _as_tall(*ink_of(crop, dotted=char in "ij"), tall)
            top = max(0, round(base - low * x_height - foot))
            gap, touches = rng.uniform(0.2, 0.4) * x_height, rng.random() < touching
            place = page[top : top + ink.shape[0]]
            left = _touch(place, ink, round(x)) if before and touches else round(x)
            spot = place[:, left : left + ink.shape[1]]
            np.maximum(spot, ink, out=spot)
            x, before = left + ink.shape[1] + gap, True
        right = max(right, round(x))
    return Sheet(page[:, : right + int(margin)], baselines, x_height)


def photograph(
    sheet: Sheet, what: Collection[str], seed: int, behind: Sheet | None = None
) -> Picture:
    """What a phone's camera makes of a sheet: uint8 (h, w, 3) BGR.

    Args:
        sheet: what is written.
        what: names of ``DISTURBANCES``; none for plain paper in even light. "touching" is the
            sheet's own matter. Of ruled and squared together one is drawn.
        seed: the same gives the same paper, light and view, whatever else is asked for.
        behind: what is written on the other side, for "show-through".
    """

    def rng(of: str) -> Rng:
        return np.random.default_rng([seed, *of.encode()])

    room = math.ceil(0.25 * max(sheet.ink.shape)) if "tilted" in what else 0
    ink = np.pad(sheet.ink, room)
    paper = _paper(ink.shape, rng("paper"), coloured="coloured" in what)
    kinds = [kind for kind in ("ruled", "squared") if kind in what]
    if kinds:
        kind = kinds[seed % len(kinds)]
        _rule(paper, sheet, room, rng(kind), squared=kind == "squared")
    if "show-through" in what and behind is not None:
        paper *= 1 - _shown_through(behind, ink.shape, rng("show-through"))[..., None]
    pen = rng("pen")
    colour = np.array(_PENS[int(pen.integers(len(_PENS)))], np.float32) / 255
    strength = pen.uniform(0.75, 0.95)
    cover = np.clip(strength * ink, 0, 0.97)[..., None]
    picture = paper * (1 - cover) + paper * cover * colour
    if "shadowed" in what:
        picture *= _shadow(ink.shape, rng("shadowed"))[..., None]
    if "tilted" in what:
        picture = _tilted(picture, room, rng("tilted"))
    if "low resolution" in what:
        shrink = rng("low resolution").uniform(*_LOW) / (1.6 * sheet.x_height)
        picture = cv2.resize(picture, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    return _camera(np.asarray(picture, np.float32), rng("camera"))


_PENS = ((40, 35, 30), (125, 60, 30), (150, 50, 45), (60, 60, 60))  # BGR: black, blue, pencil
_PAPERS = ((150, 225, 240), (190, 190, 240), (185, 225, 190), (230, 205, 170), (120, 165, 195))


def _as_tall(ink: Floats, top: int, bottom: int, tall: float) -> tuple[Floats, float]:
    """A character's ink as tall as wanted, and how far its foot is from the first row."""
    scale = tall / max(1, bottom - top)
    size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    sized = np.clip(cv2.resize(ink, size, interpolation=way), 0, 1.1)
    return np.asarray(sized, np.float32), bottom * size[1] / ink.shape[0]


def _touch(place: Floats, ink: Floats, x: int) -> int:
    """How far to the left ink that would stand at ``x`` must go to touch what is written."""
    near = np.ones((3, 1), np.uint8)  # ink touches ink of the next row, too
    written = cv2.dilate((place[:, :x] > 0.4).astype(np.uint8), near)
    ends = np.where(written.any(1), x - np.argmax(written[:, ::-1], axis=1), -(1 << 20))
    starts = np.where((ink > 0.4).any(1), np.argmax(ink > 0.4, axis=1), 1 << 20)
    gap = int((x + starts[: len(ends)] - ends).min())
    return max(0, x - gap - 1) if gap < ink.shape[0] else x


def _paper(shape: tuple[int, ...], rng: Rng, *, coloured: bool) -> Floats:
    """Paper as even light shows it, with its grain: float32 (h, w, 3), 0 to 255."""
    tone = np.array(_PAPERS[int(rng.integers(len(_PAPERS)))] if coloured else (205, 212, 214))
    tone = tone * rng.uniform(0.92, 1.05)
    h, w = shape
    grain = rng.normal(0, 2.0, (h, w)).astype(np.float32)
    coarse = rng.normal(0, 2.5, (h // 24 + 2, w // 24 + 2)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 0.8) * 2 + cv2.resize(coarse, (w, h))
    return np.asarray(np.clip(tone, 0, 250) + grain[..., None], np.float32)


def _rule(paper: Floats, sheet: Sheet, room: int, rng: Rng, *, squared: bool) -> None:
    """Draws rules that are written on, or squares of any size, in place."""
    h, w = paper.shape[:2]
    colour = np.array((0.92, 0.78, 0.68) if rng.random() < 0.7 else (0.75, 0.75, 0.75))
    fade = rng.uniform(0.7, 1.1)
    cover = np.zeros((h, w), np.uint8)
    thick = max(1, round(rng.uniform(0.05, 0.09) * sheet.x_height))
    pitch = _PITCH * sheet.x_height / (int(rng.integers(2, 4)) if squared else 1)
    first = room + sheet.baselines[0] + rng.uniform(0, 0.2) * sheet.x_height
    for y in np.arange(first % pitch, h, pitch):
        cv2.line(cover, (0, round(16 * y)), (16 * w, round(16 * y)), 255, thick, cv2.LINE_AA, 4)
    if squared:
        for x in np.arange(rng.uniform(0, pitch), w, pitch):
            cv2.line(cover, (round(16 * x), 0), (round(16 * x), 16 * h), 255, thick, cv2.LINE_AA, 4)
    elif rng.random() < 0.5:
        x = round(room + 0.6 * _MARGIN * sheet.x_height)
        red = np.zeros((h, w), np.uint8)
        cv2.line(red, (x, 0), (x, h), 255, thick, cv2.LINE_AA)
        paper *= 1 - (red / 255.0)[..., None] * (1 - np.array((0.72, 0.7, 0.93)))
    share = np.float32(fade) * (cover / np.float32(255))[..., None]
    paper *= 1 - share * (1 - colour).astype(np.float32)


def _shown_through(behind: Sheet, shape: tuple[int, ...], rng: Rng) -> Floats:
    """How much darker the other side's writing makes the paper: mirrored, soft and faint."""
    h, w = shape
    back = cv2.GaussianBlur(behind.ink[:, ::-1], (0, 0), 0.08 * behind.x_height)
    rows = np.arange(h) + int(rng.integers(back.shape[0]))
    columns = np.arange(w) + int(rng.integers(back.shape[1]))
    tiled = back[np.ix_(rows % back.shape[0], columns % back.shape[1])]
    return np.asarray(rng.uniform(0.1, 0.2) * tiled, np.float32)


def _shadow(shape: tuple[int, ...], rng: Rng) -> Floats:
    """Light that falls off across the page, and the shadow of a hand or a phone with its edge."""
    h, w = shape
    y, x = np.mgrid[:h, :w].astype(np.float32) / np.float32(max(h, w))
    angle = rng.uniform(0, 2 * math.pi)
    across = x * math.cos(angle) + y * math.sin(angle)
    light = 1 - rng.uniform(0.1, 0.35) * (across - across.min()) / np.ptp(across)
    angle = rng.uniform(0, 2 * math.pi)
    across = x * math.cos(angle) + y * math.sin(angle)
    edge = np.quantile(across[::8, ::8], rng.uniform(0.35, 0.65))
    soft = rng.uniform(0.004, 0.03)
    lit = 1 / (1 + np.exp(-np.clip((across - edge) / soft, -30, 30)))
    deep = rng.uniform(0.45, 0.7)
    return np.asarray(light * (deep + (1 - deep) * lit), np.float32)


def _tilted(picture: Floats, room: int, rng: Rng) -> Floats:
    """Turned and seen a little from the side; of the room around the page what is in view."""
    h, w = picture.shape[:2]
    angle = math.radians(rng.uniform(0.25, 1) * _TILT * rng.choice([-1, 1]))
    turn = np.eye(3)
    turn[:2] = cv2.getRotationMatrix2D((w / 2, h / 2), math.degrees(angle), 1)
    page = np.array([(room, room), (w - room, room), (w - room, h - room), (room, h - room)])
    aside = page + rng.uniform(-0.02, 0.02, (4, 2)) * (w - 2 * room)
    lean = cv2.getPerspectiveTransform(page.astype(np.float32), aside.astype(np.float32))
    corners = cv2.perspectiveTransform(page[None].astype(np.float64), turn @ lean)[0]
    low, high = np.floor(corners.min(0)), np.ceil(corners.max(0))
    shift = np.array([(1, 0, -low[0]), (0, 1, -low[1]), (0, 0, 1)])
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    seen = cv2.warpPerspective(
        picture, shift @ turn @ lean, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    return np.asarray(seen, np.float32)


def _camera(picture: Floats, rng: Rng) -> Picture:
    """A little blur, noise and what JPEG leaves."""
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 0.8))
    noisy = soft + rng.normal(0, rng.uniform(1.5, 4), picture.shape).astype(np.float32)
    whole = np.asarray(np.clip(noisy, 0, 255), np.uint8)
    _, coded = cv2.imencode(".jpg", whole, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(75, 95))])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
