"""Errands: slow work beside the window, its failures told once, and notes that go by themselves."""

from __future__ import annotations

import threading
import time

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
