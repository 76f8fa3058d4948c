"""Work in several processes: in order, interrupted, and with processes that die."""

from __future__ import annotations

import ctypes
import errno
import multiprocessing.process
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from hwr_live.errors import HwrError
from hwr_live.system.child import signals_held
from hwr_live.system.processes import Died, Ready, cores, in_order
from hwr_live.system.signals import SIGNALS

ROOT = Path(__file__).parents[2]


def doubled(state: int, item: int) -> int:
    """``state`` times ``item``; dies of 13, and of 14 where it is the first to be asked."""
    if item == 13:
        os._exit(9)
    return state * item


def two() -> int:
    return 2


def dead() -> int:
    os._exit(9)


def test_no_items_are_no_results() -> None:
    assert list(in_order(doubled, [], two, 2)) == []


def test_processes_that_cannot_begin_are_told() -> None:
    with pytest.raises(HwrError, match="fewer --jobs"):
        list(in_order(doubled, [1, 2], dead, 2))


def test_results_are_in_order() -> None:
    items = [1, Ready(7), 2, *range(3, 12)]
    assert list(in_order(doubled, items, two, 2)) == [2, 7, 4, *range(6, 24, 2)]


def test_what_kills_a_process_costs_itself_alone() -> None:
    results = list(in_order(doubled, [1, 2, 13, 4, 5, 13, 7, 8], two, 2))
    assert results == [2, 4, Died(13), 8, 10, Died(13), 14, 16]


def test_items_are_taken_as_they_are_needed() -> None:
    taken = []

    def items() -> object:
        for item in range(100):
            taken.append(item)
            yield item

    results = in_order(doubled, items(), two, 2)  # type: ignore[arg-type]
    assert next(results) == 0
    assert len(taken) <= 6
    results.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot keep signals back")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_processes_that_are_begun_are_not_interrupted(number: signal.Signals) -> None:
    ask = f"import signal; print({int(number)} in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with signals_held():
        child = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, check=True)
    assert child.stdout == b"True\n"
    child = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, check=True)
    assert child.stdout == b"False\n"


def held_back(state: int, item: int) -> list[int]:
    return sorted(signal.pthread_sigmask(signal.SIG_BLOCK, []))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot keep signals back")
def test_processes_that_are_ready_can_be_ended() -> None:
    assert list(in_order(held_back, [1, 2], two, 2)) == [[], []]


def at_work(state: int, item: str) -> int:
    """Tells which process it is; or is busy, stopped, or deaf in a library for ever."""
    if item == "sleep":
        time.sleep(600)
    if item == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    if item == "deaf":
        while True:
            ctypes.PyDLL(None).sleep(600)  # other threads wait for it
    return os.getpid()


ENDLESS = """
import sys
from tests.system.test_processes import at_work, in_order, two
if __name__ == "__main__":
    for pid in in_order(at_work, ["", "", *sys.argv[1:]], two, 1):
        print(pid, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGHUP", "SIGTERM"])
@pytest.mark.parametrize("busy", ["sleep", "stop", "deaf"])
def test_processes_end_with_their_parent(busy: str, number: str, tmp_path: Path) -> None:
    if busy != "sleep" and not sys.platform.startswith("linux"):
        pytest.skip("needs Linux's signal at a parent's death")
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    parent = subprocess.Popen(
        [sys.executable, str(script), busy],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(getattr(signal, number))
    parent.wait()
    parent.stdout.close()
    until_gone(child)


def until_gone(pid: int) -> None:
    for _ in range(1000):
        if not is_running(pid):
            break
        time.sleep(0.02)
    assert not is_running(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")
@pytest.mark.parametrize("busy", ["sleep", "stop", "deaf"])
def test_who_wants_no_more_waits_for_nothing(busy: str) -> None:
    results = in_order(at_work, ["", "", *[busy] * 5], two, 1)
    pid = next(results)
    assert isinstance(pid, int)
    results.close()
    until_gone(pid)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGSTOP")
@pytest.mark.parametrize("busy", ["sleep", "stop", "deaf"])
def test_what_takes_for_ever_is_given_up(busy: str) -> None:
    results = list(in_order(at_work, ["", busy, ""], two, 1, patience_s=2.0))
    assert [isinstance(result, int) for result in results] == [True, False, True]
    assert results[1] == Died(busy)


class Strange(Exception):
    """Can be pickled, and not be made again of that."""

    def __init__(self, one: object, two: object) -> None:
        super().__init__(f"{one} {two}")


def failing(state: int, item: object) -> object:
    if item == "strange error":
        raise Strange(1, 2)
    if item == "raise":
        raise HwrError("of its own")
    return (lambda: item) if item == "strange" else item


@pytest.mark.parametrize(
    ("item", "told"),
    [("raise", "of its own"), ("strange", "cannot be told"), ("strange error", "cannot be told")],
)
def test_what_is_raised_comes_in_its_place(item: str, told: str) -> None:
    results = in_order(failing, [1, item, 2], two, 1)
    assert next(results) == 1
    with pytest.raises(HwrError, match=told):
        next(results)


def test_large_items_and_results() -> None:
    items = [bytes([number]) * (1 << 20) for number in range(9)]
    assert list(in_order(failing, items, two, 2)) == items


def without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)


def threadless() -> int:
    """Prepares a process that has no threads any more."""
    without_threads(pytest.MonkeyPatch())
    return 2


def test_no_thread_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    without_threads(monkeypatch)
    assert list(in_order(doubled, [1, 2, 13, 4], threadless, 2)) == [2, 4, Died(13), 8]


@pytest.mark.parametrize("given", [0, 1])
def test_a_system_that_gives_fewer_processes(given: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = multiprocessing.process.BaseProcess.start
    begun: list[object] = []

    def start(process: multiprocessing.process.BaseProcess) -> None:
        if len(begun) >= given:
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        begun.append(process)
        begin(process)

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", start)
    results = in_order(doubled, range(8), two, 3)
    if given:
        assert list(results) == [*range(0, 16, 2)]
    else:
        with pytest.raises(HwrError, match=r"no process \(Resource temporarily unavailable\)"):
            list(results)


def unready() -> int:
    raise MemoryError


def test_why_processes_cannot_begin_is_told() -> None:
    with pytest.raises(HwrError, match=r"\(MemoryError\); use fewer --jobs"):
        list(in_order(doubled, [1, 2], unready, 2))


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it is no corpse that nobody has buried."""
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_cores_are_counted() -> None:
    assert cores() >= 1
    assert partial(cores)() <= (os.cpu_count() or 1)
