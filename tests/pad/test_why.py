"""Why a glyph was read as it was."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from hwr_live.canvas import Canvas
from hwr_live.pad.why import decided_by, reasons, word_reasons
from hwr_live.reading import Decision, Glyph
from hwr_live.recognition.reader import Reader
from tests.support.pads import A, B, draw, keys, settle

BOX = (0, 0, 9, 9)
TURNED = Decision(
    ("0", "O", "D"),
    (("ink", np.array([0.4, 0.5, 0.1])), ("place", np.array([0.7, 0.25, 0.05]))),
)


def test_a_glyph_of_which_nothing_is_told() -> None:
    (only,) = reasons(Glyph("7", 0.9, BOX), None)
    assert (only.who, only.char, only.p, only.agrees) == ("the reader", "7", 0.9, True)
    assert decided_by([]) == ""


def test_what_is_no_character_says_so() -> None:
    told = reasons(Glyph(None, 0.8, BOX, decision=TURNED), None)
    assert told[-1].char is None
    assert decided_by(told) == "decided: not like a character"


def test_who_turned_it_decided() -> None:
    glyph = Glyph("0", 0.7, BOX, decision=TURNED)
    told = reasons(glyph, glyph, "ann")
    assert [(reason.char, reason.agrees) for reason in told] == [("O", False), ("0", True)]
    assert "ann" in told[0].who
    assert decided_by(told) == "decided: size, place, word"


def test_what_was_put_right_was_decided_by_the_user() -> None:
    glyph = Glyph("0", 0.7, BOX, decision=TURNED)
    told = reasons(glyph, replace(glyph, char="Q", confidence=1.0))
    assert [reason.agrees for reason in told] == [False, False, True]
    assert decided_by(told) == "decided: you"


def test_the_real_reader_tells_who_was_heard() -> None:
    canvas = Canvas(400, 200)
    for x in (60, 120, 180):
        canvas.stroke([(x, 60), (x + 40, 60), (x + 10, 130)])
    reading = Reader.load("mnist").read(canvas)
    assert len(reading.glyphs) == 3
    for glyph in reading.glyphs:
        assert glyph.decision is not None
        assert glyph.decision.steps[0][0] == "ink"
        assert glyph.decision.after(-1)[0] == glyph.char
        assert "decision" not in glyph.to_dict()
        assert glyph.at((1, 2, 3, 4)).decision is glyph.decision


def test_w_and_clicks_on_the_bars_show_why_a_glyph_and_a_word_were_read_so(made: Any) -> None:
    pad, _ = made()
    draw(pad, A, B)
    seen = [settle(pad)]
    keys(pad, "w")
    seen.append(settle(pad))
    x, y, w, h = pad.state.layout.bars
    for _ in range(2):
        draw(pad, [(x + w // 2, y + h // 2)])
        seen.append(settle(pad))
    assert pad.state.why == ""
    bars = [shown[y : y + h, x : x + w] for shown in seen]
    assert (bars[0] == bars[3]).all()
    assert all((a != b).any() for a, b in combinations(bars[:3], 2))


def test_of_no_word_nothing_is_told() -> None:
    (only,) = word_reasons([], [])
    assert (only.char, only.p) == ("", 0.0)


def test_a_word_is_told_after_each_step_as_far_as_it_was_decided() -> None:
    ten = Glyph("1", 0.9, BOX, decision=Decision(("1", "l"), (("ink", np.array([0.4, 0.6])),
                ("place", np.array([0.9, 0.1])))))  # fmt: skip
    late = Glyph("0", 0.8, BOX, decision=Decision(("O", "0"), (("line", np.array([0.2, 0.8])),)))
    plain = Glyph("7", 0.95, BOX)
    word = [ten, late, plain]
    told = word_reasons(word, word, "ann")
    assert [(one.char, one.agrees) for one in told] == [
        ("l07", False),
        ("107", True),
        ("107", True),
    ]
    assert [round(one.p, 2) for one in told] == [0.6, 0.8, 0.8]
    assert "ann" in told[0].who
    assert decided_by(told) == "decided: sizes, places"
    right = [replace(ten, char="i", confidence=1.0), late, plain]
    *before, last = word_reasons(word, right)
    assert (last.who, last.char, last.agrees) == ("you", "i07", True)
    assert not any(one.agrees for one in before)
