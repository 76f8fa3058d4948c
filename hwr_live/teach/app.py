"""Teaching: the window asks for characters, and keeps in a profile what is written."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

import numpy as np

from hwr_live.chars import ALL, parse_chars
from hwr_live.errors import HwrError
from hwr_live.profiles.corrections import FOLDERS
from hwr_live.profiles.profile import Profile, amount
from hwr_live.readers import AnyReader, TaughtReader
from hwr_live.recognition.adapt import MOST
from hwr_live.system.memory import spare_what_is_loaded
from hwr_live.system.screen import known_screen
from hwr_live.system.terminal import tell
from hwr_live.teach.layout import arrange
from hwr_live.teach.plan import plan
from hwr_live.teach.slips import slip
from hwr_live.teach.state import Act, TeachState
from hwr_live.teach.view import TeachView
from hwr_live.ui.background import BackgroundReader, Job
from hwr_live.ui.layout import window_for
from hwr_live.ui.paint import Image, Theme
from hwr_live.ui.pen import tell_mouse
from hwr_live.ui.window import Window

TITLE = "hwr-live teach"
SOURCE = "teach"
"""The source of samples that were asked for."""

_TURN_MS = 8  # how long a turn of the loop waits for a key


def run(
    reader: AnyReader,
    profile: Profile,
    *,
    chars: str = "all",
    size: tuple[int, int] | None = None,
    theme: Theme = "light",
    out: TextIO | None = None,
) -> int:
    """Opens the window and asks for characters until all are taught or the user stops.

    Every sample is in the profile as soon as it is accepted.

    Args:
        reader: shows what it makes of what is written, and learns with the profile.
        profile: takes the samples; made with the first.
        chars: which characters may be asked for, a set's name or the characters themselves.
        size: of the window, width and height in pixels, 320x240 or more; if None, one that suits
            the screen. One that the screen has no room for is made smaller.
        theme: light or dark.
        out: where it is said at the end what was learnt; stdout if None.

    Returns:
        The exit status, 0.

    Raises:
        InputError: for a size or characters that cannot be.
        DeviceError: if there is no display.
    """
    spare_what_is_loaded()
    if size is not None:
        arrange(size)  # a size that cannot be is told before a display is looked for
    size, scale = window_for(size, known_screen(), name="the window")
    with Teach(reader, profile, chars=chars, size=size, scale=scale, theme=theme) as teach:
        with Window(TITLE, resizable=True) as window:
            window.on_mouse(teach.on_mouse)
            while not (window.closed or teach.closed):
                teach.on_key(window.show(teach.picture(), _TURN_MS))
                if window.size is not None:
                    teach.resize(window.size)
        print(teach.told(), file=out or sys.stdout, flush=True)
    return 0


class Teach:
    """The window's program without its window: a context manager told of mouse and keys.

    Args:
        reader: as for :func:`run`, and so are the others.
        profile: takes the samples.
        chars: which characters may be asked for.
        size: of the picture.
        scale: how many pixels of the screen are one of an ordinary screen's.
        theme: light or dark.

    Attributes:
        state: all that is shown.
        closed: whether the user wants to go.
    """

    def __init__(
        self,
        reader: AnyReader,
        profile: Profile,
        *,
        chars: str,
        size: tuple[int, int],
        scale: float = 1.0,
        theme: Theme = "light",
    ) -> None:
        self._profile = profile
        # Marks are asked for only by who wants them.
        self._chars = ALL if chars == "all" else parse_chars(chars)
        asked = plan(self._chars, profile.counts())
        self.state = TeachState(arrange(size, scale), asked, scale=scale)
        self.closed = False
        self._reader = TaughtReader(reader, profile.crops(MOST))
        self._view = TeachView(profile.name, theme)
        self._background: BackgroundReader[None] = BackgroundReader()
        self._asked = self.state.revision
        self._wanted = (-1, -1)  # the revision that is to be kept as soon as it has been read

    def __enter__(self) -> Teach:
        self._background.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._background.close()

    def picture(self) -> Image | None:
        """What to show now: uint8 (height, width, 3), or None where nothing has changed."""
        for job, reading in self._background.answers():
            self.state.take(reading, job.revision)
        act = self.state.tick()
        if act is None and self._wanted == self.state.revision and self.state.fresh:
            act = Act.KEEP
        if act is not None:
            self._do(act)
        if not self.state.changed:
            return None
        self.state.changed = False
        return self._view.paint(self.state)

    def on_mouse(self, event: int, x: int, y: int, flags: int) -> None:
        """What OpenCV's mouse callback is told."""
        tell_mouse(self.state, event, x, y, flags)
        self._ask()

    def on_key(self, code: int) -> None:
        """A key, as :meth:`hwr_live.ui.window.Window.show` returns it; -1 is none."""
        act = self.state.key(code)
        if act is not None:
            self._do(act)
        self._ask()

    def resize(self, size: tuple[int, int]) -> None:
        """The window has this size now, width and height in pixels."""
        self.state.resize(size)
        self._ask()

    def told(self) -> str:
        """What was learnt, in one line."""
        taught = [sample.char for sample in self.state.taught]
        if not taught:
            return "nothing was taught"
        return (
            f"learnt {amount(taught)}: {' '.join(in_order(taught))}; "
            f"{self._profile.name} has {amount(s.char for s in self._profile.samples)}, "
            f"in {self._profile.folder}"
        )

    def _ask(self) -> None:
        """Has what is written read, if it is not what was asked for last."""
        if self.state.revision != self._asked:
            self._asked = self.state.revision
            self._background.submit(Job(self._reader, self.state.canvas.snapshot(), self._asked))

    def _plain(self) -> bool:
        """Whether what is written may be kept; asks where it plainly is another character, and
        waits for the reading that tells."""
        state = self.state
        if state.slip is not None or state.char is None:  # the user has seen it, and insists
            return True
        self._wanted = state.revision
        if not state.fresh:
            return False
        self._wanted = (-1, -1)
        if (instead := slip(state.reading, state.char)) is None:
            return True
        state.doubt(instead)
        return False

    def _do(self, act: Act) -> None:
        if act is Act.KEEP and not self._plain():
            return
        state = self.state
        try:
            if act is Act.STOP:
                self.closed = True
            elif act is Act.MORE:
                state.ask(plan(self._chars, self._profile.counts()))
            elif act is Act.FORGET and state.before is not None:
                self._profile.delete_sample(state.before)
                state.forgotten()
            elif act is Act.KEEP and state.char is not None:
                ink = np.subtract(255, state.canvas.image, dtype=np.uint8)
                state.keep(self._profile.add(state.char, ink, SOURCE))
        except HwrError as error:
            state.hold()
            state.say(str(error), warning=True)
            tell(error)
            return
        if act in (Act.KEEP, Act.FORGET):
            self._reader = self._reader.with_samples(self._profile.crops(MOST))


def in_order(chars: Iterable[str]) -> list[str]:
    """The characters, each once, digits before capitals before small letters."""
    present = set(chars)
    return [char for char in FOLDERS.values() if char in present]
