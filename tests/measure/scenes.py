"""Sheets as cameras see them: on a table, tilted, in perspective, sideways, cut off, in shadow.

    HWR_DATA=DIR python -m tests.measure.scenes [--pages 24] [--only NAME]

Sheets are written with strokes of people that the networks were trained on, so only the difference
between a scene and the straight sheet tells something: what the way through the camera costs. For
each scene: character error rate, exact and case-folded, and milliseconds a picture.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure.cer import Errors
from tests.measure.compose import random_line, write_page
from tests.measure.hands import TEST_WRITERS
from train.images.strokes import Strokes, read_chars74k

Image = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Light = npt.NDArray[np.float32]
Rng = np.random.Generator
Writer = dict[str, list[Strokes]]


@dataclass(frozen=True)
class Scene:
    """How a sheet lies before the camera.

    Attributes:
        table: the ground: a key of :data:`TABLES`, or "" where the sheet fills the picture.
        tilt: most degrees that the sheet is turned, to either side.
        bend: perspective: how far a corner may stray, as a share of the sheet's side.
        turn: quarter turns clockwise of the camera.
        cut: share of the sheet's width that lies beyond the picture's edge.
        shadow: darkest share of light that is taken away by a shadow with a sharp edge.
        paper: its colour, blue, green, red.
        size: width and height of the picture.
    """

    table: str = ""
    tilt: float = 0.0
    bend: float = 0.0
    turn: int = 0
    cut: float = 0.0
    shadow: float = 0.0
    paper: tuple[int, int, int] = (232, 238, 240)
    size: tuple[int, int] = (1600, 1200)


SCENES: dict[str, Scene] = {
    "straight": Scene(),
    "tilt 8": Scene(tilt=8),
    "tilt 20": Scene(tilt=20),
    "table, dark": Scene("dark"),
    "table, wood": Scene("wood"),
    "table, cloth": Scene("cloth"),
    "table, light": Scene("light"),
    "table, things": Scene("things"),
    "perspective": Scene(bend=0.12),
    "perspective, wood": Scene("wood", bend=0.12),
    "all, dark": Scene("dark", tilt=15, bend=0.1),
    "all, cloth": Scene("cloth", tilt=15, bend=0.1, shadow=0.4),
    "all, things": Scene("things", tilt=15, bend=0.1, shadow=0.4),
    "cut off, wood": Scene("wood", tilt=10, cut=0.03),
    "shadow": Scene(shadow=0.5),
    "coloured, light": Scene("light", tilt=5, paper=(170, 226, 240)),
    "sideways": Scene(turn=1),
    "upside down": Scene(turn=2),
    "sideways left": Scene(turn=3),
    "sideways, tilt 10": Scene(turn=1, tilt=10),
    "sideways, wood": Scene("wood", turn=3, tilt=8, bend=0.08),
    "upside down, things": Scene("things", turn=2, tilt=8, bend=0.08),
}


def photograph(page: Image, scene: Scene, rng: Rng) -> tuple[Image, Floats]:
    """Takes a picture of a sheet.

    Args:
        page: uint8 (h, w), dark ink on white.
        scene: how it lies.
        rng: chooses angles, corners, light and the table.

    Returns:
        uint8 (h, w, 3) BGR, and (3, 3) from the page's pixels to the picture's.
    """
    width, height = scene.size if scene.turn % 2 == 0 else scene.size[::-1]
    h, w = page.shape
    angle = np.radians(rng.uniform(0.6, 1) * scene.tilt * rng.choice((-1, 1)))
    corners = np.array([(0, 0), (w, 0), (w, h), (0, h)], np.float64)
    turned = (corners - (w / 2, h / 2)) @ np.array(
        [(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))]
    )
    turned += rng.uniform(-1, 1, (4, 2)) * scene.bend * min(w, h)
    room = rng.uniform(0.78, 0.94) if scene.table else 1.0
    spread = np.ptp(turned, axis=0)
    # With no table around it the sheet fills the picture, and more of the same paper is around.
    scale = room * min(width / spread[0], height / spread[1])
    if not scene.table:
        scale = min(scale, 1.6)
    quad = (turned - turned.min(0)) * scale
    free = np.array((width, height)) - np.ptp(quad, axis=0)
    quad += free * rng.uniform(0.2, 0.8, 2)
    if scene.cut:  # the sheet's margin lies beyond the left or the right edge
        beyond = scene.cut * spread[0] * scale
        quad[:, 0] += (
            -quad[:, 0].min() - beyond
            if rng.random() < 0.5
            else (width - quad[:, 0].max() + beyond)
        )
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    dark = 1 - page.astype(np.float32) / 255
    ink = np.asarray(cv2.warpPerspective(dark, matrix, (width, height), flags=way), np.float32)
    sheet: Light = np.full((height, width, 3), scene.paper, np.float32)
    sheet *= 1 + rng.normal(0, 0.006, (height, width, 1)).astype(np.float32)
    pen = np.array(rng.choice([(60, 45, 40), (120, 50, 30), (40, 40, 40)]), np.float32)
    sheet += (pen - sheet) * np.clip(ink, 0, 1)[:, :, None]
    if scene.table:
        over = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(over, np.round(quad * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
        table = TABLES[scene.table]((height, width), rng)
        fall = np.roll(cv2.GaussianBlur(over, (0, 0), 6), (4, 4), (0, 1)).astype(np.float32) / 255
        table *= 1 - 0.45 * fall[:, :, None]  # the sheet's own shadow on the table
        share = over.astype(np.float32)[:, :, None] / 255
        sheet = np.asarray(table + (sheet - table) * share, np.float32)
    sheet *= _light((height, width), scene.shadow, rng)[:, :, None]
    soft = cv2.GaussianBlur(sheet, (0, 0), 0.7) + rng.normal(0, 2.5, sheet.shape)
    picture = np.asarray(np.clip(soft, 0, 255), np.uint8)
    turns = {
        1: np.array([(0, -1, height - 1), (1, 0, 0), (0, 0, 1)], np.float64),
        2: np.array([(-1, 0, width - 1), (0, -1, height - 1), (0, 0, 1)], np.float64),
        3: np.array([(0, 1, 0), (-1, 0, width - 1), (0, 0, 1)], np.float64),
    }
    if scene.turn:
        picture = np.ascontiguousarray(np.rot90(picture, -scene.turn))
        matrix = turns[scene.turn] @ matrix
    return picture, np.asarray(matrix, np.float64)


def _light(shape: tuple[int, int], shadow: float, rng: Rng) -> Light:
    height, width = shape
    y, x = np.mgrid[:height, :width].astype(np.float32)
    way = rng.uniform(0, 2 * np.pi)
    across = (x / width - 0.5) * np.cos(way) + (y / height - 0.5) * np.sin(way)
    light = 0.92 + 0.14 * across
    if shadow:
        way = rng.uniform(0, 2 * np.pi)
        edge = (x / width - 0.5) * np.cos(way) + (y / height - 0.5) * np.sin(way)
        sharp = rng.uniform(20, 200)
        light *= 1 - shadow / (
            1 + np.exp(np.clip(sharp * (edge - rng.uniform(-0.2, 0.2)), -30, 30))
        )
    return np.asarray(light, np.float32)


def _plain(colour: tuple[int, int, int], grain: float) -> Callable[[tuple[int, int], Rng], Light]:
    def table(shape: tuple[int, int], rng: Rng) -> Light:
        tone = np.array(colour) * rng.uniform(0.85, 1.15)
        return (tone + rng.normal(0, grain, (*shape, 1))).astype(np.float32)

    return table


def _wood(shape: tuple[int, int], rng: Rng) -> Light:
    height, width = shape
    rough = rng.normal(0, 1, (height, width // 40 + 2)).astype(np.float32)
    grain = cv2.resize(cv2.GaussianBlur(rough, (0, 0), 0.8, sigmaY=1.6), (width, height))
    wave = cv2.resize(rng.normal(0, 1, (6, 4)).astype(np.float32), (width, height))
    tone = 1 + 0.16 * grain + 0.08 * wave
    if rng.random() < 0.5:
        for y in range(int(rng.integers(60, 200)), height, int(rng.integers(160, 320))):
            tone[y : y + 4] *= 0.5  # gaps between planks
    colour = np.array((70, 105, 150)) * rng.uniform(0.6, 1.1)
    return np.asarray(tone[:, :, None] * colour, np.float32)


def _cloth(shape: tuple[int, int], rng: Rng) -> Light:
    height, width = shape
    pitch = int(rng.integers(50, 120))
    y, x = np.mgrid[:height, :width]
    checks = ((x // pitch) % 2).astype(np.float32) + ((y // pitch) % 2)
    a, b = rng.uniform(40, 190, (2, 3))
    weave = 6 * ((x + y) % 4 < 2)
    return np.asarray(a + (b - a) * checks[:, :, None] / 2 + weave[:, :, None], np.float32)


def _things(shape: tuple[int, int], rng: Rng) -> Light:
    """A table with a pen, a cup, a cable and the edge of another sheet."""
    table = np.ascontiguousarray(_wood(shape, rng), np.float32)
    height, width = shape
    for _ in range(3):
        a, b = rng.uniform(0, 1, (2, 2)) * (width, height)
        cv2.line(table, a.astype(int).tolist(), b.astype(int).tolist(), (30, 30, 35), 14)
    centre = (rng.uniform(0, 1, 2) * (width, height)).astype(int).tolist()
    cv2.circle(table, centre, int(rng.integers(60, 130)), (200, 205, 210), 18)
    side = rng.choice(("left", "right"))
    x = 0 if side == "left" else width - int(0.08 * width)
    table[:, x : x + int(0.08 * width)] = (215, 222, 225)
    return table


TABLES: dict[str, Callable[[tuple[int, int], Rng], Light]] = {
    "dark": _plain((45, 50, 60), 4),
    "light": _plain((165, 178, 188), 3),
    "wood": _wood,
    "cloth": _cloth,
    "things": _things,
}


def sheets(data: Path, count: int) -> Iterator[tuple[str, Image]]:
    """Texts and sheets written by people that are in no test part."""
    writers: dict[str, Writer] = defaultdict(lambda: defaultdict(list))
    for character in read_chars74k(data / "strokes" / "chars74k.json"):
        if int(character.group.split("-")[1]) not in TEST_WRITERS:
            writers[character.group][character.label].append(character.strokes)
    names = sorted(name for name in writers if len(writers[name]) == 62)
    for seed in range(count):
        rng = np.random.default_rng(5000 + seed)
        lines = [random_line(rng, 3) for _ in range(4)]
        size, pen = rng.uniform(26, 34), rng.uniform(3, 6)
        page = write_page(lines, writers[names[seed % len(names)]], rng, size, pen)
        # Paper is not cut to the writing.
        room = rng.uniform(0, 0.25, 4) * page.shape[0]
        top, bottom, left, right = (int(v) for v in room)
        page = np.pad(page, ((top, bottom), (left, right)), constant_values=255)
        yield "\n".join(lines), np.asarray(page, np.uint8)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a line for each scene."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.scenes")
    parser.add_argument("--pages", type=int, default=24)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--only", default="", help="scenes whose names hold this")
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("scenes: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    reader = Reader.load(options.model)
    written = list(sheets(Path(os.environ["HWR_DATA"]), options.pages))
    print(f"{'scene':24}  exact  folded     ms")
    for name, scene in SCENES.items():
        if options.only not in name:
            continue
        total, ms = Errors(), []
        for seed, (text, page) in enumerate(written):
            picture, _ = photograph(page, scene, np.random.default_rng(seed))
            started = time.perf_counter()
            read = reader.read(picture).text
            ms.append(1000 * (time.perf_counter() - started))
            total += Errors.of(text, read)
        print(f"{name:24} {total} {np.median(ms):6.0f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
