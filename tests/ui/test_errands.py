"""Errands: slow work beside the window, its failures told once, and notes that go by themselves."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from hwr_live.errors import HwrError
from hwr_live.ui.errands import Errands, Note, copy_text, still_shown


def told(errands: Errands) -> list[tuple[str, bool]]:
    """What is said of all errands that were started."""
    said = []
    ends = time.monotonic() + 20
    while errands.busy:
        said += errands.ended()
        assert time.monotonic() < ends
        time.sleep(0.001)
    return said


def failing(error: Exception) -> str:
    raise error


@pytest.fixture
def errands() -> Errands:
    return Errands()


def test_no_errands(errands: Errands) -> None:
    assert not errands.busy
    assert errands.ended() == []
    errands.close()
    errands.close()


def test_a_failure_is_a_warning_and_a_line_on_stderr(
    errands: Errands, capsys: pytest.CaptureFixture[str]
) -> None:
    kept: list[str] = []
    errands.start(lambda: failing(HwrError("the disk is full")), lambda: kept.append("kept"))
    errands.start(lambda: "saved", lambda: kept.append("not this"))
    assert told(errands) == [("the disk is full", True), ("saved", False)]
    assert kept == ["kept"]
    assert capsys.readouterr().err == "hwr-live: the disk is full\n"
    errands.close()


def test_what_is_no_failure_of_the_users_is_raised(errands: Errands) -> None:
    errands.start(lambda: failing(ZeroDivisionError("a mistake of ours")))
    with pytest.raises(ZeroDivisionError, match="of ours"):
        told(errands)
    errands.close()


def test_nothing_waits_for_an_errand_and_none_overtakes(errands: Errands) -> None:
    gate, done = threading.Event(), []

    def slow() -> str:
        assert gate.wait(20)
        done.append("slow")
        return "slow"

    def quick() -> str:
        done.append("quick")
        return ""

    errands.start(slow)
    errands.start(quick)
    assert errands.ended() == []
    assert errands.busy
    gate.set()
    errands.close()
    assert done == ["slow", "quick"]
    assert errands.ended() == [("slow", False)], "there is nothing to say of the other"
    assert not errands.busy


def test_the_newest_of_a_name_is_done_instead_of_those_that_wait(errands: Errands) -> None:
    gate = threading.Event()
    done: list[str] = []

    def noted(what: str) -> str:
        done.append(what)
        return ""

    def slow() -> str:
        assert gate.wait(20)
        return "slow"

    errands.start(slow, instead="keep")
    while not errands.under_way:
        time.sleep(0.001)
    for number in range(100):
        errands.start(partial(noted, str(number)), instead="keep")
        errands.start(partial(noted, "other"), instead="other")
    gate.set()
    assert told(errands) == [("slow", False)], "what is under way comes to its end"
    assert done == ["99", "other"]
    errands.close()


def test_it_is_told_when_no_more_should_be_asked_for(errands: Errands) -> None:
    gate = threading.Event()
    started = 0
    while not errands.full:
        errands.start(lambda: str(gate.wait(20)))
        started += 1
        assert started < 100
    assert started > 1
    gate.set()
    assert len(told(errands)) == started
    assert not errands.full
    errands.close()


def test_a_warning_is_shown_twice_as_long() -> None:
    assert still_shown(None, 5.0) is None
    note, warning = Note.at(10.0, "saved"), Note.at(10.0, "full", warning=True)
    assert (note.warning, warning.warning) == (False, True)
    shown = note.until_s - 10.0
    assert shown > 0
    assert warning.until_s - 10.0 == 2 * shown
    assert still_shown(note, 10.0 + shown) is note
    assert still_shown(note, 10.1 + shown) is None


def test_nothing_is_copied_where_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr("hwr_live.system.clipboard.copy", copied.append)
    assert copy_text("") == "nothing to copy"
    assert copy_text("a\nb") == "copied"
    assert copied == ["a\nb"]
