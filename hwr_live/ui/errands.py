"""What a window has done while it goes on, such as saving a file, and the notes that tell of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from hwr_live.errors import HwrError
from hwr_live.system import clipboard
from hwr_live.system.terminal import tell

_MOST = 8  # errands that wait: each may hold a picture, and a disk may be slow for minutes
_NOTE_S = 3.0  # seconds that a note is shown, a warning twice as long; by eye

Errand = Callable[[], str]
"""Does something slow; returns what to say of it, nothing if that is empty."""


@dataclass(frozen=True)
class Note:
    """One line about what just happened, shown for a while.

    Attributes:
        text: the line.
        until_s: when it goes, by the clock of whoever shows it, in seconds.
        warning: whether it is one to notice.
    """

    text: str
    until_s: float
    warning: bool = False

    @classmethod
    def at(cls, now_s: float, text: str, *, warning: bool = False) -> Note:
        """A note that comes up now."""
        return cls(text, now_s + _NOTE_S * (2 if warning else 1), warning)


def still_shown(note: Note | None, now_s: float) -> Note | None:
    """The note, or None if its time is over."""
    return None if note is None or now_s > note.until_s else note


class Errands:
    """Slow work, one piece after the other in a thread of its own: files and the clipboard are slow
    at times, and neither the pen nor the picture must wait for them."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="errand")
        self._running: list[tuple[Future[str], Callable[[], None], str]] = []

    @property
    def busy(self) -> bool:
        """Whether an errand is under way, or its end has not been taken yet."""
        return bool(self._running)

    @property
    def under_way(self) -> bool:
        """Whether one is being done at this moment."""
        return any(done.running() for done, _, _ in self._running)

    @property
    def full(self) -> bool:
        """Whether so many errands wait that no more should be started which hold pictures."""
        return len(self._running) >= _MOST

    def start(
        self, errand: Errand, in_vain: Callable[[], None] = lambda: None, *, instead: str = ""
    ) -> None:
        """Has an errand done.

        Args:
            errand: what to do.
            in_vain: is called by :meth:`ended` if it fails.
            instead: a name: it is done instead of one of the same name that has not begun.
        """
        if instead:
            self._running = [
                one for one in self._running if one[2] != instead or not one[0].cancel()
            ]
        self._running.append((self._thread.submit(errand), in_vain, instead))

    def ended(self) -> list[tuple[str, bool]]:
        """What to say of the errands that have ended since the last call, and whether it is a
        failure; failures are told on stderr, too. Does not wait.

        Raises:
            Exception: what an errand raised that is no ``HwrError``.
        """
        told: list[tuple[str, bool]] = []
        for one in [one for one in self._running if one[0].done()]:
            self._running.remove(one)
            done, in_vain, _ = one
            try:
                if said := done.result():
                    told.append((said, False))
            except HwrError as error:
                in_vain()
                tell(error)
                told.append((str(error), True))
        return told

    def close(self) -> None:
        """Waits for all errands; what is to be said of them can still be had."""
        self._thread.shutdown()


def copy_text(text: str) -> str:
    """Copies a text to the clipboard; returns what to say.

    Raises:
        HwrError: if there is no clipboard.
    """
    if not text:
        return "nothing to copy"
    clipboard.copy(text)
    return "copied"
