"""Signals that ask to end, for programs that are started from something in the background."""

from __future__ import annotations

import signal
import threading

from hwr_live.system.signals import SIGNALS


def hear_interrupts() -> None:
    """Has what is started from now on hear SIGINT, SIGTERM and SIGHUP again.

    A shell's background jobs ignore SIGINT, what nohup starts SIGHUP, and so does all that they
    start, our programs too, as they should: sent to one that was started so it does nothing.
    Changes nothing outside the main thread, which alone may.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in SIGNALS:
        if signal.getsignal(number) == signal.SIG_IGN:
            hears = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
            signal.signal(number, hears)
