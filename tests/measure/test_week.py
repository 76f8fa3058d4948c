"""What a week's rounds tell of a program that does not end, and whether they can be heard."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.measure import week
from tests.measure.week import ROOT, Clock, Log, Program

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals")


def watching(folder: Path, **options: str) -> Program:
    """The program, which waits for pages until it is asked to end."""
    (folder / "pages").mkdir()
    program = Program(Log(), folder, "read", "--watch", str(folder / "pages"), **options)
    while "watching" not in program.said():
        assert program.running, program.said()
        time.sleep(0.02)
    return program


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_program_that_ends_is_not_counted(number: signal.Signals, tmp_path: Path) -> None:
    program = watching(tmp_path)
    assert program.end(number) == number
    assert program.log.wrong == []


def test_one_that_does_not_end_tells_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(week, "_END_S", 0.5)
    program = watching(tmp_path, shell="trap '' INT")
    assert program.end(signal.SIGINT) == signal.SIGKILL
    assert not program.running
    (wrong,) = program.log.wrong
    assert "has not ended" in wrong
    assert "in start\n" in wrong, "the stack of its main thread"


@pytest.mark.skipif(shutil.which("faketime") is None, reason="needs libfaketime")
@pytest.mark.parametrize("moved", ["+0", "+9000d", "-9000d"])
def test_where_the_clock_is_moved_a_program_still_sleeps(moved: str, tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    (tmp_path / "clock").write_text(moved)
    told = "import time; print(time.gmtime().tm_year); print(time.sleep(0.001))"
    done = subprocess.run(
        ["sh", "-c", f'exec {clock.options["before"]} "$@"', "sh", sys.executable, "-c", told],
        env={**os.environ, **clock.options},
        capture_output=True,
        text=True,
        check=False,
    )
    year, slept = done.stdout.splitlines()
    assert (slept, done.stderr) == ("None", "")
    assert (abs(int(year) - time.gmtime().tm_year) < 2) == (moved == "+0")


IN_BACKGROUND = """
import signal, subprocess, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
from tests.support.interrupts import hear_interrupts
if sys.argv[1] == "heard":
    hear_interrupts()
told = '''import signal
from hwr_live.system.signals import SIGNALS
print(*(signal.getsignal(number) == signal.SIG_IGN for number in SIGNALS))'''
subprocess.run([sys.executable, "-c", told], check=True)
"""


@pytest.mark.parametrize("way", ["deaf", "heard"])
def test_programs_started_in_the_background_hear_an_interrupt(way: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IN_BACKGROUND, way],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == 3 * [str(way == "deaf")]
