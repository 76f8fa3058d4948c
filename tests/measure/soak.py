"""Endurance: a camera over an unruly network, and thousands of readings of the pad.

``python -m tests.measure.soak`` runs for five minutes with the shipped model and prints what
happened: frames dropped, stalls of three seconds, restarts of the server. ``--seconds 3600 --fps 2
--pause 15`` is the long form, which takes a tenth of a core. ``--pad 10000`` draws and reads so
many times on a pad without a window. The tests run a few seconds of both with readers that need no
model.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hwr_live.canvas import Canvas
from hwr_live.pad.program import Pad
from hwr_live.readers import AnyReader
from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader
from hwr_live.ui.keys import ENTER
from tests.measure.bench_pad import draw_digit
from tests.support.fake_reader import FakeReader
from tests.support.grey_reader import level
from tests.support.mjpeg import MjpegServer
from tests.support.videos import Image, hand_held, written_page

ROOT = Path(__file__).resolve().parents[2]
PAGES = [["first page"], ["other", "lines"]]
_FAKE = """
import sys
from hwr_live.cli import main as cli
from hwr_live.recognition.reader import Reader
from hwr_live.reading import Reading
from tests.support.grey_reader import LevelReader
from tests.measure.soak import PAGES
Reader.load = lambda *_, **__: LevelReader(PAGES, seconds=0.02)
sys.exit(cli.main(sys.argv[1:]))
"""
_REAL = "import sys; from hwr_live.cli import main as cli; sys.exit(cli.main(sys.argv[1:]))"


class ForgetfulReader(FakeReader):
    """A reader without a model that keeps no picture."""

    def read(self, frame: Image | Canvas) -> Reading:
        reading = super().read(frame)
        self.pictures.clear()
        return reading


@dataclass
class Result:
    """What came of a run.

    Attributes:
        status: exit status of the program.
        reports: objects that it printed.
        errors: lines that it wrote to stderr.
        recoveries: seconds from the end of each fault to the next report.
        delays: seconds from each change of the page to the first report of the new one.
        curve: after the first fault and each one since, and at the end.
    """

    status: int = -1
    reports: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    curve: list[Held] = field(default_factory=list)


@dataclass(frozen=True)
class Held:
    """What a process holds at a moment.

    Attributes:
        when: seconds, or readings, since the start.
        memory_mb: resident memory.
        handles: open files and sockets.
        threads: of the process.
    """

    when: float
    memory_mb: float
    handles: int
    threads: int

    @classmethod
    def by(cls, process: int, when: float) -> Held:
        """Of a process by its number, where the system tells in /proc; zeros elsewhere."""
        folder = Path("/proc") / str(process)
        try:
            lines = (line.split() for line in (folder / "status").read_text().splitlines())
            told = {words[0]: words[1] for words in lines if len(words) > 1}
            handles = len(list((folder / "fd").iterdir()))
            return cls(when, int(told["VmRSS:"]) / 1024, handles, int(told["Threads:"]))
        except (OSError, KeyError):
            return cls(when, 0.0, 0, 0)


def growth(curve: Sequence[Held]) -> float:
    """MB from the first to the last."""
    return curve[-1].memory_mb - curve[0].memory_mb if curve else 0.0


class Client:
    """The program, whose reports are noted with the time at which they came."""

    def __init__(self, url: str, *, real: bool) -> None:
        command = ["camera", "--source", url, "--no-window", "--json"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", _REAL if real else _FAKE, *command],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.came: list[tuple[float, dict[str, Any]]] = []
        self.errors: list[str] = []
        self._threads = [
            threading.Thread(target=self._read_out, daemon=True),
            threading.Thread(target=self._read_err, daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _read_out(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.came.append((time.monotonic(), json.loads(line)))

    def _read_err(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(line.rstrip("\n") for line in self.process.stderr)

    def next_after(self, moment: float, wanted: str | None, seconds: float) -> float:
        """How long after ``moment`` the first report comes, of text ``wanted`` if that is given."""
        seen = 0
        while time.monotonic() < moment + seconds and self.process.poll() is None:
            for came, report in self.came[seen:]:
                seen += 1
                if came > moment and wanted in (None, _squeezed(report["frame_text"])):
                    return came - moment
            time.sleep(0.005)
        return float("inf")

    def end(self) -> int:
        self.process.terminate()
        status = self.process.wait(timeout=30)
        for thread in self._threads:
            thread.join()
        return status


def soak(
    seconds: float,
    *,
    real: bool = False,
    fps: float = 25.0,
    stall_s: float = 3.0,
    down_s: float = 1.0,
    pause_s: float = 0.5,
    faults: int | None = None,
) -> Result:
    """Runs the program against a camera with faults, one after the other, for so many seconds.

    Args:
        seconds: of the whole run.
        real: with the shipped model on shaky pages, and not with the tests' reader.
        fps: frames a second that the camera sends.
        stall_s: how long the camera stalls.
        down_s: how long the server is down for a restart.
        pause_s: from what came of a fault to the next one.
        faults: after which it ends, if that is before its time.
    """
    result, page = Result(), [0]
    rng = np.random.default_rng(0)
    pictures = _pictures(real)

    def picture(number: int) -> Image:
        if rng.random() < 0.05:  # frames are dropped
            time.sleep(float(rng.uniform(0, 0.2)))
        return next(pictures[page[0]])

    with MjpegServer(picture, fps=fps) as server:
        client = Client(server.url, real=real)
        began = time.monotonic()
        client.next_after(began, None, 20)
        for fault in itertools.islice(_faults(), faults):
            if time.monotonic() > began + seconds or client.process.poll() is not None:
                break
            if fault == "stall":
                server.stall()
                time.sleep(stall_s)
                server.stall(False)
            elif fault == "restart":
                server.stop()
                time.sleep(down_s)
                server.start()
            else:
                page[0] = 1 - page[0]
            moment = time.monotonic()
            wanted = _squeezed("\n".join(PAGES[page[0]])) if fault == "swap" and not real else None
            taken = client.next_after(moment, wanted, 8)
            (result.delays if fault == "swap" else result.recoveries).append(taken)
            result.curve.append(Held.by(client.process.pid, time.monotonic() - began))
            time.sleep(pause_s)
        result.status = client.end()  # a program that ended before its time has a status of 1 or 2
    result.reports = [report for _, report in client.came]
    result.errors = client.errors
    return result


def _faults() -> Iterator[str]:
    while True:
        yield from ("swap", "stall", "swap", "restart", "swap", "swap")


def _pictures(real: bool) -> list[Iterator[Image]]:
    """What the camera sees of each page, without end."""
    if not real:
        return [itertools.cycle([level(number, (320, 240))]) for number in range(len(PAGES))]
    pages = [written_page([line.upper() for line in lines]) for lines in PAGES]
    return [
        itertools.cycle(list(hand_held([page], seconds=3, seed=seed)))
        for seed, page in enumerate(pages)
    ]


def _squeezed(text: str) -> str:
    return "".join(text.split())


def soak_pad(readings: int, reader: AnyReader, *, samples: int = 100) -> list[Held]:
    """Draws and reads so many times on a pad without a window, and clears it now and then.

    Args:
        readings: how often.
        reader: the pad's.
        samples: how often memory and handles are looked at, evenly.
    """
    curve = []
    with (
        open(os.devnull, "w", encoding="utf-8") as nowhere,
        Pad(reader, (960, 600), json=True, folder=Path(), out=nowhere) as pad,
    ):
        for number in range(readings + 1):
            if number % max(1, readings // samples) == 0:
                curve.append(Held.by(os.getpid(), number))
            if number % 12 == 0:
                pad.on_key(ord("c"))
            draw_digit(pad, number % 12, number)
            pad.on_key(ENTER)
            while pad.busy:
                pad.picture()
                time.sleep(0.001)
    return curve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--fps", type=float, default=25, help="of the camera")
    parser.add_argument("--stall", type=float, default=3, metavar="S", help="of a stall")
    parser.add_argument("--pause", type=float, default=0.5, metavar="S", help="between faults")
    parser.add_argument("--pad", type=int, metavar="N", help="N readings of the pad instead")
    parser.add_argument("--fake", action="store_true", help="without a model")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    if options.pad is not None:
        reader = ForgetfulReader() if options.fake else Reader.load().remembering()
        tell_curve(soak_pad(options.pad, reader), "readings")
        return
    result = soak(
        options.seconds,
        real=not options.fake,
        fps=options.fps,
        stall_s=options.stall,
        pause_s=options.pause,
    )
    frames = result.reports[-1]["frame"] + 1 if result.reports else 0
    texts = {report["text"] for report in result.reports if report["settled"]}
    print(f"exit status {result.status}")
    print(f"frames received {frames}, read {len(result.reports)}")
    print(f"faults {len(result.recoveries)}, a report after each: {_range(result.recoveries)}")
    print(f"report after a change of the page: {_range(result.delays)}")
    tell_curve(result.curve, "seconds")
    print(f"settled texts: {sorted(texts)}")
    print("stderr:", *dict.fromkeys(result.errors), sep="\n  ")


def tell_curve(curve: Sequence[Held], unit: str, *, parts: int = 4) -> None:
    """Prints memory, handles and threads at the start, after so many equal parts, and so at the
    end."""
    print(f"{unit:>10} {'MB':>7} {'handles':>7} {'threads':>7}")
    for part in range(parts + 1 if curve else 0):
        held = curve[part * (len(curve) - 1) // parts]
        print(f"{held.when:10.0f} {held.memory_mb:7.1f} {held.handles:7} {held.threads:7}")


def _range(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    return f"median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s"


if __name__ == "__main__":
    main()
