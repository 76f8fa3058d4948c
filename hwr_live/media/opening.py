"""What may hang in a library is begun where it can be given up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from hwr_live.errors import DeviceError
from hwr_live.system.signals import leave_behind

Made = TypeVar("Made")

PATIENCE_S = 10.0
"""Seconds that opening may take."""
_LOOK_S = 0.05  # how soon Ctrl-C is heard


def in_time(opening: Callable[[], Made], name: str, patience_s: float = PATIENCE_S) -> Made:
    """What opening gives, if that comes in time; Ctrl-C is heard meanwhile.

    Args:
        opening: is called in a thread of its own, which is left behind where it hangs.
        name: what is opened, for the message.
        patience_s: seconds to wait.

    Raises:
        DeviceError: if it takes longer.
        Exception: what ``opening`` raises.
    """
    made: list[Made] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            made.append(opening())
        except BaseException as error:  # raised where it is waited for
            failed.append(error)

    thread = threading.Thread(target=work, name="opening", daemon=True)
    thread.start()
    try:
        waited_s = 0.0
        while thread.is_alive() and waited_s < patience_s:
            thread.join(_LOOK_S)
            waited_s += _LOOK_S
    finally:
        if thread.is_alive():
            leave_behind(thread)
    if failed:
        raise failed[0]
    if not made:
        raise DeviceError(f"{name}: could not be opened in {patience_s:.0f} seconds")
    return made[0]
