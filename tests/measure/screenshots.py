"""The pictures of both windows in the README, made from the real program.

    python -m tests.measure.screenshots [--out .github]

Starts the pad and the camera under Xvfb, writes on the pad with the mouse, plays the camera a page
on a table that the program has drawn itself, and saves what the windows show. Needs Xvfb, openbox,
xdotool, wmctrl and ImageMagick.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.cli.sample import write
from tests.measure.scenes import Scene, photograph
from tests.support.display import Display, start_display
from tests.support.mjpeg import MjpegServer
from tests.support.videos import Shake, hand_held

Image = npt.NDArray[np.uint8]

PAD_LINES = ("Hello world", "reads your", "hand 2026")
PAGE_LINES = ("Hello reader", "we shall see you", "on 26 days")
SIZE = (1280, 720)
_SETTLE_S = 5.0  # for the program to read and for its text to settle
_OPENS_S = 120.0  # for a window to open, on a busy machine too


def main(argv: Sequence[str] | None = None) -> int:
    """Writes ``pad.png`` and ``camera.png``."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.screenshots")
    parser.add_argument("--out", type=Path, default=Path(".github"), help="folder to write to")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    with contextlib.contextmanager(start_display)("1920x1080") as display:
        pad(display, options.out / "pad.png")
        camera(display, options.out / "camera.png")
    return 0


def pad(display: Display, path: Path) -> None:
    """The pad with two lines that were written with the mouse."""
    process = display.start("-m", "hwr_live", "draw")
    try:
        window = display.window("hwr-live draw", process, _OPENS_S)
        for stroke in write(PAD_LINES, np.random.default_rng(7)):
            points = [(round(x), round(y)) for x, y in _dense(0.9 * stroke + (-10, 50))]
            display.draw(window, points, pace_s=0.02)
        time.sleep(_SETTLE_S)
        save(display, window, path)
    finally:
        process.terminate()
        process.wait()


def camera(display: Display, path: Path) -> None:
    """The camera before a sheet on a table, held in a hand."""
    frames = itertools.cycle(_video())
    with MjpegServer(lambda _: next(frames), fps=20) as server:
        process = display.start("-m", "hwr_live", "camera", "--source", server.url)
        try:
            window = display.window("hwr-live camera", process, _OPENS_S)
            time.sleep(2 * _SETTLE_S)
            save(display, window, path)
        finally:
            process.terminate()
            process.wait()


def save(display: Display, window: str, path: Path) -> None:
    """Saves what a window shows, in few colours and as small as PNG makes it."""
    display.tool("xdotool", "mousemove", 1900, 1070)
    whole = path.with_suffix(".ppm")  # at once; making it small may take a while
    display.tool("import", "-window", window, whole)
    if not whole.is_file():
        raise SystemExit(f"{path} was not written; is ImageMagick there?")
    small = ("-resize", "960x", "+dither", "-colors", "128", "-strip")
    level = ("-define", "png:compression-level=9")
    subprocess.run(["convert", str(whole), *small, *level, f"png8:{path}"], check=True)
    whole.unlink()
    print(f"wrote {path}, {path.stat().st_size / 1000:.0f} kB")


def _dense(stroke: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A stroke with a point every few pixels, as a slow mouse gives them."""
    lengths = np.hypot(*np.diff(stroke, axis=0).T)
    at = np.concatenate([[0], np.cumsum(lengths)])
    even = np.linspace(0, at[-1], max(2, int(at[-1] / 6)))
    return np.stack([np.interp(even, at, axis) for axis in stroke.T], axis=1)


def _video() -> list[Image]:
    """Three seconds of a sheet on a table, there and back, so that it has no end."""
    strokes = write(PAGE_LINES, np.random.default_rng(3))
    right = int(max(stroke[:, 0].max() for stroke in strokes)) + 70
    sheet = Canvas(right, 560, pen=5)
    for stroke in strokes:
        sheet.stroke(stroke.tolist(), smooth=True)
    scene = Scene("wood", tilt=9, bend=0.06, paper=(236, 241, 243), size=SIZE)
    table, _ = photograph(sheet.image, scene, np.random.default_rng(11))
    still = np.asarray(cv2.bilateralFilter(table, 7, 18, 5), np.uint8)
    shake = Shake(noise=1.0, blur=1.0, exposure=0.02)
    there = list(hand_held([still], seconds=3, fps=20, size=SIZE, shake=shake))
    return there + there[::-1]


if __name__ == "__main__":
    sys.exit(main())
