"""What is made aside is made meanwhile, in another thread, and fails where it is asked for."""

from __future__ import annotations

import os
import sys
import threading

import pytest

from hwr_live.recognition import aside as module
from hwr_live.recognition.aside import Aside


def test_what_is_made_aside_is_made_in_another_thread() -> None:
    made = Aside(threading.get_ident)
    assert made.result() != threading.get_ident()
    assert made.result() == made.result()


def test_its_caller_goes_on_meanwhile() -> None:
    gate = threading.Event()
    waits = Aside(lambda: gate.wait(60))
    gate.set()
    assert waits.result()


def test_many_are_made_whoever_asks() -> None:
    found: list[int] = []

    def ask(start: int) -> None:
        some = [Aside(lambda n=n: n) for n in range(start, start + 50)]  # type: ignore[misc]
        found.extend(one.result() for one in some)

    threads = [threading.Thread(target=ask, args=(start,)) for start in (0, 50, 100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(150))


def test_what_fails_aside_fails_where_it_is_asked_for() -> None:
    def fails() -> None:
        raise ValueError("no such thing")

    aside = Aside(fails)
    with pytest.raises(ValueError, match="no such thing"):
        aside.result()
    assert Aside(lambda: 3).result() == 3, "the thread is there still"


def test_without_a_thread_to_be_had_it_is_made_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(module, "_waiting", None)
    monkeypatch.setattr(threading.Thread, "start", none_left)
    assert Aside(threading.get_ident).result() == threading.get_ident()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows copies no processes")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_copy_of_a_process_has_a_thread_of_its_own() -> None:
    assert Aside(lambda: 1).result() == 1
    child = os.fork()
    if not child:
        done = threading.Timer(20, os._exit, (1,))
        done.daemon = True
        done.start()
        os._exit(0 if Aside(lambda: 2).result() == 2 else 2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
