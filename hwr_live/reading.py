"""What was read: glyphs in words in lines, with text, JSON and nothing else.

A :class:`Reading` is the one result of the program. The pad, the camera, the ``read`` command and
the Python interface all hand out this type, and its text and JSON are made here only. It is longer
than other modules, as half of it tells what each part means.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import compress
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

_MOSTLY = 0.5  # of the ink: as much left out is told of
# Of parts of a line in a cell, by eye: so much of the taller one stands beside the other,
_SAME_HEIGHT = 0.5
_SAME_WORD = 0.35  # and a gap of less than so many heights of the taller parts no words
_LEFT_OUT = {
    "rule": "long lines",
    "frame": "a frame",
    "texture": "a texture",
    "drawing": "no writing",
}

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels of the picture as given; x and y are the top left corner."""


Step = Literal["ink", "place", "line", "language"]
"""What says what a glyph is, in the order in which it is heard: its own ink; its size, its place
on the line and its neighbours; the network that reads the whole line; the words of a language."""


@dataclass(frozen=True, eq=False)
class Decision:
    """How it came about what a glyph was read as.

    Attributes:
        chars: the characters that were looked for.
        steps: who was heard, in this order, each with what was then held likely: float (n,)
            probabilities of the first n characters.
    """

    chars: tuple[str, ...]
    steps: tuple[tuple[Step, npt.NDArray[np.float64]], ...]

    def after(self, step: int) -> tuple[str, float]:
        """The likeliest character after a step, and its probability, 0 to 1."""
        p = self.steps[step][1]
        best = int(np.argmax(p))
        return self.chars[best], float(p[best])


@dataclass(frozen=True)
class Glyph:
    """One character as it stands on the page.

    Attributes:
        char: the character, or ``None`` where the ink is no character that the reader knows;
            such a glyph is in no text.
        confidence: 0 to 1: the probability of ``char``, or for ``None`` that it is no character.
        box: the ink's bounding box.
        candidates: up to five (character, probability) pairs, the likeliest first.
        crop: uint8 (28, 28), bright ink on black: what the network was given. Not part of the JSON.
        ink: uint8 (h, w), bright on black: what the crop was made of. Nor is this.
        decision: how ``char`` came about, where the reader tells. Nor is this.
    """

    char: str | None
    confidence: float
    box: Box
    candidates: tuple[tuple[str, float], ...] = ()
    crop: npt.NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    ink: npt.NDArray[np.uint8] | None = field(default=None, repr=False, compare=False)
    decision: Decision | None = field(default=None, repr=False, compare=False)

    @property
    def chances(self) -> tuple[tuple[str | None, float], ...]:
        """What the ink may be, ``None`` for no character, each with its probability among all of
        these, the likeliest first; ``candidates`` are told among characters alone."""
        among = dict(self.candidates).get(self.char or "", 0.0)
        chars = 1.0 - self.confidence
        if self.char is not None:
            chars = min(1.0, self.confidence / among) if among else 1.0
        every = [(None, 1.0 - chars), *((char, chars * p) for char, p in self.candidates)]
        return tuple(sorted(every, key=lambda chance: -chance[1]))

    def at(self, box: Box) -> Glyph:
        """The same glyph at another place; several times as quick as ``dataclasses.replace``."""
        return Glyph(
            self.char,
            self.confidence,
            box,
            self.candidates,
            self.crop,
            self.ink,
            self.decision,
        )

    def to_dict(self) -> dict[str, Any]:
        """The glyph as plain types for JSON."""
        return {
            "char": self.char,
            "confidence": round(self.confidence, 4),
            "box": list(self.box),
            "candidates": [[char, round(p, 4)] for char, p in self.candidates],
        }


@dataclass(frozen=True)
class Word:
    """What stands between two spaces of a line, as documents and corrections take it.

    Attributes:
        glyphs: at least one of them is readable.
        calibration: slope and offset by which the log odds of its least sure character become
            those of the word; None where they are the same.
        print: whether it is printed rather than written by hand.
    """

    glyphs: tuple[Glyph, ...]
    calibration: tuple[float, float] | None = field(default=None, compare=False)
    print: bool = False

    @property
    def readable(self) -> tuple[Glyph, ...]:
        """The glyphs that are characters, one for each of ``text``."""
        return tuple(glyph for glyph in self.glyphs if glyph.char is not None)

    @property
    def text(self) -> str:
        """The readable characters."""
        return "".join(glyph.char or "" for glyph in self.glyphs)

    @property
    def box(self) -> Box:
        """The smallest box around the readable glyphs."""
        return union_box([glyph.box for glyph in self.readable])

    @property
    def confidence(self) -> float:
        """0 to 1: by the least sure character, as one wrong character makes a wrong word."""
        sure = self.least_sure
        if self.calibration is None or not 0 < sure < 1:
            return sure
        slope, offset = self.calibration
        return float(1 / (1 + math.exp(-offset) * ((1 - sure) / sure) ** slope))

    @property
    def least_sure(self) -> float:
        """The confidence of the least sure character, 0 to 1."""
        return min(glyph.confidence for glyph in self.readable)

    def to_dict(self) -> dict[str, Any]:
        """The word as plain types for JSON; its glyphs stand in the line's."""
        return {
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "box": list(self.box),
            "print": self.print,
        }


@dataclass(frozen=True)
class Line:
    """One line of writing: words of glyphs, from left to right.

    Attributes:
        words: the glyphs of each.
        calibrations: slope and offset of each word, as of ``Word``; none where this is empty.
        printed: whether each word is printed rather than written by hand; none is where this is
            empty.
    """

    words: tuple[tuple[Glyph, ...], ...]
    calibrations: tuple[tuple[float, float], ...] = field(default=(), compare=False)
    printed: tuple[bool, ...] = ()

    @property
    def print(self) -> bool:
        """Whether most of the line's characters are printed rather than written by hand."""
        signs = [(len(word.readable), word.print) for word in self.read_words]
        return 2 * sum(n for n, printed in signs if printed) > sum(n for n, _ in signs)

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All glyphs of the line in reading order."""
        return tuple(glyph for word in self.words for glyph in word)

    @property
    def read_words(self) -> tuple[Word, ...]:
        """The words that have a readable character: those of ``text``."""
        printed = self.printed or (False,) * len(self.words)
        sure = self.calibrations or (None,) * len(self.words)
        words = (
            Word(tuple(word), calibration, own)
            for word, calibration, own in zip(self.words, sure, printed, strict=True)
        )
        return tuple(word for word in words if word.text)

    def chosen(self, keep: Callable[[int, tuple[Glyph, ...]], tuple[Glyph, ...]]) -> Line:
        """The line with less.

        Args:
            keep: is given each word's number and glyphs, and returns which of these stay; a word of
                none is left out.
        """
        words = [keep(number, word) for number, word in enumerate(self.words)]
        printed = tuple(compress(self.printed, words))
        sure = tuple(compress(self.calibrations, words))
        return Line(tuple(filter(None, words)), sure, printed)

    @property
    def text(self) -> str:
        """The readable characters, one space between words."""
        words = ("".join(glyph.char or "" for glyph in word) for word in self.words)
        return " ".join(word for word in words if word)

    @property
    def box(self) -> Box:
        """The smallest box around all glyphs of the line."""
        return union_box([glyph.box for glyph in self.glyphs])

    def to_dict(self) -> dict[str, Any]:
        """The line as plain types for JSON."""
        return {
            "text": self.text,
            "box": list(self.box),
            "print": self.print,
            "words": [word.to_dict() for word in self.read_words],
            "glyphs": [glyph.to_dict() for glyph in self.glyphs],
        }


@dataclass(frozen=True)
class Cell:
    """What rules enclose: a box of a form, a cell of a table.

    Attributes:
        row, column: from 0, from the upper left.
        box: inside its rules.
        text: what is written in it, one line per line of handwriting.
    """

    row: int
    column: int
    box: Box
    text: str

    def holds(self, glyph: Glyph) -> bool:
        """Whether the middle of a glyph lies in the cell."""
        return _holds(self.box, glyph)

    def to_dict(self) -> dict[str, Any]:
        """The cell as plain types for JSON."""
        place = {"row": self.row, "column": self.column}
        return {**place, "box": list(self.box), "text": self.text}


@dataclass(frozen=True)
class Reading:
    """All that was read in one picture.

    >>> seven = Glyph("7", 0.9, (10, 20, 8, 12), (("7", 0.9), ("1", 0.1)))
    >>> reading = Reading((Line(((seven,), (seven, seven))),), (100, 50))
    >>> reading.text
    '7 77'
    >>> [(word.text, word.box, word.confidence) for word in reading.words][0]
    ('7', (10, 20, 8, 12), 0.9)

    Attributes:
        lines: lines of handwriting from top to bottom.
        size: width and height of the picture in pixels.
        ms: milliseconds spent in ``ink``, ``segment``, ``classify`` and in ``total``.
        layout: row, column and box of each cell that rules enclose; ``cells`` has their text.
        left_out: how many pieces of ink were not read, by reason: "rule", "border" (edges of the
            page and the table), "frame", "small", "faint", "texture", "drawing" (no writing, as
            the map of writing or the line network says), "key" (what is printed on a keyboard) and
            "print" (where handwriting alone was asked for).
        lost: share of the ink, rules apart, that was not read.
    """

    lines: tuple[Line, ...] = ()
    size: tuple[int, int] = (0, 0)
    ms: Mapping[str, float] = field(default_factory=dict, compare=False)
    layout: tuple[tuple[int, int, Box], ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict, compare=False)
    lost: float = field(default=0.0, compare=False)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells of tables and forms with what is written in each, row by row."""
        out = []
        for row, column, box in self.layout:
            parts = (line.chosen(partial(_within, box)) for line in self.lines)
            lines = _whole_lines([line for line in parts if line.words])
            texts = (line.text for line in lines)
            out.append(Cell(row, column, box, "\n".join(filter(None, texts))))
        return tuple(out)

    @property
    def glyphs(self) -> tuple[Glyph, ...]:
        """All glyphs in reading order."""
        return tuple(glyph for line in self.lines for glyph in line.glyphs)

    @property
    def words(self) -> tuple[Word, ...]:
        """All words that have a readable character, in reading order."""
        return tuple(word for line in self.lines for word in line.read_words)

    @property
    def text(self) -> str:
        """The text, one line per line of handwriting that has a readable glyph."""
        return "\n".join(line.text for line in self.lines if line.text)

    @property
    def remark(self) -> str:
        """One line on why little or nothing was read of ink that is there; empty otherwise.

        Of edges of the page, dust and blank paper nothing is said.
        """
        if not self.text and self.left_out.get("print"):
            return "nothing was read: all that is written is print"
        if not self.text and self.left_out.get("key"):
            return "nothing was read: all that is written are the letters of a keyboard"
        if not self.text and self.glyphs:
            return "nothing was read: the ink that was found looks like no characters"
        if self.text and self.lost < _MOSTLY:
            return ""
        told = [_LEFT_OUT[reason] for reason in _LEFT_OUT if self.left_out.get(reason)]
        if not told or self.lost < _MOSTLY:
            return ""
        much = "most of the ink was" if self.text else "nothing was read: the ink was"
        return f"{much} left out, as {' and '.join(told)}"

    def map(
        self, change: Callable[[Glyph], Glyph], *, size: tuple[int, int] | None = None
    ) -> Reading:
        """The same lines and words with each glyph changed.

        Args:
            change: is given each glyph once, in reading order.
            size: of the picture that the new boxes lie in, in pixels; the same if None.
        """
        lines = tuple(
            replace(line, words=tuple(tuple(map(change, word)) for word in line.words))
            for line in self.lines
        )
        if size is not None and size != self.size:
            return Reading(lines, size, self.ms)
        return replace(self, lines=lines)

    def handwriting(self) -> Reading:
        """The same without what is printed, which is counted in ``left_out``."""
        lines, left_out = [], dict(self.left_out)
        for line in self.lines:
            kept = line.chosen(partial(_by_hand, line.printed))
            if gone := len(line.glyphs) - len(kept.glyphs):
                left_out["print"] = left_out.get("print", 0) + gone
            if kept.words:
                lines.append(kept)
        return replace(self, lines=tuple(lines), left_out=left_out)

    def to_text(self) -> str:
        """The text, as ``text``."""
        return self.text

    def to_json(self) -> str:
        """``to_dict`` as one line of JSON."""
        return json.dumps(self.to_dict())

    def to_hocr(self, source: str = "") -> str:
        """An hOCR 1.2 document of this one page.

        Args:
            source: what the page is called in it.
        """
        return self._written("hocr", source)

    def to_alto(self, source: str = "") -> str:
        """An ALTO 4.4 document of this one page.

        Args:
            source: what the page is called in it.
        """
        return self._written("alto", source)

    def _written(self, form: str, source: str) -> str:
        from hwr_live.documents.formats import FORMATS
        from hwr_live.documents.model import Page

        return FORMATS[form].document([Page(source, self)]).decode()

    def draw(self, image: Any = None, *, labels: bool = True) -> npt.NDArray[np.uint8]:
        """Boxes and characters over the picture that was read, coloured by confidence.

        Args:
            image: that picture, as of ``Reader.read``: an array, a path, bytes, an open file or a
                Pillow image; None for the reading's own ink on white.
            labels: whether characters are written too.

        Returns:
            uint8 (h, w, 3) BGR.

        Raises:
            InputError: for what is no picture.
        """
        from hwr_live.documents.showing import drawn

        return drawn(self, image, labels=labels)

    def show(self, image: Any = None) -> None:
        """Shows :meth:`draw`: in the notebook that runs, or in a window until a key is pressed.

        Raises:
            InputError: for what is no picture.
            DeviceError: if there is no display for a window.
        """
        from hwr_live.documents.showing import show

        show(self.draw(image))

    def _repr_png_(self) -> bytes:
        """What a notebook shows of a reading that is a cell's last value: a PNG file."""
        from hwr_live.media.images import encode_png

        return encode_png(self.draw())

    def to_dict(self) -> dict[str, Any]:
        """Size, text, lines and timings as plain types for JSON."""
        return {
            "size": list(self.size),
            "text": self.text,
            "lines": [line.to_dict() for line in self.lines],
            "cells": [cell.to_dict() for cell in self.cells],
            "left_out": dict(self.left_out),
            "ms": {stage: round(ms, 3) for stage, ms in self.ms.items()},
        }


def _by_hand(printed: tuple[bool, ...], number: int, word: tuple[Glyph, ...]) -> tuple[Glyph, ...]:
    """A word's glyphs, unless it is printed."""
    return () if printed and printed[number] else word


def _within(box: Box, _: int, word: tuple[Glyph, ...]) -> tuple[Glyph, ...]:
    """A word's glyphs whose middle lies in a box."""
    return tuple(glyph for glyph in word if _holds(box, glyph))


def _holds(box: Box, glyph: Glyph) -> bool:
    """Whether the middle of a glyph lies in a box."""
    x, y = glyph.box[0] + glyph.box[2] / 2, glyph.box[1] + glyph.box[3] / 2
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def _whole_lines(lines: list[Line]) -> list[Line]:
    """A cell's lines, parts of one put together where those of the cells beside it parted it: parts
    that stand one behind the other at the same height."""
    whole: list[Line] = []
    for line in lines:
        x, y, w, h = line.box
        for place, other in enumerate(whole):
            left, top, width, height = other.box
            shared = min(y + h, top + height) - max(y, top)
            gap = max(x - left - width, left - x - w)
            if gap >= 0 and shared >= _SAME_HEIGHT * max(h, height):
                first, last = (other, line) if left < x else (line, other)
                if gap < _SAME_WORD * max(h, height):
                    joined = first.words[-1] + last.words[0]
                    words = (*first.words[:-1], joined, *last.words[1:])
                else:
                    words = first.words + last.words
                whole[place] = Line(words)
                break
        else:
            whole.append(line)
    return whole


def union_box(boxes: list[Box]) -> Box:
    """The smallest box around ``boxes``; (0, 0, 0, 0) around none."""
    if not boxes:
        return (0, 0, 0, 0)
    left = min(x for x, _, _, _ in boxes)
    top = min(y for _, y, _, _ in boxes)
    right = max(x + w for x, _, w, _ in boxes)
    bottom = max(y + h for _, y, _, h in boxes)
    return (left, top, right - left, bottom - top)
