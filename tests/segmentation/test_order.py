"""Reading order: nothing first, then rows, columns, boxes, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pytest

from hwr_live.segmentation.order import rows_in_order


def order(
    page: Sequence[tuple[str, float, float, float]],
    height: float = 20.0,
    tall: Mapping[str, float] = MappingProxyType({}),
) -> list[str]:
    """The rows of things with a name, left, middle and width, in letters' heights; some are
    taller."""
    half = {name: tall.get(name, 1) / 2 for name, *_ in page}
    boxes = np.array([(x, y - half[name], x + w, y + half[name]) for name, x, y, w in page])
    return ["".join(page[k][0] for k in row) for row in rows_in_order(boxes * height, height)]


def text(
    names: str, x: float, y: float, width: float, pitch: float = 2.0
) -> list[tuple[str, float, float, float]]:
    return [(name, x, y + pitch * row, width) for row, name in enumerate(names)]


def test_nothing_and_one_thing() -> None:
    assert rows_in_order(np.empty((0, 4)), 20) == []
    assert order([("a", 0, 0, 5)]) == ["a"]


def test_words_of_rows_from_top_to_bottom() -> None:
    page = [("d", 6, 2.1, 3), ("a", 0, 0, 5), ("c", 0, 2, 5), ("b", 6, 0.2, 4)]
    assert order(page) == ["ab", "cd"]


@pytest.mark.parametrize("shift", [0.0, 0.9])
def test_columns_of_text_one_after_the_other(shift: float) -> None:
    page = text("efgh", 20, shift, 15) + text("abcd", 0, 0, 16)
    assert order(page) == list("abcdefgh")


@pytest.mark.parametrize("gap", [2.0, 5.0])
def test_a_headline_over_columns_comes_first(gap: float) -> None:
    page = [("H", 2, 0, 25), *text("efgh", 20, gap, 15), *text("abcd", 0, gap, 16)]
    assert order(page) == list("Habcdefgh")


def test_paragraphs_of_columns_that_end_at_one_height() -> None:
    left = text("abc", 0, 0, 16) + text("def", 0, 9, 16)
    right = text("uvw", 20, 0.3, 16) + text("xyz", 20, 9.3, 16)
    assert order(left + right) == list("abcdefuvwxyz")


def test_a_table_row_by_row() -> None:
    page = text("adgj", 0, 0, 5) + text("behk", 10, 0, 3) + text("cfil", 17, 0, 4)
    assert order(page) == ["abc", "def", "ghi", "jkl"]


@pytest.mark.parametrize("off", [-0.8, -0.55, 0.0, 0.55, 0.8])
def test_a_form_whose_answers_stand_higher_or_lower_row_by_row(off: float) -> None:
    asked = text("ace", 0, 0, 8, pitch=6)
    answers = text("bdf", 16, off, 12, pitch=6)
    assert order([*answers, *asked], tall={"b": 2, "d": 2, "f": 2}) == ["ab", "cd", "ef"]


def test_a_list_with_prices_row_by_row() -> None:
    page = text("aceg", 0, 0, 8) + text("bdfh", 16, 0, 2)
    assert order(page) == ["ab", "cd", "ef", "gh"]


def test_what_stands_in_a_box_stays_together() -> None:
    boxes = text("ab", 0, 0, 6) + text("cd", 10, 0.4, 6) + text("ef", 20, 0, 5)
    below = text("gh", 2, 8, 6) + text("ij", 14, 8, 6)
    assert order(below + boxes) == list("abcdefghij")


def test_a_word_beside_two_rows_is_read_with_its_row() -> None:
    assert order([*text("ac", 0, 0, 6), ("b", 12, 0.1, 4)]) == ["ab", "c"]
