"""A thousand pages, some of them broken: how fast, in how much memory, and whether nothing is lost.

    HWR_DATA=DIR python -m tests.measure.archive [--pages 1000] [--broken 20] [--kills 10]
        [--jobs 1 2] [--dask 2] [--widest 1600]

The pages are photographs of handwriting (``HWR_DATA``; without it a page that the program draws),
each turned, scaled and lit by chance. They are read to folders by ``hwr-live read --out``, in some
numbers of processes and by some workers of a Dask scheduler; then once more, killed by ``kill -9``
at random moments and gone on with. All results are compared byte for byte. Where anything else
runs, the processor time tells more than the clock; a cluster's is that of its workers, too.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from hwr_live.cli.sample import draw_sample
from hwr_live.media.images import read_picture
from tests.support.cluster import cluster

ROOT = Path(__file__).parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    """Measures; returns 1 if any two results differ."""
    options = _parser().parse_args(argv)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        shelf = folder / "shelf"
        _fill(shelf, options.pages, options.broken, options.widest)
        pages = f"{options.pages} pages, {options.broken} of them broken"
        print(f"{pages}, {_size(shelf) / 1e6:.0f} MB\n")
        head = ("seconds", "pages/s", "cpu ms/page", "MB at start", "MB at end")
        print(f"{'':12}" + "".join(f"{name:>13}" for name in head))
        whole: dict[str, bytes] | None = None
        same = True
        for jobs in options.jobs:
            out = folder / f"jobs{jobs}"
            _measure(f"--jobs {jobs}", shelf, out, options.pages, "--jobs", str(jobs))
            found = _results(out)
            same = same and whole in (None, found)
            whole = found
        if options.dask:
            out = folder / "dask"
            with cluster(folder, options.dask) as address:
                _measure(
                    f"--dask {options.dask}",
                    shelf,
                    out,
                    options.pages,
                    "--dask",
                    address,
                    also=folder,
                )
            same = same and whole in (None, _results(out))
            whole = _results(out)
        if options.kills:
            out = folder / "killed"
            moments = _kill(shelf, out, options.kills, options.pages - options.broken)
            same = same and whole in (None, _results(out))
            print(f"\nkilled {options.kills} times, with so many results: {moments}")
        print(f"\nall results are {'the same, byte for byte' if same else 'NOT THE SAME'}")
        return 0 if same else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--broken", type=int, default=20)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--jobs", type=int, nargs="*", default=[1, 2])
    parser.add_argument("--dask", type=int, default=2, help="workers; 0 for none")
    parser.add_argument(
        "--widest",
        type=int,
        default=1600,
        help="pixels of a page: 1600, as a scan of A4 at 200 an inch, if it is not said",
    )
    return parser


def _fill(shelf: Path, pages: int, broken: int, widest: int) -> None:
    """Writes pages; the broken ones are cut short, empty, text, or claim to be huge."""
    rng = np.random.default_rng(0)
    shelf.mkdir()
    sources = [np.dstack([draw_sample()] * 3)]
    if data := os.environ.get("HWR_DATA"):
        sources = [read_picture(path) for path in sorted((Path(data) / "pages").glob("*.jpg"))]
    bad = set(rng.permutation(pages)[:broken].tolist())
    for number in range(pages):
        picture = sources[number % len(sources)]
        scale = min(1.0, widest / picture.shape[1]) * rng.uniform(0.7, 1.0)
        size = (round(scale * picture.shape[1]), round(scale * picture.shape[0]))
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), rng.uniform(-3, 3), 1)
        turned = cv2.warpAffine(small, turn, size, borderMode=cv2.BORDER_REPLICATE)
        lit = np.clip(turned * rng.uniform(0.7, 1.1), 0, 255).astype(np.uint8)
        data_of = cv2.imencode(".jpg", lit)[1].tobytes()
        if number in bad:
            huge = b"P5\n60000 60000\n255\n" + bytes(9)
            data_of = (data_of[: len(data_of) // 2], b"", b"no picture", huge)[number % 4]
        (shelf / f"page{number}.jpg").write_bytes(data_of)


def _start(shelf: Path, out: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "hwr_live", "read", str(shelf), "--out", str(out), *options]
    return subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _measure(
    name: str, shelf: Path, out: Path, pages: int, *options: str, also: Path | None = None
) -> None:
    """Prints time and memory of a run: of the process that was started, with those it began; and
    the processor time of what was begun in another folder, ``also``."""
    before_s = 0.0 if also is None else _cpu_s(also)
    began = time.perf_counter()
    process = _start(shelf, out, *options)
    memory = []
    while True:
        pid, _, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(0.5)
        if len(list(out.glob("*.txt"))) > pages // 50:  # all processes are at work
            memory.append(_memory(process.pid))
    seconds = time.perf_counter() - began
    most = [max(part, default=0) / 1e6 for part in (memory[:10], memory[-10:])]
    cpu_s = usage.ru_utime + usage.ru_stime
    if also is not None:
        cpu_s += _cpu_s(also) - before_s
    cpu = 1000 * cpu_s / pages
    told = (seconds, pages / seconds, cpu, *most)
    print(f"{name:12}" + "".join(f"{value:13.1f}" for value in told), flush=True)


def _cpu_s(folder: Path) -> float:
    """Seconds of processor time of all processes that work in a folder (Linux); 0 elsewhere."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if (path / "cwd").resolve() == folder.resolve():
                fields = (path / "stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        except (OSError, ValueError):
            continue
    return total / os.sysconf("SC_CLK_TCK") if total else 0.0


def _memory(pid: int) -> int:
    """Bytes that a process and its children have to themselves (Linux); 0 elsewhere."""
    total = 0
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if pid in (int(path.name), parent):
                lines = (path / "smaps_rollup").read_text().splitlines()
                total += sum(int(x.split()[1]) << 10 for x in lines if x.startswith("Private_"))
        except (OSError, ValueError):
            continue
    return total


def _kill(shelf: Path, out: Path, kills: int, good: int) -> list[int]:
    """Reads with interruptions at random moments of the work, and of a page; returns how many
    results there were at each."""
    rng = random.Random(0)
    moments = []
    for target in sorted(rng.sample(range(good), kills)):
        process = _start(shelf, out)
        while process.poll() is None and len(list(out.glob("*.txt"))) < target:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        moments.append(len(list(out.glob("*.txt"))))
    _start(shelf, out).wait()
    return moments


def _results(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.is_file()}


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


if __name__ == "__main__":
    sys.exit(main())
