"""Composes pages to train on: pictures with maps of what is written, deterministic by seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from train.lines.compose import SHARES as LINE_SHARES
from train.lines.compose import Composer as Lines
from train.lines.sources.printed import printed
from train.lines.sources.texts import Texts
from train.pages.sources import things
from train.pages.sources.diagrams import Diagrams
from train.pages.sources.grounds import Grounds
from train.pages.target import CORE, DRAWING, HAND, PRINT, Target

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Rng = np.random.Generator

SIDE = 384
"""Pixels of a picture to train on: four times what the network's coarsest answers see at once."""

DIAGRAMS = 0.42
"""Share of pictures that are parts of photographed diagrams. By the trial that came before."""

_NO_LINES = ("empty", "paper", "print", "form")  # the latter's words are on the diagrams, whole
_EMPTY = 0.18  # share of composed pictures on which nothing is written
_SHEETS = 0.3  # of them: sheets of paper on something
_SMALL, _USUAL, _LARGE = (3.2, 8.0), (5.0, 26.0), (22.0, 130.0)  # pixels of x-height
_X = 20 / 9  # x-heights by the standard deviation of a line's rows of ink, as ``strip`` has it
_ROOM = 0.95  # x-heights above and below a line's middle that nothing else may cover
_CELL = 4  # pixels: what is taken is known by cells of so many


@dataclass(frozen=True)
class Sample:
    """A picture with its maps.

    Attributes:
        grey: uint8 (side, side).
        target: what is to be said of it.
        source: "diagrams" or "composed".
    """

    grey: Grey
    target: Target
    source: str


class Composer:
    """Draws pages by chance.

    Args:
        data: the folder of the data.
        held: whether of the people and things held back to choose by, or of all others.
        side: pixels of a picture, a multiple of 32.
        licences: of what people wrote, "any" or "free".

    Raises:
        InputError: if data is missing.
    """

    def __init__(
        self, data: Path, held: bool = False, side: int = SIDE, licences: str = "any"
    ) -> None:
        shares = {name: share for name, share in LINE_SHARES.items() if name not in _NO_LINES}
        self._lines = Lines(data, held, shares, licences)
        self._diagrams = Diagrams(data, held)
        self._doodles = things.Doodles(data, held)
        self._grounds = Grounds(side)
        self._texts = Texts()
        self.side = side

    def sample(self, rng: Rng, source: str | None = None) -> Sample:
        """A picture; the same state of ``rng`` gives the same.

        Args:
            rng: the source of chance.
            source: "diagrams", "composed" or "empty"; any if None.
        """
        if source == "diagrams" or (source is None and rng.random() < DIAGRAMS):
            return Sample(*self._diagrams.draw(self.side, rng), "diagrams")
        empty = source == "empty" or (source is None and rng.random() < _EMPTY)
        return Sample(*_Page(self, rng, empty).finished(), "empty" if empty else "composed")


class _Page:
    """One composed page while it is drawn."""

    def __init__(self, composer: Composer, rng: Rng, empty: bool) -> None:
        self._of, self._rng, self._empty = composer, rng, empty
        side = self._side = composer.side
        self._target = Target.empty(side)
        self._dark = np.zeros((side, side), np.float32)  # how dark ink makes each pixel
        self._drawn = np.zeros((side, side), np.uint8)  # ink that is no writing
        cells = side // _CELL
        self._taken = np.zeros((cells, cells), np.uint8)
        kind = rng.random()
        if kind < 0.5:
            self._angle = float(rng.normal(0, math.radians(5)))
        elif kind < 0.75:
            self._angle = math.pi / 2 * int(rng.integers(4)) + rng.normal(0, math.radians(4))
        else:
            self._angle = float(rng.uniform(0, 2 * math.pi))

    def finished(self) -> tuple[Grey, Target]:
        rng, grounds = self._rng, self._of._grounds
        ground = self._ground()
        strong = rng.uniform(0.3, 0.95)
        if rng.random() < 0.4:
            pale = rng.uniform(0.06, 0.6) * strong
            self._draw(things.rules(self._side, rng, self._angle), pale, 0.5)
        if not self._empty:
            for _ in range(int(rng.integers(1, 6))):
                self._block(strong * rng.uniform(0.7, 1.05), HAND)
        if rng.random() < (0.5 if self._empty else 0.25):
            for _ in range(int(rng.integers(1, 4))):
                self._block(rng.uniform(0.4, 0.95), PRINT)
        self._figures(strong)
        dark = np.clip(self._dark, 0, 0.97)
        light = float(ground.mean()) < 105 or (float(ground.mean()) < 150 and rng.random() < 0.4)
        page = ground + (rng.uniform(200, 255) - ground) * dark if light else ground * (1 - dark)
        if rng.random() < 0.15:
            self._cover(page)
        seen = grounds.lit(np.asarray(page, np.float32), rng)
        grey = np.clip(seen, 0, 255).astype(np.uint8)
        if rng.random() < 0.3:
            quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))]
            coded = cv2.imencode(".jpg", grey, quality)[1]
            grey = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
        half = (self._side // 2, self._side // 2)
        drawn = cv2.resize(self._drawn, half, interpolation=cv2.INTER_AREA) > 60
        self._target.maps[DRAWING] = drawn
        return grey, self._target

    def _ground(self) -> npt.NDArray[np.float32]:
        """The ground; where there are sheets, what is around them counts as taken."""
        rng, grounds, side = self._rng, self._of._grounds, self._side
        if self._empty and rng.random() < 0.7:
            return grounds.around(rng)
        if rng.random() >= _SHEETS:
            return grounds.paper(rng)
        out = grounds.around(rng)
        self._taken[:] = 1
        for _ in range(1 if rng.random() < 0.7 else int(rng.integers(2, 4))):
            paper = grounds.paper(rng)
            if abs(float(paper.mean()) - float(out.mean())) < 20:
                paper = np.clip(paper + 45, 0, 255)
            middle = rng.uniform(0.15, 0.85, 2) * side
            size = np.exp(rng.uniform(np.log(0.25), np.log(1.6), 2)) * side
            turn = self._angle + rng.normal(0, 0.15)
            way = np.array([(math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))])
            unit = np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
            corners = middle + (unit * size) @ way + rng.normal(0, 0.02 * side, (4, 2))
            mask = np.zeros((side, side), np.uint8)
            cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 1, cv2.LINE_AA)
            if rng.random() < 0.5:
                shade = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), rng.uniform(1, 8))
                shift = np.array([(1, 0, rng.uniform(-6, 6)), (0, 1, rng.uniform(-6, 6))])
                shade = cv2.warpAffine(shade, shift, (side, side))
                out = out * (1 - np.float32(rng.uniform(0.1, 0.5)) * shade)
            out = np.asarray(np.where(mask > 0, paper, out), np.float32)
            inside = corners.mean(0) + (corners - corners.mean(0)) * 0.94
            cv2.fillConvexPoly(self._taken, np.round(inside / _CELL).astype(np.int32), 0)
        return out

    def _draw(self, ink: Grey, dark: float, share: float = 1.0) -> None:
        """Adds ink that is no writing; of a faint kind only a share of it must be told."""
        np.maximum(self._dark, ink * np.float32(dark / 255), out=self._dark)
        if dark > 0.12:
            np.maximum(self._drawn, ink, out=self._drawn)

    def _size(self) -> float:
        """An x-height in pixels."""
        kind = self._rng.random()
        low, high = _SMALL if kind < 0.25 else _USUAL if kind < 0.85 else _LARGE
        return float(np.exp(self._rng.uniform(np.log(low), np.log(high))))

    def _block(self, dark: float, which: int) -> None:
        """Lines below each other, maybe in a box."""
        rng, side = self._rng, self._side
        x_height = self._size()
        angle = self._angle + rng.normal(0, math.radians(2))
        if rng.random() < 0.12:
            angle = float(rng.uniform(0, 2 * math.pi))
        way = np.array((math.cos(angle), math.sin(angle)))
        down = np.array((-way[1], way[0]))
        pitch = x_height * rng.uniform(2.0, 4.2)
        most = int(np.clip(side / pitch, 1, 9))
        count = 1 if rng.random() < 0.4 else int(rng.integers(1, most + 1))
        spot = rng.uniform(0.1, 0.9, 2) * side
        first = spot - down * pitch * count / 2 - way * rng.uniform(0, 0.45) * side
        if rng.random() < 0.25:
            first = spot
        source = self._of._lines.choose(rng)
        done: list[Floats] = []
        for number in range(count):
            start = first + down * pitch * number + way * rng.normal(0, 0.4) * x_height
            made = self._line(start, angle, x_height, dark, which, source)
            if made is not None:
                done.append(made)
        if done and rng.random() < 0.3:
            self._boxed(np.concatenate(done), way, down, x_height, dark * rng.uniform(0.5, 1.1))

    def _line(
        self, start: Floats, angle: float, x_height: float, dark: float, which: int, source: str
    ) -> Floats | None:
        """Writes a line from a place on; its corners (4, 2), None where there is no room."""
        rng = self._rng
        if which == HAND:
            made = self._of._lines.ink(rng, source, through=_as_drawn)
            if made is None or not any(char.isalnum() for char in made[1]):
                return None
            ink = made[0]
        else:
            drawn = printed(self._of._texts.draw(rng, None, 40), rng)
            if drawn is None:
                return None
            ink = drawn
        found = core_of(ink)
        if found is None:
            return None
        x0, x1, y, slope, own = found
        scale = x_height / own
        turn = angle - math.atan(slope)
        cos, sin = scale * math.cos(turn), scale * math.sin(turn)
        matrix = np.array([(cos, -sin, 0.0), (sin, cos, 0.0)])
        matrix[:, 2] = start - matrix[:, :2] @ (x0, y + slope * x0)
        ends = np.array([(x0, y + slope * x0), (x1, y + slope * x1)])
        path = ends @ matrix[:, :2].T + matrix[:, 2]
        across = _ROOM * x_height * np.array((-math.sin(angle), math.cos(angle)))
        corners = np.stack([path[0] - across, path[1] - across, path[1] + across, path[0] + across])
        area = np.zeros_like(self._taken)
        cv2.fillConvexPoly(area, np.round(corners / _CELL).astype(np.int32), 1)
        covered = int(area.sum())
        if covered < 4 or (self._taken & area).sum() > 0.06 * covered:
            return None
        self._taken |= area
        self._place(ink, matrix, scale, dark)
        self._target.draw(which, path, CORE * x_height, angle)
        return corners

    def _place(self, ink: Grey, matrix: Floats, scale: float, dark: float) -> None:
        """Draws ink, moved by a matrix (2, 3), on the page."""
        if scale < 0.7:
            size = (max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale)))
            real = np.array((size[0] / ink.shape[1], size[1] / ink.shape[0]))
            ink = np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)
            strong = float(ink.max(initial=1))
            ink = np.asarray(cv2.convertScaleAbs(ink, alpha=min(3.0, 235 / max(strong, 1.0))))
            matrix = matrix.copy()
            matrix[:, :2] /= real
        h, w = ink.shape
        at = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float64) @ matrix[:, :2].T + matrix[:, 2]
        low = np.maximum(np.floor(at.min(0)).astype(int) - 1, 0)
        high = np.minimum(np.ceil(at.max(0)).astype(int) + 2, self._side)
        if (high <= low).any():
            return
        moved = matrix.copy()
        moved[:, 2] -= low
        size = (int(high[0] - low[0]), int(high[1] - low[1]))
        part = cv2.warpAffine(ink, moved, size, flags=cv2.INTER_LINEAR)
        if scale > 1.8:  # enlarged edges are sharp again
            part = cv2.convertScaleAbs(part.astype(np.float32) - 90, alpha=1.0) * (part > 90)
            part = np.minimum(part.astype(np.float32) * 2.6, 255)
        spot = self._dark[low[1] : high[1], low[0] : high[0]]
        np.maximum(spot, np.asarray(part, np.float32) * np.float32(dark / 255), out=spot)

    def _boxed(
        self, corners: Floats, way: Floats, down: Floats, x_height: float, dark: float
    ) -> None:
        rng = self._rng
        u, v = corners @ way, corners @ down
        room = x_height * rng.uniform(-0.1, 1.8, 2)
        u0, u1 = u.min() - room[0] - 0.3 * x_height, u.max() + room[0] + 0.3 * x_height
        v0, v1 = v.min() - room[1], v.max() + room[1]
        outline = np.stack(
            [way * a + down * b for a, b in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))]
        )
        ink = np.zeros((self._side, self._side), np.uint8)
        things.box(ink, outline, max(1.0, x_height * rng.uniform(0.06, 0.22)), rng)
        self._draw(ink, dark)

    def _figures(self, strong: float) -> None:
        """Boxes, arrows, doodles between the lines, now and then across them."""
        rng, side = self._rng, self._side
        count = int(rng.integers(0, 9)) if rng.random() < 0.75 else 0
        for _ in range(count + (3 if self._empty else 0)):
            ink = np.zeros((side, side), np.uint8)
            if rng.random() < 0.4:
                size = int(np.exp(rng.uniform(np.log(18), np.log(230))))
                doodle = self._of._doodles.draw(rng, size)
                turn = float(rng.uniform(0, 360)) if rng.random() < 0.5 else 0.0
                middle = (size / 2, size / 2)
                matrix = np.asarray(cv2.getRotationMatrix2D(middle, turn, 1.0), np.float64)
                matrix[:, 2] += rng.uniform(-0.2, 1.0, 2) * side - size / 4
                ink = np.asarray(cv2.warpAffine(doodle, matrix, (side, side)), np.uint8)
            else:
                things.figure(ink, rng, float(np.exp(rng.uniform(0, np.log(7)))))
            small = cv2.resize(ink, self._taken.shape[::-1], interpolation=cv2.INTER_AREA) > 20
            if (small & (self._taken > 0)).sum() > 0.05 * small.sum() and rng.random() < 0.85:
                continue
            self._taken[small] = 1
            self._draw(ink, strong * rng.uniform(0.4, 1.1))

    def _cover(self, page: npt.NDArray[np.floating]) -> None:
        """A hand or a thing over the picture's edge; what it covers cannot be read."""
        rng = self._rng
        area = things.blob(self._side, rng).astype(np.float32) / 255
        soft = self._of._grounds.noise(rng, 12)
        tone = np.clip(rng.uniform(50, 200) + soft * rng.uniform(3, 25), 0, 255)
        page[:] = page * (1 - area) + tone * area
        half = (self._side // 2, self._side // 2)
        gone = cv2.resize(area, half, interpolation=cv2.INTER_AREA) > 0.5
        self._target.maps[:, gone] = 0
        self._drawn[area > 0.5] = 0
        quarter = (self._side // 4, self._side // 4)
        self._target.told[cv2.resize(area, quarter, interpolation=cv2.INTER_AREA) > 0.5] = 0


def _as_drawn(ink: Grey, rng: Rng) -> Grey:
    """The ink as it is: the page as a whole is seen by a camera."""
    return ink


def core_of(ink: Grey) -> tuple[float, float, float, float, float] | None:
    """Where a line's core lies in the picture of its ink.

    Args:
        ink: uint8 (h, w), bright on black.

    Returns:
        The first and last column of ink, the core's middle row at column 0, its slope, and the
        x-height as the rows of ink tell it; None where there is no ink.
    """
    mask = ink > 64
    rows, columns = np.nonzero(mask)
    if len(rows) < 12:
        return None
    x0, x1 = float(columns.min()), float(columns.max() + 1)
    high = float(rows.max() + 1 - rows.min())
    slope = 0.0
    if x1 - x0 > 5 * high:
        x = columns - columns.mean()
        slope = float((x * (rows - rows.mean())).sum() / max(1e-6, float((x * x).sum())))
    level = rows + 0.5 - slope * columns
    middle, spread = float(level.mean()), float(level.std())
    for _ in range(4):
        near = np.abs(level - middle) <= 2.3 * spread + 0.5
        middle, spread = float(level[near].mean()), float(level[near].std() + 1e-6)
    return x0, x1, middle, slope, max(2.0, _X * spread)
