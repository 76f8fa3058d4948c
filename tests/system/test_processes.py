"""Work in several processes: in order, interrupted, and with processes that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from hwr_live.errors import HwrError
from hwr_live.system.processes import Died, Ready, cores, in_order, interrupts_held

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
def test_processes_that_are_begun_are_not_interrupted() -> None:
    ask = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with interrupts_held():
        child = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, check=True)
    assert child.stdout == b"True\n"
    child = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, check=True)
    assert child.stdout == b"False\n"


def slow_pid(state: int, item: int) -> int:
    if item:
        time.sleep(600)
    return os.getpid()


ENDLESS = """
from tests.system.test_processes import in_order, slow_pid, two
if __name__ == "__main__":
    for pid in in_order(slow_pid, [0, 0, *range(1, 9)], two, 1):
        print(pid, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_processes_end_with_their_parent(tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(1000):
        if not is_running(child):
            break
        time.sleep(0.02)
    assert not is_running(child)


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
