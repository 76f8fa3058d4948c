"""Ctrl-C, SIGTERM and SIGHUP: a program that is asked to end does so without a traceback."""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import sys
import threading

STATUS = 130
"""Exit status of a program that was asked to end."""


def start(module: str) -> int:
    """Loads a module and runs its ``main()``, in which these signals raise KeyboardInterrupt.

    Before, and after, they end the process at once: there is nothing to be finished then, and an
    exception while NumPy or OpenCV is half loaded ends in whatever they make of it. A package or
    library that is not there is told in one line.

    Returns:
        The exit status.
    """
    _answer(_end)
    from importlib import import_module

    from hwr_live.system.limits import what_is_scarce
    from hwr_live.system.missing import what_is_missing

    try:
        run = import_module(module).main
        try:
            interrupt()
            status = int(run())
        finally:
            _answer(_end)
        _go_without_those_behind(status)
        return status
    except KeyboardInterrupt:
        return STATUS
    except (ImportError, MemoryError) as error:
        missing = what_is_scarce(error)
        told = f"there is not enough {missing} to begin" if missing else ""
        if isinstance(error, ImportError):
            told = told or what_is_missing(error)
        if not told:
            raise
        program = "train" if module.startswith("train") else "hwr-live"
        if sys.stderr is not None:
            print(f"{program}: {told}", file=sys.stderr)
        return 1


_behind: list[threading.Thread] = []


def leave_behind(thread: threading.Thread) -> None:
    """The program's end is not to wait for a thread that hangs in a library."""
    _behind.append(thread)


def _go_without_those_behind(status: int) -> None:
    """Ends the process without the interpreter's own end where a thread still hangs: when it came
    back, its stack would be unwound, which C++ takes for a reason to abort."""
    if any(thread.is_alive() for thread in _behind):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                stream.flush()
        os._exit(status)


class at_once:
    """A block, such as one of imports, in which these signals end the process at once.

    Changes nothing in other threads than the main one, which has the signals.
    """

    def __enter__(self) -> None:
        self._before: list[tuple[signal.Signals, signal._HANDLER]] = []
        if threading.current_thread() is threading.main_thread():
            self._before = [(number, signal.getsignal(number)) for number in SIGNALS]
            _answer(_end)

    def __exit__(self, *_: object) -> None:
        for number, answer in self._before:
            signal.signal(number, answer)


SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""What asks a program to end; the last is what a closing terminal sends, and Windows has none."""


def interrupt() -> None:
    """Has these signals raise KeyboardInterrupt from now on, but those that are ignored, as in the
    background or by nohup: windows close and recordings are finished on the way out.

    Where Python drops an exception, as in what it calls when an object dies, it is raised again a
    moment later.
    """
    _answer(_interrupt)
    sys.unraisablehook = _raise_later


def _answer(answer: signal._HANDLER) -> None:
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # of a program in the background
            signal.signal(number, answer)


def _raise_later(dropped: sys.UnraisableHookArgs) -> None:
    """Has a KeyboardInterrupt that was dropped raised again; of others is told what always is."""
    if dropped.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(dropped)
        return
    # The one that came may have had those after it ignored.
    for number in _asked:
        signal.signal(number, _interrupt)
        # From a thread: raised from here, it would be dropped as well.
        later = threading.Timer(_SOON_S, _thread.interrupt_main, [number])
        later.daemon = True
        later.start()
    _asked.clear()


def _end(number: int, frame: object) -> None:
    os._exit(STATUS)


def after(handler: signal._HANDLER, number: int, ended_by: int | None) -> signal._HANDLER:
    """What a signal is to do again after one ended a window, in whose place a handler stood.

    Args:
        handler: what the signal did before.
        number: the signal.
        ended_by: the signal that ended the window; None where none did.

    Returns:
        ``handler``; but where that is :func:`interrupt`'s, nothing is to stop what is finished
        once a terminal has closed or the program was told to end.
    """
    again = number != signal.SIGINT and ended_by not in (None, signal.SIGINT)
    return signal.SIG_IGN if again and handler is _interrupt else handler


_SOON_S = 0.05
_asked: list[int] = []  # the signal that was answered last


def _interrupt(number: int, frame: object) -> None:
    _asked[:] = [number]
    if number != signal.SIGINT:  # a closing terminal says so twice: what is finished is not to stop
        for other in SIGNALS[1:]:
            signal.signal(other, signal.SIG_IGN)
    raise KeyboardInterrupt
