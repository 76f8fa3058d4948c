"""The camera's window: frames come to the screen at once, readings when they are done."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections import deque
from pathlib import Path

import cv2
import numpy as np

from hwr_live.camera.layout import arrange
from hwr_live.camera.playback import play_file, play_live
from hwr_live.camera.report import Printer
from hwr_live.camera.saving import Recording, saving
from hwr_live.camera.state import Act, CameraState, tell_mouse
from hwr_live.camera.threads import Answer, ReadingThreads, Task
from hwr_live.camera.view import clock, paint_camera
from hwr_live.errors import DeviceError, HwrError
from hwr_live.media.cameras import NextCamera
from hwr_live.media.recorder import Recorder
from hwr_live.media.sources import Frame, FrameSource
from hwr_live.readers import AnyReader, char_sets, next_chars
from hwr_live.system.screen import screen_size
from hwr_live.ui.errands import Errands, copy_text
from hwr_live.ui.paint import Image as Painted
from hwr_live.ui.window import Window

TITLE = "hwr-live camera"


class CameraProgram:
    """One run of the window: what it shows, and the threads that read, save and record.

    A context manager.

    Args:
        reader: reads the frames.
        source: closed at the end.
        printer: told of every reading.
        frames: stop after so many readings.
        folder: where S and R write.
        recorder: records what comes; closed at the end.
    """

    def __init__(
        self,
        reader: AnyReader,
        source: FrameSource,
        printer: Printer,
        *,
        frames: int | None,
        folder: Path,
        recorder: Recorder | None,
    ) -> None:
        self._reader, self._source, self._printer = reader, source, printer
        self._folder, self._left = folder, frames
        self._recording = Recording(folder, recorder)
        self._window: Window | None = None
        self._state: CameraState | None = None
        self._sets = char_sets(reader)
        self._epoch = 0
        self._painted: Painted | None = None
        self._raw: Frame | None = None  # the one shown, as it came
        self._frame: Frame | None = None  # and as it is shown
        self._read: deque[Answer] = deque()  # of a file: what is read but not yet shown
        self._quit = self._changed = False
        self._stale = False  # whether the report shown is of other settings
        self._held: list[Act] = []  # what is to be done with the next report
        self._threads = ReadingThreads()
        self._errands = Errands()
        self._next_camera = NextCamera()

    def __enter__(self) -> CameraProgram:
        self._threads.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self._recording.close)
            stack.callback(self._source.close)
            stack.callback(self._next_camera.close)
            stack.callback(self._errands.close)
            stack.callback(self._threads.__exit__)

    def run(self) -> None:
        """Shows the source until the user closes the window or, for a video, until its end.

        A single picture stays until the user closes the window.

        Raises:
            DeviceError: if the display or the source is lost.
            InputError: at the end of a broken file.
        """
        with Window(TITLE) as window:
            self._window = window
            window.on_mouse(self._on_mouse)
            if self._source.live:
                play_live(self)
            else:
                play_file(self)

    # What the playback needs

    @property
    def source(self) -> FrameSource:
        """Where frames come from."""
        return self._source

    @property
    def over(self) -> bool:
        """Whether the user wants to go, or enough has been read."""
        closed = self._window is None or self._window.closed
        return self._quit or closed or (self._left is not None and self._left <= 0)

    @property
    def frozen(self) -> bool:
        """Whether the picture stands still, as the user wishes."""
        return self._state is not None and self._state.frozen

    @property
    def reads(self) -> bool:
        """Whether something is being read."""
        return not self._threads.idle

    def take(self, frame: Frame) -> None:
        """Records a frame and has it read."""
        self._recording.add(frame, wait=not self._source.live)
        self._offer(self._frame if frame is self._raw else self._mirrored(frame))

    def show(self, frame: Frame) -> None:
        """Shows a frame, with what has been read by now."""
        self._show(frame)
        while self._read:
            self._show_answer(self._read.popleft())

    def turn(self, wait_ms: int) -> None:
        """Takes what is done, shows what has changed and acts on a key."""
        self._collect()
        self._take_camera()
        state = self._state
        if state is None or self._window is None:
            time.sleep(wait_ms / 1000)
            return
        before = state.clocks
        state.tick(time.monotonic(), self._source)
        state.recording_s = self._recording.seconds
        picture: Painted | None = None
        if self._changed or before != state.clocks:
            picture = self._painted = paint_camera(state, self._painted)
            self._changed = False
        code = self._window.show(picture, wait_ms)
        if code >= 0:
            self._changed = True
            self._do(state.key(code))

    # Frames

    def _mirrored(self, frame: Frame) -> Frame:
        if self._state is None or not self._state.mirror:
            return frame
        return dataclasses.replace(frame, image=np.asarray(cv2.flip(frame.image, 1), np.uint8))

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
        self._state.follow_motion()
        self._state.rate.tick(time.monotonic())
        if self._source.count is not None and self._source.count > 1:
            total = self._source.count / self._source.fps
            self._state.clock = f"{clock(frame.time_s)} of {clock(total)}"

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
            if self.over:
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
        state.take(report, answer.advice)
        self._changed = True
        if answer.ink is not None:
            state.ink = answer.ink
        if not self._stale:
            held, self._held = self._held, []
            for act in held:
                self._do(act)

    # What the user does

    def _on_mouse(self, event: int, x: int, y: int, flags: int) -> None:
        state = self._state
        if state is None:
            return
        dragged = state.drag is not None
        self._do(tell_mouse(state, event, x, y, flags))
        self._changed |= dragged or event != cv2.EVENT_MOUSEMOVE

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
            if state.report is None:
                self._say("nothing to save yet")
            else:
                self._errands.start(saving(state.report, self._folder))
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
        return self._source.still or self.frozen

    def _next_chars(self, state: CameraState) -> None:
        """The next set of characters that the model knows."""
        found = next_chars(self._reader, self._sets)
        if found is None:
            self._say("this model reads no others")
            return
        self._reader, state.chars = found
        self._say(f"reads {state.chars}")
        self._renew()

    def _toggle_recording(self) -> None:
        if (finish := self._recording.end()) is not None:
            self._errands.start(finish)
            return
        try:
            self._say(self._recording.begin(None if self._source.live else self._source.fps))
        except HwrError as error:
            self._say(str(error), warning=True)

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
