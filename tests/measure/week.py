"""A week in less than an hour: camera, pad and bulk reading under random faults.

    python -m tests.measure.week [--seconds S] [--seed N] [--only read camera pad]

One round after the other stops, hangs up, ends and kills the program and its processes, takes its
source and its disk away and moves the clock, by chance. What is counted as a failure: what was said
to be kept and is not there, is not whole or is another; a process that outlives the program; a
program that has not ended ten seconds after it was asked to (what its threads wait for a processor
is not counted, as far as Linux tells), which then tells its threads' stacks; a traceback. The pad
needs Xvfb; the clock is moved where libfaketime is installed (``faketime``); a disk of its own,
which fills up and empties again, needs Linux and root. What is missing is told.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from hwr_live.cli.sample import draw_sample
from hwr_live.media.images import encode_png
from tests.support.display import PROGRAMS, Display, start_display
from tests.support.interrupts import hear_interrupts
from tests.support.mjpeg import MjpegServer

ROOT = Path(__file__).parents[2]
_END_S = 10.0  # that a program may take to end
_BEGIN_S = 60.0  # that the pad may take to open its window
_STACKS_S = 5.0  # that a program may take to tell where it is
_ORPHANS_S = 5.0  # that what it began may outlive it
_MOST_S = 200.0  # of waiting for a processor that are left out
_TELLS_S = 5.0  # in which a full disk is told
_PAGES = 24
_ENDS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGKILL)
Chance = np.random.Generator

# Python sleeps until a moment of the steady clock. libfaketime takes that moment for one of the
# moved clock, even where the steady one is not to be moved, and each sleep fails: EINVAL.
_SLEEP = """
import select, time
time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


@dataclass
class Log:
    """What came of the rounds.

    Attributes:
        rounds: how many there were, by program.
        faults: how many there were, by kind.
        wrong: what went wrong.
        slowest_s: longest time from being asked to end to the end.
    """

    rounds: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    slowest_s: float = 0.0


class Program:
    """The program as a process group of its own, with what it says in files."""

    def __init__(self, log: Log, folder: Path, *arguments: str, **options: str) -> None:
        shell = options.get("shell", ":")
        self.log, self.what = log, arguments[0] if shell == ":" else f"{arguments[0]} ({shell})"
        self.out, self.err = folder / "out.txt", folder / "err.txt"
        python = f"{sys.executable} -X faulthandler"
        command = f"{shell}; exec {options.get('before', '')} {python} -m hwr_live"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen(
                ["sh", "-c", f'{command} "$@"', "sh", *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(ROOT), **_variables(options)},
                stdout=out,
                stderr=err,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def children(self) -> list[int]:
        """The processes of its session but itself, whatever became of it."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                words = stat.read_text().rpartition(")")[2].split()
                number = int(stat.parent.name)
                if int(words[3]) == self.process.pid != number and words[0] != "Z":
                    found.append(number)
        return found

    def send(self, number: signal.Signals, process: int | None = None) -> None:
        self.log.faults[number.name] += 1
        with contextlib.suppress(ProcessLookupError):
            os.kill(process or self.process.pid, number)

    def pause(self, seconds: float, process: int | None = None) -> None:
        """Stops a process for a while."""
        self.send(signal.SIGSTOP, process)
        time.sleep(seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(process or self.process.pid, signal.SIGCONT)

    def end(self, number: signal.Signals | None) -> signal.Signals | None:
        """Asks it to end, or waits for its own end; sees to it that nothing is left of it.

        Returns:
            What it has ended by: ``number``, or SIGKILL where it had not ended.
        """
        if number is not None and self.running:
            self.send(number)
        waits = Waits(self)
        while self.running and waits.passed_s() < _END_S:
            time.sleep(0.1)
        self.log.slowest_s = max(self.log.slowest_s, waits.passed_s())
        if self.running:
            told = f"has not ended {_END_S:.0f} s after {number} ({waits})"
            self.fail(f"{told}: {self.said()[-300:]}\n{self.stacks()}")
            number = signal.SIGKILL
        waits = Waits(self)
        while self.children() and waits.passed_s() < _ORPHANS_S:
            time.sleep(0.1)
        if left := self.children():
            self.fail(f"leaves processes {left} after {number} ({waits})")
            for child in left:
                os.kill(child, signal.SIGKILL)
        if "Traceback" in self.said():
            self.fail(self.said()[-400:])
        return number

    def stacks(self) -> str:
        """Kills it; returns where its threads were, as far as Python can tell."""
        before = len(self.said())
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.send_signal(signal.SIGABRT)
            self.process.wait(_STACKS_S)
        self.process.kill()
        self.process.wait()
        return self.said()[before:]

    def said(self) -> str:
        return self.err.read_text(errors="replace")

    def fail(self, what: str) -> None:
        self.log.wrong.append(f"{self.what}: {what}")
        print(self.log.wrong[-1], flush=True)


class Waits:
    """The time since something was asked of a program, without what its threads have waited for a
    processor meanwhile: a machine may be busy.

    Where all threads work that is little more than nothing, so not more than ``_MOST_S`` is left
    out; what Linux alone tells is 0 elsewhere.
    """

    def __init__(self, program: Program) -> None:
        self._program, self._last = program, dict[str, int]()
        self._waited_s = 0.0
        self._look()
        self._began_s, self._waited_s = time.monotonic(), 0.0

    def __str__(self) -> str:
        return f"{self._waited_s:.0f} s of waiting for a processor"

    def passed_s(self) -> float:
        """Seconds so far; to be asked often, as what a thread has waited goes with it."""
        self._look()
        return max(0.0, time.monotonic() - self._began_s - min(self._waited_s, _MOST_S))

    def _look(self) -> None:
        for process in (self._program.process.pid, *self._program.children()):
            for told in Path(f"/proc/{process}/task").glob("*/schedstat"):
                with contextlib.suppress(OSError, ValueError):
                    waited = int(told.read_text().split()[1])
                    self._waited_s += (waited - self._last.get(str(told), 0)) / 1e9
                    self._last[str(told)] = waited


class Disk:
    """A small disk, mounted in a folder, that others fill."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
        subprocess.run(mount, check=True, capture_output=True)

    def __enter__(self) -> Disk:
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run(["umount", str(self.folder)], check=True)

    def fill(self, log: Log) -> None:
        """Leaves no byte free."""
        log.faults["full disk"] += 1
        with contextlib.suppress(OSError), open(self.folder / ".filler", "ab", 0) as file:
            for size in (1 << 16, 1 << 12, 1):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)):
                        pass

    def empty(self) -> None:
        """Gives the room back."""
        (self.folder / ".filler").unlink(missing_ok=True)


def may_mount() -> bool:
    """Whether a disk can be mounted here."""
    try:
        with tempfile.TemporaryDirectory() as folder, Disk(Path(folder) / "disk", 1):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


class Clock:
    """What the time is for a program that began with its ``options``, where that can be moved."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self._file.write_text("+0")
        self.movable = shutil.which("faketime") is not None
        self.options: dict[str, str] = {}
        if self.movable:
            own = folder / "python"
            own.mkdir(exist_ok=True)
            (own / "sitecustomize.py").write_text(_SLEEP)
            self.options = {
                "PYTHONPATH": os.pathsep.join([str(ROOT), str(own)]),
                "before": f"env 'LD_PRELOAD={_faketime()}'",  # it may have a $LIB for the linker
                "FAKETIME_TIMESTAMP_FILE": str(self._file),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }

    def jump(self, log: Log, chance: Chance) -> None:
        """Moves it by decades at most, to before 1980 too, or by seconds, forth or back."""
        if self.movable:
            way = int(chance.choice([-1, 1]))
            log.faults["clock forth" if way > 0 else "clock back"] += 1
            size = int(chance.integers(1, 20_000))
            unit = "d" if chance.random() < 0.5 else "s"
            beside = self._file.with_suffix(".new")
            beside.write_text(f"{way * size:+d}{unit}")
            os.replace(beside, self._file)


def _variables(options: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in options.items() if name.isupper()}


def read_round(log: Log, folder: Path, chance: Chance) -> None:
    """Reads a folder into another until that is done, however often it is broken off."""
    shelf, out = folder / "shelf", folder / "results"
    if not shelf.exists():
        shelf.mkdir()
        for number in range(_PAGES):
            (shelf / f"{number}.png").write_bytes(encode_png(draw_sample(seed=number)))
        Program(log, folder, "read", str(shelf), "--out", str(folder / "right")).process.wait()
    with contextlib.ExitStack() as stack:
        disk = None
        if may_mount() and chance.random() < 0.5:
            disk = stack.enter_context(Disk(folder / "disk", 2))
            out = disk.folder / "results"
        _read_often(log, folder, chance, out, disk)


def _read_often(log: Log, folder: Path, chance: Chance, out: Path, disk: Disk | None) -> None:
    shelf, right, clock = folder / "shelf", _texts(folder / "right"), Clock(folder)
    shutil.rmtree(out, ignore_errors=True)
    for _ in range(8):
        before = _texts(out)
        small = chance.random() < 0.2
        shell = "ulimit -f 1; trap '' XFSZ" if small else ":"
        log.faults["small files"] += small
        options = {**clock.options, "shell": shell}
        program = Program(
            log, folder, "read", str(shelf), "--out", str(out), "--jobs", "2", **options
        )
        until_s = time.monotonic() + chance.uniform(1, 12)
        while program.running and time.monotonic() < until_s:
            time.sleep(chance.uniform(0.1, 2))
            workers = program.children()
            fault = chance.random()
            if workers and fault < 0.3:
                program.send(signal.SIGKILL, workers[int(chance.integers(len(workers)))])
            elif workers and fault < 0.5:
                program.pause(chance.uniform(0.1, 2), workers[int(chance.integers(len(workers)))])
            elif fault < 0.7:
                program.pause(chance.uniform(0.1, 2))
            elif fault < 0.85:
                clock.jump(log, chance)
            elif disk is not None:
                disk.fill(log)
        program.end(_ENDS[int(chance.integers(len(_ENDS)))])
        if disk is not None:
            disk.empty()
        now = _texts(out)
        if any(now.get(name) != text for name, text in before.items()):
            program.fail("a result that was there is gone or another")
        if any(right.get(name) != text for name, text in now.items()):
            program.fail("a result is not what is read without faults")
    last = Program(log, folder, "read", str(shelf), "--out", str(out), "--jobs", "2")
    if last.process.wait(600) != 0 or _texts(out) != right:
        last.fail(f"was not finished by the same command: {last.said()[-300:]}")


def _texts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.txt")}


def camera_round(log: Log, folder: Path, chance: Chance) -> None:
    """Reads and records a camera that stalls, restarts and is lost, and is ended at some time."""
    suffix = (".avi", ".mkv", ".mp4")[int(chance.integers(3))]
    with contextlib.ExitStack() as stack:
        disk = None
        if may_mount() and chance.random() < 0.4:
            disk = stack.enter_context(Disk(folder / "disk", 300))
        _record(log, folder, chance, (disk.folder if disk else folder) / f"r{suffix}", disk)


def _record(log: Log, folder: Path, chance: Chance, path: Path, disk: Disk | None) -> None:
    path.unlink(missing_ok=True)
    page = np.asarray(cv2.resize(draw_sample(), (640, 240)), np.uint8)
    clock = Clock(folder)
    options = dict(clock.options)
    small, filled_s = disk is None and chance.random() < 0.2, 0.0
    options["shell"] = "ulimit -f 70000; trap '' XFSZ" if small else ":"
    log.faults["small files"] += small
    with MjpegServer(lambda _: page, fps=15) as server:
        program = Program(
            log, folder, "camera", "--source", server.url, "--no-window", "--json",
            "--record", str(path), **options,
        )  # fmt: skip
        until_s = time.monotonic() + chance.uniform(6, 25)
        while program.running and time.monotonic() < until_s:
            time.sleep(chance.uniform(0.2, 3))
            fault = chance.random()
            if fault < 0.2:
                log.faults["stall"] += 1
                server.stall()
                time.sleep(chance.uniform(0.5, 4))
                server.stall(False)
            elif fault < 0.4:
                log.faults["restart"] += 1
                server.stop()
                time.sleep(chance.uniform(0.2, 3))
                server.start()
            elif fault < 0.5:
                log.faults["lost"] += 1
                server.stop()
                time.sleep(11)
                server.start()
            elif fault < 0.7:
                program.pause(chance.uniform(0.1, 3))
            elif fault < 0.85:
                clock.jump(log, chance)
            elif disk is not None and not filled_s:
                disk.fill(log)
                filled_s = time.monotonic()
        ended = not program.running
        had_s = time.monotonic() - filled_s
        number = program.end(_ENDS[int(chance.integers(len(_ENDS)))])
    lines = program.out.read_text().splitlines()
    reports = sum(_is_json(line) for line in lines)
    if len(lines) - reports > (number == signal.SIGKILL):
        program.fail("half a line among the JSON")
    told = re.search(r"recorded \S+: (\d+) frames", program.said())
    there = _frames(path)
    asked = bool(reports) and not ended and number != signal.SIGKILL
    if filled_s and asked and had_s > _TELLS_S and "recording has ended" not in program.said():
        program.fail(f"a full disk was not told: {program.said()[-300:]}")
    if told and there < 1:
        program.fail(f"told {told[0]}, and {there} can be read; {program.said()[-300:]}")
    if reports > 40 and there < reports / 3 and not small and not filled_s:
        program.fail(f"{reports} frames were read, {there} recorded; {program.said()[-300:]}")
    if small and reports > 100 and "recording has ended" not in program.said() and there > 300:
        program.fail(f"a full disk was not told: {program.said()[-300:]}")


def _faketime() -> str:
    """Where libfaketime is, as its own command says."""
    asked = [
        "faketime",
        "-f",
        "+0",
        sys.executable,
        "-c",
        "import os; print(os.environ['LD_PRELOAD'])",
    ]
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()


def _is_json(line: str) -> bool:
    with contextlib.suppress(ValueError):
        return isinstance(json.loads(line), dict)
    return False


def _frames(path: Path) -> int:
    """The frames of a video that can be read; whatever its header says."""
    capture, count = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG), 0
    while capture.isOpened() and capture.grab():
        count += 1
    return count


def pad_round(log: Log, folder: Path, chance: Chance, display: Display) -> None:
    """Draws on the pad and saves; what was said to be saved is there, and what was not is at the
    end, unless the program is killed. That is said of what the pad has heard of: not of a stroke
    that the display has and the pad, on a busy machine, has not when it is asked to end."""
    saved = folder / "saved"
    shutil.rmtree(saved, ignore_errors=True)
    clock = Clock(folder)
    options = {**clock.options, **_display_env(display)}
    program = Program(log, folder, "draw", "--save-dir", str(saved), **options)
    window = _window(program, display)
    if window is None:
        program.end(signal.SIGKILL)
        return
    strokes = int(chance.integers(1, 5))
    for number in range(strokes):
        x = 60 + 60 * number
        draw = functools.partial(display.draw, window, [(x, 80), (x, 120), (x, 160)])
        draw()
        if number == 0 and not _heard(program, display, draw):
            program.fail(f"no stroke came: {program.said()[-300:]}{program.stacks()}")
            return
        if chance.random() < 0.3:
            program.pause(chance.uniform(0.1, 2))
        if chance.random() < 0.3:
            clock.jump(log, chance)
        if chance.random() < 0.3:
            display.key("s")
    ended_by = program.end(_ENDS[int(chance.integers(len(_ENDS)))])
    told = re.findall(r"saved (\S+\.png)", program.said())
    for name in told:
        if cv2.imread(str(folder / name)) is None:
            program.fail(f"{name} was said to be saved")
    if ended_by != signal.SIGKILL and not told:
        status = program.process.returncode
        program.fail(f"writing is lost ({ended_by}, status {status}): {program.said()[-300:]}")


def _window(program: Program, display: Display) -> str | None:
    """Waits for the pad's window, and longer where the pad has waited for a processor."""
    waits = Waits(program)
    while True:
        try:
            return display.window("hwr-live draw", None, _BEGIN_S / 6)
        except AssertionError as error:
            if program.running and waits.passed_s() < _BEGIN_S:
                continue
            program.fail(f"no window ({waits}): {error}{program.said()[-300:]}{program.stacks()}")
            return None


def _heard(program: Program, display: Display, draw: Callable[[], None]) -> bool:
    """Waits until the pad prints what was drawn, and longer where it waits for a processor. Where
    it prints that nothing was, the stroke went past its window, and it is drawn again."""
    waits = Waits(program)
    while program.running and waits.passed_s() < _BEGIN_S:
        before = program.out.stat().st_size
        display.key("Return")
        until_s = time.monotonic() + 5
        while time.monotonic() < until_s and program.out.stat().st_size == before:
            time.sleep(0.1)
        if program.out.read_bytes().strip():
            return True
        if program.out.stat().st_size > before:
            draw()
    return False


def _display_env(display: Display) -> dict[str, str]:
    names = ("DISPLAY", "XDG_DATA_HOME", "HOME")
    return {name: value for name, value in display.env.items() if name in names}


def run(seconds: float, seed: int, only: list[str], log: Log) -> None:
    """Rounds of the programs in turn, until the time is over."""
    chance = np.random.default_rng(seed)
    with contextlib.ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="week-")))
        rounds: dict[str, Callable[[Path], None]] = {
            "read": lambda folder: read_round(log, folder, chance),
            "camera": lambda folder: camera_round(log, folder, chance),
        }
        if all(shutil.which(program) for program in PROGRAMS):
            display = stack.enter_context(contextlib.contextmanager(_display)())
            rounds["pad"] = lambda folder: pad_round(log, folder, chance, display)
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            for name in only:
                if name in rounds and time.monotonic() < until_s:
                    (place / name).mkdir(exist_ok=True)
                    rounds[name](place / name)
                    log.rounds[name] += 1
                    print(f"{name} {log.rounds[name]}: {len(log.wrong)} wrong", flush=True)


def _display() -> Iterator[Display]:
    yield from start_display()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.week")
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", nargs="+", default=["read", "camera", "pad"])
    options = parser.parse_args()
    log = Log()
    hear_interrupts()
    if not may_mount():
        print("no disk can be mounted here, so none fills up")
    if shutil.which("faketime") is None:
        print("faketime is not installed, so the clock does not jump")
    run(options.seconds, options.seed, options.only, log)
    print(f"rounds: {dict(log.rounds)}")
    print(f"faults: {dict(log.faults)}")
    print(f"longest time to end: {log.slowest_s:.1f} s, without waiting for a processor")
    print(f"wrong: {len(log.wrong)}", *log.wrong, sep="\n  ")
    return 1 if log.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
