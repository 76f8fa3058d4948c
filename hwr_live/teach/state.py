"""Teaching as a machine: what each movement of the mouse and each key does, without a window."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

import cv2

from hwr_live.canvas import Canvas
from hwr_live.chars import ALL
from hwr_live.profiles.files import Sample
from hwr_live.reading import Reading
from hwr_live.teach.layout import TeachLayout, arrange
from hwr_live.ui.errands import Note, still_shown
from hwr_live.ui.keys import BACKSPACE, ENTER, ESC
from hwr_live.ui.layout import LARGEST, inside, possible
from hwr_live.ui.pen import Pen, Tool, pen_for

PAUSE_S = 1.6
"""Seconds without a stroke after which what is written is taken: an i has its dot by then."""

_SHOWN_S = 0.4  # from when on the pause is shown
_SMALLEST = 16  # pixels: what is smaller is no letter or digit


class Act(Enum):
    """What is asked of the world outside the machine."""

    KEEP = auto()  # what is on the canvas, as the character that is asked for
    FORGET = auto()  # the sample of the character before
    MORE = auto()  # to ask for more characters
    STOP = auto()


@dataclass
class TeachState:
    """All that the window shows.

    Attributes:
        layout: where things are.
        asked: the characters to ask for, one after the other.
        round_of: how many characters a round has.
        clock: gives the time in seconds.
        scale: how many pixels of the screen are one of an ordinary screen's.
        at: the number of the one that is asked for now; all are done where it is their number.
        kept: the samples of those before, by their number; skipped ones have none.
        canvas: what is being written.
        pen: the stroke in hand.
        reading: the newest reading of the canvas.
        read: the revision that it is of.
        slip: what was plainly written instead of what was asked for, empty for no character, while
            it is asked whether that was meant; None else.
        waits: whether a pause accepts.
        note: what to say, if anything.
        changed: whether the picture has to be painted anew.
    """

    layout: TeachLayout
    asked: list[str]
    clock: Callable[[], float] = time.monotonic
    scale: float = 1.0
    at: int = 0
    kept: dict[int, Sample] = field(default_factory=dict)
    pen: Pen = field(default_factory=Pen)
    reading: Reading = field(default_factory=Reading)
    read: tuple[int, int] = (-1, -1)
    slip: str | None = None
    waits: bool = True
    note: Note | None = None
    changed: bool = True

    def __post_init__(self) -> None:
        self.round_of = max(1, len(set(self.asked)))
        self._skipped: set[str] = set()
        self._path: list[int] = []  # the numbers that were gone through to come here
        self._sheet = 0
        self._clear()

    @property
    def char(self) -> str | None:
        """What is asked for; None where all is done."""
        return self.asked[self.at] if self.at < len(self.asked) else None

    @property
    def taught(self) -> list[Sample]:
        """The samples of this session, oldest first."""
        return [self.kept[number] for number in sorted(self.kept)]

    @property
    def before(self) -> Sample | None:
        """The sample that going back forgets."""
        return self.kept.get(self._path[-1]) if self._path else None

    @property
    def revision(self) -> tuple[int, int]:
        """Of what a reading would be of now."""
        return (self._sheet, self.canvas.revision)

    @property
    def paused(self) -> float:
        """How much of the pause is over, 0 to 1; 0 while it is not to be shown."""
        stands = not self.waits or self.slip is not None
        if stands or self.pen.points or not self.written or self.char is None:
            return 0.0
        over = self.clock() - self._quiet_since - _SHOWN_S
        return min(1.0, max(0.0, over / (PAUSE_S - _SHOWN_S)))

    @property
    def written(self) -> bool:
        """Whether there is a character on the canvas; a slip of the mouse is none."""
        if not self.canvas.strokes:
            return False
        _, _, w, h = cv2.boundingRect(cv2.bitwise_not(self.canvas.image))
        return max(w, h) >= (_SMALLEST if (self.char or "") in ALL else 1)

    # What the mouse does

    def press(self, x: int, y: int, tool: Tool = "pen") -> None:
        """A button goes down: the left one draws, the right one erases."""
        self.changed = True
        if self.char is not None and inside(self.layout.drawing, x, y):
            self.pen.press(*self._on_paper(x, y), tool)

    def move(self, x: int, y: int, *, held: bool = True) -> None:
        """The mouse moves; ``held``: with a button down."""
        if self.pen.points and not held:  # the button went up where the window could not see it
            self.release(x, y)
        elif self.pen.points:
            self.changed |= self.pen.move(*self._on_paper(x, y))

    def release(self, x: int, y: int, tool: Tool | None = None) -> None:
        """A button goes up: the stroke is done."""
        points = self.pen.release(*self._on_paper(x, y), tool)
        if points:
            self.pen.draw(points, self.canvas)
            self._fit_paper()
            self.slip = None
            self._quiet_since = self.clock()
            self.changed = True

    def resize(self, size: tuple[int, int]) -> None:
        """The window has another size; no ink is lost, though some may be out of sight."""
        size = possible(size)
        if size == self.layout.size:
            return
        self.layout = arrange(size, self.scale)
        self._fit_paper()
        self.changed = True

    def _fit_paper(self) -> None:
        """The paper is what the window shows, and farther where there is ink."""
        _, _, width, height = self.layout.drawing
        right, bottom = self.canvas.extent
        self.canvas.resize(min(LARGEST, max(width, right)), min(LARGEST, max(height, bottom)))

    # What keys and time do

    def key(self, code: int) -> Act | None:
        """A key, as :meth:`hwr_live.ui.window.Window.show` returns it.

        Returns:
            What the machine cannot do itself.
        """
        if code < 0:
            return None
        self.changed = True
        name = chr(code) if 32 <= code < 128 else ""
        if code == ESC:
            return Act.STOP
        if code == ENTER or name == " ":
            return self._enter()
        if code == BACKSPACE or name == "z":
            return self._back()
        if name == "s" and self.char is not None:
            self._skip(self.char)
        elif name == "p":
            self.waits = not self.waits
            self._quiet_since = self.clock()
            self.say("a pause goes on" if self.waits else "waiting for Enter")
        return None

    def tick(self) -> Act | None:
        """Time goes on; returns what a pause asks for."""
        note = still_shown(self.note, self.clock())
        self.changed |= note is not self.note
        self.note = note
        paused = self.paused
        self.changed |= paused > 0
        return Act.KEEP if paused >= 1 else None

    # What happens outside

    def keep(self, sample: Sample) -> None:
        """What is on the canvas has been kept: on to the next character."""
        self.kept[self.at] = sample
        self._next()

    def forgotten(self) -> None:
        """What was done before is undone: that character is asked for again."""
        self.at = self._path.pop()
        gone = self.kept.pop(self.at, None)
        self._skipped.discard(self.asked[self.at])
        self._clear()
        self.say(f"forgotten: {gone.char}" if gone is not None else "back")

    def take(self, reading: Reading, revision: tuple[int, int]) -> None:
        """A reading has come, of what was on the canvas at a revision."""
        if revision == self.revision:
            self.reading, self.read = reading, revision
            self.changed = True

    @property
    def fresh(self) -> bool:
        """Whether the reading is of what is on the canvas now."""
        return self.read == self.revision

    def doubt(self, slip: str) -> None:
        """Asks whether what was written, another character as it seems, was meant."""
        self.slip = slip
        self.changed = True

    def ask(self, chars: list[str]) -> None:
        """Asks for these characters after all others."""
        if self.char is None:
            self.round_of = max(1, len(set(chars)))
        self.asked = self.asked + chars
        self._skipped.clear()
        self.changed = True

    def say(self, text: str, *, warning: bool = False) -> None:
        """Shows one line for a while; a warning is one to notice."""
        self.note = Note.at(self.clock(), text, warning=warning)
        self.changed = True

    def hold(self) -> None:
        """What is on the canvas could not be kept: a pause does not try again by itself."""
        self.waits = False

    def _enter(self) -> Act | None:
        if self.char is None:
            return Act.MORE
        if self.written:
            return Act.KEEP
        small = bool(self.canvas.strokes)
        self.say("write it larger" if small else "nothing is written yet; S skips it")
        return None

    def _back(self) -> Act | None:
        if self.slip is not None:  # it was another character: all of it goes
            self._clear()
            return None
        if self.canvas.undo():
            self._quiet_since = self.clock()
            return None
        if not self._path:
            self.say("this is the first")
        elif self.before is not None:
            return Act.FORGET
        else:
            self.forgotten()
        return None

    def _skip(self, char: str) -> None:
        self._skipped.add(char)
        self._next()
        self.say(f"{char} is not asked for any more")

    def _next(self) -> None:
        """To the next character that has not been skipped."""
        self._path.append(self.at)
        self.at += 1
        while self.char in self._skipped:
            self.at += 1
        self._clear()

    def _clear(self) -> None:
        _, _, width, height = self.layout.drawing
        self.canvas = Canvas(width, height, pen_for(width, height, self.scale))
        self.pen = Pen()
        self.reading = Reading()
        self.slip = None
        self._sheet += 1
        self._quiet_since = self.clock()
        self.changed = True

    def _on_paper(self, x: int, y: int) -> tuple[int, int]:
        """A point of the window on the canvas."""
        return x - self.layout.drawing[0], y - self.layout.drawing[1]
