"""How a process of this program's own is begun, watched, and ended with the one that began it."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import types
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hwr_live.system.signals import SIGNALS

if TYPE_CHECKING:  # what processes need takes long to load, and one picture needs none
    from multiprocessing.connection import Connection

_SET_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of Linux's prctl
_one_at_a_time = threading.Lock()


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


class _Script(types.ModuleType):
    """Stands in for the user's script: has all that it has, but does not tell where it is."""

    def __init__(self, script: types.ModuleType) -> None:
        super().__init__(script.__name__)
        self._script = script

    def __getattr__(self, name: str) -> Any:
        if name == "__file__":
            raise AttributeError(name)
        return getattr(self._script, name)


@contextlib.contextmanager
def without_script() -> Iterator[None]:
    """Processes that multiprocessing begins in the block do not run the user's script once more.

    It would look there for what it is to do, which is this package's alone here. A script that does
    not keep its work under ``if __name__ == "__main__"`` would be begun without an end otherwise,
    and one that loads much would load it in each process.
    """
    with _one_at_a_time:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = _Script(script)
        try:
            yield
        finally:
            sys.modules["__main__"] = script


def limit_waits(channel: Connection[Any, Any], seconds: float) -> None:
    """Has writing to a pipe, and reading what was begun, end in an OSError after so long.

    The process at its other end may be stopped in the middle. Pipes of Windows have no such means.
    """
    if sys.platform == "win32":
        return
    import socket
    import struct

    timeval = struct.pack("ll", int(seconds), int(seconds % 1 * 1_000_000))
    with socket.socket(fileno=os.dup(channel.fileno())) as end:
        for option in (socket.SO_SNDTIMEO, socket.SO_RCVTIMEO):
            end.setsockopt(socket.SOL_SOCKET, option, timeval)


def sign_of_life(pid: int) -> object:
    """Differs from one look to the next while a process gets on, or would if it were let: while it
    computes, waits for a processor, or for a disk.

    Returns:
        None where the system does not tell.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        state, used = fields[0], (fields[11], fields[12])
    except (OSError, IndexError):
        return None
    return object() if state in b"RD" else used


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
