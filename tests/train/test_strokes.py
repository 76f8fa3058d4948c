"""Stroke files, whole and broken, and the crops drawn from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from train.images.strokes import Character, draw, draw_crop, read_chars74k, read_crohme

L_SHAPE = [np.array([[0, 0], [0, 900]]), np.array([[0, 1000], [500, 1000]])]


def crohme(path: Path, **changes: Any) -> Path:
    """Two characters: A of two strokes, b of one, by two writers."""
    arrays: dict[str, Any] = {
        "label": np.array([10, 37]),
        "points": np.arange(20).reshape(10, 2),
        "stroke": np.array([0, 3, 7]),
        "symbol": np.array([0, 2]),
        "expr": np.array([0, 1]),
        "files": np.array(["formulaire012-equation1.inkml", "KAIST_7.inkml"]),
    } | changes
    np.savez(path, **{key: value for key, value in arrays.items() if value is not None})
    return path


def test_crohme_characters_have_their_strokes_and_writers(tmp_path: Path) -> None:
    first, second = read_crohme(crohme(tmp_path / "crohme_train.npz"))
    assert (first.label, first.group) == ("A", "crohme-formulaire012")
    assert (second.label, second.group) == ("b", "crohme-KAIST")
    assert [len(stroke) for stroke in first.strokes] == [3, 4]
    assert second.strokes[0].tolist() == [[14, 15], [16, 17], [18, 19]]


def test_crohme_labels_may_be_characters(tmp_path: Path) -> None:
    path = crohme(tmp_path / "a.npz", label=np.array(["(", "!"]), files=None)
    assert [c.label for c in read_crohme(path)] == ["(", "!"]


def test_chars74k_writers_are_counted_and_empty_strokes_left_out(tmp_path: Path) -> None:
    path = tmp_path / "chars74k.json"
    path.write_text(json.dumps({"A": [[[[0, 0], [5, 9]], []], []], "b": [[[[1, 1]]]]}))
    found = list(read_chars74k(path))
    assert [(c.label, c.group, len(c.strokes)) for c in found] == [
        ("A", "chars74k-0", 1),
        ("A", "chars74k-1", 0),
        ("b", "chars74k-0", 1),
    ]


@pytest.mark.parametrize("read", [read_crohme, read_chars74k])
@pytest.mark.parametrize("content", [None, b"", b"PK\3\4 cut off", b"[1, 2]", b'{"A": 5}', b"\xff"])
def test_what_is_no_stroke_file_is_an_error_that_names_it(
    tmp_path: Path, read: Callable[[Path], Iterator[Character]], content: bytes | None
) -> None:
    path = tmp_path / "strokes.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=r"strokes\.npz is no stroke file"):
        list(read(path))


@pytest.mark.parametrize(
    "changes",
    [{"points": None}, {"label": np.array([10, 99])}, {"expr": np.array([0, 5])}, {"symbol": None}],
)
def test_a_crohme_file_whose_parts_do_not_fit_is_an_error(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = crohme(tmp_path / "strokes.npz", **changes)
    with pytest.raises(InputError, match=r"strokes\.npz is no stroke file"):
        list(read_crohme(path))


def test_a_truncated_npz_is_an_error(tmp_path: Path) -> None:
    path = crohme(tmp_path / "strokes.npz")
    path.write_bytes(path.read_bytes()[:600])
    with pytest.raises(InputError, match=r"strokes\.npz is no stroke file"):
        list(read_crohme(path))


@pytest.mark.parametrize("pen", [2.0, 8.0, 16.0])
def test_a_pen_draws_as_wide_as_it_is(pen: float) -> None:
    ink = draw(L_SHAPE, np.random.default_rng(0), pen)
    across = ink[60].astype(float).sum() / 255  # the L's upright
    assert across == pytest.approx(pen, abs=1.6)  # smooth edges add a little
    assert ink[0].max() == ink[-1].max() == ink[:, 0].max() == ink[:, -1].max() == 0


@pytest.mark.parametrize("strokes", [[np.zeros((1, 2))], L_SHAPE, [np.full((5, 2), 7.0)]])
def test_every_character_gives_a_crop(strokes: list[Any]) -> None:
    character = Character("L", "chars74k-0", strokes)
    crops = [draw_crop(character, np.random.default_rng(seed)) for seed in (0, 0, 1)]
    assert all(c.shape == (28, 28) and c.dtype == np.uint8 and c.max() == 255 for c in crops)
    assert np.array_equal(crops[0], crops[1])


def test_pens_differ_by_chance() -> None:
    sums = {
        int(draw_crop(Character("L", "", L_SHAPE), np.random.default_rng(seed)).sum())
        for seed in range(5)
    }
    assert len(sums) == 5
