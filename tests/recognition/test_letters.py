"""Which letters follow which: files that are none first, then what the shipped model says."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.cli.main import main
from hwr_live.errors import InputError
from hwr_live.recognition.letters import (
    BEGIN,
    BITS,
    MOST_LETTERS,
    SYMBOLS,
    Letters,
    packed,
    unpacked,
)
from hwr_live.recognition.models import find_model
from hwr_live.recognition.reader import Reader


@pytest.fixture(scope="module")
def letters() -> Letters:
    return Letters.load(find_model("letters"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that may be spoilt."""
    return Path(shutil.copytree(find_model("letters"), tmp_path / "letters"))


def spoil(folder: Path, **changed: Any) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def level(letters: Letters, word: str, after: str = "") -> int:
    """Minus the logarithm of how likely a word is behind the letters before it."""
    place, out = letters.begin, 0
    for k, char in enumerate(after + word):
        symbol = SYMBOLS.index(char)
        out += letters.level(place, symbol) if k >= len(after) else 0
        place = letters.after(place, symbol)
    return out


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"kind": "lines"}, "no model of letters"),
        ({"labels": [None, "a"]}, "no model of letters"),
        ({"contexts": None}, "card.json"),
        ({"contexts": 1}, "out of range"),
        ({"contexts": 1 << 40}, "out of range"),
        ({"step": 0}, "out of range"),
        ({"step": float("nan")}, "out of range"),
        ({"file": "../letters.bin"}, "lies elsewhere"),
        ({"contexts": 20}, "its size"),
        ({"file": "none.bin"}, "No such file"),
    ],
)
def test_a_card_that_does_not_fit_ends_in_one_line(
    changed: dict[str, Any], says: str, folder: Path
) -> None:
    spoil(folder, **changed)
    with pytest.raises(InputError, match=says) as error:
        Letters.load(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no letters",
        zlib.compress(b""),
        zlib.compress(bytes(1 << 24)),
        zlib.compress(bytes(70_697 * 33)),
    ],
    ids=["empty", "text", "nothing packed", "a bomb", "zeros"],
)
def test_a_file_that_is_no_model_ends_in_one_line(content: bytes, folder: Path) -> None:
    (folder / "letters.bin").write_bytes(content)
    with pytest.raises(InputError, match=r"letters\.bin is no model of letters") as error:
        Letters.load(folder)
    assert "\n" not in str(error.value)


def test_a_cut_file_is_told(folder: Path) -> None:
    path = folder / "letters.bin"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(InputError, match="its size"):
        Letters.load(folder)


def test_contexts_must_be_in_order_and_know_how_words_begin() -> None:
    levels = np.zeros((2, len(SYMBOLS)), np.uint8)
    with pytest.raises(ValueError, match="ascending"):
        Letters(np.array([BEGIN, 0], np.uint32), levels, 0.05)
    with pytest.raises(ValueError, match="ascending"):
        Letters(np.array([0, BEGIN], np.uint32), levels[:1], 0.05)
    for contexts in ([0, 1], [1, BEGIN], [0, BEGIN + 1], []):
        with pytest.raises(ValueError, match="begin"):
            Letters(np.array(contexts, np.uint32), levels[: len(contexts)], 0.05)


def test_a_reader_without_its_letters_says_so_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(find_model("hwr62"), tmp_path / "hwr62")
    spoil(tmp_path / "hwr62", letters="no-letters")
    page = tmp_path / "page.png"
    assert main(["read", str(page), "--model", str(tmp_path / "hwr62")]) == 2
    said = capsys.readouterr().err
    assert "no-letters" in said
    assert said.count("\n") == 1


def test_letters_are_no_model_to_read_with() -> None:
    with pytest.raises(InputError, match="of letters"):
        Reader.load("letters")


def test_what_is_packed_is_unpacked() -> None:
    rng = np.random.default_rng(3)
    longest = rng.integers(1, BEGIN + 1, (50, MOST_LETTERS)) @ (1 << BITS * np.arange(MOST_LETTERS))
    shorter = [longest & ((1 << BITS * letters) - 1) for letters in range(MOST_LETTERS)]
    contexts = np.unique([longest, *shorter]).astype(np.uint32)
    levels = rng.integers(0, 256, (len(contexts), len(SYMBOLS))).astype(np.uint8)
    found, of = unpacked(zlib.decompress(packed(contexts, levels)), len(contexts))
    assert found.tolist() == contexts.tolist()
    assert (of == levels).all()


@pytest.mark.parametrize("contexts", [[0, 1, BEGIN, 2 << BITS | 3], [BEGIN, 0, 1]])
def test_a_context_must_be_known_with_a_letter_less(contexts: list[int]) -> None:
    numbers = np.array(contexts, np.uint32)
    levels = np.zeros((len(contexts), len(SYMBOLS)), np.uint8)
    with pytest.raises(ValueError, match="a letter less"):
        packed(numbers, levels)
    steps = np.diff(numbers, prepend=np.uint32(0)).astype("<u4")
    content = steps.view(np.uint8).reshape(-1, 4).T.tobytes() + bytes(29 * len(contexts))
    with pytest.raises(ValueError, match="a letter less"):
        unpacked(content, len(contexts))


def test_the_longest_known_context_is_asked() -> None:
    a, b = SYMBOLS.index("a"), SYMBOLS.index("b")
    contexts = np.array([0, a, BEGIN, a << BITS | b], np.uint32)
    levels = np.zeros((4, len(SYMBOLS)), np.uint8)
    letters = Letters(contexts, levels, 0.05)
    at = letters.after(letters.begin, a)
    assert at == 1
    assert letters.after(at, b) == 3
    assert letters.after(3, b) == 0
    assert letters.after(3, a) == 1


@pytest.mark.parametrize("word", ["recommendation", "teacher", "zwischen", "d'accord", "gracias"])
def test_words_are_likelier_than_what_looks_like_them(letters: Letters, word: str) -> None:
    mirrored = word[::-1]
    assert level(letters, word) < level(letters, mirrored)
    assert level(letters, "q", after="qu") > level(letters, "e", after="qu") + 10


def test_probabilities_sum_to_one(letters: Letters) -> None:
    for word in ("", "t", "th", "xq", "station"):
        place = letters.begin
        for char in word:
            place = letters.after(place, SYMBOLS.index(char))
        levels = np.array([letters.level(place, k) for k in range(len(SYMBOLS))])
        assert np.exp(-levels * letters.step).sum() == pytest.approx(1, abs=letters.step / 2)
