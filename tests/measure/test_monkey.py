"""The monkey at a real window for a moment, and at a program that dies."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.measure import monkey
from tests.measure.monkey import Monkey, source_for, torment
from tests.support.display import AGAIN, Display


def test_its_events_are_repeatable_and_of_all_kinds() -> None:
    def words(seed: int) -> list[str]:
        one = Monkey("7", (640, 480), random.Random(seed))
        return [event[0] for event in (one.event(may_end=True) for _ in range(2000))]

    assert words(1) == words(1)
    assert set(words(1)) == {"key", "mousemove", "windowsize"}
    calm = Monkey("7", (640, 480), random.Random(1))
    assert all("Escape" not in calm.event(may_end=False) for _ in range(2000))


def test_it_clicks_nothing_that_ends_the_program_but_where_that_is_meant() -> None:
    def clicked(*, may_end: bool) -> set[bool]:
        one = Monkey("7", (640, 480), random.Random(2), spared=monkey.ends_pad)
        events = [one.event(may_end=may_end) for _ in range(6000)]
        first = [event[3:5] for event in events if "mousedown" in event]
        return {monkey.ends_pad((640, 480), int(x), int(y)) for x, y in first}

    assert clicked(may_end=False) == {False}
    assert clicked(may_end=True) == {False, True}


@AGAIN
@pytest.mark.parametrize("which", ["camera", "teach"])
def test_a_window_stands_it(display: Display, which: str, tmp_path: Path) -> None:
    with source_for(which) as source:
        outcome = torment(display, which, tmp_path, events=100, seed=3, more=source)
    assert not outcome.wrong, outcome.wrong
    assert outcome.events == 100


def test_a_program_that_dies_is_told(
    display: Display, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(monkey.WINDOWS, "teach", ("hwr-live teach", ["teach", "--no-such-option"]))
    outcome = torment(display, "teach", tmp_path, events=10, seed=0)
    assert any("exit status 2" in line for line in outcome.wrong)
