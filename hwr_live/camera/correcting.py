"""What is put right in a picture that stands: the table that asks, and what was answered."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass, field

from hwr_live.camera.report import Report
from hwr_live.profiles.corrections import Change, Correction, corrected
from hwr_live.reading import Glyph, Reading
from hwr_live.ui.layout import inside
from hwr_live.ui.table import Table

_EASY = 16  # pixels of the frame: a narrower glyph is as easy to hit as if it were so wide


@dataclass(frozen=True)
class _Step:
    """A correction that can be taken back, and what it replaced."""

    new: Correction
    gone: tuple[Correction, ...]


@dataclass
class Correcting:
    """Corrections of one picture; they die with it.

    Attributes:
        table: the correction table, if it is open, for the glyph ``asked``.
        asked: as it was read.
        corrections: what the user put right, newest last.
        changes: of the corrections, until somebody takes them out of the list.
    """

    table: Table | None = None
    asked: Glyph | None = None
    corrections: list[Correction] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    _steps: list[_Step] = field(default_factory=list)

    def ask(self, glyph: Glyph, table: Table) -> None:
        """Opens the table for a glyph."""
        self.asked, self.table = glyph, table

    def close(self) -> None:
        """Closes the table."""
        self.asked = self.table = None

    def put_right(self, char: str | None) -> None:
        """What is asked for is a character, or none; closes the table."""
        glyph = self.asked
        self.close()
        if glyph is None:
            return
        new = Correction(glyph, char)
        gone = tuple(old for old in self.corrections if old.glyph.box == glyph.box)
        self.corrections = [old for old in self.corrections if old not in gone] + [new]
        self._steps.append(_Step(new, gone))
        self.changes.append(Change(gone, (new,)))

    def undo(self) -> bool:
        """Takes the last correction back; whether there was one."""
        self.close()
        if not self._steps:
            return False
        step = self._steps.pop()
        self.corrections = [c for c in self.corrections if c is not step.new] + [*step.gone]
        self.changes.append(Change((step.new,), step.gone))
        return True

    def forget(self) -> None:
        """Another picture comes: what was put right in this one does not concern it."""
        self.close()
        self.corrections, self._steps = [], []

    def applied(self, report: Report) -> Report:
        """The report with what was put right; its text is then that which stands in the picture,
        where the glyphs that were put right are seen and clicked."""
        if not self.corrections:
            return report
        steady = corrected(report.steady, self.corrections)
        return dataclasses.replace(report, reading=steady, steady=steady, text=steady.text)


def glyph_at(reading: Reading, x: int, y: int) -> Glyph | None:
    """The smallest glyph whose box is at a point of the frame."""
    hit = []
    for glyph in reading.glyphs:
        left, top, w, h = glyph.box
        more_w, more_h = max(0, _EASY - w), max(0, _EASY - h)
        if inside((left - more_w // 2, top - more_h // 2, w + more_w, h + more_h), x, y):
            hit.append(glyph)
    return min(hit, key=lambda glyph: glyph.box[2] * glyph.box[3], default=None)


def following(reading: Reading, glyph: Glyph) -> Glyph | None:
    """The glyph that comes after another in its word."""
    for line in reading.lines:
        for word in line.words:
            for one, after in itertools.pairwise(word):
                if one.box == glyph.box:
                    return after
    return None
