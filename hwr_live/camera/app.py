"""The camera program: reads a camera, a video, pictures or a stream, live."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hwr_live.camera.report import Follower, Printer
from hwr_live.camera.saving import NOT_EXACT, tell_recorded
from hwr_live.errors import InputError
from hwr_live.media.recorder import Recorder, check_path
from hwr_live.media.sources import Frame, FrameSource, LiveSource, open_source
from hwr_live.profiles.profile import Profile
from hwr_live.readers import AnyReader, TaughtReader
from hwr_live.recognition.adapt import MOST
from hwr_live.system.files import saving_folder
from hwr_live.system.memory import give_back_pictures, spare_what_is_loaded
from hwr_live.system.terminal import tell

if TYPE_CHECKING:  # not loaded where no window is wanted
    from hwr_live.ui.paint import Theme

NOTICE_S = 2.0  # silence of a live source after which the user is told
_WAIT_S = 0.25


def run(
    reader: AnyReader,
    source: str | int | FrameSource,
    *,
    window: bool = True,
    json: bool = False,
    frames: int | None = None,
    save_dir: str | Path | None = None,
    record: str | Path | None = None,
    exit_at_end: bool = False,
    profile: Profile | None = None,
    theme: Theme = "light",
    out: TextIO | None = None,
) -> int:
    """Reads a source to its end, or until the user stops it.

    Printed is the text, whenever it has settled and changed, followed by a blank line; with
    ``json`` an object for every frame that was read. A file whose text never settled, because it
    is too short, is printed at its end; of pictures of their own, each is printed.

    Args:
        reader: reads the frames.
        source: camera number, video, picture, folder, pattern or URL, see
            :func:`hwr_live.media.sources.open_source`; or one that is open, and is closed here.
        window: show the frames with what is read in them.
        json: print JSON and not text.
        frames: stop after so many frames were read.
        save_dir: where the keys S and R write; the current folder if None.
        record: a new ``.avi`` or ``.mkv`` file to record to, or ``.mp4`` for a compressed one.
        exit_at_end: whether the window closes by itself at the end of a file.
        profile: what the reader learns from, and where it keeps what the user puts right in the
            window; without one nothing is kept.
        theme: of the window, light or dark; the picture has its own colours in both.
        out: where readings are printed; stdout if None.

    Returns:
        The exit status, 0.

    Raises:
        InputError: for a missing or broken file or an option that cannot be.
        DeviceError: if there is no camera or display, or a stream is lost.
    """
    spare_what_is_loaded()
    folder = saving_folder(save_dir)
    if frames is not None and frames < 1:
        raise InputError(f"{frames} frames cannot be read; give a number of at least 1")
    if record is not None:
        check_path(record)
    printer = Printer(out or sys.stdout, json=json)
    with contextlib.suppress(KeyboardInterrupt), contextlib.ExitStack() as stack:
        opened = source if isinstance(source, FrameSource) else open_source(source)
        stack.enter_context(opened)
        if window:  # not loaded where none is wanted; a missing file is told before a display is
            from hwr_live.camera import window as camera_window
            from hwr_live.ui.window import require_display

            require_display()
        recorder = None
        if record is not None:
            recorder = stack.enter_context(Recorder(record, None if opened.live else opened.fps))
            if recorder.compressed:
                tell(f"{record} {NOT_EXACT}")
        stack.callback(printer.finish)
        if window:
            program = camera_window.CameraProgram(
                reader,
                opened,
                printer,
                frames=frames,
                folder=folder,
                recorder=recorder,
                stays=not exit_at_end,
                profile=profile,
                theme=theme,
            )
            stack.enter_context(program).run()
        else:
            taught = TaughtReader(reader, profile.crops(MOST) if profile is not None else ())
            if recorder is not None:
                stack.callback(_finish, recorder)
            _read_all(taught, opened, printer, frames, recorder)
    return 0


def _finish(recorder: Recorder) -> None:
    """Finishes a recording and tells what it has cost."""
    recorder.close()
    tell_recorded(recorder)


def _read_all(
    reader: AnyReader,
    source: FrameSource,
    printer: Printer,
    frames: int | None,
    recorder: Recorder | None,
) -> None:
    follower = Follower(reader, source.name, still=source.still or source.paged)
    for number, frame in enumerate(incoming(source), 1):
        if recorder is not None:
            recorder.add(frame)
        # A file's frames go on to their end, as what is broken is told after the last good one.
        printer.take(follower.take(frame, last=frame.last or number == frames))
        give_back_pictures()
        if number == frames:
            return


def incoming(source: FrameSource) -> Iterator[Frame]:
    """The frames of a source; the user is told when a live one falls silent and comes back."""
    if not isinstance(source, LiveSource):
        yield from source
        return
    silent = False
    while True:
        frame = source.newest(_WAIT_S)
        if frame is not None:
            if silent:
                tell(f"{source.name}: frames again")
                silent = False
            yield frame
        elif not silent and source.silence_s > NOTICE_S:
            tell(f"{source.name}: no frame for {NOTICE_S:.0f} seconds, trying again")
            silent = True
