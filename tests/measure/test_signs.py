"""Texts with signs: what is due of them, and that there are strokes of all that is written."""

from __future__ import annotations

import numpy as np
import pytest

from hwr_live.chars import ALL, MARKS, SIGNS
from tests.measure.compose import ZONES
from tests.measure.signs import (
    DEFAULT,
    DIGITS_ALONE,
    LOOK_ALIKES,
    PROGRAMMERS,
    Case,
    pictures,
    with_signs,
)
from train.images.strokes import Strokes

EVERY = {**DIGITS_ALONE, **DEFAULT, **PROGRAMMERS, **LOOK_ALIKES}


def hand() -> dict[str, list[Strokes]]:
    """A hand that writes all as crosses."""
    cross = [np.array([(0.0, 0.0), (900.0, 1000.0)]), np.array([(900.0, 0.0), (0.0, 1000.0)])]
    return with_signs({char: [cross] for char in ALL + MARKS + SIGNS}, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "text", "due"),
    [
        ("percent", "100 %", "100"),
        ("kept", "12.75", "12.75"),
        ("left out", "0,96", "096"),
        ("slanted", "7⟋", "71"),
        ("units", "12 kg", "12"),
        ("ones", "1111", "1111"),
    ],
)
def test_what_is_due(name: str, text: str, due: str) -> None:
    assert DIGITS_ALONE[name].due(text) == due


@pytest.mark.parametrize("name", EVERY)
def test_all_that_is_written_has_strokes_and_a_place(name: str) -> None:
    chars = set("".join(EVERY[name].texts)) - {" "}
    assert chars <= ZONES.keys()
    assert chars <= hand().keys()


def test_no_pictures_are_none() -> None:
    assert list(pictures(Case("all", ("a",)), {"one": hand()}, 0, 1)) == []


def test_every_text_is_drawn_by_every_hand() -> None:
    case, people = Case("all", ("a", "b")), {"one": hand(), "two": hand()}
    drawn = list(pictures(case, people, 4, 1))
    assert {(name, text) for name, text, _ in drawn} == {
        (name, text) for name in people for text in case.texts
    }
    assert all(page.dtype == np.uint8 and page.min() < 120 for _, _, page in drawn)
