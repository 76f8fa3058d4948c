"""Memory of pictures goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from hwr_live.system.memory import give_back_pictures

# Pictures of many sizes, of which every other one is freed, and then the rest.
CHURN = """
import os, sys
import numpy as np
from hwr_live.system.memory import give_back_pictures
if sys.argv[1] == "yes":
    give_back_pictures()
def used():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
np.ones(20_000_000, np.uint8)
before, kept, small = used(), [], []
for turn in range(60):
    kept.append(np.ones(1_000_000 + 50_000 * turn, np.uint8))
    small.append(np.ones(2_000, np.uint8))
kept.clear()
print(used() - before)
"""


def left_over(asked: str) -> float:
    """Megabytes that a program keeps which has given its pictures up."""
    done = subprocess.run(
        [sys.executable, "-c", CHURN, asked], capture_output=True, text=True, check=True, timeout=60
    )
    return float(done.stdout)


def test_it_may_be_asked_for_anywhere_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    give_back_pictures()
    give_back_pictures()
    monkeypatch.setattr(sys, "platform", "win32")
    give_back_pictures()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_pictures_go_back_to_the_system() -> None:
    assert left_over("yes") < 5
    assert left_over("no") > 20, "or it is not needed any more"
