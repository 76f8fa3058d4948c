"""What the camera's window shows and how keys and the mouse change it; no window, no threads."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

import cv2

from hwr_live.camera.correcting import Correcting, following, glyph_at
from hwr_live.camera.layout import CameraLayout, Placement, fill, place
from hwr_live.camera.playback import Rate
from hwr_live.camera.report import Report
from hwr_live.media.images import Image
from hwr_live.media.recorder import megabytes
from hwr_live.media.sources import FrameSource, LiveSource
from hwr_live.profiles.corrections import FOLDERS
from hwr_live.reading import Box, Glyph
from hwr_live.tracking.motion import STILL, Matrix, Small, motion_between, small_grey
from hwr_live.ui.errands import Note, still_shown
from hwr_live.ui.keys import BACKSPACE, DOWN, ENTER, ESC, LEFT, RIGHT, UP
from hwr_live.ui.layout import inside, possible
from hwr_live.ui.table import Choice, table_for

VIEWS = ("frame", "ink", "crops")
_SILENT_S = 1.5  # silence of a live source that is shown
_SMALLEST = 12  # pixels: a drag shorter than this is a click


class Act(enum.Enum):
    """What a key asks of the program."""

    QUIT = enum.auto()
    FREEZE = enum.auto()
    SAVE = enum.auto()
    COPY = enum.auto()
    CHARS = enum.auto()
    NEXT = enum.auto()
    RECORD = enum.auto()
    INK = enum.auto()
    READ_AGAIN = enum.auto()
    PRINT = enum.auto()
    LEARN = enum.auto()
    HINT = enum.auto()
    NEXT_PAGE = enum.auto()
    PAGE_BEFORE = enum.auto()


_ACTS = {
    ord("s"): Act.SAVE,
    ord("t"): Act.COPY,
    ord("d"): Act.CHARS,
    ord("n"): Act.NEXT,
    ord("r"): Act.RECORD,
    ENTER: Act.PRINT,
}
_TURNS = {
    LEFT: Act.PAGE_BEFORE,
    UP: Act.PAGE_BEFORE,
    RIGHT: Act.NEXT_PAGE,
    DOWN: Act.NEXT_PAGE,
}


@dataclass
class CameraState:
    """All that is shown.

    Attributes:
        layout: of the window.
        live: whether the source is a camera or stream.
        still: whether it is a single picture, or several to be turned over.
        paged: whether there are several to be turned over.
        chars: set of characters that is read.
        image: the frame shown, uint8 (h, w, 3) BGR, as it was read.
        report: the newest reading, of this frame or one before it.
        motion: of the picture since it was read, (2, 3) in the frame's pixels.
        ink: uint8 (h, w) ink of the frame that was read, for the view of it.
        advice: why it cannot be read well, if so.
        view: one of :data:`VIEWS`.
        frozen: whether the picture stands still.
        ended: whether a file is over, and its last picture stays.
        mirror: whether frames are shown as in a mirror; they are read as they are.
        region: part of the frame that is read, in its pixels; all if None.
        drag: corners of the region that is being drawn, in the frame's pixels.
        mouse: where the mouse is, in the window's pixels, or None before it came.
        right: what is put right in the picture that stands.
        profile: name of the profile that learns from it, if any.
        help: whether all keys are shown.
        recording_s: seconds recorded so far; None where nothing is being recorded.
        recording_size: bytes recorded so far.
        rate: is told of every frame that is shown.
        fps: frames shown a second.
        age_s: of the reading: since its frame was taken; None for files.
        silence_s: since the last frame of a live source, where that is long.
        clock: time in the file, such as "0:03 of 0:10".
        scale: how many pixels of the screen are one of an ordinary screen's.
    """

    layout: CameraLayout
    live: bool
    chars: str
    still: bool = False
    paged: bool = False
    image: Image | None = None
    report: Report | None = None
    motion: Matrix = field(default_factory=lambda: STILL)
    ink: Image | None = None
    advice: str = ""
    view: str = "frame"
    frozen: bool = False
    ended: bool = False
    mirror: bool = False
    region: Box | None = None
    drag: tuple[int, int, int, int] | None = None
    mouse: tuple[int, int] | None = None
    right: Correcting = field(default_factory=Correcting)
    profile: str = ""
    help: bool = False
    recording_s: float | None = None
    recording_size: int = 0
    rate: Rate = field(default_factory=Rate)
    fps: float = 0.0
    age_s: float | None = None
    silence_s: float = 0.0
    clock: str = ""
    scale: float = 1.0
    note: Note | None = None
    _read_grey: Small | None = None  # of the frame that the report is of

    def resize(self, size: tuple[int, int]) -> bool:
        """The window has another size, width and height in pixels; returns whether it is new."""
        if possible(size) == self.layout.size:
            return False
        self.layout = fill(size, self.layout.legend, self.scale)
        self.right.close()
        return True

    @property
    def placement(self) -> Placement:
        """How the frame lies in the window."""
        if self.image is None:
            return place((1, 1), self.layout.picture)
        height, width = self.image.shape[:2]
        return place((width, height), self.layout.picture, mirror=self.mirror)

    @property
    def stands(self) -> bool:
        """Whether no new frame comes by itself, so that what was read can be put right."""
        return self.still or self.frozen or self.ended

    @property
    def shown(self) -> Report | None:
        """The newest reading with what the user put right."""
        return None if self.report is None else self.right.applied(self.report)

    @property
    def chosen(self) -> Glyph | None:
        """The glyph, as it was read, that is asked for or that a click would ask for."""
        if self.right.asked is not None:
            return self.right.asked
        if not self.stands or self.mouse is None or self.drag is not None or self.view == "crops":
            return None
        return self._glyph_at(*self.mouse)

    def key(self, code: int, *, capital: bool | None = None) -> Act | None:
        """A key was pressed.

        Args:
            code: as :meth:`hwr_live.ui.window.Window.show` returns it.
            capital: whether it typed a capital letter, where that is known.

        Returns:
            What the program is to do about it.
        """
        if self.right.table is not None:
            return self._answer(code, capital)
        if code == ESC:
            if not self.help:
                return Act.QUIT
            self.help = False
        elif code == ord("h"):
            self.help = not self.help
        elif code == ord(" ") and not (self.still or self.ended):
            self.frozen = not self.frozen
            self.right.forget()
            return Act.FREEZE
        elif code in (BACKSPACE, ord("z")) and self.stands:
            return Act.LEARN if self.right.undo() else None
        elif code in _TURNS and self.paged:
            return _TURNS[code]
        elif code == ord("v"):
            self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
            return Act.INK if self.view == "ink" else None
        elif code == ord("m"):
            self.mirror = not self.mirror
        else:
            return _ACTS.get(code)
        return None

    @property
    def under(self) -> Choice | None:
        """The button of the table under the mouse."""
        table = self.right.table
        return None if table is None or self.mouse is None else table.at(*self.mouse)

    def leave(self) -> None:
        """Another picture, or camera, comes: nothing of the one before is of it."""
        self.report = self.region = self.drag = self.ink = None
        self.advice = ""
        self.right.forget()

    def take(self, report: Report, advice: str) -> None:
        """A frame has been read."""
        self.report, self.advice = report, advice
        if self.live:
            self._read_grey = small_grey(report.frame.image)
        self.follow_motion()

    def follow_motion(self) -> None:
        """Finds how far the picture has moved since it was read."""
        self.motion = STILL
        if self.report is None or self.image is None or self.report.frame.image is self.image:
            return
        if self.live and self._read_grey is not None:
            now = small_grey(self.image)
            self.motion = motion_between(self._read_grey, now, self.report.reading)

    def press(self, x: int, y: int) -> None:
        """The left button went down at a pixel of the window."""
        left, top, width, height = self.layout.picture
        if self.image is None or not (left <= x < left + width and top <= y < top + height):
            return
        if self.help:
            self.help = False
            return
        at = self.placement.to_frame(x, y)
        self.drag = (*at, *at)

    def move(self, x: int, y: int) -> None:
        """The mouse moved with the left button down."""
        if self.drag is not None:
            self.drag = (*self.drag[:2], *self.placement.to_frame(x, y))

    def release(self, x: int, y: int) -> Act | None:
        """The left button went up: a drag makes a region; a click asks for a glyph of a picture
        that stands, and gives the region up where there is none."""
        if self.drag is None:
            return None
        self.move(x, y)
        box, self.drag, before = dragged(self.drag), None, self.region
        if min(box[2:]) < _SMALLEST and self._ask(x, y):
            return None
        if min(box[2:]) < _SMALLEST and before is None and not self.stands:
            return Act.HINT
        self.region = box if min(box[2:]) >= _SMALLEST else None
        if self.region != before:
            self.right.forget()
            return Act.READ_AGAIN
        return None

    def choose(self, x: int, y: int) -> Act | None:
        """The left button went down while the table is open."""
        table = self.right.table
        choice = None if table is None else table.at(x, y)
        if choice is None:
            if table is not None and not inside(table.box, x, y):
                self.right.close()
            return None
        self.right.put_right(choice.char)
        return Act.LEARN

    def _answer(self, code: int, capital: bool | None) -> Act | None:
        """A key while the table is open: a character is the answer, and the next of the word is
        asked for, so that a word is put right by typing it."""
        asked = self.right.asked
        if code in (ESC, ENTER):
            self.right.close()
        elif code == BACKSPACE:
            return Act.LEARN if self.right.undo() else None
        elif asked is not None and 33 <= code < 127:
            char = chr(code).upper() if capital else chr(code)
            if char not in FOLDERS.values():  # more than the table has room for
                return None
            self.right.put_right(char)
            after = None if self.report is None else following(self.report.steady, asked)
            if after is not None:
                self._open_table(after)
            return Act.LEARN
        return None

    def _ask(self, x: int, y: int) -> bool:
        """Opens the table for the glyph at a pixel of the window; whether there is one."""
        glyph = self._glyph_at(x, y) if self.stands and self.view != "crops" else None
        if glyph is not None:
            self._open_table(glyph)
        return glyph is not None

    def _open_table(self, glyph: Glyph) -> None:
        at = self.placement.to_window(glyph.box)
        table = table_for(at, glyph.chances, self.layout.picture, self.layout.font)
        self.right.ask(glyph, table)

    def _glyph_at(self, x: int, y: int) -> Glyph | None:
        if self.report is None or not inside(self.layout.picture, x, y):
            return None
        return glyph_at(self.report.steady, *self.placement.to_frame(x, y))

    def say(self, text: str, now_s: float, *, warning: bool = False) -> None:
        """Shows a line for a while."""
        self.note = Note.at(now_s, text, warning=warning)

    @property
    def clocks(self) -> tuple[object, ...]:
        """What of the picture changes by time alone: equal where it looks the same."""
        recording_s = None if self.recording_s is None else int(self.recording_s)
        size = megabytes(self.recording_size)
        return (self.note, int(self.silence_s), recording_s, size)

    def tick(self, now_s: float, source: FrameSource) -> None:
        """Time goes on: takes away what has been shown for long enough, and looks at the source."""
        self.note = still_shown(self.note, now_s)
        self.fps = self.rate.at(now_s)
        self.silence_s, self.age_s = 0.0, None
        if isinstance(source, LiveSource) and not self.frozen:
            silence_s = source.silence_s
            self.silence_s = silence_s if silence_s > _SILENT_S else 0.0
            if self.report is not None:
                self.age_s = source.now_s - self.report.frame.time_s


def dragged(corners: tuple[int, int, int, int]) -> Box:
    """The box between two corners."""
    left, right = sorted((corners[0], corners[2]))
    top, bottom = sorted((corners[1], corners[3]))
    return (left, top, right - left, bottom - top)


def tell_mouse(state: CameraState, event: int, x: int, y: int, flags: int) -> Act | None:
    """Hands on what OpenCV's mouse callback is told; returns what the program is to do about it."""
    state.mouse = (x, y)
    if event in (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_LBUTTONDBLCLK):
        if state.right.table is not None:
            return state.choose(x, y)
        state.press(x, y)
    elif event == cv2.EVENT_LBUTTONUP:
        return state.release(x, y)
    elif event == cv2.EVENT_MOUSEMOVE and state.drag is not None:
        if not flags & cv2.EVENT_FLAG_LBUTTON:  # the button came up outside the window
            return state.release(x, y)
        state.move(x, y)
    return None
