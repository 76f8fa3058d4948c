"""What a frame costs, stage by stage, and how many frames a second come of it.

    python -m tests.bench_camera [--rounds N] [--model M]

Pages of 5, 60 and 200 glyphs in frames of three sizes; medians in milliseconds on the machine as
it is. ``read`` is ink, segment and classify; ``settle`` follows the glyphs; ``paint`` draws the
window, which another thread does meanwhile. ``latency`` is from the frame to the window that shows
its reading.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from statistics import median

from hwr_live.camera_layout import arrange
from hwr_live.camera_state import CameraState
from hwr_live.camera_view import paint_camera
from hwr_live.follow import Follower
from hwr_live.memory import ALIKE
from hwr_live.reader import Reader
from hwr_live.source import Frame
from tests.videos import Image, hand_held, written_page

SIZES = ((640, 480), (1280, 720), (1920, 1080))
GLYPHS = (5, 60, 200)
_COLUMNS = {5: 5, 60: 12, 200: 20}
_STAGES = ("ink", "segment", "classify")


def page(glyphs: int, size: tuple[int, int]) -> Image:
    """A page of so many letters and digits."""
    text = ("ABCDEFGHKLMNPRSTUVWXYZ2345678" * 8)[:glyphs]
    columns = _COLUMNS[glyphs]
    return written_page([text[i : i + columns] for i in range(0, glyphs, columns)], size)


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a line for each size and number of glyphs."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench_camera")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--model", default="hwr62")
    options = parser.parse_args(argv)
    reader = Reader.load(options.model).remembering(ALIKE)
    heads = ("found", *_STAGES, "read", "settle", "paint", "latency", "fps")
    print(f"{'size':>9} {'glyphs':>6} " + " ".join(f"{head:>8}" for head in heads))
    for size in SIZES:
        for glyphs in GLYPHS:
            video = hand_held([page(glyphs, size)], seconds=options.rounds / 25, fps=25, size=size)
            print(f"{size[0]:>4}x{size[1]:<4} {glyphs:>6} " + measure(reader, list(video)))
    return 0


def measure(reader: Reader, frames: list[Image]) -> str:
    """The row of one video."""
    follower = Follower(reader, "bench")
    size = (frames[0].shape[1], frames[0].shape[0])
    state = CameraState(arrange(size, (1920, 1200)), live=True, chars="all")
    rows: list[dict[str, float]] = []
    for n, image in enumerate(frames):
        began = time.perf_counter()
        reading = reader.read(image)
        read = time.perf_counter()
        state.image, state.report = image, follower.settle(Frame(image, n, n / 25), reading)
        settled = time.perf_counter()
        paint_camera(state)
        painted = time.perf_counter()
        rows.append(
            {
                "found": len(reading.glyphs),
                **{stage: reading.ms[stage] for stage in _STAGES},
                "read": 1000 * (read - began),
                "settle": 1000 * (settled - read),
                "paint": 1000 * (painted - settled),
                "latency": 1000 * (painted - began),
                "fps": 1 / (settled - began),
            }
        )
    warm = rows[len(rows) // 5 :]
    return " ".join(f"{median(row[key] for row in warm):8.1f}" for key in warm[0])


if __name__ == "__main__":
    sys.exit(main())
