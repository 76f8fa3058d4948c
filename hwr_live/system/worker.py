"""One process that does items one after the other, and ends with the process that began it."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hwr_live.errors import HwrError
from hwr_live.system.signals import SIGNALS

if TYPE_CHECKING:  # what processes need takes long to load, and one picture needs none
    from multiprocessing.connection import Connection

Hand = TypeVar("Hand")

_SPAN_S = 5.0  # that a killed process is waited for; the system may still write what it had open
_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl
_READY, _DONE, _RAISED, _UNREADY = range(4)


class Worker(Generic[Hand]):
    """A process seen from the one that began it.

    Args:
        recipe: a pickled pair: what does an item, given what the second has made, and an item.

    Attributes:
        channel: becomes readable when the process has said something, or is gone.
        hands: what it was given and has not answered, the oldest first.
        ready: whether it is prepared.
        why: why it could not be, with a colon before it, if it said so.

    Raises:
        OSError, RuntimeError, MemoryError: if the system gives no process.
    """

    def __init__(self, recipe: bytes) -> None:
        import multiprocessing

        context = multiprocessing.get_context("spawn")
        self.hands: deque[Hand] = deque()
        self.ready, self.why = False, ""
        self._since_s = time.monotonic()
        self.channel, theirs = context.Pipe()
        main = threading.current_thread() is threading.main_thread()
        try:
            self._process = context.Process(target=_serve, args=(theirs, recipe, main))
            with signals_held():
                self._process.start()
        except BaseException:
            self.channel.close()
            raise
        finally:
            theirs.close()

    @property
    def busy_s(self) -> float:
        """How many seconds it has been at the oldest item, or at being prepared; 0 if at none."""
        return time.monotonic() - self._since_s if self.hands else 0.0

    def give(self, hand: Hand, item: bytes) -> None:
        """Gives it a pickled item; what becomes of that is heard, also where it is gone."""
        if not self.hands:
            self._since_s = time.monotonic()
        self.hands.append(hand)
        with contextlib.suppress(OSError):
            self.channel.send_bytes(item)

    def hear(self) -> Callable[[], Any] | None:
        """What came of the oldest item, raised where that was an error; None once it is ready.

        Raises:
            EOFError, OSError: if it is gone.
        """
        kind, value = self.channel.recv()
        self._since_s = time.monotonic()
        if kind == _UNREADY:
            self.why = f" ({value})"
            raise EOFError
        if kind == _READY:
            self.ready = True
            return None
        if kind == _RAISED:
            return lambda: _throw(value)
        return lambda: value

    def kill(self) -> None:
        """Ends it at once."""
        with contextlib.suppress(OSError):
            self._process.kill()

    def bury(self) -> None:
        """Waits for the end of what was killed."""
        self.channel.close()
        self._process.join(_SPAN_S)


@contextlib.contextmanager
def signals_held() -> Iterator[None]:
    """Keeps Ctrl-C, SIGTERM and SIGHUP back for the block, and from processes that are begun in it
    until they let them through.

    A terminal interrupts those too, and Python tells of that while it starts, as it does where the
    one that begins it is interrupted before it has said all that the new one needs. Windows has no
    such means.
    """
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # else begun in the block, and it lets all signals through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _throw(error: BaseException) -> Any:
    raise error


def _serve(channel: Connection[Any, Any], recipe: bytes, from_main: bool) -> None:
    """The life of the process."""
    be_child(from_main)
    try:
        work, prepare = pickle.loads(recipe)
        with contextlib.redirect_stderr(io.StringIO()):
            state = prepare()  # what it says, the parent has said
    except (Exception, SystemExit) as error:
        _say(channel, _UNREADY, str(error) or type(error).__name__)
        return
    _say(channel, _READY, None)
    while True:
        try:
            item = channel.recv()
        except (EOFError, OSError):  # the parent is gone
            return
        try:
            kind, value = _DONE, work(state, item)
        except Exception as error:
            kind, value = _RAISED, error
        del item
        _say(channel, kind, value)


def _say(channel: Connection[Any, Any], kind: int, value: object) -> None:
    """Tells the parent; what cannot be told is told as a failure."""
    try:
        said = pickle.dumps((kind, value))
    except Exception as error:
        said = pickle.dumps((_RAISED, HwrError(f"what was done cannot be told: {error}")))
    try:
        channel.send_bytes(said)
    except OSError:  # the parent is gone
        os._exit(1)


def be_child(from_main: bool = True) -> None:
    """Has this process, begun by multiprocessing, end when its parent is gone, and leave Ctrl-C to
    that; to be called first, at best where signals were held as it was begun.

    Args:
        from_main: whether it was begun by the parent's main thread.
    """
    _end_with_parent(from_main)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)


def _end_with_parent(from_main: bool) -> None:
    """Ends this process when the one that began it is gone, were it by kill -9.

    Linux does so itself, even to what is stopped or busy in a library; it counts the end of the
    thread that began a process, so only where that is the main one. Everywhere a thread watches,
    if there is one to be had.
    """
    import multiprocessing

    parent = multiprocessing.parent_process()
    if sys.platform.startswith("linux") and from_main:
        with contextlib.suppress(Exception):
            import ctypes

            ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
        if parent is not None and parent.pid != os.getppid():  # it was gone before
            os._exit(1)
    if parent is not None:
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: Any) -> None:
    parent.join()
    os._exit(1)
