"""Damaged and hostile input, thousands of cases: a right answer, or one clear line.

    python -m tests.measure.fuzz [--cases N] [--kinds K ...] [--seed S] [--keep DIR]

Cases run in child processes, which may end by a signal, hang or take too much memory without harm;
each of these is a failure, as is a traceback, another exit status than 0, 1 or 2, and more or less
than one line about what is wrong. A case is its kind and number: ``--kinds picture --first 17
--cases 1`` repeats one. The kinds are in :mod:`tests.measure.fuzz_kinds`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300.0  # of silence, after which a child hangs; a busy machine is slow
END_SECONDS = 10.0  # after the last answer, or after that silence
_CPU_SECONDS = 20.0  # that a case may take
_MEMORY_MB = 1500  # that a case may take at its worst
_ADDRESS_MB = 6000  # that a child may ask for; more is refused to it
_BATCH = 200  # cases of a child


@dataclass
class Tally:
    """What came of the cases of one kind.

    Attributes:
        kind: its name.
        right: cases that were answered.
        told: cases that were told in one line.
        failures: number of the case and what is wrong.
        worst_mb, worst_s: most memory and processor time of a case.
    """

    kind: str
    right: int = 0
    told: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    worst_mb: float = 0.0
    worst_s: float = 0.0


def run(kind: str, first: int, cases: int, *, seed: int = 0, keep: Path | None = None) -> Tally:
    """Runs cases of a kind in children, one after the other."""
    tally = Tally(kind)
    end, at = first + cases, first
    while at < end:
        at = _batch(tally, at, min(end, at + _BATCH), seed, keep)
    return tally


def _batch(tally: Tally, first: int, end: int, seed: int, keep: Path | None) -> int:
    """Runs one child; returns the number of the case to go on with."""
    command = [sys.executable, "-m", "tests.measure.fuzz", "--child", tally.kind]
    command += ["--first", str(first), "--cases", str(end - first), "--seed", str(seed)]
    if keep is not None:
        command += ["--keep", str(keep)]
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=said, stdin=subprocess.DEVNULL
        )
        at = first
        for line in _lines(child):
            report = json.loads(line)
            at = report["case"] + 1
            tally.worst_mb = max(tally.worst_mb, report["mb"])
            tally.worst_s = max(tally.worst_s, report["s"])
            if report["wrong"]:
                tally.failures.append((report["case"], report["wrong"]))
            elif report["status"] == 0:
                tally.right += 1
            else:
                tally.told += 1
        hung = False
        try:
            status = child.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            hung = True
            child.kill()
            status = child.wait()
        if at == end and status == 0:
            return end
        said.seek(0)
        last = (said.read().decode(errors="replace").strip().splitlines() or [""])[-1]
        how = f"no answer in {SECONDS:.0f} s" if hung else f"the child ended with {status}"
        tally.failures.append((at, f"{how}: {last[:200]}"))
        return at + 1


def _lines(child: subprocess.Popen[bytes]) -> Iterator[bytes]:
    """The lines that a child prints, until it ends or is silent for too long."""
    assert child.stdout is not None
    held = b""
    while select.select([child.stdout], [], [], SECONDS)[0]:
        came = os.read(child.stdout.fileno(), 1 << 16)
        if not came:
            return
        *whole, held = (held + came).split(b"\n")
        yield from whole


# The child


def be_child(kind: str, first: int, cases: int, seed: int, keep: Path | None) -> None:
    """Runs cases here; prints a JSON object for each."""
    from tests.measure.fuzz_kinds import KINDS

    _limit_memory()
    channel = os.dup(1)  # what the program prints goes elsewhere
    with tempfile.TemporaryDirectory() as outer:
        place = str(Path(outer) / "here")  # a folder above it that has nothing else
        os.mkdir(place)
        os.chdir(place)
        case = KINDS[kind](Path(place))
        for number in range(first, first + cases):
            chance = np.random.default_rng([seed, number, *kind.encode()])
            report = _one(case, chance, number)
            if keep is not None and report["wrong"]:
                _keep(Path(place), keep / f"{kind}-{number}")
            os.write(channel, json.dumps(report).encode() + b"\n")


def _one(
    case: Callable[[np.random.Generator], tuple[int, list[str]]],
    chance: np.random.Generator,
    number: int,
) -> dict[str, object]:
    _reset_peak()
    began, before = time.process_time(), _status_mb("VmRSS")
    status, wrong = 0, ""
    lines: list[str] = []
    try:
        status, lines = case(chance)
    except BaseException:
        wrong = traceback.format_exc(limit=-3)
    spent, memory = time.process_time() - began, _status_mb("VmHWM") - before
    if not wrong:
        wrong = be_judged(status, lines)
    if not wrong and spent > _CPU_SECONDS:
        wrong = f"{spent:.0f} s of processor time"
    if not wrong and memory > _MEMORY_MB:
        wrong = f"{memory:.0f} MB of memory"
    return {"case": number, "status": status, "wrong": wrong, "s": spent, "mb": memory}


def be_judged(status: int, lines: Sequence[str]) -> str:
    """What is wrong with an exit status and what was said on stderr; "" if nothing is."""
    if status not in (0, 1, 2):
        return f"exit status {status}: {lines}"
    if any("Traceback" in line for line in lines):
        return "\n".join(lines)
    if status == 0:
        return ""
    if len(lines) != 1 or not lines[0].startswith(("hwr-live: ", "train: ")):
        return f"status {status} with {len(lines)} lines: {lines[:5]}"
    return f"a line of {len(lines[0])} characters" if len(lines[0]) > 1000 else ""


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_MB << 20, _ADDRESS_MB << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _reset_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _status_mb(name: str) -> float:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
    return 0.0


def _keep(place: Path, to: Path) -> None:
    import shutil

    shutil.copytree(place, to, dirs_exist_ok=True, ignore_dangling_symlinks=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the kinds that are asked for, or all; returns 1 if a case failed."""
    from tests.measure.fuzz_kinds import KINDS, needs

    parser = argparse.ArgumentParser(prog="python -m tests.measure.fuzz")
    parser.add_argument("--cases", type=int, default=500, help="of each kind [500]")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what failed here")
    parser.add_argument("--child", choices=KINDS, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child:
        be_child(options.child, options.first, options.cases, options.seed, options.keep)
        return 0
    tallies = []
    print(f"{'kind':>10} {'cases':>6} {'right':>6} {'told':>6} {'failed':>6} {'MB':>6} {'s':>6}")
    for kind in options.kinds:
        if missing := needs(kind):
            print(f"{kind:>10} skipped, {missing} is not installed")
            continue
        tally = run(kind, options.first, options.cases, seed=options.seed, keep=options.keep)
        tallies.append(tally)
        print(
            f"{kind:>10} {options.cases:6} {tally.right:6} {tally.told:6} "
            f"{len(tally.failures):6} {tally.worst_mb:6.0f} {tally.worst_s:6.1f}",
            flush=True,
        )
        same: Counter[str] = Counter()
        for number, wrong in tally.failures:
            last = wrong.strip().splitlines()[-1] if wrong.strip() else ""
            same[last] += 1
            if same[last] <= 3:
                print(f"  {kind} {number}: {wrong.strip()}", flush=True)
        for last, count in same.items():
            if count > 3:
                print(f"  {count} times: {last}")
    return 1 if any(tally.failures for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
