"""Languages by code and name: what is none first, then any way to write those that there are."""

from __future__ import annotations

import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.languages import LANGUAGES, language_code


@pytest.mark.parametrize("language", ["", " ", "xx", "ja", "ru", "e", "english words", "en,de"])
def test_a_language_that_is_not_there_is_told_with_those_that_are(language: str) -> None:
    with pytest.raises(InputError, match=r"no language .*; there are ca, cs, .*, vi") as error:
        language_code(language)
    assert "\n" not in str(error.value)


def test_a_name_that_is_nearly_one_names_it() -> None:
    with pytest.raises(InputError, match=r"; do you mean German\?"):
        language_code("Germen")


@pytest.mark.parametrize("language", ["en", "EN", "En", "english", "English", "en_GB", "en-us"])
def test_any_way_to_write_it(language: str) -> None:
    assert language_code(language) == "en"


def test_all_are_known_to_wordfreq() -> None:
    wordfreq = pytest.importorskip("wordfreq")
    assert set(LANGUAGES) <= set(wordfreq.available_languages())
