"""What the camera's window writes: pictures with their readings, and recordings."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from hwr_live.camera.report import Report
from hwr_live.media.frames import Frame
from hwr_live.media.images import encode_png
from hwr_live.media.recorder import Recorder
from hwr_live.system.files import make_folder, write_new
from hwr_live.system.terminal import note
from hwr_live.ui.errands import Errand

NOT_EXACT = (
    "is compressed, for people: it does not read again exactly as it does now; "
    "an .avi or .mkv file does"
)
"""What is said of a recording that loses something."""


def saving(report: Report, folder: Path) -> Errand:
    """An errand that writes a report's frame and its JSON, named by the time of this call."""
    stem = _stem()

    def save() -> str:
        told = json.dumps(report.to_dict(), indent=1).encode() + b"\n"
        picture = encode_png(report.frame.image)
        path, _ = write_new(folder, stem, {".png": picture, ".json": told})
        note(f"saved {path}")
        return f"saved {path.name}"

    return save


class Recording:
    """What is being recorded, if anything.

    Args:
        folder: where recordings go that :meth:`begin` begins.
        recorder: one that has been begun.
    """

    def __init__(self, folder: Path, recorder: Recorder | None = None) -> None:
        self._folder, self._recorder = folder, recorder

    @property
    def seconds(self) -> float | None:
        """How long it is so far; None where nothing is being recorded."""
        if self._recorder is None or self._recorder.failure:
            return None
        return self._recorder.seconds

    @property
    def size(self) -> int:
        """Bytes that it takes so far."""
        return 0 if self._recorder is None else self._recorder.size

    def add(self, frame: Frame, *, wait: bool) -> None:
        """Records a frame, see :meth:`hwr_live.media.recorder.Recorder.add`."""
        if self._recorder is not None:
            self._recorder.add(frame, wait=wait)

    def begin(self, fps: float | None) -> str:
        """Begins a recording; returns what to say.

        Args:
            fps: frames a second; measured if None.

        Raises:
            HwrError: if it cannot be written there.
        """
        self._recorder = Recorder(_free_path(self._folder), fps)
        return f"recording to {self._recorder.path.name}"

    def end(self) -> Errand | None:
        """An errand that finishes the recording; None where there is none."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None

        def finish() -> str:
            recorder.close()
            if not recorder.frames:
                return "nothing recorded"
            tell_recorded(recorder)
            left_out = f", {recorder.dropped} frames left out" if recorder.dropped else ""
            inexact = ", compressed" if recorder.compressed else ""
            return f"recorded {recorder.path.name}: {recorder.cost}{left_out}{inexact}"

        return finish

    def close(self) -> None:
        """Finishes the recording at once.

        Raises:
            HwrError: if it cannot be written.
        """
        if (finish := self.end()) is not None:
            finish()


def tell_recorded(recorder: Recorder) -> None:
    """Tells on stderr what a recording has cost, if there is one."""
    if recorder.frames:
        note(f"recorded {recorder.path}: {recorder.cost}")


def _stem() -> str:
    return f"camera-{datetime.now():%Y%m%d-%H%M%S}"


def _free_path(folder: Path) -> Path:
    """A name for a recording that no file has yet."""
    stem = _stem()
    make_folder(folder)
    number = 1
    while (path := folder / f"{stem}{f'-{number}' if number > 1 else ''}.avi").exists():
        number += 1
    return path
