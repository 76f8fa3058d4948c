"""The state of the pad, without a window: what it shows, and all that can be done to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal

from hwr_live.canvas import Canvas
from hwr_live.pad.choosing import easy, glyph_near
from hwr_live.pad.fixes import Fixes
from hwr_live.pad.layout import PadLayout, arrange
from hwr_live.reading import Box, Glyph, Reading
from hwr_live.stroke import Stroke
from hwr_live.ui.errands import Note, still_shown
from hwr_live.ui.layout import LARGEST, inside, possible
from hwr_live.ui.pen import Pen
from hwr_live.ui.table import Table


class Act(Enum):
    """What a key asks of the world outside the machine."""

    PRINT = auto()
    SAVE = auto()
    COPY = auto()
    CHARS = auto()
    OPEN = auto()  # what another pad left unsaved
    FORGET = auto()  # that
    QUIT = auto()


Why = Literal["", "glyph", "word"]
WHYS: tuple[Why, ...] = ("", "glyph", "word")
"""Of what it can be shown why it was read so, in the order in which W goes through them."""


@dataclass
class PadState:
    """All that the pad shows.

    Attributes:
        layout: where things are.
        canvas: the drawing; it may reach farther than the window shows.
        chars: the set of characters that is read.
        clock: gives the time in seconds.
        scale: how many pixels of the screen are one of an ordinary screen's.
        read: the newest reading, as the reader gave it.
        read_revision: of the canvas, and the count of changes of the reader, that ``read`` is of.
        fixes: what the user put right.
        profile: name of the profile that learns from it, if any.
        pen: the stroke that is being drawn.
        replayed: the stroke that is being drawn by a replay, as far as it goes.
        erasing: whether the left button erases, too.
        mouse: where the mouse is, or None before it came.
        aimed: whether it went there without a button, so that what is under it is meant.
        table: the correction table, if it is open, for the glyph ``asked``.
        cursor: the glyph that was chosen by keys.
        help: whether the keys are shown.
        popped_down: when the table or the help was closed last, by the clock.
        why: of what it is shown why it was read so: of a glyph, of its word, or of nothing.
        note: what to say, if anything.
        offer: of when unsaved writing is that can be opened, if there is any.
        acts: what is asked of the world outside, until somebody takes it out of the list.
        changed: whether the picture has to be painted anew.
    """

    layout: PadLayout
    canvas: Canvas
    chars: str = "all"
    clock: Callable[[], float] = time.monotonic
    scale: float = 1.0
    read: Reading = field(default_factory=Reading)
    read_revision: tuple[int, int] = (0, 0)
    reader_changes: int = 0
    fixes: Fixes = field(default_factory=Fixes)
    profile: str = ""
    replayed: Stroke | None = None
    erasing: bool = False
    mouse: tuple[int, int] | None = None
    aimed: bool = False
    last_stroke: Box | None = None
    table: Table | None = None
    asked: Glyph | None = None
    cursor: Glyph | None = None
    help: bool = False
    popped_down: float = -1e9
    why: Why = ""
    note: Note | None = None
    offer: str = ""
    acts: list[Act] = field(default_factory=list)
    changed: bool = True

    def __post_init__(self) -> None:
        self.pen = Pen(self.clock)
        self._reading = Reading()
        self._strokes_read: Sequence[Stroke] = ()

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
    def under_mouse(self) -> object:
        """What of the picture depends on the mouse: equal where moving it changes nothing."""
        if self.mouse is None:
            return None
        return self.glyph_at(*self.mouse) if self.table is None else self.table.at(*self.mouse)

    @property
    def typed_to(self) -> Glyph | None:
        """The glyph that a typed character is the answer for: the one that is asked about, that
        was chosen by keys, or that the mouse went to after it drew."""
        return self.asked or self.cursor or (self.hovered if self.aimed else None)

    @property
    def chosen(self) -> Glyph | None:
        """The glyph whose candidates are shown: asked for, under the mouse, or drawn last."""
        glyph = self.asked or self.cursor or self.hovered
        if glyph is not None:
            return glyph
        glyphs = self.reading.glyphs
        if not glyphs:
            return None
        if self.last_stroke is None:
            return glyphs[-1]
        x, y, w, h = self.last_stroke
        return glyph_near(glyphs, x + w / 2, y + h / 2)

    @property
    def beyond(self) -> tuple[bool, bool]:
        """Whether there is ink to the right of what the window shows, and below it."""
        _, _, width, height = self.layout.drawing
        return (self.canvas.width > width, self.canvas.height > height)

    def as_read(self, glyph: Glyph) -> Glyph:
        """A glyph as it was before the user put it right."""
        return next((g for g in self.read.glyphs if g.box == glyph.box), glyph)

    def next_why(self) -> None:
        """From the candidates to why the glyph was read so, on to why its word was, and back."""
        self.why = WHYS[(WHYS.index(self.why) + 1) % len(WHYS)]

    def word_of(self, glyph: Glyph) -> tuple[Glyph, ...]:
        """The glyphs of the word that a glyph stands in."""
        words = (word for line in self.reading.lines for word in line.words)
        return next((word for word in words if any(g is glyph for g in word)), (glyph,))

    def as_shown(self, glyph: Glyph) -> Glyph | None:
        """The glyph of the reading that has the same place, if there is one."""
        return next((g for g in self.reading.glyphs if g.box == glyph.box), None)

    def crop_cells(self) -> list[tuple[Box, Glyph]]:
        """Where the crops are shown: as many of the last glyphs as fit."""
        glyphs = self.reading.glyphs
        cells = self.layout.crop_cells(len(glyphs))
        return list(zip(cells, glyphs[len(glyphs) - len(cells) :], strict=True))

    def glyph_at(self, x: int, y: int) -> Glyph | None:
        """The glyph whose box in the drawing, or crop in the panel, is at a point."""
        if inside(self.layout.drawing, x, y):
            hit = [glyph for glyph in self.reading.glyphs if inside(easy(glyph.box), x, y)]
            return min(hit, key=lambda glyph: glyph.box[2] * glyph.box[3], default=None)
        return next((g for cell, g in self.crop_cells() if inside(cell, x, y)), None)

    # What happens outside

    def take(
        self, reading: Reading, revision: tuple[int, int], strokes: Sequence[Stroke] = ()
    ) -> None:
        """A reading has come, of the revision that was asked for and of its strokes."""
        self.read, self.read_revision, self._strokes_read = reading, revision, strokes
        self._apply()

    def set_chars(self, chars: str) -> None:
        """Another set of characters is read from now on."""
        self.chars = chars
        self.read_anew()

    def read_anew(self) -> None:
        """Another reader reads from now on."""
        self.reader_changes += 1
        self.changed = True

    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size; no ink is lost, though some may be out of sight."""
        size = possible(size)
        if size != self.layout.size:
            self._arrange(size, self.layout.folded)

    def fold(self) -> None:
        """Folds the panel away, or unfolds it."""
        self._arrange(self.layout.size, not self.layout.folded)

    def _arrange(self, size: tuple[int, int], folded: bool) -> None:
        self.layout = arrange(size, self.scale, folded=folded)
        if self.table is not None:
            self.pop_down()
        self.fit_paper()
        self.changed = True

    def fit_paper(self) -> None:
        """The paper is what the window shows, and farther where there is ink."""
        _, _, width, height = self.layout.drawing
        right, bottom = self.canvas.extent
        self.canvas.resize(min(LARGEST, max(width, right)), min(LARGEST, max(height, bottom)))

    def say(self, text: str, *, warning: bool = False) -> None:
        """Shows one line for a while."""
        self.note = Note.at(self.clock(), text, warning=warning)
        self.changed = True

    def tick(self) -> None:
        """Time goes on."""
        note = still_shown(self.note, self.clock())
        self.changed |= note is not self.note
        self.note = note

    def forget_note(self) -> None:
        """What was said of the act before is not true of the next one."""
        if self.note is not None and not self.note.warning:
            self.note = None

    def undo(self) -> None:
        """Takes back what was done last, be it a stroke, a clearing or a correction."""
        if self.fixes.undo(self.canvas.depth):
            self.say("correction undone")
            self._apply()
        elif not self.canvas.undo():
            self.say("nothing to undo")

    def set_pen(self, pen: int) -> None:
        """Another width of the pen, in pixels."""
        self.canvas.pen = pen
        self.say(f"pen {pen} pixels")

    def ask(self, glyph: Glyph) -> None:
        """Opens the table that asks which character a glyph is."""
        as_read = self.as_read(glyph)
        self.asked, self.cursor = glyph, None
        self.table = self.layout.table(glyph.box, as_read.chances)

    def pop_down(self) -> None:
        """Closes what lies over the drawing."""
        if self.help or self.table is not None:
            self.popped_down = self.clock()
        self.table = self.asked = None
        self.help = False

    def put_right(self, glyph: Glyph, char: str | None) -> None:
        """A glyph is a character, or none, whatever it was read as."""
        as_read = self.as_read(glyph)
        self.fixes.keep_those_of(self.canvas.remembered)
        self.fixes.put_right(as_read, char, self._strokes_read, self.canvas.depth)
        if not self.profile:
            self.say(f"{char or 'no character'}: here only, as nothing is learnt without --profile")
        self._apply()

    def restore(self, right: Sequence[tuple[Box, str | None]]) -> None:
        """What was put right before the drawing was saved, of glyphs that are where they were."""
        glyphs = {glyph.box: glyph for glyph in self.read.glyphs}
        for box, char in right:
            if box in glyphs:
                self.fixes.restore(glyphs[box], char, self._strokes_read)
        if lost := sum(box not in glyphs for box, _ in right):
            self.say(f"{lost} of {len(right)} corrections are of no glyph any more", warning=True)
        self._apply()

    def _apply(self) -> None:
        self._reading = self.fixes.apply(self.read, self._strokes_read)
        boxes = {glyph.box: glyph for glyph in self._reading.glyphs}
        if self.cursor is not None:
            self.cursor = boxes.get(self.cursor.box)
        if self.asked is not None:
            # The table stays open only while its glyph is there.
            self.asked = boxes.get(self.asked.box)
            if self.asked is None:
                self.pop_down()
        self.changed = True
