"""What is put right is learnt once, and what is taken back is forgotten."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from hwr_live.errors import HwrError
from hwr_live.profiles.corrections import Change, Correction
from hwr_live.profiles.learning import Learner, Learning
from hwr_live.profiles.profile import Profile
from hwr_live.reading import Glyph
from hwr_live.ui.errands import Errands
from tests.support.profiles import ink


def right(char: str | None, seed: int = 0, *, has_ink: bool = True) -> Correction:
    return Correction(Glyph("x", 0.5, (0, 0, 9, 9), ink=ink(seed) if has_ink else None), char)


@pytest.fixture
def learner(tmp_path: Path) -> Learner:
    return Learner(Profile.open(tmp_path / "ann", new=True), "pad")


def kept(learner: Learner) -> str:
    return "".join(s.char for s in Profile.open(learner.profile.folder, new=True).samples)


def test_what_is_no_character_or_has_no_ink_is_not_learnt(learner: Learner) -> None:
    assert learner.take(Change((), (right(None), right("a", has_ink=False)))) == ""
    assert not learner.profile.exists


def test_what_is_put_right_anew_is_learnt_anew(learner: Learner) -> None:
    first, second = right("a"), right("b")
    assert learner.take(Change((), (first,))) == "learnt: a"
    assert learner.take(Change((first,), (second,))) == "learnt: b"
    assert kept(learner) == "b"
    assert learner.take(Change((second,), ())) == "forgotten: b"
    assert kept(learner) == ""


def test_the_same_once_more_is_known_before(learner: Learner) -> None:
    first, again, elsewhere = right("a"), right("a"), right("a")
    learner.take(Change((), (first,)))
    assert learner.take(Change((first,), (again,))) == "known before: a"
    assert learner.take(Change((), (elsewhere,))) == "known before: a"
    assert kept(learner) == "a"
    assert learner.take(Change((elsewhere,), ())) == "", "it was never kept of this one"
    assert learner.take(Change((again,), ())) == "forgotten: a"
    assert kept(learner) == ""


def test_the_sample_has_the_source_and_the_ink(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "ann", new=True)
    Learner(profile, "camera").take(Change((), (right("q", 3),)))
    (sample,) = Profile.open(tmp_path / "ann").samples
    assert sample.source == "camera"
    np.testing.assert_array_equal(sample.ink, ink(3))


def test_what_waits_to_be_learnt_is_one_errand(learner: Learner) -> None:
    gate, errands = threading.Event(), Errands()
    errands.start(lambda: str(gate.wait(20)))
    learning = Learning(learner, errands, 100)
    learning.take([])
    assert learning.learnt() is None
    for number in range(50):
        learning.take([Change((), (right("abcde"[number % 5], number),))])
        assert not errands.full
    gate.set()
    errands.close()
    assert [said for said, _ in errands.ended()] == ["True", "learnt: e"]
    assert len(kept(learner)) == len(learner.profile.samples)
    samples = learning.learnt()
    assert samples is not None
    assert len(samples) == len(learner.profile.samples) > 5
    assert learning.learnt() is None


def test_after_a_failure_the_rest_is_learnt(
    learner: Learner, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gate, errands, take = threading.Event(), Errands(), learner.take

    def failing(change: Change) -> str:
        if change.new[0].char == "b":
            raise HwrError("the disk is full")
        return take(change)

    monkeypatch.setattr(learner, "take", failing)
    errands.start(lambda: str(gate.wait(20)))
    learning = Learning(learner, errands, 100)
    for number, char in enumerate("abc"):
        learning.take([Change((), (right(char, number),))])
    gate.set()
    errands.close()
    assert errands.ended() == [("True", False), ("the disk is full", True)]
    assert "hwr-live: the disk is full\n" in capsys.readouterr().err
    assert kept(learner) == "ac"
    assert len(learning.learnt() or ()) == 2


def test_a_correction_holds_its_ink_packed_and_nothing_of_the_page(learner: Learner) -> None:
    page = np.zeros((500, 28, 28), np.uint8)
    large = np.zeros((900, 1400), np.uint8)
    large[100:800, 300:310] = 255
    one = Correction(Glyph("x", 0.5, (0, 0, 9, 9), crop=page[3], ink=large), "l")
    assert one.glyph.ink is None
    assert one.glyph.crop is not None
    assert one.glyph.crop.base is None, "a view would hold the whole page"
    assert one.ink is not None
    np.testing.assert_array_equal(one.ink, large)
    learner.take(Change((), (one,)))
    (sample,) = learner.profile.samples
    assert sample.ink.shape == (350, 5)
    assert len(sample.png) < 1000
