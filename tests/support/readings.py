"""Readings of invented pages with the mistakes that a reader makes on a hand-held page.

Every glyph of a page has its own weakness: some are read well in every frame, some are confused
with one other character in a third of the frames, a few are torn in two or missed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hwr_live.reading import Box, Glyph, Line, Reading

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Mistakes:
    """Rates a glyph and frame.

    Attributes:
        wrong: mean rate of misreadings; single glyphs have from none to four times as many.
        missed: share of glyphs that a frame has not.
        torn: share of glyphs that a frame has in two parts.
        specks: extra glyphs a frame, anywhere.
        spaces: rate of a word gap more or less.
        jitter: standard deviation of a box's place in glyph sizes.
        shake: largest shift of the frame in pixels.
        crops: standard deviation of the noise in crops, in grey values; None for no crops.
    """

    wrong: float = 0.15
    missed: float = 0.03
    torn: float = 0.02
    specks: float = 0.5
    spaces: float = 0.03
    jitter: float = 0.03
    shake: float = 12.0
    crops: float | None = 40.0


NONE = Mistakes(0, 0, 0, 0, 0, 0, 0, None)


def page_reading(
    lines: Sequence[str], *, size: float = 24.0, at: tuple[int, int] = (40, 40)
) -> Reading:
    """A perfect reading of typed lines."""
    return next(iter(readings([lines], frames=1, mistakes=NONE, size=size, at=at)))[0]


def readings(
    pages: Sequence[Sequence[str]],
    *,
    frames: int,
    fps: float = 25.0,
    seed: int = 0,
    mistakes: Mistakes | None = None,
    size: float = 24.0,
    at: tuple[int, int] = (40, 40),
) -> Iterator[tuple[Reading, float, str]]:
    """Reading, time and true text of each frame; the pages follow each other for equal times.

    Args:
        pages: lines of each page; an empty list is a bare table.
        frames: how many.
        fps: frames a second.
        seed: of everything random.
        mistakes: what goes wrong.
        size: height of a glyph in pixels.
        at: top left corner of the text.
    """
    rng = np.random.default_rng(seed)
    say = mistakes or Mistakes()
    weakness = [{key: _weakness(rng, say) for key in _keys(page)} for page in pages]
    drift = np.zeros(3)
    for n in range(frames):
        number = min(len(pages) - 1, n * len(pages) // frames)
        page, weak = pages[number], weakness[number]
        drift = 0.9 * drift + 0.44 * rng.normal(size=3)
        angle = np.radians(0.5) * drift[2] if say.shake else 0.0
        shift = say.shake * drift[:2] / 2
        lines = []
        for row, text in enumerate(page):
            lines.append(_line(row, text, weak, say, rng, size, at, (shift, angle)))
        for _ in range(rng.poisson(say.specks)):
            box = (int(rng.uniform(0, 600)), int(rng.uniform(0, 440)), 6, 7)
            char = ALPHABET[rng.integers(len(ALPHABET))] if rng.random() < 0.3 else None
            speck = _crop(np.kron(rng.random((7, 7)) < 0.4, np.ones((4, 4))) * 255, say, rng)
            lines.append(Line(((Glyph(char, 0.4, box, ((char or "i", 0.4),), speck),),)))
        reading = Reading(tuple(line for line in lines if line.words), (640, 480))
        yield reading, n / fps, "\n".join(page)


def _keys(page: Sequence[str]) -> list[tuple[int, int]]:
    return [(row, column) for row, text in enumerate(page) for column in range(len(text))]


Weakness = tuple[float, str, np.ndarray]
"""How often a glyph is misread, as what, and what it looks like."""


def _weakness(rng: np.random.Generator, say: Mistakes) -> Weakness:
    rate = min(0.6, float(rng.exponential(say.wrong))) if say.wrong else 0.0
    look = np.kron(rng.random((7, 7)) < 0.4, np.ones((4, 4))) * 255
    return rate, ALPHABET[rng.integers(len(ALPHABET))], look


def _line(
    row: int,
    text: str,
    weak: dict[tuple[int, int], Weakness],
    say: Mistakes,
    rng: np.random.Generator,
    size: float,
    at: tuple[int, int],
    view: tuple[np.ndarray, float],
) -> Line:
    words: list[list[Glyph]] = [[]]
    for column, char in enumerate(text):
        if char == " ":
            if rng.random() >= say.spaces:
                words.append([])
            continue
        if rng.random() < say.spaces * 0.3:
            words.append([])
        if rng.random() < say.missed:
            continue
        rate, other, look = weak[row, column]
        width = size * (0.3 if char in "iIl1j" else 0.75)
        place = np.array([at[0] + column * size + (size - width) / 2, at[1] + row * size * 2])
        place = place + rng.normal(0, say.jitter * size + 1e-9, 2)
        if rng.random() < say.torn:
            for part in range(2):
                box = _box(place + np.array((part * width / 2, 0)), (width / 2, size), view)
                crop = _crop(np.roll(look, 9 + 10 * part), say, rng)
                words[-1].append(_glyph("lI1"[rng.integers(3)], "t", 0.5, box, crop))
            continue
        box = _box(place, (width, size), view)
        sure = float(rng.uniform(0.55, 0.98))
        right = rng.random() >= rate
        first, second = (char, other) if right else (other, char)
        words[-1].append(_glyph(first, second, sure, box, _crop(look, say, rng)))
    return Line(tuple(tuple(word) for word in words if word))


def _glyph(char: str, other: str, sure: float, box: Box, crop: np.ndarray | None) -> Glyph:
    return Glyph(char, sure, box, ((char, sure), (other, (1 - sure) * 0.7)), crop)


def _crop(look: np.ndarray, say: Mistakes, rng: np.random.Generator) -> np.ndarray | None:
    if say.crops is None:
        return None
    return np.clip(look + rng.normal(0, say.crops, (28, 28)), 0, 255).astype(np.uint8)


def _box(place: np.ndarray, size: tuple[float, float], view: tuple[np.ndarray, float]) -> Box:
    shift, angle = view
    centre = place + np.array(size) / 2 - (320, 240)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    left, top = turn @ centre + (320, 240) + shift - np.array(size) / 2
    return (round(float(left)), round(float(top)), max(1, round(size[0])), max(1, round(size[1])))
