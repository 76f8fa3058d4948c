"""Texts written with the single characters of one hand: apart, close, touching, or joined."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL
from hwr_live.errors import InputError
from train.data.writers import is_held, likelihoods
from train.lines.alphabet import CHARACTERS
from train.lines.sources.held import belongs
from train.lines.sources.strokes import EMPTY, Items, Pen, join, moved, read_items
from train.lines.sources.zones import WIDTHS, ZONES

SPACINGS: Mapping[str, tuple[float, float, float]] = {
    "apart": (0.3, 0.12, 1.0),
    "close": (0.3, 0.02, 0.3),
    "touching": (0.25, -0.2, 0.08),
    "joined": (0.15, -0.05, 0.35),
}
"""How characters are set beside each other: how often, and the least and most mean gap of a line in
x-heights. By eye, so that a quarter of the lines touch."""

_ENOUGH = 20  # different characters that make a writer a hand; others lend theirs to all
_HELD_MARKS = 0.06  # share of CROHME's marks that is held back
_HELD, _OTHERS = "marks-held", "marks"
_STAND_IN = {"×": "x", "÷": "-", "°": "o"}  # nobody's strokes are labelled so

_Found = dict[str, list[tuple[int, int]]]


class Hands:
    """Single characters of pen strokes by writer, of those held back or of all others.

    Args:
        data: the folder of the data.
        held: of whom.
        licences: "any", or "free": without CROHME and Chars74K.

    Raises:
        InputError: if a file is not there, or no writer has characters enough.
    """

    def __init__(self, data: Path, held: bool, licences: str = "any") -> None:
        self._sources: list[Items] = []
        of_writer: dict[str, _Found] = defaultdict(lambda: defaultdict(list))
        self._of_char: _Found = defaultdict(list)

        def add(items: Items, own: Callable[[str], bool]) -> None:
            number = len(self._sources)
            self._sources.append(items)
            used = {writer: own(writer) for writer in set(items.writers)}
            for i, (label, writer) in enumerate(zip(items.labels, items.writers, strict=True)):
                there = items.symbol[i + 1] > items.symbol[i]
                if used[writer] and there and len(label) == 1 and label in CHARACTERS:
                    of_writer[writer][label].append((number, i))
                    self._of_char[label].append((number, i))

        for kind in ("chars", "symbols"):
            path = data / "unipen" / f"unipen_{kind}_train.npz"
            add(read_items(path), lambda writer: is_held(writer) == held)
        strokes = data / "strokes"
        if licences == "any":
            add(_crohme(strokes / "crohme_train.npz"), lambda writer: belongs(writer, data, held))
            marks = _punctuation(strokes / "crohme_punctuation_train.npz")
            add(marks, lambda writer: (writer == _HELD) == held)
            add(_chars74k(strokes / "chars74k.json"), lambda writer: belongs(writer, data, held))
        writers = sorted(w for w, own in of_writer.items() if len(own) >= _ENOUGH)
        if not writers:
            raise InputError("no writer of single characters has enough of them")
        self._hands: list[_Found] = [of_writer[w] for w in writers]
        counts = [float(sum(map(len, of_writer[w].values()))) for w in writers]
        self._p = likelihoods(writers, np.array(counts))

    def has(self, text: str) -> bool:
        """Whether there are strokes of all its characters."""
        return all(self._of_char.get(_STAND_IN.get(c, c)) for c in text if c != " ")

    def write(self, text: str, rng: np.random.Generator, spacing: str | None = None) -> Pen:
        """A text by one hand, x-height 1, baseline at 0.

        Args:
            text: of characters that there are strokes of.
            rng: the source of chance.
            spacing: one of ``SPACINGS``; any if None.
        """
        if not text.strip():
            return EMPTY
        hand = self._hands[int(rng.choice(len(self._p), p=self._p))]
        if rng.random() < 0.1:
            hand = self._of_char
        if spacing is None:
            often = [one[0] for one in SPACINGS.values()]
            spacing = list(SPACINGS)[int(rng.choice(len(often), p=often))]
        _, low, high = SPACINGS[spacing]
        letter = float(rng.uniform(low, high))
        blank = max(letter, 0.1) * float(rng.uniform(1.3, 2.2)) + float(rng.uniform(0.35, 1.0))
        stray, tall = float(rng.uniform(0.0, 0.09)), float(np.exp(rng.normal(0, 0.08)))
        parts: list[Pen] = []
        x, fresh = 0.0, True
        chosen: dict[str, Pen] = {}
        for char in text:
            if char == " ":
                x, fresh = x + blank * float(rng.uniform(0.85, 1.25)) - letter, True
                continue
            if char not in chosen or rng.random() >= 0.35:  # hands repeat themselves
                chosen[char] = self._glyph(char, hand, tall, rng)
            path = chosen[char]
            size = float(np.exp(rng.normal(0, 0.6 * stray)))
            placed = moved(path, size, x, float(rng.normal(0, stray)))
            if spacing == "joined" and not fresh and char.isalpha() and rng.random() < 0.8:
                parts.append(_link(parts[-1], placed, rng))
            parts.append(placed)
            x += float(path.points[:, 0].max()) * size
            x += letter + float(rng.normal(0, 0.05 + 0.15 * max(letter, 0)))
            fresh = not char.isalpha()
        return join(parts)

    def _glyph(self, char: str, hand: _Found, tall: float, rng: np.random.Generator) -> Pen:
        """One character at its place above the baseline, its left at 0."""
        name = _STAND_IN.get(char, char)
        own = hand.get(name) or self._of_char[name]
        source, index = own[int(rng.integers(len(own)))]
        path = self._sources[source].path(index)
        top, bottom = ZONES[char]
        if top > 1.2:
            top *= tall
        top *= float(np.exp(rng.normal(0, 0.06)))
        bottom *= float(rng.uniform(0.7, 1.3))
        wide, high = (max(1.0, float(v)) for v in path.points.max(0))
        scale = (top - bottom) / high
        if char in WIDTHS:
            scale = WIDTHS[char] * float(np.exp(rng.normal(0, 0.25))) / wide
            if char in ".,'`":
                scale = min(scale, 1.2 * (top - bottom) / high)
        scale = min(scale, 2.2 / wide)
        middle = -(top + bottom) / 2
        placed = moved(path, scale, 0.0, middle - high * scale / 2)
        if char == "÷":
            half = wide * scale / 2
            dots = np.array([[half, middle - 0.4], [half, middle + 0.4]], np.float32)
            dots = np.repeat(dots, 2, 0) + rng.normal(0, 0.03, (4, 2)).astype(np.float32)
            placed = join([placed, Pen(dots, np.array([0, 2]))])
        return placed


def _link(last: Pen, following: Pen, rng: np.random.Generator) -> Pen:
    """A stroke from the end of one character to the start of the next, as joined hands make it."""
    a, b = last.points[-1], following.points[0]
    if rng.random() < 0.5:
        b = following.points[int(np.argmin(following.points[:, 0]))]
    sag = np.array([0.5 * (a[0] + b[0]), max(a[1], b[1]) + rng.uniform(-0.1, 0.2)], np.float32)
    t: npt.NDArray[np.float32] = np.linspace(0, 1, 7, dtype=np.float32)[:, None]
    return Pen((1 - t) ** 2 * a + 2 * t * (1 - t) * sag + t**2 * b, np.array([0]))


def _crohme(path: Path) -> Items:
    """CROHME's characters; their writers are hwr62's groups."""
    items = read_items(path)
    chars = [ALL[int(c)] for c in items.labels] if items.numbered else items.labels
    return items.of(chars, ["crohme-" + re.split(r"[-_.]", name)[0] for name in items.writers])


def _punctuation(path: Path) -> Items:
    """CROHME's marks, which tell no writer: the last of each in the file are held back, as hwr62's
    own training does."""
    items = read_items(path)
    total, seen = Counter(items.labels), Counter[str]()
    writers = []
    for label in items.labels:
        seen[label] += 1
        writers.append(_HELD if seen[label] > total[label] * (1 - _HELD_MARKS) else _OTHERS)
    return items.of(items.labels, writers)


def _chars74k(path: Path) -> Items:
    """Chars74K's characters; their writers are hwr62's groups."""
    points: list[npt.NDArray[np.float32]] = []
    labels: list[str] = []
    writers: list[str] = []
    stroke: list[int] = []
    symbol: list[int] = []
    total = 0
    try:
        table = json.loads(path.read_text())
        for char, people in table.items():
            for number, strokes in enumerate(people):
                paths = [p for s in strokes if len(p := np.asarray(s, np.float32).reshape(-1, 2))]
                if not paths:
                    continue
                symbol.append(len(stroke))
                labels.append(char)
                writers.append(f"chars74k-{number}")
                for one in paths:
                    stroke.append(total)
                    total += len(one)
                    points.append(one)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"{path.name} is no stroke file: {error}") from None
    return Items(
        labels,
        writers,
        np.concatenate([*points, np.zeros((0, 2), np.float32)]),
        np.array([*stroke, total], np.int64),
        np.array([*symbol, len(stroke)], np.int64),
    )
