"""What keys have done with what is read: printed, saved, copied, recorded, learnt."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from hwr_live.camera.report import Printer
from hwr_live.camera.saving import Recording, saving
from hwr_live.camera.state import Act, CameraState
from hwr_live.errors import HwrError
from hwr_live.media.cameras import NextCamera
from hwr_live.media.frames import FrameSource
from hwr_live.profiles.learning import Learner, Learning
from hwr_live.profiles.profile import Profile
from hwr_live.readers import Samples
from hwr_live.recognition.adapt import MOST
from hwr_live.ui.errands import Errands, copy_text

SOURCE = "camera"
"""The source of samples that were put right before a camera."""


class Say(Protocol):
    """Shows the user a line for a while."""

    def __call__(self, text: str, *, warning: bool = False) -> None:
        """Shows it."""
        ...


class Actions:
    """Does what does not change what is read next.

    Args:
        printer: prints.
        folder: where is saved and recorded.
        recording: what is being recorded.
        profile: learns from what is put right, if there is one.
        next_camera: opens another camera.
        say: shows what was done.
    """

    def __init__(
        self,
        printer: Printer,
        folder: Path,
        recording: Recording,
        profile: Profile | None,
        next_camera: NextCamera,
        say: Say,
    ) -> None:
        self._printer, self._folder, self._recording, self._say = printer, folder, recording, say
        self._next_camera = next_camera
        self._errands = Errands()
        self._learning = (
            None if profile is None else Learning(Learner(profile, SOURCE), self._errands, MOST)
        )

    def close(self) -> None:
        """Waits for what is under way."""
        self._errands.close()

    def collect(self) -> Samples | None:
        """Shows what has been done by now; returns what a reader is to learn from, if that is
        new."""
        for told, failed in self._errands.ended():
            self._say(told, warning=failed)
        return None if self._learning is None else self._learning.learnt()

    def do(self, act: Act, state: CameraState, source: FrameSource) -> None:
        """Does what a key asks for, if it is one of these.

        Args:
            act: what is asked for.
            state: what is shown.
            source: of what is shown.
        """
        shown = state.shown
        if act is Act.SAVE and self._errands.full:
            self._say("saving takes long: S once more in a moment", warning=True)
        elif act is Act.SAVE and shown is not None:
            self._errands.start(saving(shown, self._folder))
        elif act is Act.SAVE:
            self._say("nothing to save yet")
        elif act is Act.COPY:
            text = "" if shown is None else shown.text
            self._errands.start(lambda: copy_text(text), instead="copy")
        elif act is Act.PRINT and shown is not None:
            self._printer.print(shown)
            self._say("printed" if shown.text else "printed: nothing")
        elif act is Act.RECORD:
            self._toggle_recording(None if source.live else source.fps)
        elif act is Act.LEARN:
            self._learn(state)
        elif act is Act.NEXT:
            self._look_for_camera(source.name)
        elif act is Act.HINT:
            self._say("Space freezes the picture; a click then puts a character right")

    def _look_for_camera(self, name: str) -> None:
        if not name.isdecimal():
            self._say("N goes through cameras; this is none")
        elif self._next_camera.look(int(name)):
            self._say("looking for the next camera")
        else:
            self._say("there is no other camera")

    def _toggle_recording(self, fps: float | None) -> None:
        if (finish := self._recording.end()) is not None:
            self._errands.start(finish)
            return
        try:
            self._say(self._recording.begin(fps))
        except HwrError as error:
            self._say(str(error), warning=True)

    def _learn(self, state: CameraState) -> None:
        """Has the profile, if there is one, learn what was put right."""
        changes, state.right.changes = state.right.changes, []
        if self._learning is not None:
            self._learning.take(changes)
        else:
            self._say("put right here; with --profile NAME it is learnt")
