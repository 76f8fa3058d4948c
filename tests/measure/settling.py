"""How steady, how quick and how right the settled text is, on videos made from real pages.

    python -m tests.measure.settling [--data DIR] [--size WxH] [--fps N] [--seconds N] [--model M]

Each page of ``DIR/pages`` (or ``HWR_DATA``) is shown for half a video, the next page for the other
half; the video shakes, is noisy, now and then blurred, and its exposure changes. For each page:
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

from hwr_live.media.images import Image, read_picture
from hwr_live.recognition.cache import ALIKE
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from hwr_live.tracking.settle import Settler
from tests.measure.cer import error_rate
from tests.support.videos import Shake, hand_held


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
    options = parser.parse_args(argv)
    if not options.data:
        print("give the data folder with --data or HWR_DATA", file=sys.stderr)
        return 2
    width, height = (int(part) for part in options.size.split("x"))
    pages = Path(options.data) / "pages"
    truths = json.loads((pages / "transcripts.json").read_text(encoding="utf-8"))
    pictures = {name: read_picture(pages / name) for name in sorted(truths)}
    reader = Reader.load(options.model).remembering(ALIKE)  # as the camera program does
    shake = Shake(0.016, 1.4, 0.02, 10, 8, 0.2) if options.rough else Shake()
    rows: list[Figures] = []
    print(f"{'page':27} settled  frame   late  flicker  delay")
    names = list(pictures)
    for seed, (first, second) in enumerate(zip(names, names[1:] + names[:1], strict=True)):
        began = time.perf_counter()
        both = measure(
            reader,
            [pictures[first], pictures[second]],
            ["".join(truths[first]), "".join(truths[second])],
            (width, height),
            options.fps,
            options.seconds,
            seed,
            shake,
        )
        took = (time.perf_counter() - began) / (options.seconds * options.fps)
        for name, row in zip((first, f"… then {second}"), both, strict=True):
            print(
                f"{name:33.33} {row.settled:6.1%} {row.frame:6.1%} {row.late:6.2%} "
                f"{row.flicker:6.0%}  {row.delay_s:5.2f} s"
            )
        print(f"{'':33} {1000 * took:.0f} ms a frame, video made and read", flush=True)
        rows += both
    print(
        f"{'mean':33} {mean(r.settled for r in rows):6.1%} {mean(r.frame for r in rows):6.1%} "
        f"{mean(r.late for r in rows):6.2%} {mean(r.flicker for r in rows):6.0%}  "
        f"{mean(r.delay_s for r in rows):5.2f} s"
    )
    return 0


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
