"""A process that runs cases of one kind, prints what came of each, and may die of one."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tests.measure.fuzz.kinds import KINDS
from tests.measure.fuzz.programs import Case

_CPU_SECONDS = 20.0  # that a case may take
_MEMORY_MB = 1500  # that a case may take at its worst
_ADDRESS_MB = 6000  # that a child may ask for; more is refused to it


def be_child(kind: str, first: int, cases: int, seed: int, keep: Path | None) -> None:
    """Runs cases here; prints a JSON object for each."""
    _limit_memory()
    channel = os.dup(1)  # what the program prints goes elsewhere
    with tempfile.TemporaryDirectory() as outer:
        place = str(Path(outer) / "here")  # a folder above it that has nothing else
        os.mkdir(place)
        os.chdir(place)
        case = KINDS[kind].made(Path(place))
        for number in range(first, first + cases):
            chance = np.random.default_rng([seed, number, *kind.encode()])
            report = _one(case, chance, number)
            if keep is not None and report["wrong"]:
                _keep(Path(place), keep / f"{kind}-{number}")
            os.write(channel, json.dumps(report).encode() + b"\n")


def _one(case: Case, chance: np.random.Generator, number: int) -> dict[str, object]:
    _reset_peak()
    began, before = _spent(), _status_mb("VmRSS")
    status, wrong = 0, ""
    lines: list[str] = []
    try:
        status, lines = case(chance)
    except BaseException:
        wrong = traceback.format_exc(limit=-3)
    spent, memory = _spent() - began, _status_mb("VmHWM") - before
    if not wrong:
        wrong = be_judged(status, lines)
    if not wrong and spent > _CPU_SECONDS:
        wrong = f"{spent:.0f} s of processor time"
    if not wrong and memory > _MEMORY_MB:
        wrong = f"{memory:.0f} MB of memory"
    return {"case": number, "status": status, "wrong": wrong, "s": spent, "mb": memory}


_PAGE = re.compile(r"hwr-live: page (\d+) of ")


def _spent() -> float:
    """Processor time of this process and of its children that have ended, in seconds."""
    return sum(os.times()[:4])


def be_judged(status: int, lines: Sequence[str]) -> str:
    """What is wrong with an exit status and what was said on stderr; "" if nothing is."""
    if status not in (0, 1, 2):
        return f"exit status {status}: {lines}"
    if any("Traceback" in line for line in lines):
        return "\n".join(lines)
    if status == 0:
        return ""
    pages = [_PAGE.match(line) for line in lines]  # of several pages each has a line of its own
    each = [page[1] for page in pages if page]
    if len(each) == len(lines) > 1 and len(set(each)) == len(each):
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
    shutil.copytree(place, to, dirs_exist_ok=True, ignore_dangling_symlinks=True)
