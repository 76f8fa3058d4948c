"""Pages written with real writers' strokes, and what light, paper and cameras do to them.

For measuring, not for training: the text is known, and each disturbance can be had alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.chars import DIGITS, UPPER
from train.strokes import Strokes

Image = npt.NDArray[np.uint8]

# Top and bottom above the baseline in x-heights: a fixed table, not the reader's own.
ZONES: dict[str, tuple[float, float]] = {
    **dict.fromkeys("acemnorsuvwxz", (1.0, 0.0)),
    **dict.fromkeys("bdfhkl", (1.7, 0.0)),
    **dict.fromkeys("gpqy", (1.0, -0.6)),
    **dict.fromkeys(UPPER + DIGITS, (1.6, 0.0)),
    "i": (1.5, 0.0),
    "j": (1.5, -0.6),
    "t": (1.4, 0.0),
    ".": (0.15, 0.0),
    ",": (0.2, -0.35),
    "-": (0.65, 0.5),
    ":": (0.85, 0.0),
    "=": (0.85, 0.35),
    "+": (1.1, 0.15),
    "/": (1.7, -0.1),
    **dict.fromkeys("()", (1.8, -0.25)),
    **dict.fromkeys("!?", (1.6, 0.0)),
}
_WIDEST = {"-": 0.7, "=": 0.9, ".": 0.2, ",": 0.3}  # x-heights; of other characters 1.6
WORDS = (
    "the of and to in is that for was with his have from this not but what all were when there can "
    "an your which their said if do will each about how up out them then she many some so these "
    "would other into has more her two like him see time could no make than first been its who now "
    "people my made over did down only way find use may water long little very after words called "
    "just where most know quick brown fox jumps over lazy dog sphinx black quartz judge vow"
).split()


def write_page(
    lines: Sequence[str],
    strokes: Mapping[str, Sequence[Strokes]],
    rng: np.random.Generator,
    x_height: float = 30,
    pen: float = 4,
    spread: float = 0.1,
) -> Image:
    """Writes lines with a writer's strokes, dark on white: uint8 (h, w).

    Args:
        lines: the text; its characters must be in ``strokes`` or spaces.
        strokes: for each character one or more ways that the writer wrote it.
        rng: chooses among them, and how far heights and gaps stray.
        x_height: pixels.
        pen: pixels.
        spread: of heights, as a share to each side.
    """
    margin, pitch = 2 * x_height, 3.6 * x_height
    drawn: list[npt.NDArray[np.float64]] = []
    right = 0.0
    for number, line in enumerate(lines):
        x, base = margin, margin + pitch * (number + 0.6)
        for char in line:
            if char == " ":
                x += rng.uniform(1.0, 1.4) * x_height
                continue
            paths = strokes[char][int(rng.integers(len(strokes[char])))]
            points = np.concatenate(paths)
            low, high = points.min(0), points.max(0)
            top, bottom = ZONES[char]
            tall = (top - bottom) * x_height * rng.uniform(1 - spread, 1 + spread)
            width, height = np.maximum(high - low, 1)
            # A level or dot-like stroke has no height to scale by.
            scale = min(tall / height, _WIDEST.get(char, 1.6) * x_height / width)
            foot = base - bottom * x_height
            for path in paths:
                drawn.append((path - [low[0], high[1]]) * scale + [x, foot])
            x += width * scale + rng.uniform(0.25, 0.45) * x_height
        right = max(right, x)
    page = np.full((int(margin * 2 + pitch * len(lines)), int(right + margin)), 255, np.uint8)
    for path in drawn:
        draw_stroke(page, path, pen, 0)
    return page


def random_line(rng: np.random.Generator, words: int = 4) -> str:
    """Words, names, capitals and numbers as they stand on labels and forms."""
    out = []
    for _ in range(words):
        word = str(rng.choice(WORDS))
        kind = rng.random()
        if kind < 0.15:
            word = word.capitalize()
        elif kind < 0.3:
            word = word.upper()
        elif kind < 0.5:
            word = "".join(rng.choice(list(DIGITS), rng.integers(2, 6)))
        out.append(word)
    return " ".join(out)


def marked_line(rng: np.random.Generator) -> str:
    """A line with punctuation, as on labels, scores and forms."""
    a, b, c = (str(rng.choice(WORDS)) for _ in range(3))
    m, n = (int(v) for v in rng.integers(2, 60, 2))
    lines = (
        f"{a.capitalize()} {b}, {c}.",
        f"{a.capitalize()}: {m}.{n:02d}",
        f"{m % 24}:{n:02d} - {n % 24}:{m:02d}",
        f"{m} + {n} = {m + n}",
        f"{m}/{n} ({a})",
        f"{a.capitalize()} {b}!",
        f"{a.capitalize()} {b} {c}?",
        f"{a}-{b}, {m}-{n}",
    )
    return lines[int(rng.integers(len(lines)))]


def _light(page: Image, rng: np.random.Generator) -> Image:
    """A shadow across the paper."""
    h, w = page.shape
    y, x = np.mgrid[:h, :w].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    across = (x * np.cos(angle) + y * np.sin(angle)) / max(h, w)
    edge = 1 / (1 + np.exp(-(across - across.mean()) * rng.uniform(4, 12)))
    return np.asarray(np.clip(page * (0.4 + 0.55 * edge), 0, 255), np.uint8)


def _faint(page: Image, rng: np.random.Generator) -> Image:
    """Pencil on grey paper."""
    return np.asarray(215 - (255 - page.astype(np.float32)) * rng.uniform(0.25, 0.4), np.uint8)


def _noise(page: Image, rng: np.random.Generator) -> Image:
    soft = cv2.GaussianBlur(page, (0, 0), 1.2).astype(np.float32) * 0.8 + 20
    return np.asarray(np.clip(soft + rng.normal(0, 12, page.shape), 0, 255), np.uint8)


def _tilt(page: Image, rng: np.random.Generator) -> Image:
    h, w = page.shape
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), float(rng.uniform(-6, 6)), 0.92)
    return np.asarray(cv2.warpAffine(page, turn, (w, h), borderValue=255), np.uint8)


def _ruled(page: Image, rng: np.random.Generator) -> Image:
    out = page.copy()
    for y in range(20, page.shape[0], int(rng.integers(45, 70))):
        cv2.line(out, (0, y), (page.shape[1], y), 185, 2, cv2.LINE_AA)
    return np.minimum(out, page)


def _small(page: Image, rng: np.random.Generator) -> Image:
    return np.asarray(cv2.resize(page, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA))


def _chalk(page: Image, rng: np.random.Generator) -> Image:
    return np.asarray(40 + (255 - page.astype(np.float32)) * 0.7, np.uint8)


DISTURBANCES: dict[str, Callable[[Image, np.random.Generator], Image]] = {
    "clean": lambda page, rng: page,
    "light": _light,
    "faint": _faint,
    "noise": _noise,
    "tilt": _tilt,
    "small": _small,
    "chalk": _chalk,
    "ruled": _ruled,
}


def error_rate(truth: str, read: str) -> tuple[int, int]:
    """Edit distance and length of the truth, spaces and line ends left out."""
    a, b = "".join(truth.split()), "".join(read.split())
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1], len(a)
