"""Ten seconds of an unruly camera; ``python -m tests.soak`` has five minutes of it."""

from __future__ import annotations

import sys

import pytest

from tests.soak import soak


@pytest.mark.skipif(sys.platform == "win32", reason="ends the program by SIGTERM")
def test_an_unruly_camera_is_survived() -> None:
    result = soak(10.0, stall_s=2.5)
    assert result.status == 0
    assert len(result.recoveries) >= 2
    assert max(result.recoveries) < 4.0
    assert max(result.delays) < 1.5
    assert len(result.reports) > 40
    assert result.growth_mb < 40
    assert result.handles[1] <= result.handles[0] + 2
    numbers = [report["frame"] for report in result.reports]
    assert numbers == sorted(set(numbers))
    assert {report["text"] for report in result.reports} == {"", "first page", "other\nlines"}
    assert all("trying again" in line or "frames again" in line for line in result.errors)
