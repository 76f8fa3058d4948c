"""The camera's window: frames come to the screen at once, readings when they are done."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from pathlib import Path

import cv2

from hwr_live.camera.actions import Actions
from hwr_live.camera.layout import arrange, legend_for
from hwr_live.camera.pages import Pages
from hwr_live.camera.playback import play_file, play_live, play_pages
from hwr_live.camera.report import Printer, standing
from hwr_live.camera.saving import Recording
from hwr_live.camera.state import Act, CameraState, tell_mouse
from hwr_live.camera.status import clock
from hwr_live.camera.threads import Answer, ReadingThreads, Task
from hwr_live.camera.view import CameraView
from hwr_live.errors import DeviceError, HwrError
from hwr_live.media.cameras import NextCamera
from hwr_live.media.recorder import Recorder
from hwr_live.media.sources import Frame, FrameSource
from hwr_live.profiles.profile import Profile
from hwr_live.readers import AnyReader, TaughtReader, char_sets, next_chars
from hwr_live.recognition.adapt import MOST
from hwr_live.system.screen import UNKNOWN, Screen, known_screen
from hwr_live.ui.paint import Theme
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
        stays: whether the last picture of a file stays.
        profile: learns from what is put right.
        theme: light or dark, of all but the picture.
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
        stays: bool = True,
        profile: Profile | None = None,
        theme: Theme = "light",
    ) -> None:
        self._reader: AnyReader = TaughtReader(
            reader, profile.crops(MOST) if profile is not None else ()
        )
        self._source, self._printer = source, printer
        self._left, self.stays = frames, stays
        self._profile = "" if profile is None else profile.name
        self._recording = Recording(folder, recorder)
        self._window: Window | None = None
        self._state: CameraState | None = None
        self._sets = char_sets(reader)
        self._epoch = 0
        self._view = CameraView(theme)
        self._frame: Frame | None = None  # the one shown
        self._pages = Pages(source)
        self._read: deque[Answer] = deque()  # of a file: what is read but not yet shown
        self._quit = self._changed = False
        self._stale = False  # whether the report shown is of other settings
        self._held: list[Act] = []  # what is to be done with the next report
        self._threads = ReadingThreads()
        self._next_camera = NextCamera()
        done_with = (printer, folder, self._recording, profile, self._next_camera)
        self._actions = Actions(*done_with, self._say)

    def __enter__(self) -> CameraProgram:
        self._threads.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.ExitStack() as stack:
            stack.callback(self._recording.close)
            stack.callback(self._source.close)
            stack.callback(self._next_camera.close)
            stack.callback(self._actions.close)
            stack.callback(self._threads.__exit__)

    def run(self) -> None:
        """Shows the source until the user closes the window; the last picture of a file stays.

        Raises:
            DeviceError: if the display or the source is lost.
            InputError: at the end of a broken file.
        """
        with Window(TITLE, resizable=True) as window:
            self._window = window
            window.on_mouse(self._on_mouse)
            if self._source.live:
                play_live(self)
            elif self._source.paged:
                play_pages(self)
                self._pages.check()
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
        self._offer(frame)

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
        if self._window.size is not None:
            self._changed |= state.resize(self._window.size)
        before = state.clocks
        state.tick(time.monotonic(), self._source)
        state.recording_s, state.recording_size = self._recording.seconds, self._recording.size
        picture = None
        if self._changed or before != state.clocks:
            picture = self._view.paint(state)
            self._changed = False
        code = self._window.show(picture, wait_ms)
        if code >= 0:
            self._changed = True
            self._do(state.key(code, capital=self._window.capital))

    def end(self, broken: HwrError | None) -> None:
        """There is no more to come: what was read is printed, and the last picture stays."""
        self._printer.finish()
        if self._state is None or self._source.still:
            return
        self._state.ended, self._state.frozen = True, False
        if broken is not None:
            self._say(str(broken), warning=True)
        elif self.stays:
            self._say("this was all; Esc closes the window")

    # Frames

    def turn_over(self, step: int) -> bool:
        """Shows the next picture of its own that can be read, or one before."""
        frame = self._pages.turned(step)
        if frame is not None:
            self._show(frame)
            self._recording.add(frame, wait=True)
            self._offer(frame, again=self._pages.again)
        if self._pages.told:
            self._say(self._pages.told, warning=True)
        return frame is not None

    def _show(self, frame: Frame) -> None:
        self._frame, self._changed = frame, True
        source = self._source
        if self._state is None:
            height, width = frame.image.shape[:2]
            legend = legend_for(still=source.still, paged=source.paged)
            screen = known_screen() or Screen(UNKNOWN)
            layout = arrange((width, height), screen.size, legend, screen.scale)
            self._state = CameraState(layout, source.live, self._reader.chars)
            self._state.scale = screen.scale
            self._state.still, self._state.paged = source.still or source.paged, source.paged
            self._state.profile = self._profile
        before = self._state.image
        if before is not None and (source.paged or before.shape != frame.image.shape):
            self._state.leave()
        self._state.image = frame.image
        self._state.follow_motion()
        self._state.rate.tick(time.monotonic())
        if source.paged:
            self._state.clock = f"{frame.label} · {frame.index + 1} of {source.count}"
        elif self._source.count is not None and self._source.count > 1:
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
                still=self._source.still or self._source.paged,
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
            if not (self._source.live or self._source.paged or answer.task.again):
                self._read.append(answer)
            elif not self._source.paged or answer.task.frame is self._frame:
                self._show_answer(answer)
            if self.over:
                break
        if (samples := self._actions.collect()) is not None:
            self._reader = self._reader.with_samples(samples)
            if self.frozen or not self._source.live:
                self._offer(self._frame, again=True)

    def _show_answer(self, answer: Answer) -> None:
        state = self._state
        if state is None:
            return
        report, before = answer.report, state.report
        again = answer.task.again and not answer.task.still
        if again and not self._stale:
            report = standing(report, before)
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
        before = (state.drag, state.chosen, state.under)
        self._do(tell_mouse(state, event, x, y, flags))
        after = (state.drag, state.chosen, state.under)
        self._changed |= before != after or event != cv2.EVENT_MOUSEMOVE

    def _do(self, act: Act | None) -> None:
        state = self._state
        assert state is not None
        if act is Act.QUIT:
            self._quit = True
        elif self._stale and act in (Act.SAVE, Act.COPY, Act.PRINT):
            self._held.append(act)
        elif (act is Act.FREEZE and state.frozen and self._source.live) or (
            act is Act.INK and state.stands
        ):
            self._offer(self._frame, again=True)
        elif act is Act.READ_AGAIN:
            self._renew()
        elif act is Act.CHARS:
            self._next_chars(state)
        elif act in (Act.NEXT_PAGE, Act.PAGE_BEFORE):
            # A key that is held down must not run ahead of what is read.
            if not self._threads.full:
                self.turn_over(1 if act is Act.NEXT_PAGE else -1)
        elif act is not None:
            self._actions.do(act, state, self._source)

    def _renew(self) -> None:
        """Reads anew after a change of what is read; the votes so far were for something else."""
        self._epoch += 1
        self._stale = True
        if self._state is not None and self._state.stands:
            self._offer(self._frame, again=True)

    def _next_chars(self, state: CameraState) -> None:
        """The next set of characters that the model knows."""
        found = next_chars(self._reader, self._sets)
        if found is None:
            self._say("this model reads no others")
            return
        self._reader, state.chars = found
        self._say(f"reads {state.chars}")
        self._renew()

    def _say(self, text: str, *, warning: bool = False) -> None:
        if self._state is not None:
            self._state.say(text, time.monotonic(), warning=warning)
            self._changed = True

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
            self._state.leave()
            self._state.frozen = False
        self._say(f"camera {source.name}")
