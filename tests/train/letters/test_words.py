"""Words to count: none, what is no word, and letters with marks."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from hwr_live.errors import HwrError
from train.letters.words import common_words, plain, weighed


@pytest.mark.parametrize(
    ("word", "letters"),
    [
        ("", ""),
        ("'", ""),
        ("3rd", ""),
        ("слово", ""),
        ("a-b", ""),
        ("x" * 25, ""),
        ("Don’t", "don't"),
        ("Größe", "grosse"),
        ("łódź", "lodz"),
        ("résumé", "resume"),
    ],
)
def test_words_are_letters_without_case_and_marks(word: str, letters: str) -> None:
    assert plain(word) == letters


def test_shares_sum_to_one_and_common_words_have_more() -> None:
    assert weighed({}) == {}
    found = weighed({"a": 0.1, "à": 0.1, "rare": 1e-6, "12": 0.5})
    assert sum(found.values()) == pytest.approx(1)
    assert found["a"] > found["rare"] > 1e-6


def test_want_of_the_lists_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def none(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "wordfreq":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", none)
    with pytest.raises(HwrError, match="wordfreq"):
        common_words(10)
