"""How soon a failure is told: seconds from the start of a program to its one line.

    python -m tests.measure.failures [--rounds N]

Each is a command of its own that cannot succeed. Medians on the machine as it is, the first row
being what a failure takes that needs no waiting: Python and OpenCV, and little else. A dead address
or a missing camera should be told within three seconds, a missing display at once; an RTSP server
that takes the call is given eight seconds, as cameras that wake up need them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.support.mjpeg import MjpegServer

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def mute(listening: bool) -> Iterator[int]:
    """A port of this machine where nobody answers; with ``listening`` calls are taken."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listening:
            server.listen(16)
        yield int(server.getsockname()[1])


def seconds(command: Sequence[str], display: str | None = None) -> tuple[float, str]:
    """Runs ``hwr-live`` with these arguments, which must fail.

    Returns:
        How long it took, and the last line that it wrote to stderr.

    Raises:
        AssertionError: if it did not fail by an exit status of 1 or 2.
    """
    env = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    if display is not None:
        env["DISPLAY"] = display
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "hwr_live", *command],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - began
    assert done.returncode in (1, 2), done
    return took, done.stderr.strip().splitlines()[-1]


def cases(dead: int, silent: int, garbage: str) -> dict[str, tuple[list[str], str | None]]:
    """The failures by name: the command and what ``DISPLAY`` is."""
    camera = ["camera", "--no-window", "--source"]
    local = "127.0.0.1"
    return {
        "a file that is not there": ([*camera, "nothing.avi"], None),
        "no such camera": ([*camera, "63"], None),
        "http, nobody there": ([*camera, f"http://{local}:{dead}/x"], None),
        "http, no answer": ([*camera, f"http://{local}:{silent}/x"], None),
        "rtsp, nobody there": ([*camera, f"rtsp://{local}:{dead}/x"], None),
        "rtsp, no answer": ([*camera, f"rtsp://{local}:{silent}/x"], None),
        "http, no pictures": ([*camera, garbage], None),
        "no display": (["draw"], None),
        "a display that is not there": (["draw"], ":983"),
        "a display, no answer": (["draw"], f"localhost:{silent - 6000}"),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Prints a line for each failure."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.failures")
    parser.add_argument("--rounds", type=int, default=3, help="of each [3]")
    options = parser.parse_args(argv)
    with (
        mute(False) as dead,
        mute(True) as silent,
        MjpegServer(lambda n: b"not a picture", fps=50) as server,
    ):
        for name, (command, display) in cases(dead, silent, server.url).items():
            found = [seconds(command, display) for _ in range(options.rounds)]
            print(f"{median(took for took, _ in found):6.2f} s  {name}: {found[-1][1]}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
