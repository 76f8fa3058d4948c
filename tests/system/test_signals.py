"""Ctrl-C, SIGTERM and SIGHUP at any moment: no traceback, and what is under way is finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from hwr_live.system.missing import what_is_missing
from hwr_live.system.signals import SIGNALS, at_once
from tests.test_install import ROOT

MODULE = """
import atexit, os, sys, time
def wait():
    print("here", flush=True)
    time.sleep(60)
def main():
    if {where!r} == "main":
        try:
            wait()
        finally:
            for number in {again!r}:
                os.kill(os.getpid(), number)
            print("finished", flush=True)
    return 3
if {where!r} == "import":
    try:
        wait()
    except BaseException:  # as libraries do
        raise RuntimeError("half loaded")
if {where!r} == "exit":
    atexit.register(wait)
if {where!r} == "library":
    raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
if {where!r} == "mistake":
    import hwr_live.misspelt
"""


def begin(
    where: str, folder: Path, before: str = "", again: Sequence[int] = ()
) -> subprocess.Popen[str]:
    """Starts a program that waits at a certain time of its life, and is sent signals at its end."""
    (folder / "program.py").write_text(MODULE.format(where=where, again=list(map(int, again))))
    code = (
        f"import sys; from hwr_live.system.signals import start; {before}sys.exit(start('program'))"
    )
    path = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("where", "said"), [("import", ""), ("main", "finished\n"), ("exit", "")], ids=lambda one: one
)
def test_a_signal_ends_the_program_without_a_traceback(
    where: str, said: str, number: signal.Signals, tmp_path: Path
) -> None:
    with begin(where, tmp_path) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "here\n"
        program.send_signal(number)
        assert program.communicate(timeout=30) == (said, "")
        assert program.returncode == 130


@pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals")
@pytest.mark.parametrize("number", SIGNALS[1:], ids=lambda one: one.name)
def test_what_is_finished_is_not_stopped_by_another_signal(
    number: signal.Signals, tmp_path: Path
) -> None:
    """A terminal that closes sends SIGHUP, and its shell once more."""
    with begin("main", tmp_path, again=SIGNALS[1:]) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "here\n"
        program.send_signal(number)
        assert program.communicate(timeout=30) == ("finished\n", "")
        assert program.returncode == 130


def test_the_exit_status_is_the_programs(tmp_path: Path) -> None:
    with begin("", tmp_path) as program:
        assert program.communicate(timeout=30) == ("", "")
        assert program.returncode == 3


@pytest.mark.skipif(sys.platform == "win32", reason="ends programs by signals")
@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_a_program_in_the_background_is_not_interrupted(
    number: signal.Signals, tmp_path: Path
) -> None:
    ignore = f"import signal; signal.signal({int(number)}, signal.SIG_IGN); "
    with begin("main", tmp_path, ignore) as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(0.3)
        program.kill()


@pytest.mark.parametrize(
    ("where", "status", "told"),
    [("library", 1, "hwr-live: the system has no libGL.so.1"), ("mistake", 1, "Traceback")],
)
def test_what_cannot_be_loaded(where: str, status: int, told: str, tmp_path: Path) -> None:
    with begin(where, tmp_path) as program:
        out, err = program.communicate(timeout=30)
    assert (program.returncode, out) == (status, "")
    assert err.startswith(told)
    assert told == "Traceback" or len(err.splitlines()) == 1


def test_at_once_is_for_the_block_only() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with at_once():
        assert signal.getsignal(signal.SIGINT) not in before
    assert [signal.getsignal(number) for number in SIGNALS] == before


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ImportError("cannot import name 'x'"), ""),
        (ModuleNotFoundError("No module named 'x'", name="x"), ""),
        (ModuleNotFoundError("No module named 'cv2'", name="cv2"), "pip install opencv-python"),
        (ModuleNotFoundError(name="ai_edge_litert"), "pip install ai-edge-litert"),
        (ImportError("libglib-2.0.so.0: cannot open shared object file: No"), "libglib2.0-0"),
        (ImportError("libodd.so.1: cannot open shared object file: No"), "no libodd.so.1"),
        (ImportError("/lib/libGL.so.1: file too short"), "apt install libgl1"),
        (ImportError("/x/cv2.abi3.so: undefined symbol: y"), ""),
        (ImportError("libx.py: no"), ""),
    ],
)
def test_what_to_install(error: ImportError, told: str) -> None:
    line = what_is_missing(error)
    assert told in line
    assert bool(line) == bool(told)
    assert "\n" not in line


DROPPED = """
import os, signal, sys, time, weakref
from hwr_live.system.signals import interrupt
interrupt()
class Dies: pass
def dropped(_):
    os.kill(os.getpid(), {number})
    for _ in range(1000):  # the signal is answered in here, where Python drops what is raised
        pass
one = Dies()
kept = weakref.ref(one, dropped)
try:
    del one
    time.sleep(30)
except KeyboardInterrupt:
    print("finished", flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as Unix does")
@pytest.mark.parametrize("number", SIGNALS)
def test_an_interrupt_that_python_drops_comes_again(number: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DROPPED.format(number=int(number))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "finished\n", "")


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent as Unix does")
def test_other_errors_that_python_drops_are_told() -> None:
    code = DROPPED.format(number=0).replace("os.kill(os.getpid(), 0)", "raise ValueError('odd')")
    code = code.replace("time.sleep(30)", "raise KeyboardInterrupt")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "finished\n")
    assert "ValueError: odd" in done.stderr
