"""Pages of strokes hold what they say, as tall as the table says."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.chars import ALL, MARKS, UPPER
from tests.measure.compose import SENTENCES, ZONES, random_code, write_page
from train.images.strokes import Strokes


def tall_and_wide(aspect: float) -> list[Strokes]:
    """A character's corners, ``aspect`` times as wide as tall."""
    high = np.array([(0.0, 0.0), (0.0, 1000.0)])
    return [[high, high + np.array([1000 * aspect, 0.0])]]


def rows_of_ink(page: np.ndarray) -> tuple[int, int]:
    rows = np.flatnonzero((page < 128).any(1))
    return int(rows[0]), int(rows[-1]) + 1


def test_sentences_have_all_characters_and_marks() -> None:
    assert set(ALL + MARKS) <= set("".join(SENTENCES))
    assert set("".join(SENTENCES)) <= {*ALL, *MARKS, " "}


@pytest.mark.parametrize("char", ["o", "b", "g", "M", "7", "j", "("])
@pytest.mark.parametrize("aspect", [0.1, 1.0, 2.5])
def test_characters_are_as_tall_as_the_table_says(char: str, aspect: float) -> None:
    size, pen = 40, 3
    high, low = ZONES[char]
    for seed in range(5):
        page = write_page(
            [char], {char: tall_and_wide(aspect)}, np.random.default_rng(seed), size, pen
        )
        top, bottom = rows_of_ink(page)
        tall = (high - low) * size
        assert abs(bottom - top - pen - tall) <= 0.1 * tall + 2
        base = 2 * size + 3.6 * size * 0.6
        assert abs(bottom - pen / 2 - (base - low * size)) <= 1.5


def test_a_level_stroke_is_no_taller_than_it_is() -> None:
    level: list[Strokes] = [[np.array([(0.0, 0.0), (1000.0, 0.0)])]]
    page = write_page(["-"], {"-": level}, np.random.default_rng(1), 40, 3)
    rows, columns = rows_of_ink(page), np.flatnonzero((page < 128).any(0))
    assert rows[1] - rows[0] <= 7
    assert 20 <= len(columns) <= 40


def test_an_underscore_aslant_is_no_dot() -> None:
    aslant: list[Strokes] = [[np.array([(0.0, 300.0), (1000.0, 0.0)])]]
    page = write_page(["_"], {"_": aslant}, np.random.default_rng(1), 40, 3)
    assert 38 <= len(np.flatnonzero((page < 128).any(0))) <= 46


def test_codes_are_of_the_characters_asked_for() -> None:
    codes = [random_code(np.random.default_rng(seed), UPPER) for seed in range(50)]
    assert {len(code) for code in codes} == {6, 7, 8}
    assert set("".join(codes)) <= set(UPPER)
