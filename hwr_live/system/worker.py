"""One process that does items one after the other, and ends with the process that began it."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from hwr_live.errors import HwrError
from hwr_live.system.child import (
    be_child,
    limit_waits,
    sign_of_life,
    signals_held,
    without_script,
)

if TYPE_CHECKING:  # what processes need takes long to load, and one picture needs none
    from multiprocessing.connection import Connection

Hand = TypeVar("Hand")

START_S = 15.0
"""Seconds without a sign of life after which a process that is being prepared is given up."""
_PREPARED_S = 300.0  # that being prepared may take, whatever signs are given
_BLIND = 4  # times as long where the system does not tell whether it computes
_SPAN_S = 5.0  # that a killed process is waited for; the system may still write what it had open
_HERE, _READY, _DONE, _RAISED, _UNREADY = range(5)


class Worker(Generic[Hand]):
    """A process seen from the one that began it.

    Args:
        recipe: a pickled pair: what does an item, given what the second has made, and an item.
        patience_s: seconds that an item may take.

    Attributes:
        channel: becomes readable when the process has said something, or is gone.
        hands: what it was given and has not answered, the oldest first; nothing until it is ready.
        ready: whether it is prepared.
        why: why it could not be, in brackets with a space before it, if that is known.

    Raises:
        OSError, RuntimeError, MemoryError, AssertionError: if the system, or multiprocessing, gives
            no process.
    """

    def __init__(self, recipe: bytes, patience_s: float) -> None:
        import multiprocessing

        context = multiprocessing.get_context("spawn")
        self.hands: deque[Hand] = deque()
        self.ready, self.why = False, ""
        self._recipe, self._patience_s = recipe, patience_s
        self._since_s = self._seen_s = time.monotonic()
        self._sign: object = None
        self.channel, theirs = context.Pipe()
        main = threading.current_thread() is threading.main_thread()
        try:
            limit_waits(self.channel, patience_s)
            # The recipe comes when the process asks: multiprocessing would wait for ever until all
            # of a large one were taken, also by a process that is dead.
            self._process = context.Process(target=_serve, args=(theirs, main))
            with signals_held(), without_script():
                self._process.start()
        except BaseException:
            self.channel.close()
            raise
        finally:
            theirs.close()

    def is_stuck(self) -> bool:
        """Whether it has been at its oldest item for too long, or, while it is prepared, without a
        sign of life."""
        now_s = time.monotonic()
        if self.ready:
            return bool(self.hands) and now_s - self._since_s > self._patience_s
        sign = sign_of_life(self._process.pid or 0)
        if sign != self._sign:
            self._sign, self._seen_s = sign, now_s
        silent_s = START_S * (_BLIND if sign is None else 1)
        if now_s - self._seen_s <= silent_s and now_s - self._since_s <= _PREPARED_S:
            return False
        self.why = f" (no answer in {now_s - self._since_s:.0f} s)"
        return True

    def give(self, hand: Hand, item: bytes) -> None:
        """Gives it a pickled item; what becomes of that is heard, also where it is gone."""
        if not self.hands:
            self._since_s = time.monotonic()
        self.hands.append(hand)
        with contextlib.suppress(OSError):
            self.channel.send_bytes(item)

    def hear(self) -> Callable[[], Any] | None:
        """What came of the oldest item, raised where that was an error; None while it is prepared.

        Raises:
            EOFError, OSError: if it is gone.
        """
        kind, value = self.channel.recv()
        self._since_s = self._seen_s = time.monotonic()
        if kind == _HERE:
            self.channel.send_bytes(self._recipe)
            return None
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


def _throw(error: BaseException) -> Any:
    raise error


def _serve(channel: Connection[Any, Any], from_main: bool) -> None:
    """The life of the process."""
    be_child(from_main)
    _say(channel, _HERE, None)
    try:
        work, prepare = pickle.loads(channel.recv_bytes())
        with contextlib.redirect_stderr(io.StringIO()):
            state = prepare()  # what it says, the parent has said
    except (Exception, SystemExit) as error:
        _say(channel, _UNREADY, str(error) or type(error).__name__)
        return
    _say(channel, _READY, None)
    while True:
        try:
            sent = channel.recv_bytes()
        except (EOFError, OSError):  # the parent is gone
            return
        try:
            item = _item(sent)
            kind, value = _DONE, work(state, item)
            del item
        except Exception as error:
            kind, value = _RAISED, error
        del sent
        _say(channel, kind, value)


def _item(sent: bytes) -> Any:
    try:
        return pickle.loads(sent)
    except (AttributeError, ImportError) as error:  # as of a class that the user's script defines
        raise HwrError(f"what is to be done cannot be told another process: {error}") from None


def _say(channel: Connection[Any, Any], kind: int, value: object) -> None:
    """Tells the parent; what cannot be told is told as a failure."""
    try:
        said = pickle.dumps((kind, value))
        if kind == _RAISED:
            pickle.loads(said)  # many an exception can be written, but not made again of that
    except Exception as error:
        said = pickle.dumps((_RAISED, HwrError(f"what was done cannot be told: {error}")))
    try:
        channel.send_bytes(said)
    except OSError:  # the parent is gone
        os._exit(1)
