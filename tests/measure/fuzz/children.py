"""Runs cases in child processes, one after the other, and notes what befalls them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 300.0  # of silence, after which a child hangs; a busy machine is slow
END_SECONDS = 10.0  # after the last answer, or after that silence
_BATCH = 5000  # cases of a child, whose start costs as much as hundreds


@dataclass
class Tally:
    """What came of the cases of one kind.

    Attributes:
        kind: its name.
        right: cases that were answered.
        told: cases that were told in one line.
        failures: number of the case and what is wrong.
        worst_mb, worst_s: most memory and processor time of a case.
        whole: whether all cases that were asked for were run.
    """

    kind: str
    right: int = 0
    told: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    worst_mb: float = 0.0
    worst_s: float = 0.0
    whole: bool = True

    @property
    def cases(self) -> int:
        """How many there were."""
        return self.right + self.told + len(self.failures)


def run(kind: str, first: int, cases: int, *, seed: int = 0, keep: Path | None = None) -> Tally:
    """Runs cases of a kind in children, one after the other; until Ctrl-C, if that comes."""
    tally = Tally(kind)
    end, at = first + cases, first
    try:
        while at < end:
            at = _batch(tally, at, min(end, at + _BATCH), seed, keep)
    except KeyboardInterrupt:
        tally.whole = False
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
    try:
        while select.select([child.stdout], [], [], SECONDS)[0]:
            came = os.read(child.stdout.fileno(), 1 << 16)
            if not came:
                return
            *whole, held = (held + came).split(b"\n")
            yield from whole
    except KeyboardInterrupt:
        child.kill()
        child.wait()
        raise
