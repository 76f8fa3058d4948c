"""Memory of pictures goes back to the system, and what is loaded is not looked through."""

from __future__ import annotations

import gc
import platform
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hwr_live.system.memory import give_back_pictures, spare_what_is_loaded

# Pictures of many sizes, of which every other one is freed, and then the rest.
CHURN = """
import sys
import numpy as np
from hwr_live.system.memory import give_back_pictures
def used():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
np.ones(20_000_000, np.uint8)
give_back_pictures()
before, kept, small = used(), [], []
for turn in range(60):
    kept.append(np.ones(1_000_000 + 50_000 * turn, np.uint8))
    small.append(np.ones(2_000, np.uint8))
kept.clear()
if sys.argv[1] != "never":
    give_back_pictures(at_once=sys.argv[1] == "at once")
print(used() - before)
"""


def left_over(when: str) -> float:
    """Megabytes that a program keeps which has given its pictures up."""
    done = subprocess.run(
        [sys.executable, "-c", CHURN, when], capture_output=True, text=True, check=True, timeout=60
    )
    return float(done.stdout)


def test_it_may_be_asked_for_anywhere_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    give_back_pictures()
    give_back_pictures(at_once=True)
    monkeypatch.setattr(sys, "platform", "win32")
    give_back_pictures(at_once=True)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_pictures_go_back_to_the_system() -> None:
    assert left_over("at once") < 5
    assert left_over("never") > 20, "or it is not needed any more"
    assert left_over("now and then") > 20, "the last time is not long ago"


@pytest.fixture
def thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_what_is_loaded_is_not_looked_through(thawed: None) -> None:
    spare_what_is_loaded()
    assert gc.get_freeze_count() > 1000
    assert len(gc.get_objects()) < 1000
