"""The progress of a training: a bar that moves on a terminal, few lines in a log."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from train import devices
from train.progress import Bar, duration, meter


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 99


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A time that goes only where a test lets it."""
    now = [0.0]
    monkeypatch.setattr("tqdm.std.time", lambda: now[0])
    return now


def run(bar: Bar, clock: list[float], epochs: int = 2, steps: int = 100) -> None:
    """Steps of 10 images and a second each."""
    for epoch in range(epochs):
        for step in range(1, steps + 1):
            clock[0] += 1
            bar.show(epoch, 10 * step, 0.5, 0.75)
        bar.end_epoch(f"epoch {epoch + 1} is done")
    bar.close()


def states(out: io.StringIO) -> list[str]:
    """What a line of a terminal shows, one after the other."""
    return [part.strip() for part in out.getvalue().split("\r") if part.strip()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """One of 100 columns."""
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((100, 40)))
    return Terminal()


def test_on_a_terminal_one_line_moves(clock: list[float], terminal: Terminal) -> None:
    run(Bar(2, 1000, terminal), clock)
    assert terminal.getvalue().count("\n") == 2
    half = next(part for part in states(terminal) if part.startswith("██████ "))
    assert half == (
        "██████       epoch 1/2 100%, loss 0.5000 accuracy 75.00%, 10.0 images/s, 01:40 left"
    )
    assert states(terminal)[-1] == "epoch 2 is done"


def test_no_line_is_wider_than_the_terminal(
    clock: list[float], terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((40, 40)))
    run(Bar(2, 1000, terminal), clock)
    assert 30 < max(map(len, states(terminal))) < 40


def test_in_a_log_a_line_is_written_each_minute(clock: list[float]) -> None:
    out = io.StringIO()
    run(Bar(2, 1000, out), clock)
    lines = out.getvalue().splitlines()
    assert len(lines) == 3 + 2
    assert "\r" not in out.getvalue()
    assert lines[0].startswith("epoch 1/2  60%, loss 0.5000 accuracy 75.00%, 10.0 images/s, 02:2")
    assert lines[1] == "epoch 1 is done"


def test_time_left_counts_only_this_run(clock: list[float], terminal: Terminal) -> None:
    bar = Bar(10, 1000, terminal, first=9)  # goes on after epoch 9
    clock[0] = 10.0
    bar.show(9, 500, 0.1, 0.9)
    bar.close()
    assert "50.0 images/s, 00:10 left" in terminal.getvalue()


@pytest.mark.parametrize("total", [1, 999, 10**9])
def test_a_log_has_no_more_lines_than_asked_for_and_ends_with_the_last_state(
    clock: list[float], total: int
) -> None:
    out = io.StringIO()
    with meter(out, "{percentage:3.0f}%", total, unit="B", lines=10) as bar:
        for _ in range(100):
            clock[0] += 1
            bar.update(total / 100)
    lines = out.getvalue().splitlines()
    assert 1 <= len(lines) <= 11
    assert lines[-1] == "100%"


def test_nothing_is_told_of_nothing(clock: list[float], terminal: Terminal) -> None:
    for out in (io.StringIO(), terminal):
        meter(out, "{desc}", 5, unit="B").close()
        Bar(1, 1, out).close()
        assert not states(out)


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
