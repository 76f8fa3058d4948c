"""Ctrl-C for programs that are started from something in the background."""

from __future__ import annotations

import signal
import threading


def hear_interrupts() -> None:
    """Has what is started from now on hear SIGINT again.

    A shell's background jobs, and all that they start, ignore it, and so do our programs there, as
    they should: sent to one that was started so it does nothing. Changes nothing outside the main
    thread, which alone may.
    """
    deaf = signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    if deaf and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)
