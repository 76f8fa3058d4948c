"""Trainings that are killed while other processes compose what they learn."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_SCRIPT = """
import multiprocessing, sys, time
from pathlib import Path
if __name__ == "__main__":
    {begin}
    feed.take()
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(600)
"""


def left_by(begin: str, data: Path, folder: Path, number: signal.Signals) -> int:
    """Begins a feed of one process, and sends its training a signal.

    Args:
        begin: a line of Python that begins ``feed`` with the data of ``sys.argv[1]``.
        data: the folder of the data.
        folder: for the script.
        number: of the signal.

    Returns:
        The number of the process that composed.
    """
    script = folder / "training.py"
    script.write_text(_SCRIPT.format(begin=begin))
    training = subprocess.Popen(
        [sys.executable, str(script), str(data)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert training.stdout is not None
    child = int(training.stdout.readline())
    training.send_signal(number)
    training.wait()
    training.stdout.close()
    return child
