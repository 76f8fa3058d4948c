"""The two networks together: no pieces first, then where they agree, differ, or one is silent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.recognition.ctc import spell
from hwr_live.recognition.joint import SPACE, Alphabet, Character, Seen, Told, as_told, decide
from hwr_live.recognition.settings import DEFAULTS, JointSettings

CHARS = "abc"  # outputs 2, 3, 4; output 0 is blank, 1 the space
ALPHABET = Alphabet.of([None, SPACE, *CHARS], CHARS, CHARS)
Row = dict[str, float]


def centres(frames: int) -> npt.NDArray[np.float64]:
    """The middles of frames ten pixels wide."""
    return np.asarray(10.0 * np.arange(frames) + 5, np.float64)


def told(frames: str, sure: float = 0.9) -> Told:
    """Frames ten pixels wide that hold these signs; ``.`` for blank and ``_`` for the space."""
    order = "._abc"
    p = np.full((len(frames), len(order)), (1 - sure) / (len(order) - 1))
    p[np.arange(len(frames)), [order.index(sign) for sign in frames]] = sure
    logp = np.asarray(np.log(p), np.float64)
    return Told(logp, spell(logp), centres(len(frames)))


def seen(
    *pieces: tuple[float, float, Row], none: float = 0.02, spaced: str = "", cut: bool = False
) -> Seen:
    """Pieces with their edges and what the glyph network finds likely among characters."""
    p = np.array([[row.get(char, 0.001) for char in CHARS] for *_, row in pieces]).reshape(-1, 3)
    edges = np.array([[left, right] for left, right, _ in pieces], np.float64).reshape(-1, 2)
    nones = np.full(len(pieces), none)
    gaps = np.array([mark == "_" for mark in spaced.ljust(len(pieces))], np.bool_)
    return Seen(
        edges,
        p / p.sum(1, keepdims=True),
        nones,
        p.max(1, initial=0),
        nones <= 0.5,
        gaps[: len(pieces)],
        20.0,
        np.full(len(pieces), cut),
    )


def text(found: list[Character]) -> str:
    out = ""
    for one in found:
        out += " " * one.spaced + (CHARS[int(one.p.argmax())] if one.readable else "?")
    return out


def read(
    line: Told,
    pieces: Seen,
    settings: JointSettings = DEFAULTS.joint,
) -> list[Character]:
    return decide(line, pieces, ALPHABET, settings)


@pytest.mark.parametrize("frames", ["", "...", ".a."])
def test_without_ink_nothing_is_read(frames: str) -> None:
    assert read(told(frames), seen()) == []


def test_where_both_see_one_character_both_decide() -> None:
    line = told(".a..b.")
    pieces = seen((5, 25, {"a": 0.9}), (40, 55, {"c": 0.6, "b": 0.4}))
    found = read(line, pieces)
    assert text(found) == "ab"
    assert [one.by for one in found] == ["both", "both"]
    assert [(one.left, one.right) for one in found] == [(5, 25), (40, 55)]
    # A glyph network that is sure enough is heard against the line network.
    sure = seen((5, 25, {"a": 0.9}), (40, 55, {"c": 1.0}))
    assert text(read(line, sure, JointSettings(line=0.3))) == "ac"


@pytest.mark.parametrize(("cut", "expected"), [(False, "c"), (True, "b")])
def test_what_was_cut_out_of_joined_ink_says_less(cut: bool, expected: str) -> None:
    frames = told("..b..", 0.9)
    pieces = seen((5, 45, {"c": 0.99, "b": 0.004}), cut=cut)
    assert text(decide(frames, pieces, ALPHABET, DEFAULTS.joint, others=9)) == expected


@pytest.mark.parametrize(("others", "expected"), [(0, "a"), (9, "?")])
def test_a_line_without_signs_is_judged_by_the_pages_others(others: int, expected: str) -> None:
    frames, pieces = told("...", 0.9), seen((5, 25, {"a": 0.95}), none=0.3)
    assert text(decide(frames, pieces, ALPHABET, DEFAULTS.joint, others)) == expected


def test_touching_characters_are_parted_where_the_line_network_tells() -> None:
    found = read(told(".a.b."), seen((0, 50, {"c": 0.4, "a": 0.3, "b": 0.3})))
    assert text(found) == "ab"
    assert [one.pieces for one in found] == [(0,), (0,)]
    assert [(one.left, one.right) for one in found] == [(0, 25), (25, 50)]


def test_signs_told_a_little_early_belong_to_their_own_ink() -> None:
    # The signs of the second and third piece are told within the first and the second.
    pieces = seen((0, 20, {"a": 0.99}), (21, 28, {"b": 0.99}), (30, 60, {"c": 0.99}))
    found = read(told("abc..."), pieces)
    assert text(found) == "abc"
    assert [one.pieces for one in found] == [(0,), (1,), (2,)]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        # A word in one stroke and the dot of its i.
        ([(0, 78, {"a": 0.1}), (31, 39, {"b": 0.2})], "abca"),
        # A stroke that begins before the word's others, and ends in the midst of them.
        ([(0, 40, {"c": 0.1}), (6, 18, {"a": 0.2}), (38, 70, {"b": 0.1})], "abca"),
        # Two words whose ink overlaps, each in one stroke.
        ([(0, 38, {"a": 0.1}), (32, 70, {"b": 0.2})], "abca"),
    ],
)
def test_signs_stay_in_the_order_in_which_they_are_told(
    pieces: list[tuple[float, float, Row]], expected: str
) -> None:
    found = read(told(".a.b.c.a", 0.99), seen(*pieces, none=0.6))
    assert text(found) == expected


def test_a_broken_character_is_one() -> None:
    weak: Row = {"a": 0.4, "b": 0.3, "c": 0.3}
    line = told("..b..")
    found = read(line, seen((5, 23, weak), (26, 45, weak), none=0.4))
    assert text(found) == "b"
    assert found[0].pieces == (0, 1)
    assert (found[0].left, found[0].right) == (5, 45)


@pytest.mark.parametrize(("cut", "expected"), [(True, "ac"), (False, "abc")])
def test_a_cut_that_the_line_network_does_not_hear_of_is_none(cut: bool, expected: str) -> None:
    pieces = seen((0, 20, {"a": 0.99}), (20, 30, {"b": 0.9}), (30, 50, {"c": 0.99}), cut=cut)
    assert text(read(told("a...c", 0.99), pieces)) == expected


@pytest.mark.parametrize(("cut", "expected"), [(True, "ab"), (False, "? b")])
def test_what_was_cut_at_the_wrong_place_looks_like_none_and_may_be_one(
    cut: bool, expected: str
) -> None:
    pieces = seen((0, 20, {"a": 0.9}), (20, 40, {"b": 0.99}), cut=cut)
    pieces = replace(pieces, none=np.array([0.97, 0.01]))
    assert text(read(told(".a.b", 0.8), pieces)) == expected


def test_pieces_that_are_surely_characters_stay_so() -> None:
    pieces = seen((0, 22, {"a": 0.999}), (28, 50, {"b": 0.999}))
    unsure = told("..c..", 0.3)
    assert text(read(unsure, pieces)) == "ab"
    assert [one.by for one in read(unsure, pieces)] == ["glyph", "glyph"]


@pytest.mark.parametrize(("none", "expected"), [(0.45, "a"), (0.55, "?")])
def test_ink_alone_that_the_line_network_does_not_tell_is_the_glyph_networks(
    none: float, expected: str
) -> None:
    found = read(told("...", 0.9), seen((5, 25, {"a": 0.95}), none=none))
    assert text(found) == expected


@pytest.mark.parametrize(("none", "expected"), [(1e-6, "abca"), (0.01, "abc?")])
def test_in_a_line_what_the_line_network_does_not_tell_must_be_surer(
    none: float, expected: str
) -> None:
    of_line = [(10.0 * k, 10.0 * k + 9, {"abc"[k % 3]: 0.99}) for k in range(3)]
    pieces = seen(*of_line, (60, 70, {"a": 0.99}))
    pieces = replace(pieces, none=np.array([0.01, 0.01, 0.01, none]))
    assert text(read(told("abc.....", 0.9), pieces)) == expected


@pytest.mark.parametrize(
    ("frames", "spaced", "expected"),
    [(".a..b.", "", "ab"), (".a_.b.", "", "a b"), (".a..b.", " _", "ab"), ("......", " _", "a b")],
)
def test_words_begin_where_a_space_is_told(frames: str, spaced: str, expected: str) -> None:
    pieces = seen((5, 25, {"a": 0.999}), (40, 55, {"b": 0.999}), spaced=spaced, none=1e-6)
    assert text(read(told(frames, 0.6), pieces)) == expected


@pytest.mark.parametrize(
    ("frames", "settings", "expected"),
    [
        (".a_.b.", JointSettings(narrow=0.7), "a b"),
        (".a_.b.", JointSettings(narrow=0.8), "ab"),
        (".a..b.", JointSettings(wide=0.8), "ab"),
        (".a..b.", JointSettings(wide=0.7), "a b"),
    ],
)
def test_a_narrow_gap_is_no_space_and_a_very_wide_one_is(
    frames: str, settings: JointSettings, expected: str
) -> None:
    pieces = seen((5, 25, {"a": 0.999}), (40, 55, {"b": 0.999}))  # 0.75 usual heights apart
    assert text(read(told(frames), pieces, settings)) == expected


def test_probabilities_are_probabilities() -> None:
    rng = np.random.default_rng(0)
    logp = rng.normal(0, 2, (30, 5))
    logp -= np.log(np.exp(logp).sum(1, keepdims=True))
    line = Told(logp, spell(logp), centres(30))
    left = np.sort(rng.uniform(0, 280, 8))
    pieces = Seen(
        np.stack([left, left + rng.uniform(5, 40, 8)], 1),
        rng.dirichlet([1, 1, 1], 8),
        rng.random(8),
        rng.random(8),
        rng.random(8) < 0.7,
        rng.random(8) < 0.3,
        20.0,
        rng.random(8) < 0.5,
    )
    found: list[Character] = decide(line, pieces, ALPHABET, JointSettings())
    assert found
    sums: npt.NDArray[np.float64] = np.array([one.p.sum() for one in found])
    assert sums == pytest.approx(np.ones(len(found)))
    assert all(0 <= one.none <= 1 for one in found)
    covered = {k for one in found for k in one.pieces}
    assert covered == set(range(8))


@pytest.mark.parametrize(
    ("lefts", "frames", "expected"),
    [
        ((0, 40, 80, 120), "a._.b...c._.a", "abca"),  # as in the boxes of a form
        ((0, 40, 80, 120, 200), "a._.b...c._.a..._..b", "abca b"),
        ((0, 40, 80), "a._.b...c", "a bc"),  # too few to tell
        ((0, 14, 30, 44), "ab_ca", "ab ca"),  # not far apart
    ],
)
def test_what_stands_far_apart_at_an_even_pitch_is_one_word(
    lefts: tuple[int, ...], frames: str, expected: str
) -> None:
    signs = frames.replace(".", "").replace("_", "")
    pieces = seen(*((x, x + 10, {c: 0.999}) for x, c in zip(lefts, signs, strict=True)))
    assert text(read(told(frames), pieces)) == expected


def test_signs_of_programmers_gain_where_they_are_asked_for_but_for_the_bar() -> None:
    labels, known = [None, SPACE, "a", "l", "|", "\\", "_"], "al|\\_"
    asked = Alphabet.of(labels, known, known, replace(DEFAULTS.joint, asked=2.0))
    assert asked.weights.tolist() == [0, 0, 0, 0, 0, 2, 2]
    unasked = Alphabet.of(labels, "al", "al", replace(DEFAULTS.joint, asked=2.0))
    assert unasked.weights[:4].tolist() == [0, 0, 0, 0]
    assert (unasked.weights[4:] < -1e9).all()


@pytest.mark.parametrize(("wide", "expected"), [(12, "a? b"), (6, "a?b")])
def test_a_sign_that_may_not_be_read_parts_words_if_it_is_no_small_mark(
    wide: int, expected: str
) -> None:
    alphabet = Alphabet.of([None, SPACE, "a", "b", "÷"], "abc", "ab")
    p = np.full((7, 5), 0.01)
    p[range(7), [0, 2, 0, 4, 0, 3, 0]] = 0.96
    logp = np.asarray(np.log(p), np.float64)
    line = Told(logp, spell(logp), centres(7))
    pieces = seen((10, 20, {"a": 0.99}), (30, 30 + wide, {"c": 0.4}), (48, 58, {"b": 0.99}))
    pieces = replace(pieces, none=np.array([0.01, 0.6, 0.01]))
    found = decide(line, pieces, alphabet, replace(DEFAULTS.joint, signs=1))
    assert text(found) == expected


@pytest.mark.parametrize("lean", [0, 12, 24])
def test_letters_that_lean_over_each_other_stay_in_the_order_that_is_told(lean: int) -> None:
    # The second begins left of the first, as a t's bar does.
    pieces = seen((30 - lean, 60, {"a": 0.9}), (30, 40, {"b": 0.9}), (70, 90, {"c": 0.9}))
    found = read(told("...b.a..c."), pieces)
    assert text(found) == "bac"
    assert sorted(k for one in found for k in one.pieces) == [0, 1, 2]


def test_signs_between_those_of_another_piece_are_read_in_their_order() -> None:
    pieces = seen((0, 100, {"a": 0.5, "b": 0.5}), (48, 66, {"c": 0.9}), (110, 130, {"a": 0.9}))
    assert text(read(told(".a...c..b..a."), pieces)) == "acba"


@pytest.mark.parametrize(("words", "expected"), [(None, "acb"), (0.0, "acb"), (1.0, "a?b")])
def test_ink_that_is_not_told_is_no_letter_of_a_word(words: float | None, expected: str) -> None:
    line = told(".a....b.", 0.9)
    pieces = seen((5, 25, {"a": 0.9}), (32, 50, {"c": 0.99}), (60, 75, {"b": 0.9}), none=1e-6)
    line = replace(line, words=None if words is None else np.full(2, words))
    settings = JointSettings(unheard_above=0.9, slack=0)
    assert text(decide(line, pieces, ALPHABET, settings, others=9)) == expected


@pytest.mark.parametrize(("words", "expected"), [(None, "c"), (0.0, "c"), (1.0, "b")])
def test_glyphs_have_less_to_say_of_words(words: float | None, expected: str) -> None:
    line = told("..b..", 0.7)
    line = replace(line, words=None if words is None else np.full(1, words))
    pieces = seen((5, 45, {"c": 0.999, "b": 0.004}))
    settings = JointSettings(in_words=0.2)
    assert text(decide(line, pieces, ALPHABET, settings, others=9)) == expected


# What the line network reads alone, where much ink is no writing.


@pytest.mark.parametrize(
    ("likeness", "words", "expected"),
    [
        (1.0, 0.0, "c"),
        (0.5, 0.0, "b"),
        (1.0, 1.0, "b"),
    ],
)
def test_clear_glyphs_have_more_to_say_outside_words(
    likeness: float, words: float, expected: str
) -> None:
    line = replace(told(".b.", 0.9), words=np.full(1, words))
    pieces = seen((0, 30, {"c": 0.9, "b": 0.1}))
    pieces = replace(pieces, likeness=np.full(1, likeness))
    settings = JointSettings(glyph=0.85, clear_glyph=2.0, signs=1)
    assert text(decide(line, pieces, ALPHABET, settings)) == expected


def test_told_alone_nothing_is_nothing() -> None:
    assert as_told(told("...."), seen((0, 40, {"a": 0.9})), ALPHABET) == []
    assert as_told(told(".a.."), seen(), ALPHABET) == []


def test_told_alone_pieces_have_no_say_in_what_it_is() -> None:
    pieces = seen((5, 25, {"c": 0.99}), (35, 55, {"c": 0.99}))
    assert text(as_told(told(".a..b."), pieces, ALPHABET)) == "ab"


def test_told_alone_ink_that_no_sign_stands_at_is_not_read() -> None:
    arrow = seen((5, 25, {"a": 0.9}), (35, 55, {"b": 0.9}), (70, 190, {"c": 0.99}))
    found = as_told(told(".a..b..............."), arrow, ALPHABET)
    assert text(found) == "ab"
    assert found[-1].right < 85  # the arrow's ink is not the last letter's


def test_told_alone_words_are_parted_where_a_space_is_told() -> None:
    pieces = seen((5, 25, {"a": 0.9}), (35, 55, {"b": 0.9}), (85, 105, {"c": 0.9}))
    assert text(as_told(told(".a..b._..c."), pieces, ALPHABET)) == "ab c"
