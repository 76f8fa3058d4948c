"""The pad as a machine: what each movement of the mouse and each key does, without a window."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto

from hwr_live.canvas import Canvas
from hwr_live.pad.layout import PadLayout
from hwr_live.profiles.corrections import Change, Correction, corrected
from hwr_live.reading import Box, Glyph, Reading
from hwr_live.ui.errands import Note, still_shown
from hwr_live.ui.keys import BACKSPACE, ENTER, ESC
from hwr_live.ui.layout import inside
from hwr_live.ui.pen import PENS, Pen, Tool
from hwr_live.ui.table import Table

_TAP = 3.0  # pixels that a click may move and still be no stroke
_SMALL = 16  # a glyph narrower or flatter than this is as easy to hit as if it were so large


class Act(Enum):
    """What a key asks of the world outside the machine."""

    PRINT = auto()
    SAVE = auto()
    COPY = auto()
    CHARS = auto()
    QUIT = auto()


@dataclass(frozen=True)
class _Step:
    """A correction that can be undone: when it was made, what it replaced, and what is unsaved."""

    depth: int
    new: Correction
    gone: tuple[Correction, ...]
    unsaved: tuple[Correction, ...]


@dataclass
class PadState:
    """All that the pad shows.

    Attributes:
        layout: where things are.
        canvas: the drawing.
        chars: the set of characters that is read.
        read: the newest reading, as the reader gave it.
        read_revision: of the canvas, and the count of changes of the reader, that ``read`` is of.
        corrections: what the user put right, newest last.
        unsaved: those of them that are in no file yet.
        changes: of the corrections, until somebody takes them out of the list.
        profile: name of the profile that learns from them, if any.
        pen: the stroke that is being drawn.
        mouse: where the mouse is, or None before it came.
        table: the correction table, if it is open, for the glyph ``asked``.
        help: whether the keys are shown.
        note: what to say, if anything.
        changed: whether the picture has to be painted anew.
    """

    layout: PadLayout
    canvas: Canvas
    chars: str = "all"
    read: Reading = field(default_factory=Reading)
    read_revision: tuple[int, int] = (0, 0)
    reader_changes: int = 0
    corrections: list[Correction] = field(default_factory=list)
    unsaved: list[Correction] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    profile: str = ""
    pen: Pen = field(default_factory=Pen)
    mouse: tuple[int, int] | None = None
    last_stroke: Box | None = None
    table: Table | None = None
    asked: Glyph | None = None
    help: bool = False
    note: Note | None = None
    changed: bool = True

    def __post_init__(self) -> None:
        self._reading = Reading()
        self._steps: list[_Step] = []

    # What is shown

    @property
    def reading(self) -> Reading:
        """The newest reading with what the user put right."""
        return self._reading

    @property
    def revision(self) -> tuple[int, int]:
        """Of what a reading would be of now."""
        return (self.canvas.revision, self.reader_changes)

    @property
    def fresh(self) -> bool:
        """Whether the reading is of what is on the canvas now."""
        return self.read_revision == self.revision

    @property
    def hovered(self) -> Glyph | None:
        """The glyph whose box or crop is under the mouse."""
        if self.mouse is None or self.pen.points or self.table is not None:
            return None
        return self.glyph_at(*self.mouse)

    @property
    def chosen(self) -> Glyph | None:
        """The glyph whose candidates are shown: asked for, under the mouse, or drawn last."""
        glyph = self.asked or self.hovered
        if glyph is not None:
            return glyph
        glyphs = self.reading.glyphs
        if not glyphs:
            return None
        if self.last_stroke is None:
            return glyphs[-1]
        x, y, w, h = self.last_stroke
        return min(glyphs, key=lambda glyph: _distance(glyph.box, x + w / 2, y + h / 2))

    def as_read(self, glyph: Glyph) -> Glyph:
        """A glyph as it was before the user put it right."""
        return next((g for g in self.read.glyphs if g.box == glyph.box), glyph)

    def crop_cells(self) -> list[tuple[Box, Glyph]]:
        """Where the crops are shown: as many of the last glyphs as fit."""
        glyphs = self.reading.glyphs
        cells = self.layout.crop_cells(len(glyphs))
        return list(zip(cells, glyphs[len(glyphs) - len(cells) :], strict=True))

    def glyph_at(self, x: int, y: int) -> Glyph | None:
        """The glyph whose box in the drawing, or crop in the panel, is at a point."""
        if inside(self.layout.drawing, x, y):
            hit = [glyph for glyph in self.reading.glyphs if inside(_easy(glyph.box), x, y)]
            return min(hit, key=lambda glyph: glyph.box[2] * glyph.box[3], default=None)
        return next((g for cell, g in self.crop_cells() if inside(cell, x, y)), None)

    # What the mouse does

    def press(self, x: int, y: int, tool: Tool = "pen") -> None:
        """A button goes down: the left one draws, the right one erases."""
        self.changed = True
        self.mouse = (x, y)
        if self.help:
            self.help = False
        elif self.table is not None:
            choice = self.table.at(x, y)
            if choice is not None and self.asked is not None:
                self._put_right(self.asked, choice.char)
                self._close_table()
            elif not inside(self.table.box, x, y):
                self._close_table()
        elif self.pen.points:  # a second button while one is down
            return
        elif inside(self.layout.drawing, x, y):
            self.pen.press(x, y, tool)
        else:
            glyph = self.glyph_at(x, y)
            if glyph is not None:
                self._open_table(glyph)

    def move(self, x: int, y: int, *, held: bool = True) -> None:
        """The mouse moves; ``held``: with a button down."""
        if self.pen.points and not held:  # the button went up where the window could not see it
            self.release(x, y)
            return
        if self.pen.points:
            self.changed |= self.pen.move(x, y)
        elif self.mouse is None or self._under(self.mouse) != self._under((x, y)):
            self.changed = True
        self.mouse = (x, y)

    def release(self, x: int, y: int, tool: Tool | None = None) -> None:
        """A button goes up: the stroke is done, or it was a click on a glyph."""
        points = self.pen.release(x, y, tool)
        if not points:
            return
        self.mouse = (x, y)
        self.changed = True
        x0, y0 = points[0]
        tap = all(max(abs(px - x0), abs(py - y0)) <= _TAP for px, py in points)
        glyph = self.glyph_at(round(x0), round(y0)) if tap and self.fresh else None
        if glyph is not None and self.pen.tool == "pen":
            self._open_table(glyph)
            return
        self.last_stroke = self.pen.draw(points, self.canvas)

    # What keys do

    def key(self, code: int, now: float) -> Act | None:
        """A key, as :meth:`hwr_live.ui.window.Window.show` returns it, at a time in seconds.

        Returns:
            What the machine cannot do itself.
        """
        if code < 0:
            return None
        self.changed = True
        if code == ESC and (self.help or self.table is not None):
            self.help = False
            self._close_table()
            return None
        self._close_table()
        name = {ENTER: "enter", ESC: "esc", BACKSPACE: "z"}.get(
            code, chr(code) if code < 128 else ""
        )
        if name == "h":
            self.help = not self.help
            return None
        self.help = False
        acts = {
            "enter": Act.PRINT,
            "esc": Act.QUIT,
            "s": Act.SAVE,
            "t": Act.COPY,
            "d": Act.CHARS,
        }
        if name in acts:
            return acts[name]
        if name == "z":
            self._undo(now)
        elif name == "y" and not self.canvas.redo():
            self.say("nothing to redo", now)
        elif name == "c":
            self.canvas.clear()
        elif name in ("[", "-"):
            self._set_pen(max((pen for pen in PENS if pen < self.canvas.pen), default=PENS[0]), now)
        elif name in ("]", "+", "="):
            self._set_pen(
                min((pen for pen in PENS if pen > self.canvas.pen), default=PENS[-1]), now
            )
        if not self.canvas.strokes:
            self.last_stroke = None
        return None

    # What happens outside

    def take(self, reading: Reading, revision: tuple[int, int]) -> None:
        """A reading has come, of the revision that was asked for."""
        self.read, self.read_revision = reading, revision
        self._apply()

    def set_chars(self, chars: str) -> None:
        """Another set of characters is read from now on."""
        self.chars = chars
        self.read_anew()

    def read_anew(self) -> None:
        """Another reader reads from now on."""
        self.reader_changes += 1
        self.changed = True

    def say(self, text: str, now: float, *, warning: bool = False) -> None:
        """Shows one line for a while."""
        self.note = Note.at(now, text, warning=warning)
        self.changed = True

    def tick(self, now: float) -> None:
        """Time goes on."""
        note = still_shown(self.note, now)
        self.changed |= note is not self.note
        self.note = note

    def _undo(self, now: float) -> None:
        """Takes back what was done last, be it a stroke, a clearing or a correction."""
        if self._steps and self._steps[-1].depth >= self.canvas.depth:
            step = self._steps.pop()
            self.corrections[:] = [c for c in self.corrections if c is not step.new]
            self.corrections += step.gone
            self.unsaved[:] = [c for c in self.unsaved if c is not step.new]
            self.unsaved += step.unsaved
            self.changes.append(Change((step.new,), step.gone))
            self.say("correction undone", now)
            self._apply()
        elif not self.canvas.undo():
            self.say("nothing to undo", now)

    def _set_pen(self, pen: int, now: float) -> None:
        self.canvas.pen = pen
        self.say(f"pen {pen} pixels", now)

    def _under(self, at: tuple[int, int]) -> object:
        """What of the picture depends on the mouse: equal where moving it changes nothing."""
        if self.table is not None:
            return self.table.at(*at)
        return self.glyph_at(*at)

    def _open_table(self, glyph: Glyph) -> None:
        as_read = self.as_read(glyph)
        self.asked = glyph
        self.table = self.layout.table(glyph.box, as_read.chances)

    def _close_table(self) -> None:
        self.table = self.asked = None

    def _put_right(self, glyph: Glyph, char: str | None) -> None:
        as_read = self.as_read(glyph)
        new = Correction(as_read, char)
        gone = tuple(old for old in self.corrections if old.fits(as_read))
        unsaved = tuple(old for old in self.unsaved if old.fits(as_read))
        self.corrections[:] = [c for c in self.corrections if not c.fits(as_read)] + [new]
        self.unsaved[:] = [c for c in self.unsaved if not c.fits(as_read)] + [new]
        self._steps.append(_Step(self.canvas.depth, new, gone, unsaved))
        self.changes.append(Change(gone, (new,)))
        self._apply()

    def _apply(self) -> None:
        self._reading = corrected(self.read, self.corrections)
        if self.asked is not None:
            # The table stays open only while its glyph is there.
            box = self.asked.box
            self.asked = next((g for g in self._reading.glyphs if g.box == box), None)
            if self.asked is None:
                self._close_table()
        self.changed = True


def _easy(box: Box) -> Box:
    """A box that a mouse can hit."""
    x, y, w, h = box
    more_w, more_h = max(0, _SMALL - w), max(0, _SMALL - h)
    return (x - more_w // 2, y - more_h // 2, w + more_w, h + more_h)


def _distance(box: Box, x: float, y: float) -> float:
    """Squared distance of a point from a box's middle, less if it is inside."""
    left, top, w, h = box
    away = (left + w / 2 - x) ** 2 + (top + h / 2 - y) ** 2
    return away if inside(box, x, y) else away + 1e6
