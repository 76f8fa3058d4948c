"""How steady, how quick and how right the settled text is, on videos made from real pages.

    python -m tests.measure.settling [--data DIR] [--size WxH] [--fps N] [--seconds N] [--model M]
                                     [--pages N] [--joined N]

Each page of ``DIR/pages`` (or ``HWR_DATA``) is shown for half a video, the next page for the other
half; the video shakes, is noisy, now and then blurred, and its exposure changes. With ``--joined``
there are so many pages of joined script in their place, each of four lines by people whom training
leaves out. For each page:
the error rate of the settled text after its first second, that of the median single frame, the
share of frames in which the settled text changes after that second and how often the frames' own
text does, and the delay until the page's first text. Error rates leave out spaces and punctuation
and the case of letters.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

import numpy as np

from hwr_live.canvas import draw_stroke
from hwr_live.media.images import Image, read_picture
from hwr_live.recognition.cache import ALIKE
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from hwr_live.tracking.settle import Settler
from tests.measure.cer import error_rate
from tests.measure.writing import written
from tests.support.videos import Shake, hand_held

_ROWS = 4  # of a page of joined script
_LENGTHS = 10, 45  # characters of its lines
_JOINED = 0.7  # at most so many strokes for each letter and digit of a line
_LARGEST = 1000, 85  # pixels that a line is wide and tall at most
_PEN = 3.5  # pixels


@dataclass(frozen=True)
class Shown:
    """A page that is shown: its name, what is written on it, and its picture, BGR."""

    name: str
    truth: str
    picture: Image


@dataclass(frozen=True)
class Figures:
    """What came of a page."""

    settled: float
    frame: float
    late: float
    flicker: float
    delay_s: float


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a line for each page and the means."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.settling")
    parser.add_argument("--data", default=os.environ.get("HWR_DATA"))
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--fps", type=float, default=25.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rough", action="store_true", help="twice the shake, noise and blur")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--pages", type=int, default=99, help="at most (all)")
    parser.add_argument("--joined", type=int, metavar="N", help="pages of joined script")
    options = parser.parse_args(argv)
    if not options.data:
        print("give the data folder with --data or HWR_DATA", file=sys.stderr)
        return 2
    width, height = (int(part) for part in options.size.split("x"))
    if options.joined:
        pages = joined_pages(Path(options.data), options.joined)
    else:
        pages = photographed_pages(Path(options.data))[: options.pages]
    reader = Reader.load(options.model).remembering(ALIKE)  # as the camera program does
    shake = Shake(0.016, 1.4, 0.02, 10, 8, 0.2) if options.rough else Shake()
    rows: list[Figures] = []
    print(f"{'page':27} settled  frame   late  flicker  delay")
    for seed, (first, second) in enumerate(zip(pages, pages[1:] + pages[:1], strict=True)):
        began = time.process_time()
        both = measure(
            reader,
            [first.picture, second.picture],
            [first.truth, second.truth],
            (width, height),
            options.fps,
            options.seconds,
            seed,
            shake,
        )
        took = (time.process_time() - began) / (options.seconds * options.fps)
        for name, row in zip((first.name, f"… then {second.name}"), both, strict=True):
            print(
                f"{name:33.33} {row.settled:6.1%} {row.frame:6.1%} {row.late:6.2%} "
                f"{row.flicker:6.0%}  {row.delay_s:5.2f} s"
            )
        print(
            f"{'':33} {1000 * took:.0f} ms of processor time a frame, video made and read",
            flush=True,
        )
        rows += both
    print(
        f"{'mean':33} {mean(r.settled for r in rows):6.1%} {mean(r.frame for r in rows):6.1%} "
        f"{mean(r.late for r in rows):6.2%} {mean(r.flicker for r in rows):6.0%}  "
        f"{mean(r.delay_s for r in rows):5.2f} s"
    )
    return 0


def photographed_pages(data: Path) -> list[Shown]:
    """The photographs of hand-printed pages."""
    pages = data / "pages"
    truths = json.loads((pages / "transcripts.json").read_text(encoding="utf-8"))
    return [
        Shown(name, "".join(truths[name]), np.asarray(read_picture(pages / name), np.uint8))
        for name in sorted(truths)
    ]


def joined_pages(data: Path, count: int) -> list[Shown]:
    """Pages of joined script, four lines each, by validation people."""
    lines = [
        (truth, strokes)
        for _, truth, _, strokes in written(data, "validation", "texts")
        if _LENGTHS[0] <= len(truth) <= _LENGTHS[1] and len(strokes) <= _JOINED * len(plain(truth))
    ]
    chosen = np.random.default_rng(61).permutation(len(lines))
    out = []
    for number in range(count):
        page = np.full((720, 1280), 255, np.uint8)
        truths = []
        for row in range(_ROWS):
            truth, strokes = lines[chosen[(number * _ROWS + row) % len(lines)]]
            points = np.concatenate(strokes)
            low, extent = points.min(0), np.ptp(points, axis=0) + 1
            scale = float(min(_LARGEST[0] / extent[0], _LARGEST[1] / extent[1]))
            for stroke in strokes:
                draw_stroke(page, (stroke - low) * scale + (110, 70 + 155 * row), _PEN, 0)
            truths.append(truth)
        grey = np.asarray(40 + page.astype(np.float32) * (190 / 255), np.uint8)
        out.append(Shown(f"joined {number}", "".join(truths), np.repeat(grey[..., None], 3, 2)))
    return out


def measure(
    reader: Reader,
    pages: list[Image],
    truths: list[str],
    size: tuple[int, int],
    fps: float,
    seconds: float,
    seed: int,
    shake: Shake,
) -> list[Figures]:
    """The figures of each page of a video of them all."""
    settler = Settler()
    half_s = seconds / len(pages)
    parts: list[list[tuple[float, str, str, bool]]] = [[] for _ in pages]
    video = hand_held(pages, seconds=seconds, fps=fps, size=size, seed=seed, shake=shake)
    for n, image in enumerate(video):
        reading = reader.read(image)
        now = settler.update(reading, n / fps)
        part = min(len(pages) - 1, int(n / fps / half_s))
        parts[part].append((n / fps - part * half_s, now.text, reading.text, now.changed))
    return [_figures(part, plain(truth)) for part, truth in zip(parts, truths, strict=True)]


def _figures(frames: list[tuple[float, str, str, bool]], truth: str) -> Figures:
    late = [f for f in frames if f[0] > 1.0]
    changes = [f[0] for f in frames if f[3]]
    return Figures(
        mean(error_rate(truth, plain(f[1])) for f in late),
        median(error_rate(truth, plain(f[2])) for f in frames),
        mean(f[3] for f in late),
        mean(a[2] != b[2] for a, b in pairwise(frames)),
        changes[0] if changes else float("inf"),
    )


def plain(text: str) -> str:
    """Letters and digits alone, in lower case."""
    return "".join(char for char in text.lower() if char.isalnum())


if __name__ == "__main__":
    sys.exit(main())
