"""Lines that other processes compose, and what becomes of those."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from hwr_live.errors import HwrError
from tests.support.feeds import left_by
from tests.system.test_processes import until_gone
from train.lines.feed import Feed

BEGIN = "from train.lines.feed import Feed; feed = Feed(Path(sys.argv[1]), 2, [1], 1)"


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
    until_gone(left_by(BEGIN, data, tmp_path, getattr(signal, number)))
