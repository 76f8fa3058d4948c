"""Text, and pages written with real writers' strokes. For measuring, not for training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import draw_stroke
from hwr_live.chars import DIGITS, UPPER
from train.images.strokes import Strokes

Image = npt.NDArray[np.uint8]

# Top and bottom above the baseline in x-heights: a fixed table, not the reader's own. Of strokes
# and photographs that hold single characters, none tells how tall they stood on a line.
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
    **dict.fromkeys("#%&", (1.6, 0.0)),
    **dict.fromkeys("[]{}|", (1.8, -0.25)),
    "\\": (1.7, -0.1),
    "$": (1.75, -0.15),
    "@": (1.3, -0.2),
    ";": (0.85, -0.35),
    "<": (1.1, 0.15),
    ">": (1.1, 0.15),
    "*": (1.5, 0.8),
    "^": (1.7, 1.2),
    "~": (0.8, 0.45),
    "_": (0.0, -0.1),
    "'": (1.7, 1.25),
    '"': (1.7, 1.25),
    "`": (1.7, 1.25),
    "°": (1.7, 1.15),
    "×": (0.95, 0.15),
    "÷": (1.1, 0.1),
    "→": (0.9, 0.3),
    "☐": (1.6, 0.0),
    "⟋": (1.6, 0.0),
}
_LEVEL = "_"  # as wide as it is below; by its height one that is hardly aslant would be a dot
# x-heights; these marks have no height to scale by, or hardly one. All else is as tall as the
# table says, however wide.
_WIDEST = {"-": 0.7, "=": 0.9, ".": 0.2, ",": 0.3, "_": 1.0, "~": 0.9, "'": 0.3, "`": 0.3}
APART = (0.25, 0.45)
"""x-heights between characters that stand apart."""
NEARLY_TOUCHING = (0.02, 0.12)
"""x-heights between characters that nearly touch."""
WORDS = (
    "the of and to in is that for was with his have from this not but what all were when there can "
    "an your which their said if do will each about how up out them then she many some so these "
    "would other into has more her two like him see time could no make than first been its who now "
    "people my made over did down only way find use may water long little very after words called "
    "just where most know quick brown fox jumps over lazy dog sphinx black quartz judge vow"
).split()
# All 62 characters and all marks; some are pangrams, others what labels and forms say.
SENTENCES = (
    "The quick brown fox jumps over the lazy dog.",
    "SPHINX OF BLACK QUARTZ, JUDGE MY VOW!",
    "Pack my box with five dozen liquor jugs.",
    "JACKDAWS LOVE MY BIG SPHINX OF QUARTZ",
    "How vexingly quick daft zebras jump!",
    "Zoe Quinn, Felix Wyatt (Box 507): 83-24-619",
    "Why did Max quiz Jack and Vera about 4/5?",
    "Kurt, Ivy, Udo, Leo, Hans, Gina, Yves, Nora",
    "Call 030 / 2718-4659, room B7 or K12.",
    "37 + 48 = 85 and 906 - 124 = 782",
    "Order A1B2C3: 10 x 25 = 250",
    "Total: 16.90 (paid) - thanks!",
    "Is it 9:45 or 12:30, Eva?",
    "Dear Rita, Paul and Tom, see you on 7/8.",
)


def write_page(
    lines: Sequence[str],
    strokes: Mapping[str, Sequence[Strokes]],
    rng: np.random.Generator,
    x_height: float = 30,
    pen: float = 4,
    spread: float = 0.1,
    gaps: tuple[float, float] = APART,
) -> Image:
    """Writes lines with a writer's strokes, dark on white: uint8 (h, w).

    Args:
        lines: the text; its characters must be in ``strokes`` or spaces.
        strokes: for each character one or more ways that the writer wrote it.
        rng: chooses among them, and how far heights and gaps stray.
        x_height: pixels.
        pen: pixels.
        spread: of heights, as a share to each side.
        gaps: between characters, x-heights.
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
            widest = _WIDEST.get(char, np.inf) * x_height / width
            scale = widest if char in _LEVEL else min(tall / height, widest)
            foot = base - bottom * x_height
            for path in paths:
                drawn.append((path - [low[0], high[1]]) * scale + [x, foot])
            x += width * scale + rng.uniform(*gaps) * x_height
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


def random_code(rng: np.random.Generator, chars: str) -> str:
    """Six to eight characters in no order, each as likely: no language helps to read them."""
    return "".join(rng.choice(list(chars), int(rng.integers(6, 9))))
