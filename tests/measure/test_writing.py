"""Real people's writing to measure with: no people first, then what is taken of a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.measure.writing import by_x_height, written


def unipen(folder: Path, items: list[tuple[str, str]]) -> Path:
    """A test file of lines with these labels and writers, each of two strokes."""
    (folder / "unipen").mkdir()
    writers = sorted({writer for _, writer in items})
    count = len(items)
    np.savez(
        folder / "unipen" / "unipen_texts_test.npz",
        label=np.array([label for label, _ in items], "U40"),
        writers=np.array(writers, "U6"),
        writer=np.array([writers.index(writer) for _, writer in items], np.int64),
        points=np.arange(12 * count, dtype=np.int16).reshape(-1, 2),
        stroke=3 * np.arange(2 * count),
        symbol=2 * np.arange(count),
    )
    return folder


def test_a_file_without_items_has_none(tmp_path: Path) -> None:
    assert list(written(unipen(tmp_path, []), "test", "texts")) == []


@pytest.mark.parametrize(
    ("label", "writer", "truth"),
    [
        ("come in .", "cea001", "come in."),
        ("come in .", "abm001", "come in ."),
        ("a b c d", "hpb001", "abcd"),
        ("3 1 / 9 by x", "hpb001", "31/9 by x"),
    ],
)
def test_blanks_are_those_that_people_set(
    label: str, writer: str, truth: str, tmp_path: Path
) -> None:
    folder = unipen(tmp_path, [("first", "abm001"), (label, writer)])
    found = list(written(folder, "test", "texts"))
    assert [(number, text, who) for number, text, who, _ in found] == [
        (0, "first", "abm001"),
        (1, truth, writer),
    ]
    assert [len(stroke) for _, _, _, strokes in found for stroke in strokes] == [3] * 4


@pytest.mark.parametrize("times", [1.0, 3.0])
@pytest.mark.parametrize("falls", [0.0, 400.0])
def test_letters_are_drawn_in_the_size_that_people_write(times: float, falls: float) -> None:
    """However large the strokes come, and however far the line falls."""
    x = np.linspace(0, 1000, 60)
    waves = np.stack([x, 50 * np.sin(x / 20) + falls * x / 1000], 1) * times
    picture = by_x_height([waves], "nunnununnunnunnnunnu", 7)
    assert picture.shape == by_x_height([waves / times], "nunnununnunnunnnunnu", 7).shape
    _, columns = np.nonzero(picture < 128)
    letter = (columns.max() - columns.min()) / 20
    assert 14 * 0.3 < letter < 34 * 2
