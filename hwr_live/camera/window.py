"""The camera's window: frames come to the screen at once, readings when they are done."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
import time
from collections import deque
from datetime import datetime
from json import dumps
from pathlib import Path

import cv2
import numpy as np

from hwr_live.camera.layout import arrange
from hwr_live.camera.report import Printer, Report
from hwr_live.camera.state import Act, CameraState
from hwr_live.camera.threads import Answer, ReadingThreads, Task
from hwr_live.camera.view import clock, paint_camera
from hwr_live.errors import DeviceError, HwrError
from hwr_live.media.cameras import NextCamera
from hwr_live.media.images import encode_png
from hwr_live.media.recorder import Recorder
from hwr_live.media.sources import Frame, FrameSource, LiveSource
from hwr_live.readers import AnyReader, char_sets, next_chars
from hwr_live.system.files import make_folder, write_new
from hwr_live.system.screen import screen_size
from hwr_live.tracking.motion import STILL, Small, motion_between, small_grey
from hwr_live.ui.errands import Errands, copy_text
from hwr_live.ui.paint import Frame as Painted
from hwr_live.ui.window import Window

TITLE = "hwr-live camera"

_SILENT_S = 1.5  # silence of a live source that is shown
_TURN_S = 0.008  # how long a turn of the loop waits for a frame
_STILL_MS = 20  # and how long for a key where nothing moves


def run(
    reader: AnyReader,
    source: FrameSource,
    printer: Printer,
    *,
    frames: int | None,
    folder: Path,
    recorder: Recorder | None,
) -> None:
    """Shows a source until the user closes the window or, for a video, until its end.

    A single picture stays until the user closes the window.

    Args:
        reader: reads the frames.
        source: closed at the end.
        printer: told of every reading.
        frames: stop after so many readings.
        folder: where S and R write.
        recorder: records what comes; closed at the end.

    Raises:
        DeviceError: if the display or the source is lost.
        InputError: at the end of a broken file.
    """
    with (
        CameraProgram(reader, source, printer, frames, folder, recorder) as program,
        Window(TITLE) as window,
    ):
        program.run(window)


class CameraProgram:
    """One run of the window: what it shows, and the threads that read, save and record."""

    def __init__(
        self,
        reader: AnyReader,
        source: FrameSource,
        printer: Printer,
        frames: int | None,
        folder: Path,
        recorder: Recorder | None,
    ) -> None:
        self._reader, self._source, self._printer = reader, source, printer
        self._folder, self._recorder, self._left = folder, recorder, frames
        self._window: Window | None = None
        self._state: CameraState | None = None
        self._sets = char_sets(reader)
        self._epoch = 0
        self._painted: Painted | None = None
        self._raw: Frame | None = None  # the one shown, as it came
        self._frame: Frame | None = None  # and as it is shown
        self._read: deque[Answer] = deque()  # of a file: what is read but not yet shown
        self._read_grey: Small | None = None  # of the frame that the report is of
        self._quit = self._changed = False
        self._stale = False  # whether the report shown is of other settings
        self._held: list[Act] = []  # what is to be done with the next report
        self._fps = Rate()
        self._threads = ReadingThreads()
        self._errands = Errands()
        self._next_camera = NextCamera()

    def __enter__(self) -> CameraProgram:
        self._threads.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.ExitStack() as stack:
            if self._recorder is not None:
                stack.callback(self._recorder.close)
            stack.callback(self._source.close)
            stack.callback(self._next_camera.close)
            stack.callback(self._errands.close)
            stack.callback(self._threads.__exit__)

    def run(self, window: Window) -> None:
        """Shows the source in a window until either ends."""
        self._window = window
        window.on_mouse(self._on_mouse)
        if self._source.live:
            self._show_live()
        else:
            self._show_file()

    @property
    def _over(self) -> bool:
        closed = self._window is None or self._window.closed
        return self._quit or closed or (self._left is not None and self._left <= 0)

    # Frames

    def _show_live(self) -> None:
        """The newest frame is shown at once, with what was read last."""
        while not self._over:
            source = self._source
            assert isinstance(source, LiveSource)
            frozen = self._state is not None and self._state.frozen
            frame = None if frozen else source.newest(_TURN_S)
            if frame is not None:
                self._record(frame)
                self._show(frame)
                self._offer(self._frame)
            self._turn(_STILL_MS if frozen else 1)
            self._take_camera()

    def _show_file(self) -> None:
        """Every frame is read, and shown with its reading when it is due or, if late, at once."""
        frames = iter(self._source)
        began_s: float | None = None
        broken: HwrError | None = None
        frame = next(frames, None)
        while frame is not None and not self._over:
            self._record(frame)
            self._offer(self._mirrored(frame))
            while not self._threads.idle and not self._over:
                self._turn(2)
            following = None
            try:
                following = next(frames, None)
            except HwrError as error:  # told when what could be read has been shown
                broken = error
            if began_s is None:
                began_s = time.monotonic() - frame.time_s
            self._show(frame)
            while self._read:
                self._show_answer(self._read.popleft())
            self._turn(1)
            due_s = (following or frame).time_s + (0 if following else 1 / self._source.fps)
            began_s = self._wait_until(began_s, due_s)
            frame = following
        while self._source.still and broken is None and not self._over:
            self._turn(_STILL_MS)
        if broken is not None:
            raise broken

    def _wait_until(self, began_s: float, due_s: float) -> float:
        """Waits for media time ``due_s``; returns the beginning, later by what was paused."""
        while not self._over:
            now_s = time.monotonic()
            paused = self._state is not None and self._state.frozen
            left_s = began_s + due_s - now_s
            if left_s < 0.001 and not paused:
                break
            self._turn(_STILL_MS if paused else int(np.clip(left_s * 1000, 1, _STILL_MS)))
            if paused:
                began_s += time.monotonic() - now_s
        # What is late stays late: catching up would show frames faster than they were taken.
        return max(began_s, time.monotonic() - due_s)

    def _mirrored(self, frame: Frame) -> Frame:
        if self._state is None or not self._state.mirror:
            return frame
        return dataclasses.replace(frame, image=np.asarray(cv2.flip(frame.image, 1), np.uint8))

    def _record(self, frame: Frame) -> None:
        if self._recorder is not None:
            self._recorder.add(frame, wait=not self._source.live)

    def _show(self, frame: Frame) -> None:
        self._raw, self._changed = frame, True
        self._frame = frame = self._mirrored(frame)
        if self._state is None:
            height, width = frame.image.shape[:2]
            layout = arrange((width, height), screen_size())
            source = self._source
            self._state = CameraState(layout, source.live, self._reader.chars, source.still)
        before = self._state.image
        if before is not None and before.shape != frame.image.shape:
            self._state.report = self._state.region = self._state.ink = None
        self._state.image = frame.image
        self._follow_motion()
        self._fps.tick(time.monotonic())
        if self._source.count is not None and self._source.count > 1:
            total = self._source.count / self._source.fps
            self._state.clock = f"{clock(frame.time_s)} of {clock(total)}"

    def _follow_motion(self) -> None:
        """Finds how far the picture has moved since it was read."""
        state, frame = self._state, self._frame
        assert state is not None
        assert frame is not None
        state.motion = STILL
        if state.report is None or state.report.frame.image is frame.image:
            return
        if self._source.live and self._read_grey is not None:
            state.motion = motion_between(
                self._read_grey, small_grey(frame.image), state.report.reading
            )

    # Readings

    def _offer(self, frame: Frame | None, *, again: bool = False) -> None:
        """Has a frame read."""
        if frame is None:
            return
        state, live = self._state, self._source.live
        self._threads.offer(
            Task(
                source=self._source.name,
                frame=frame,
                reader=self._reader,
                epoch=self._epoch,
                region=None if state is None else state.region,
                still=self._source.still,
                ink=state is not None and state.view == "ink",
                keep=not live and not again,
                again=again,
                last=frame.last or self._left == 1,
            )
        )

    def _collect(self) -> None:
        """Takes what the threads have done."""
        for answer in self._threads.answers():
            if answer.task.epoch != self._epoch and self._source.live:
                continue  # of another camera, region or set of characters
            if not answer.task.again:
                self._printer.take(answer.report)
                if self._left is not None:
                    self._left -= 1
            if self._source.live or answer.task.again:
                self._show_answer(answer)
            else:
                self._read.append(answer)
            if self._over:
                break
        for told, failed in self._errands.ended():
            self._say(told, warning=failed)

    def _show_answer(self, answer: Answer) -> None:
        state = self._state
        if state is None:
            return
        report, before = answer.report, state.report
        if answer.task.again and before is not None and not self._stale:
            # What many frames have said stands, though the picture stands still now.
            report = dataclasses.replace(report, text=before.text, settled=before.settled)
        self._stale = self._stale and answer.task.epoch != self._epoch
        state.report, state.advice, self._changed = report, answer.advice, True
        if self._source.live:
            self._read_grey = small_grey(report.frame.image)
        self._follow_motion()
        if answer.ink is not None:
            state.ink = answer.ink
        if not self._stale:
            held, self._held = self._held, []
            for act in held:
                self._do(act)

    def _turn(self, wait_ms: int) -> None:
        """Takes what is done, shows what has changed and acts on a key."""
        self._collect()
        state, now_s = self._state, time.monotonic()
        if state is None or self._window is None:
            time.sleep(wait_ms / 1000)
            return
        before = (state.note, int(state.silence_s), state.recording_s and int(state.recording_s))
        state.tick(now_s)
        state.fps = self._fps.at(now_s)
        silence_s, state.age_s = 0.0, None
        if isinstance(self._source, LiveSource):
            silence_s = 0.0 if state.frozen else self._source.silence_s
            if state.report is not None and not state.frozen:
                state.age_s = self._source.now_s - state.report.frame.time_s
        state.silence_s = silence_s if silence_s > _SILENT_S else 0.0
        state.recording_s = None if self._recorder is None else self._recorder.seconds
        after = (state.note, int(state.silence_s), state.recording_s and int(state.recording_s))
        picture: Painted | None = None
        if self._changed or before != after:
            picture = self._painted = paint_camera(state, self._painted)
            self._changed = False
        code = self._window.show(picture, wait_ms)
        if code >= 0:
            self._changed = True
            self._do(state.key(code))

    # What the user does

    def _on_mouse(self, event: int, x: int, y: int, flags: int) -> None:
        state = self._state
        if state is None:
            return
        if event in (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_LBUTTONDBLCLK):
            state.press(x, y)
        elif event == cv2.EVENT_MOUSEMOVE and state.drag is not None:
            if flags & cv2.EVENT_FLAG_LBUTTON:
                state.move(x, y)
            else:  # the button came up outside the window
                self._do(state.release(x, y))
        elif event == cv2.EVENT_LBUTTONUP:
            self._do(state.release(x, y))
        else:
            return
        self._changed = True

    def _do(self, act: Act | None) -> None:
        state = self._state
        assert state is not None
        if act is Act.QUIT:
            self._quit = True
        elif self._stale and act in (Act.SAVE, Act.COPY):
            self._held.append(act)
        elif (act is Act.FREEZE and state.frozen and self._source.live) or (
            act is Act.INK and self._stands
        ):
            self._offer(self._frame, again=True)
        elif act is Act.READ_AGAIN:
            self._renew()
        elif act is Act.CHARS:
            self._next_chars(state)
        elif act is Act.SAVE:
            self._save(state.report)
        elif act is Act.COPY:
            text = "" if state.report is None else state.report.text
            self._errands.start(lambda: copy_text(text))
        elif act is Act.RECORD:
            self._toggle_recording()
        elif act is Act.NEXT:
            self._open_next_camera()

    def _renew(self) -> None:
        """Reads anew after a change of what is read; the votes so far were for something else."""
        self._epoch += 1
        self._stale = True
        if self._stands and self._raw is not None:
            self._show(self._raw)
            self._offer(self._frame, again=True)

    @property
    def _stands(self) -> bool:
        """Whether no new frame comes by itself."""
        return self._source.still or (self._state is not None and self._state.frozen)

    def _next_chars(self, state: CameraState) -> None:
        """The next set of characters that the model knows."""
        found = next_chars(self._reader, self._sets)
        if found is None:
            self._say("this model reads no others")
            return
        self._reader, state.chars = found
        self._say(f"reads {state.chars}")
        self._renew()

    def _save(self, report: Report | None) -> None:
        if report is None:
            self._say("nothing to save yet")
            return
        stem = f"camera-{datetime.now():%Y%m%d-%H%M%S}"

        def save() -> str:
            told = dumps(report.to_dict(), indent=1).encode() + b"\n"
            picture = encode_png(report.frame.image)
            path, _ = write_new(self._folder, stem, {".png": picture, ".json": told})
            print(f"saved {path}", file=sys.stderr, flush=True)
            return f"saved {path.name}"

        self._errands.start(save)

    def _toggle_recording(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            try:
                fps = None if self._source.live else self._source.fps
                self._recorder = Recorder(free_path(self._folder), fps)
            except HwrError as error:
                self._say(str(error), warning=True)
                return
            self._say(f"recording to {self._recorder.path.name}")
            return

        def finish() -> str:
            recorder.close()
            print(f"recorded {recorder.path}", file=sys.stderr, flush=True)
            left_out = f", {recorder.dropped} frames left out" if recorder.dropped else ""
            return f"recorded {recorder.path.name}{left_out}"

        self._errands.start(finish)

    def _say(self, text: str, *, warning: bool = False) -> None:
        if self._state is not None:
            self._state.say(text, time.monotonic(), warning=warning)
            self._changed = True

    # Cameras

    def _open_next_camera(self) -> None:
        name = self._source.name
        if not name.isdecimal():
            self._say("N goes through cameras; this is none")
        elif self._next_camera.look(int(name)):
            self._say("looking for the next camera")
        else:
            self._say("there is no other camera")

    def _take_camera(self) -> None:
        """Goes over to the next camera, once it is open."""
        try:
            source = self._next_camera.take()
        except DeviceError as error:
            self._say(str(error), warning=True)
            return
        if source is None:
            return
        self._source.close()
        self._source = source
        self._epoch += 1
        self._stale = True
        if self._state is not None:
            self._state.region = self._state.report = self._state.ink = None
            self._state.frozen = False
        self._say(f"camera {source.name}")


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


def free_path(folder: Path) -> Path:
    """A name for a recording that no file has yet."""
    stem = f"camera-{datetime.now():%Y%m%d-%H%M%S}"
    make_folder(folder)
    number = 1
    while (path := folder / f"{stem}{f'-{number}' if number > 1 else ''}.avi").exists():
        number += 1
    return path
