"""Processes at their start, begun by real scripts: dead, stopped, asleep, and of scripts that would
run themselves anew."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from multiprocessing import Pipe
from pathlib import Path

import pytest

from hwr_live.system.child import limit_waits, sign_of_life, without_script

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's /proc")


def ended(folder: Path, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Runs a script of a user, in whose folder a ``sitecustomize.py`` may be."""
    path = folder / "script.py"
    path.write_text(script)
    return subprocess.run(
        [sys.executable, *options, str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


UNGUARDED = """
from hwr_live.errors import HwrError
from hwr_live.system import worker
from hwr_live.system.processes import in_order
from tests.system.test_processes import doubled, two
worker.START_S = 2.0
print("begun")
try:
    print(*in_order(doubled, [1, 2, 3], two, 2))
except HwrError as error:
    print("told:", error)
"""


@pytest.mark.parametrize("option", ["-Werror::DeprecationWarning", "-I"])
def test_a_script_without_a_guard_is_run_once(option: str, tmp_path: Path) -> None:
    places = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"  # which -I takes no variable for
    done = ended(tmp_path, places + UNGUARDED, option)
    assert (done.returncode, done.stdout) == (0, "begun\n2 4 6\n"), done.stderr


# Python runs this at the start of every process that finds it.
SITE = """
import os, signal, sys, time
if "multiprocessing.spawn" in " ".join(sys.orig_argv):
    {}
"""


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("os._exit(3)", "processes die before they read anything; use fewer --jobs"),
        pytest.param("time.sleep(600)", "processes hang before they", marks=linux),
        pytest.param("os.kill(os.getpid(), signal.SIGSTOP)", "processes hang", marks=linux),
    ],
)
def test_whatever_a_process_does_at_its_start_is_told(does: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SITE.format(does))
    done = ended(tmp_path, UNGUARDED)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"begun\ntold: {told}")


LARGE = """
import os
from functools import partial
from hwr_live.errors import HwrError
from hwr_live.system.processes import in_order
from tests.system.test_processes import doubled

def much(data):
    return 2

try:
    print(*in_order(doubled, [1, 2], partial({}, bytes(1 << 22)), 2))
except HwrError as error:
    print("told:", error)
"""


@pytest.mark.parametrize(
    ("does", "told"), [("os._exit(3)", "told: processes die before"), ("pass", "4194304 8388608")]
)
def test_a_large_recipe_is_waited_for_by_nobody(does: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SITE.format(does))
    done = ended(tmp_path, LARGE.format("len"))
    assert done.stdout.startswith(told), done.stderr


def test_what_only_the_script_has_is_told(tmp_path: Path) -> None:
    done = ended(tmp_path, LARGE.format("much"))
    assert "told: processes die before they read anything (" in done.stdout, done.stderr
    assert "much" in done.stdout


NESTED = """
import multiprocessing
from hwr_live.errors import HwrError
from hwr_live.system.processes import in_order
from tests.system.test_processes import doubled, two

def read(_=None):
    try:
        return [*in_order(doubled, [1, 2], two, 2)]
    except HwrError as error:
        return f"told: {error}"

"""


def test_a_process_that_may_have_none_of_its_own(tmp_path: Path) -> None:
    pool = "if __name__ == '__main__':\n    print(*multiprocessing.Pool(1).map(read, [1]))"
    done = ended(tmp_path, NESTED + pool)
    assert done.stdout.startswith("told: a process that multiprocessing ends"), done.stderr


def test_a_process_of_the_users_own_that_is_being_started(tmp_path: Path) -> None:
    spawn = "multiprocessing.get_context('spawn').Process(target=read).start()"
    unguarded = f"print(read())\nif __name__ == '__main__':\n    {spawn}"
    first, second = ended(tmp_path, NESTED + unguarded).stdout.splitlines()
    assert first == "[2, 4]"
    assert second.startswith("told: this process of multiprocessing is still being started")


def test_the_script_is_itself_afterwards_and_has_all_it_had_before() -> None:
    script = sys.modules["__main__"]
    with without_script():
        stand_in = sys.modules["__main__"]
        assert stand_in.__spec__ is None
        assert not hasattr(stand_in, "__file__")
        assert stand_in.__dict__ is not script.__dict__
        for name in set(vars(script)) - {"__spec__", "__file__"}:
            assert hasattr(stand_in, name)
    assert sys.modules["__main__"] is script


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Windows cannot be limited")
def test_pipes_are_not_waited_for_without_end() -> None:
    ours, theirs = Pipe()
    limit_waits(ours, 0.1)
    with pytest.raises(BlockingIOError):
        ours.send_bytes(bytes(1 << 22))  # nobody reads it
    os.write(theirs.fileno(), b"\0\0")  # half of a length
    with pytest.raises(BlockingIOError):
        ours.recv_bytes()


@linux
def test_what_computes_gives_a_sign_and_what_sleeps_gives_none() -> None:
    asleep = subprocess.Popen(
        [sys.executable, "-c", "print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert asleep.stdout is not None
    asleep.stdout.readline()
    looks = threading.Event()
    signs: list[object] = []
    while len(signs) < 3 or signs[-1] != signs[-2]:  # it goes to sleep in a moment
        signs.append(sign_of_life(asleep.pid))
        looks.wait(0.02)
    asleep.communicate(b"\n")
    assert sign_of_life(asleep.pid) is None
    assert sign_of_life(os.getpid()) != sign_of_life(os.getpid())
