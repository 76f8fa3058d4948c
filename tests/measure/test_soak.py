"""Seconds of what ``python -m tests.measure.soak`` does for minutes or an hour."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from tests.measure.soak import ForgetfulReader, growth, soak, soak_pad


@pytest.mark.skipif(sys.platform == "win32", reason="ends the program by SIGTERM")
def test_an_unruly_camera_is_survived() -> None:
    result = soak(120.0, stall_s=2.6, faults=4)  # the last is a restart of the camera
    assert result.status == 0
    assert len(result.recoveries) >= 2
    # Each came within the eight seconds for which a report is waited.
    assert np.isfinite([*result.recoveries, *result.delays]).all()
    assert len(result.reports) > 15  # on a machine with much else to do
    assert growth(result.curve) < 40
    assert result.curve[-1].handles <= result.curve[0].handles + 2
    numbers = [report["frame"] for report in result.reports]
    assert numbers == sorted(set(numbers))
    assert {report["text"] for report in result.reports} == {"", "first page", "other\nlines"}
    assert all("trying again" in line or "frames again" in line for line in result.errors)


def test_a_pad_that_is_written_full_again_and_again_holds_no_more_than_at_first() -> None:
    curve = soak_pad(60, ForgetfulReader(), samples=4)
    assert [held.when for held in curve] == [0, 15, 30, 45, 60]
    settled = curve[1:]
    assert growth(settled) < 20
    assert len({(held.handles, held.threads) for held in settled}) == 1
