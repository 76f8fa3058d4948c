"""What a frame costs, stage by stage, and how many frames a second come of it.

    python -m tests.measure.bench_camera [--rounds N] [--model M]

Pages of 5, 60 and 200 glyphs in frames of three sizes; medians in milliseconds on the machine as
it is. ``read`` is ink, segment and classify; ``settle`` follows the glyphs; ``paint`` draws the
window, which another thread does meanwhile. ``latency`` is from the frame to the window that shows
its reading, ``cpu`` the processor time of all this, of all threads together. ``fps`` is how many
frames a second are read as the camera program does it, by its reading threads while the window is
painted for each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from statistics import median

from hwr_live.camera.layout import arrange
from hwr_live.camera.report import Follower
from hwr_live.camera.state import CameraState
from hwr_live.camera.threads import ReadingThreads, Task
from hwr_live.camera.view import paint_camera
from hwr_live.media.sources import Frame
from hwr_live.recognition.cache import ALIKE
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.support.videos import Image, hand_held, written_page

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
    parser = argparse.ArgumentParser(prog="python -m tests.measure.bench_camera")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args(argv)
    reader = Reader.load(options.model).remembering(ALIKE)
    heads = ("found", *_STAGES, "read", "settle", "paint", "latency", "cpu", "fps")
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
        worked, began = time.process_time(), time.perf_counter()
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
                "cpu": 1000 * (time.process_time() - worked),
            }
        )
    warm = rows[len(rows) // 5 :]
    medians = [median(row[key] for row in warm) for key in warm[0]]
    return " ".join(f"{value:8.1f}" for value in (*medians, rate(reader, frames, state)))


def rate(reader: Reader, frames: list[Image], state: CameraState) -> float:
    """How many of the frames a second are read while a window is painted for each."""
    asked = done = 0
    window = None
    with ReadingThreads() as threads:
        began = time.perf_counter()
        while done < len(frames):
            while asked < min(len(frames), done + 3):
                frame = Frame(frames[asked], asked, asked / 25)
                threads.offer(Task("bench", frame, reader, 0, keep=True))
                asked += 1
            for answer in threads.answers():
                done += 1
                state.image, state.report = answer.report.frame.image, answer.report
                window = paint_camera(state, window)
            time.sleep(0.0005)
        return len(frames) / (time.perf_counter() - began)


if __name__ == "__main__":
    sys.exit(main())
