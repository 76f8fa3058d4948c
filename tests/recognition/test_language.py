"""The words of a language, where the picture leaves letters or their cuts open."""

from __future__ import annotations

import sys

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.canvas import Canvas
from hwr_live.chars import ALL, MARKS
from hwr_live.errors import InputError
from hwr_live.recognition.language import Language

CHARS = tuple(ALL + MARKS)
WORDS = Language([("little", 5.0), ("know", 3.0), ("mow", 1.0), ("the", 9.0)])


def glyphs(*guesses: dict[str, float]) -> npt.NDArray[np.float64]:
    """Rows of probabilities; what is not named shares the rest."""
    p = np.full((len(guesses), len(CHARS)), 1e-4)
    for row, guess in zip(p, guesses, strict=True):
        for char, chance in guess.items():
            row[CHARS.index(char)] = chance
    return np.asarray(p / p.sum(1, keepdims=True), np.float64)


def read(p: npt.NDArray[np.float64]) -> str:
    return "".join(CHARS[i] for i in p.argmax(1))


def spelt(word: str, clear: float = 0.6) -> npt.NDArray[np.float64]:
    """Each character, likelier than a mirrored alphabet's by so much."""
    return glyphs(*({c: clear, ALL[-1 - ALL.index(c)]: 1 - clear} for c in word))


def test_no_words_are_no_words() -> None:
    assert WORDS.decide([], CHARS) == []
    assert Language([]).evidence(spelt("know"), CHARS) == 0


def test_a_letter_that_is_left_open_is_the_words() -> None:
    open_letter = glyphs({"t": 0.99}, {"b": 0.5, "h": 0.45}, {"e": 0.99})
    assert read(open_letter) == "tbe"
    assert read(WORDS.decide([open_letter], CHARS)[0]) == "the"


@pytest.mark.parametrize(
    "word",
    [
        glyphs({"t": 0.99}, {"b": 0.97, "h": 0.02}, {"e": 0.99}),  # clear
        glyphs({"t": 0.99}, {"6": 0.9, "h": 0.01}, {"e": 0.99}),  # a code
        glyphs({"b": 0.5, "h": 0.45}, {"e": 0.99}),  # too short
        glyphs({"q": 0.9}, {"x": 0.9}, {"z": 0.9}),  # no word
    ],
)
def test_what_is_clear_or_no_word_stays(word: npt.NDArray[np.float64]) -> None:
    (decided,) = WORDS.decide([word], CHARS)
    assert read(decided) == read(word)
    assert np.allclose(decided.sum(1), 1)


def test_marks_about_a_word_do_not_hide_it_and_case_stays() -> None:
    word = glyphs({"(": 0.9}, {"T": 0.9}, {"b": 0.5, "h": 0.45}, {"e": 0.9}, {"!": 0.9})
    assert read(WORDS.decide([word], CHARS)[0]) == "(The!"


@pytest.mark.parametrize("other", ["kmw", "k9ow", "knxw", "xnow"])
def test_a_word_has_more_evidence_than_what_is_none(other: str) -> None:
    assert WORDS.evidence(spelt("know"), CHARS) > WORDS.evidence(spelt(other), CHARS) + 1
    assert WORDS.evidence(spelt(other), CHARS) >= 0


def test_ink_that_is_hardly_a_character_is_no_evidence() -> None:
    sure = spelt("know")
    assert WORDS.evidence(sure * [[1], [1], [0.3], [1]], CHARS) < WORDS.evidence(sure, CHARS)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(InputError, match=r"pip install .*language"):
        Language.load("is")  # which no other test has loaded


def test_common_words_are_known() -> None:
    pytest.importorskip("wordfreq")
    language = Language.load("EN")
    assert language.evidence(spelt("thing"), CHARS) > 2
    assert language.evidence(spelt("xqzvk"), CHARS) < 0.1


def test_a_reader_with_a_language_reads_an_empty_canvas() -> None:
    from hwr_live.recognition.reader import Reader

    reader = Reader.load(chars="letters")
    assert Reader(reader.classifier, "letters", language=WORDS).read(Canvas(80, 60)).text == ""
