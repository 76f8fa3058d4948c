"""Lines that other processes compose, and what becomes of those."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hwr_live.errors import HwrError
from tests.system.test_processes import until_gone
from train.lines.feed import Feed

ROOT = Path(__file__).parents[3]
SCRIPT = """
import multiprocessing, sys, time
from pathlib import Path
from train.lines.feed import Feed
if __name__ == "__main__":
    feed = Feed(Path(sys.argv[1]), 2, [1], 1)
    feed.take()
    print(multiprocessing.active_children()[0].pid, flush=True)
    time.sleep(600)
"""


def test_missing_data_ends_the_feed(tmp_path: Path) -> None:
    feed = Feed(tmp_path, 2, [1], 1)
    try:
        with pytest.raises(HwrError, match="has ended"):
            feed.take()
    finally:
        feed.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGHUP", "SIGTERM"])
def test_processes_that_compose_end_with_the_training(
    number: str, data: Path, tmp_path: Path
) -> None:
    script = tmp_path / "training.py"
    script.write_text(SCRIPT)
    training = subprocess.Popen(
        [sys.executable, str(script), str(data)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert training.stdout is not None
    child = int(training.stdout.readline())
    training.send_signal(getattr(signal, number))
    training.wait()
    training.stdout.close()
    until_gone(child)
