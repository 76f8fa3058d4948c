"""The progress of a training: a bar that moves on a terminal, few lines in a log."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from train import devices
from train.progress import Bar, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A time that goes only where a test lets it."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def run(bar: Bar, clock: list[float], epochs: int = 2, steps: int = 100) -> None:
    """Steps of 10 images and a second each."""
    for epoch in range(epochs):
        for step in range(1, steps + 1):
            clock[0] += 1
            bar.show(epoch, 10 * step, 0.5, 0.75)
        bar.end_epoch(10 * steps, f"epoch {epoch + 1} is done")


def test_on_a_terminal_one_line_moves(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    out = Terminal()
    run(Bar(2, 1000, out), clock)
    text = out.getvalue()
    assert text.count("\n") == 2
    half = next(part for part in text.split("\r") if part.startswith("epoch 1/2 ██████░"))
    assert "loss 0.5000 accuracy 75.00% 10 images/s, 2 min left" in half
    assert text.split("\r")[-1].startswith("epoch 2 is done")


def test_no_line_is_wider_than_the_terminal(
    clock: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    out = Terminal()
    run(Bar(2, 1000, out), clock)
    assert max(len(line.removesuffix("\x1b[K")) for line in out.getvalue().split("\r")) < 40


def test_in_a_log_a_line_is_written_each_minute(clock: list[float]) -> None:
    out = io.StringIO()
    run(Bar(2, 1000, out), clock)
    lines = out.getvalue().splitlines()
    assert len(lines) == 3 + 2
    assert "\r" not in out.getvalue()
    assert lines[1] == "epoch 1 is done"


def test_time_left_counts_only_this_run(clock: list[float]) -> None:
    out = Terminal()
    bar = Bar(10, 1000, out)  # goes on after epoch 9
    clock[0] = 10.0
    bar.show(9, 500, 0.1, 0.9)
    assert "50 images/s, 10 s left" in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (99.4, "99 s"), (120, "2 min"), (5990, "1 h 40 min"), (11100, "3 h 05 min")],
)
def test_durations(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_the_processor_has_a_name_and_cores() -> None:
    assert devices.processor().strip()
    assert devices.cores() >= 1
    assert str(Path.home()) not in devices.processor()
