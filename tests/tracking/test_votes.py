"""Votes over lines: nothing heard first, then one text of many, and what is written on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from hwr_live.reading import Glyph, Line, Reading
from hwr_live.tracking.settle import Settled, Settler
from hwr_live.tracking.votes import Ballots, Heard, LineVotes

HERE = np.eye(2, 3)


def words_of(text: str, *, x: int = 0, width: int = 20, sure: float = 0.9) -> list[list[Glyph]]:
    """Glyphs side by side, one for each character; ``?`` is one that cannot be read."""
    words: list[list[Glyph]] = []
    for word in text.split(" "):
        words.append([])
        for char in word:
            named = None if char == "?" else char
            words[-1].append(Glyph(named, sure, (x, 50, width - 2, 30), ((char, sure),)))
            x += width
        x += width
    return words


def heard(text: str, time_s: float = 0.0, sure: float = 0.9) -> Heard:
    return Heard.of(words_of(text, sure=sure), HERE, time_s)


def votes_of(texts: Sequence[str]) -> LineVotes:
    votes = LineVotes()
    for n, text in enumerate(texts):
        votes.hear(heard(text, n / 25))
    return votes


def cut(text: str, frames: int) -> list[str]:
    """A text as so many frames read it, every third without its last character."""
    return [text if n % 3 else text[:-1] for n in range(frames)]


def test_nothing_heard_leaves_what_the_tracks_say() -> None:
    assert LineVotes().elect("abc") is None
    assert LineVotes().elect("") is None
    assert not LineVotes().disputed()
    assert Ballots().elect([(0, "abc"), (1, ""), (2, "d")]) == ["abc", "d"]


@pytest.mark.parametrize("words", [[], [[]], words_of("?"), words_of("? ??")])
def test_what_is_no_character_is_heard_as_no_text(words: list[list[Glyph]]) -> None:
    one = Heard.of(words, HERE, 0.0)
    assert (one.text, one.glyphs) == ("", ())
    assert 0 < one.weight <= 1


def test_a_line_is_heard_with_blanks_between_its_readable_words() -> None:
    one = heard("a? ? bc")
    assert one.text == "a bc"
    assert [glyph and glyph.char for glyph in one.glyphs] == ["a", None, "b", "c"]
    assert one.weight == pytest.approx(0.9)


def test_what_the_tracks_say_stays_where_no_text_is_clearly_better() -> None:
    votes = votes_of(["hello"] * 6 + ["hallo"] * 5)
    assert votes.elect("hallo") is None
    assert votes.elect("hello") is None


def test_the_text_that_frames_agree_on_is_elected_with_glyphs_for_all_of_it() -> None:
    votes = votes_of(["hcllo world", "hello wrld", "hello worla", "hello vvorld"] * 3)
    found = votes.elect("hcllvvo wrld")
    assert found is not None
    assert found.text == "hello world"
    assert [spot and spot.glyph.char for spot in found.spots] == [*"hello", None, *"world"]
    assert all(0 < spot.glyph.confidence <= 1 for spot in found.spots if spot)


def test_sure_frames_count_for_more() -> None:
    votes = LineVotes()
    for n in range(12):
        votes.hear(heard("mine" if n % 2 else "timme", n / 25, sure=0.9 if n % 2 else 0.3))
    found = votes.elect("xxxx")
    assert found is not None
    assert found.text == "mine"


def test_what_is_shown_stays_until_another_is_better_for_several_frames() -> None:
    votes = votes_of(cut("going", 10))
    shown = votes.elect("xx")
    assert shown is not None
    assert shown.text == "going"
    texts = []
    for n, text in enumerate(cut("gaing", 60)):
        votes.hear(heard(text, (10 + n) / 25))
        found = votes.elect("xx")
        assert found is not None
        texts.append(found.text)
    assert texts[-1] == "gaing"
    assert 5 < texts.index("gaing") < 50
    assert set(texts[: texts.index("gaing")]) == {"going"}
    assert set(texts[texts.index("gaing") :]) == {"gaing"}


def test_what_was_heard_before_a_line_was_written_on_is_forgotten() -> None:
    votes = votes_of(cut("hello", 30))
    assert votes.elect("x") is not None
    for n, text in enumerate(cut("hello there", 9)):
        votes.hear(heard(text, (30 + n) / 25))
    found = votes.elect("x")
    assert found is not None
    assert found.text == "hello"
    votes.forget(30 / 25)
    found = votes.elect("x")
    assert found is not None
    assert found.text == "hello there"
    votes.forget(99.0)
    assert votes.elect("x") is None


def test_a_line_that_has_become_another_is_disputed() -> None:
    votes = votes_of(cut("hello", 10))
    votes.elect("hello")
    assert not votes.disputed()
    votes.forget(99.0)
    for n, text in enumerate(cut("world", 6)):
        votes.hear(heard(text, (10 + n) / 25))
    assert votes.disputed()


def test_texts_without_end_do_not_pile_up() -> None:
    rng = np.random.default_rng(1)
    votes = LineVotes()
    for n in range(300):
        votes.hear(heard("".join(rng.choice(list("abcdef"), 8 + n % 2)), n / 25))
    votes.hear(heard("here now", 12.0))
    assert votes.elect("zzzzzzzz") is not None
    assert len(vars(votes)["_votes"]) <= 24


def test_a_line_is_unsteady_where_its_glyphs_come_and_go() -> None:
    assert not LineVotes().unsteady
    assert not votes_of(["abc", "abd", "abe", "xbc"]).unsteady
    assert not votes_of(["ab c", "abc", "a bc"]).unsteady
    assert not votes_of(["abc"] * 5 + ["abc def"] * 5).unsteady, "it was written on"
    assert votes_of(["abc", "abcd", "ab", "abce"]).unsteady


def test_parts_of_a_line_are_heard_from_left_to_right() -> None:
    ballots = Ballots()
    left, right = words_of("one"), words_of("two", x=100)
    for n in range(6):
        line = right if n % 3 else [right[0][:-1]]
        ballots.hear([line, left, []], [4, 4, None], [100.0, 0.0, 0.0], HERE, n / 25)
    assert ballots.elect([(4, "xxx")]) == ["one two"]
    assert ballots.elected[4].text == "one two"


def test_a_line_that_is_not_heard_for_long_is_another() -> None:
    ballots = Ballots()
    ballots.hear([words_of("old")], [0], [0.0], HERE, 0.0)
    ballots.hear([], [], [], HERE, 5.0)
    assert ballots.elect([(0, "new")]) == ["new"]


def joined(text: str, rng: np.random.Generator, shift: tuple[int, int]) -> Reading:
    """A line of joined script as frames read it: as wide as ever, cut into other glyphs, each of
    which may be wrong."""
    chars = list(text)
    for place in sorted(rng.choice(len(text), 3, replace=False), reverse=True):
        if chars[place] == " ":
            continue
        if rng.random() < 0.5:
            chars[place] = str(rng.choice(list("ceoxnu")))
        else:
            chars[place : place + 1] = list(("rn", "")[int(rng.random() < 0.5)])
    found = "".join(chars)
    width = 400 / len(found)
    words: list[list[Glyph]] = [[]]
    for n, char in enumerate(found):
        if char == " ":
            words.append([])
            continue
        box = (round(60 + n * width) + shift[0], 80 + shift[1], round(width), 40)
        words[-1].append(Glyph(char, 0.7, box, ((char, 0.7),)))
    return Reading((Line(tuple(tuple(word) for word in words if word)),), (640, 480))


def followed(text: str, frames: int, seed: int) -> tuple[list[Settled], list[Reading]]:
    rng = np.random.default_rng(seed)
    settler, out, seen = Settler(), [], []
    for n in range(frames):
        seen.append(joined(text, rng, (int(rng.integers(-6, 7)), int(rng.integers(-6, 7)))))
        out.append(settler.update(seen[-1], n / 25))
    return out, seen


@pytest.mark.parametrize("seed", range(4))
def test_joined_script_settles_on_what_is_written_and_stays(seed: int) -> None:
    text = "the quick brown foxes jump"
    settled, _ = followed(text, 100, seed)
    assert settled[-1].text == text
    assert sum(s.changed for s in settled[25:]) <= 1


def test_the_steadied_reading_has_the_settled_line_where_it_is_in_the_frame() -> None:
    text = "the quick brown foxes jump"
    settled, seen = followed(text, 60, 7)
    last, frame = settled[-1].reading, seen[-1]
    assert last.text == text
    assert [word.text for word in last.words] == text.split()
    assert last.size == frame.size
    x, y, w, h = last.lines[0].box
    assert (x, y, x + w, y + h) == pytest.approx(
        (frame.lines[0].box[0], frame.lines[0].box[1], x + w, y + h), abs=14
    )
    assert all(0 < glyph.confidence <= 1 for glyph in last.glyphs)
