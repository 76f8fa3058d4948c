"""What the line tells: size, place and kind of word choose between look-alikes, and no more."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.chars import ALL, DIGITS, MARKS, MERGED
from hwr_live.recognition.context import Context

Floats = npt.NDArray[np.float64]
X_HEIGHT, BASELINE = 20.0, 100.0
# Top and bottom above the baseline in x-heights, as one learns them at school.
TALL, SMALL, DEEP = (1.7, 0.0), (1.0, 0.0), (1.0, -0.7)
PLACES = {
    **dict.fromkeys("aceimnorsuvwxz", SMALL),
    **dict.fromkeys("gpqy", DEEP),
    **dict.fromkeys("bdfhklt", TALL),
}
# What a network cannot tell apart: an i has its dot, and an L its foot.
ALIKE = {c: MERGED[c] + MERGED[c].lower() for c in ALL if c in "cjkmpsuvwxyzCJKMPSUVWXYZ"}
ALIKE |= dict.fromkeys("0Oo", "0Oo") | dict.fromkeys("1lI", "1lI")


def line(text: str, sure: float = 0.97) -> tuple[list[Floats], list[Floats]]:
    """What a network that sees only shapes gives for written words, and where they stand."""
    words, places = [], []
    for word in text.split():
        rows, boxes = [], []
        for char in word:
            row = np.full(len(ALL), (1 - sure) / len(ALL))
            alike = [ALL.index(c) for c in ALIKE.get(char, char)]
            row[alike] += sure / len(alike)
            top, bottom = PLACES.get(char, TALL)
            rows.append(row)
            boxes.append((BASELINE - top * X_HEIGHT, BASELINE - bottom * X_HEIGHT))
        words.append(np.array(rows))
        places.append(np.array(boxes))
    return words, places


def read(words: list[Floats]) -> str:
    return " ".join("".join(ALL[i] for i in word.argmax(1)) for word in words)


def test_no_words_are_no_words() -> None:
    assert Context(ALL).decide([], []) == []


def test_nothing_tells_no_guide_lines() -> None:
    assert Context(ALL).guides(np.zeros((0, 62)), np.zeros((0, 2))) is None
    assert Context("é").guides(np.ones((1, 1)), np.zeros((1, 2))) is None
    assert Context("ab").guides(np.ones((1, 2)) / 2, np.zeros((1, 2))) is None


def test_guide_lines_are_the_lines_x_height_and_baseline_and_tells_what_fits_it() -> None:
    (p,), (places,) = line("Daylight")
    guides = Context(ALL).guides(p, places)
    assert guides is not None
    np.testing.assert_allclose(guides, (X_HEIGHT, BASELINE), rtol=0.1)
    fit = Context(ALL).fit_in(guides, places)
    small, tall = ALL.index("a"), ALL.index("D")
    assert fit[0, tall] > 3 * fit[0, small]
    assert fit[1, small] > 3 * fit[1, tall]
    assert fit.min() > 0
    assert fit.max() <= 1


@pytest.mark.parametrize("chars", ["7", "x", "?!"])
def test_one_or_unknown_characters_are_left_alone(chars: str) -> None:
    given = [np.full((3, len(chars)), 1 / len(chars))]
    (out,) = Context(chars).decide(given, [np.array([[0.0, 10.0]] * 3)])
    np.testing.assert_array_equal(out, given[0])


@pytest.mark.parametrize("box", [(5.0, 5.0), (0.0, 0.0), (10.0, 4.0)])
def test_boxes_without_height_do_no_harm(box: tuple[float, float]) -> None:
    words, _ = line("ab 1")
    out = Context(ALL).decide(words, [np.array([box, box]), np.array([box])])
    for word in out:
        assert np.isfinite(word).all()
        np.testing.assert_allclose(word.sum(1), 1)


@pytest.mark.parametrize(
    "text",
    [
        "2026",
        "call 110",
        "some words so soon",
        "SOME WORDS",
        "Some Words",
        "HELLO",
        "10 000",
        "a zoo",
        "puck",
    ],
)
def test_words_of_look_alikes_are_read_by_size_and_kind(text: str) -> None:
    words, places = line(text)
    assert read(Context(ALL).decide(words, places)) == text


@pytest.mark.parametrize("scale", [0.2, 1, 30])
@pytest.mark.parametrize("shift", [-500, 0, 4000])
def test_neither_scale_nor_place_of_the_line_matters(scale: float, shift: float) -> None:
    words, places = line("Some zoo 2026")
    out = Context(ALL).decide(words, [p * scale + shift for p in places])
    for one, other in zip(out, Context(ALL).decide(words, places), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.parametrize("text", ["wow 2A7b", "a5b", "G9x", "3a 4B 5c"])
def test_clear_glyphs_are_never_overruled(text: str) -> None:
    words, places = line(text)
    out = read(Context(ALL).decide(words, places))
    assert [MERGED[c].upper() for c in out if c != " "] == [
        MERGED[c].upper() for c in text if c != " "
    ]
    assert [c.isdigit() for c in out if c in "2345679"] == [
        c.isdigit() for c in text if c in "2345679"
    ]


@pytest.mark.parametrize("seed", range(4))
def test_rows_sum_to_one_and_what_is_given_stays_as_it_was(seed: int) -> None:
    rng = np.random.default_rng(seed)
    words = [rng.dirichlet(np.full(10, 0.1), n) for n in (1, 4, 7)]
    places = [np.sort(rng.uniform(0, 50, (n, 2)), 1) for n in (1, 4, 7)]
    before = [word.copy() for word in words]
    out = Context(DIGITS).decide(words, places)
    for word, result, old in zip(words, out, before, strict=True):
        np.testing.assert_array_equal(word, old)
        assert result.shape == word.shape
        assert (result >= 0).all()
        np.testing.assert_allclose(result.sum(1), 1)


BOTH = ALL + MARKS
MARK_PLACES = {
    ".": (0.2, 0.0),
    ",": (0.2, -0.4),
    "-": (0.65, 0.5),
    "(": (1.7, -0.3),
    "/": (1.75, -0.15),
}


def marked(text: str, doubts: dict[int, str]) -> str:
    """Reads a word whose glyphs stand where ``text`` has them; what the network takes for as likely
    is in ``doubts``."""
    rows, places = [], []
    for i, char in enumerate(text):
        row = np.full(len(BOTH), 1e-4)
        row[[BOTH.index(c) for c in doubts.get(i, char)]] = 1
        rows.append(row / row.sum())
        top, bottom = MARK_PLACES.get(char, PLACES.get(char, TALL))
        places.append((BASELINE - top * X_HEIGHT, BASELINE - bottom * X_HEIGHT))
    out = Context(BOTH).decide([np.array(rows)], [np.array(places)])[0]
    assert np.allclose(out.sum(1), 1)
    return "".join(BOTH[i] for i in out.argmax(1))


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("hand,", {4: "1lI,)/"}),
        ("hand1", {4: "1,)"}),
        ("3.14", {1: "0oO."}),
        ("3014", {1: "0."}),
        ("12-34", {2: "-1"}),
        ("x,y,z", {1: ",1", 3: ",1"}),
        ("7/8", {1: "/1lI"}),  # digits have only the 1 of that shape
    ],
)
def test_size_and_place_tell_marks_from_characters(text: str, doubts: dict[int, str]) -> None:
    assert marked(text, doubts) == text


def test_a_clear_mark_or_character_stays() -> None:
    assert marked("a(b", {}) == "a(b"
    assert marked("...", {}) == "..."
    of_marks = Context(MARKS).decide([np.eye(len(MARKS))], [np.ones((len(MARKS), 2))])
    assert [len(w) for w in of_marks] == [11]


def test_a_line_that_comes_again_is_decided_in_the_same_way() -> None:
    words, places = line("some words")
    first = Context(ALL).decide(words, places)
    expected = [word.copy() for word in first]
    for word in first:
        word[:] = 0  # the caller's own
    for again, word in zip(Context(ALL).decide(words, places), expected, strict=True):
        np.testing.assert_array_equal(again, word)
    elsewhere = Context(ALL).decide(words, [place * [[1, 0.5]] for place in places])
    assert any((a != b).any() for a, b in zip(elsewhere, expected, strict=True))
