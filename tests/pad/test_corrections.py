"""What is put right on the pad stays right while its ink does, and is learnt."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.pad.program import Pad
from hwr_live.profiles.corrections import Correction, corrected
from hwr_live.profiles.profile import Profile
from hwr_live.reading import Glyph, Line, Reading
from tests.support.pads import (
    BACKSPACE,
    ENTER,
    ESC,
    LOW,
    A,
    B,
    choose,
    click,
    draw,
    keys,
    settle,
)


@pytest.mark.parametrize(
    ("char", "among"), [("c", "candidates"), ("Q", "all"), ("7", "all"), (None, "all")]
)
def test_a_click_on_a_box_and_on_a_character_puts_it_right(
    made: Any, char: str | None, among: str
) -> None:
    pad, out = made(as_json=True)
    draw(pad, A, B)
    settle(pad)
    click(pad, pad.state.reading.glyphs[1].box)
    assert len(pad.state.canvas.strokes) == 2, "the click is no dot"
    choose(pad, char, among=among)
    assert pad.state.table is None
    pad.on_key(ENTER)
    printed = json.loads(out.getvalue())
    assert printed["text"] == "a" + (char or "")
    glyph = printed["lines"][0]["glyphs"][1]
    assert (glyph["char"], glyph["confidence"]) == (char, 1.0)
    assert glyph["candidates"][0][0] == "b", "the network's own opinion stays"


def test_a_click_on_a_crop_opens_the_table_too(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    settle(pad)
    click(pad, pad.state.crop_cells()[1][0])
    assert pad.state.asked is pad.state.reading.glyphs[1]


def test_what_was_put_right_stays_so_while_its_ink_does(made: Any) -> None:
    pad, _ = made()
    draw(pad, B)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    choose(pad, "Q")
    draw(pad, A)
    settle(pad)
    assert pad.state.reading.text == "aQ"
    keys(pad, "c")
    settle(pad)
    keys(pad, "z")
    settle(pad)
    assert pad.state.reading.text == "aQ"
    keys(pad, "c")
    draw(pad, [(90, 90), (120, 40)])  # other ink in the same place
    settle(pad)
    assert pad.state.reading.text == "a"
    keys(pad, "c")
    draw(pad, B)  # the very same movement once more
    settle(pad)
    assert pad.state.reading.text == "a", "other ink, however much alike"


def test_a_correction_goes_with_its_stroke_and_not_with_what_is_beside_it(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    choose(pad, "Q")
    draw(pad, [(60, 30), (60, 95)])  # a neighbour
    settle(pad)
    assert pad.state.reading.text.startswith("Q")
    draw(pad, A, button="R")
    draw(pad, A)  # rubbed out, and written once more in its place
    settle(pad)
    assert "Q" not in pad.state.reading.text
    keys(pad, "zz")
    settle(pad)
    assert pad.state.reading.text.startswith("Q"), "its own ink is back"


def test_the_newest_correction_of_a_glyph_counts(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    for char in "QR":
        settle(pad)
        click(pad, pad.state.reading.glyphs[0].box)
        choose(pad, char)
    assert pad.state.reading.text == "R"
    assert [c.char for c in pad.state.fixes.unsaved] == ["R"]


@pytest.mark.parametrize("way", ["esc", "click", "key"])
def test_the_table_can_be_left_without_a_choice(made: Any, way: str) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    assert pad.state.table is not None
    if way == "esc":
        pad.on_key(ESC)
    elif way == "click":
        x, y, w, h = pad.state.table.box
        draw(pad, [(x + w + 5, y + h + 5) if y + h + 5 < 480 and x + w + 5 < 384 else (5, 5)])
    else:
        pad.on_key(BACKSPACE)
    assert pad.state.table is None
    assert not pad.closed
    assert pad.state.fixes.corrections == []
    assert len(pad.state.canvas.strokes) == (0 if way == "key" else 1)


def test_a_table_closes_when_its_glyph_goes(made: Any) -> None:
    pad, _ = made()
    draw(pad, A)
    settle(pad)
    click(pad, pad.state.reading.glyphs[0].box)
    pad.state.canvas.clear()
    pad.on_key(-1)  # a turn of the loop without a key
    settle(pad)
    assert pad.state.table is None


def test_corrections_need_the_same_place_and_the_same_crop() -> None:
    crop = np.zeros((28, 28), np.uint8)
    other = crop.copy()
    other[5:20, 5:20] = 255
    was = Glyph("a", 0.5, (10, 10, 20, 20), (), crop)
    correction = Correction(was, "b")
    assert correction.fits(Glyph("x", 0.1, (11, 10, 20, 21), (), crop))
    assert not correction.fits(Glyph("a", 0.5, (10, 10, 20, 20), (), other))
    assert not correction.fits(Glyph("a", 0.5, (40, 10, 20, 20), (), crop))
    reading = Reading((Line(((was,),)),))
    assert corrected(reading, []) is reading
    assert corrected(reading, [correction]).text == "b"


@pytest.mark.parametrize("learns", [True, False])
def test_undo_takes_back_what_was_done_last_be_it_a_correction(
    made: Any, tmp_path: Path, learns: bool
) -> None:
    pad, _ = made(profile=Profile.open(tmp_path / "ann", new=True) if learns else None)
    draw(pad, A, B)
    for char in "QR":
        settle(pad)
        click(pad, pad.state.reading.glyphs[0].box)
        choose(pad, char)
    settle(pad)
    draw(pad, LOW)
    texts = []
    for _ in range(5):
        keys(pad, "z")
        settle(pad)
        texts.append(pad.state.reading.text)
    assert texts == ["Rb", "Qb", "ab", "a", ""]
    assert pad.state.fixes.unsaved == []


def correct(pad: Pad, number: int, char: str | None) -> None:
    """Puts the glyph with a number right with the mouse."""
    settle(pad)
    click(pad, pad.state.reading.glyphs[number].box)
    choose(pad, char)
    settle(pad)


def test_without_a_profile_nothing_is_kept(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    pad, _ = made()
    draw(pad, A)
    correct(pad, 0, "Q")
    draw(pad, [(200, 40), (200, 90)])
    settle(pad)
    assert pad.state.reading.text == "Qb"
    assert os.listdir(tmp_path) == []


def test_a_correction_is_learnt_at_once_and_kept(made: Any, tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "ann", new=True)
    pad, _ = made(profile=profile)
    draw(pad, A, B)
    settle(pad)
    assert not profile.exists, "nothing is kept before it is asked for"
    correct(pad, 0, "q")
    assert pad.state.note is not None
    assert pad.state.note.text == "learnt: q"
    keys(pad, "c")
    draw(pad, [(300, 140), (300, 190)], B)
    settle(pad)
    assert pad.state.reading.text == "aq", "the same ink elsewhere"
    keys(pad, "d")
    settle(pad)
    assert "q" in pad.state.reading.text, "another set, the same hand"
    kept = Profile.open(tmp_path / "ann")
    assert [(s.char, s.source) for s in kept.samples] == [("q", "pad")]
    np.testing.assert_array_equal(kept.samples[0].crop, profile.samples[0].crop)
    height, width = kept.samples[0].ink.shape
    assert 50 <= height <= 60, "ink at its natural size"
    assert width < 12
    other, _ = made(profile=kept)
    assert other.state.note is not None
    assert other.state.note.text == "ann has 1 sample of 1 character"
    draw(other, A)
    settle(other)
    assert other.state.reading.text == "q", "known from the start"


def test_what_is_put_right_again_or_taken_back_is_forgotten(made: Any, tmp_path: Path) -> None:
    pad, _ = made(profile=Profile.open(tmp_path / "ann", new=True))
    draw(pad, A)
    correct(pad, 0, "Q")
    correct(pad, 0, "q")
    assert [s.char for s in Profile.open(tmp_path / "ann").samples] == ["q"]
    keys(pad, "z")
    settle(pad)
    assert [s.char for s in Profile.open(tmp_path / "ann").samples] == ["Q"]
    correct(pad, 0, None)
    assert Profile.open(tmp_path / "ann").samples == ()
    keys(pad, "zz")
    settle(pad)
    assert pad.state.note is not None
    assert pad.state.note.text == "forgotten: Q"
    assert Profile.open(tmp_path / "ann").samples == ()
    assert pad.state.reading.text == "a"
    assert len(pad.state.canvas.strokes) == 1


def test_a_profile_that_cannot_be_written_is_said(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    pad, _ = made(profile=Profile(tmp_path / "file" / "ann"))
    draw(pad, A)
    correct(pad, 0, "Q")
    assert pad.state.note is not None
    assert pad.state.note.warning
    assert capsys.readouterr().err.count("\n") == 1
    assert pad.state.reading.text == "Q", "the correction stays"


def test_corrections_of_ink_that_is_gone_for_good_are_forgotten(made: Any) -> None:
    pad, _ = made()
    for _ in range(25):  # more than the sheets that can be had back
        draw(pad, A)
        settle(pad)
        click(pad, pad.state.reading.glyphs[0].box)
        choose(pad, "Q")
        settle(pad)
        keys(pad, "c")
        settle(pad)
    assert 15 < len(pad.state.fixes.corrections) <= 22
    keys(pad, "z")
    settle(pad)
    assert pad.state.reading.text == "Q", "what can be had back is still right"
