"""Captures that are read in a thread: where there is none, nothing waits for one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WITHOUT = """
import threading
from hwr_live.media.grabber import Grabber

def none(thread):
    raise RuntimeError("can't start new thread")

threading.Thread.start = none
grabber = Grabber(lambda: None, lambda *_: None, threading.Condition())
try:
    grabber.start()
except RuntimeError as error:
    print(error)
grabber.join(1.0)
print(grabber.ended)
"""


def test_without_a_thread_its_end_and_the_programs_are_quiet() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n") == ["can't start new thread", "True", ""]
    assert done.stderr == ""
    assert done.returncode == 0
