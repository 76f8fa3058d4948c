"""What the camera's window shows and how keys and the mouse change it; no window, no threads."""

from __future__ import annotations

import enum
from collections import deque
from dataclasses import dataclass, field

import cv2

from hwr_live.camera.layout import CameraLayout, Placement, place
from hwr_live.camera.report import Report
from hwr_live.media.images import Image
from hwr_live.media.sources import FrameSource, LiveSource
from hwr_live.reading import Box
from hwr_live.tracking.motion import STILL, Matrix, Small, motion_between, small_grey
from hwr_live.ui.errands import Note, still_shown
from hwr_live.ui.keys import ESC

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


_ACTS = {
    ord("s"): Act.SAVE,
    ord("t"): Act.COPY,
    ord("d"): Act.CHARS,
    ord("n"): Act.NEXT,
    ord("r"): Act.RECORD,
}


class Rate:
    """How many frames a second come, over the last two seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def tick(self, now_s: float) -> None:
        """A frame came."""
        self._times.append(now_s)

    def at(self, now_s: float) -> float:
        """Frames a second."""
        while self._times and self._times[0] < now_s - 2.0:
            self._times.popleft()
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-3)


@dataclass
class CameraState:
    """All that is shown.

    Attributes:
        layout: of the window.
        live: whether the source is a camera or stream.
        still: whether it is a single picture.
        chars: set of characters that is read.
        image: the frame shown, uint8 (h, w, 3) BGR, mirrored if ``mirror``.
        report: the newest reading, of this frame or one before it.
        motion: of the picture since it was read, (2, 3) in the frame's pixels.
        ink: uint8 (h, w) ink of the frame that was read, for the view of it.
        advice: why it cannot be read well, if so.
        view: one of :data:`VIEWS`.
        frozen: whether the picture stands still.
        mirror: whether frames are mirrored before they are read and shown.
        region: part of the frame that is read, in its pixels; all if None.
        drag: corners of the region that is being drawn, in the frame's pixels.
        help: whether all keys are shown.
        recording_s: seconds recorded so far; None where nothing is being recorded.
        rate: is told of every frame that is shown.
        fps: frames shown a second.
        age_s: of the reading: since its frame was taken; None for files.
        silence_s: since the last frame of a live source, where that is long.
        clock: time in the file, such as "0:03 of 0:10".
    """

    layout: CameraLayout
    live: bool
    chars: str
    still: bool = False
    image: Image | None = None
    report: Report | None = None
    motion: Matrix = field(default_factory=lambda: STILL)
    ink: Image | None = None
    advice: str = ""
    view: str = "frame"
    frozen: bool = False
    mirror: bool = False
    region: Box | None = None
    drag: tuple[int, int, int, int] | None = None
    help: bool = False
    recording_s: float | None = None
    rate: Rate = field(default_factory=Rate)
    fps: float = 0.0
    age_s: float | None = None
    silence_s: float = 0.0
    clock: str = ""
    note: Note | None = None
    _read_grey: Small | None = None  # of the frame that the report is of

    @property
    def placement(self) -> Placement:
        """How the frame lies in the window."""
        if self.image is None:
            return place((1, 1), self.layout.picture)
        height, width = self.image.shape[:2]
        return place((width, height), self.layout.picture)

    def key(self, code: int) -> Act | None:
        """A key was pressed; returns what the program is to do about it."""
        if code == ESC:
            if not self.help:
                return Act.QUIT
            self.help = False
        elif code == ord("h"):
            self.help = not self.help
        elif code == ord(" ") and not self.still:
            self.frozen = not self.frozen
            return Act.FREEZE
        elif code == ord("v"):
            self.view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
            return Act.INK if self.view == "ink" else None
        elif code == ord("m"):
            self.mirror = not self.mirror
            self.region = self.drag = None
            return Act.READ_AGAIN
        else:
            return _ACTS.get(code)
        return None

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
        at = self.placement.to_frame(x, y)
        self.drag = (*at, *at)

    def move(self, x: int, y: int) -> None:
        """The mouse moved with the left button down."""
        if self.drag is not None:
            self.drag = (*self.drag[:2], *self.placement.to_frame(x, y))

    def release(self, x: int, y: int) -> Act | None:
        """The left button went up: a drag makes a region, a click gives it up."""
        if self.drag is None:
            return None
        self.move(x, y)
        box, self.drag, before = dragged(self.drag), None, self.region
        self.region = box if min(box[2:]) >= _SMALLEST else None
        return Act.READ_AGAIN if self.region != before else None

    def say(self, text: str, now_s: float, *, warning: bool = False) -> None:
        """Shows a line for a while."""
        self.note = Note.at(now_s, text, warning=warning)

    @property
    def clocks(self) -> tuple[object, ...]:
        """What of the picture changes by time alone: equal where it looks the same."""
        recording_s = None if self.recording_s is None else int(self.recording_s)
        return (self.note, int(self.silence_s), recording_s)

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
    if event in (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_LBUTTONDBLCLK):
        state.press(x, y)
    elif event == cv2.EVENT_LBUTTONUP:
        return state.release(x, y)
    elif event == cv2.EVENT_MOUSEMOVE and state.drag is not None:
        if not flags & cv2.EVENT_FLAG_LBUTTON:  # the button came up outside the window
            return state.release(x, y)
        state.move(x, y)
    return None
