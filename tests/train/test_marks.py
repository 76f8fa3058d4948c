from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.chars import MARKS
from hwr_live.errors import InputError
from tests.train.test_pool import PLAIN, dataset
from train.images.marks import FILE, draw_marks, read_marks
from train.images.pool import labels_of, make_pools
from train.images.strokes import Strokes

Table = dict[str, list[Strokes]]


def path(*points: tuple[int, int]) -> npt.NDArray[np.float64]:
    return np.array(points, float)


@pytest.fixture
def strokes() -> Table:
    """Two hands of each mark that CROHME has; the second is held back."""
    upright: dict[str, Strokes] = {
        ".": [path((0, 0), (2, 1))],
        ",": [path((300, 0), (200, 600), (0, 1000))],
        "-": [path((0, 0), (1000, 0))],
        "/": [path((500, 0), (0, 1000))],
        "+": [path((0, 500), (1000, 500)), path((500, 0), (500, 1000))],
        "=": [path((0, 0), (1000, 0)), path((0, 400), (1000, 400))],
        "(": [path((300, 0), (0, 500), (300, 1000))],
        ")": [path((0, 0), (300, 500), (0, 1000))],
        "!": [path((0, 0), (0, 700)), path((0, 990), (2, 1000))],
    }
    return {mark: [one, [stroke * (1.0, 0.9) for stroke in one]] for mark, one in upright.items()}


def save(file: Path, strokes: Table) -> Path:
    points: list[npt.NDArray[np.float64]] = []
    firsts: list[int] = []
    symbols: list[int] = []
    labels: list[str] = []
    for mark, hands in strokes.items():
        for one in hands:
            symbols.append(len(firsts))
            labels.append(mark)
            for stroke in one:
                firsts.append(sum(map(len, points)))
                points.append(stroke)
    np.savez(
        file,
        label=np.array(labels),
        points=np.concatenate(points).astype(np.int16),
        stroke=np.array(firsts, np.int32),
        symbol=np.array(symbols, np.int32),
    )
    return file


def test_a_missing_file_or_mark_is_told(tmp_path: Path, strokes: Table) -> None:
    with pytest.raises(InputError, match="no stroke file"):
        read_marks(tmp_path / "none.npz")
    del strokes["+"], strokes["!"]
    with pytest.raises(InputError, match=r"no strokes of \+ !"):
        read_marks(save(tmp_path / "few.npz", strokes))


def test_strokes_come_out_as_they_were_saved(tmp_path: Path, strokes: Table) -> None:
    read = read_marks(save(tmp_path / "marks.npz", strokes))
    assert {mark: len(hands) for mark, hands in read.items()} == dict.fromkeys(strokes, 2)
    assert np.array_equal(read["!"][0][1], strokes["!"][0][1])


def test_all_marks_are_drawn_as_often_and_the_seed_decides(strokes: Table) -> None:
    crops, labels = draw_marks(strokes, 44, seed=1)
    assert crops.shape == (44, 28, 28)
    assert crops.dtype == np.uint8
    assert (np.bincount(labels, minlength=len(MARKS)) == 4).all()
    assert (crops.reshape(44, -1).max(1) == 255).all()
    assert np.array_equal(crops, draw_marks(strokes, 44, seed=1)[0])
    assert not np.array_equal(crops, draw_marks(strokes, 44, seed=2)[0])
    assert draw_marks(strokes, 0, seed=1)[0].shape == (0, 28, 28)


def test_crops_look_like_their_marks(strokes: Table) -> None:
    crops, labels = draw_marks(strokes, 220, seed=3)
    ink = crops > 100

    def of(mark: str) -> npt.NDArray[np.bool_]:
        return np.asarray(ink[labels == MARKS.index(mark)])

    def extent(mark: str, axis: int) -> npt.NDArray[np.intp]:
        return np.asarray(of(mark).any(axis).sum(1), np.intp)

    assert (of(".").sum((1, 2)) > 0.4 * extent(".", 1) * extent(".", 2)).all()  # a blob
    assert (extent("-", 1) > extent("-", 2)).all()  # wider than high
    assert (extent("(", 1) < extent("(", 2)).all()  # higher than wide
    for mark in ":=":
        empty_rows = ~np.asarray(of(mark).any(2))[:, 10:18]
        assert empty_rows.any(1).mean() > 0.9  # two parts, one over the other
    for mark in "!?":
        assert (~np.asarray(of(mark).any(2))[:, 14:25]).any(
            1
        ).mean() > 0.6  # a dot that stands alone


def test_validation_is_drawn_from_strokes_of_its_own(strokes: Table) -> None:
    strokes["+"][1] = [path((0, 0), (1000, 1000)), path((1000, 0), (0, 1000))]  # a cross that lies
    corners = []
    for held in (False, True):
        crops, labels = draw_marks(strokes, 55, seed=5, held=held)
        corners.append((crops[labels == MARKS.index("+"), 2:8, 2:8] > 100).any((1, 2)))
    assert not corners[0].any()
    assert corners[1].all()


def test_marks_are_classes_between_characters_and_none(
    tmp_path: Path, strokes: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("train.images.pool.NONCHARS_DRAWN", 40)
    monkeypatch.setattr("train.images.pool.MARKS_DRAWN", 55)
    whole = dataset([], (np.arange(400) % 62).astype(np.uint8))
    recipe = replace(PLAIN, nonchars=0.1, marks=0.2)
    assert labels_of(whole, recipe, tmp_path) == [*whole.chars, None]  # nothing to draw them from
    (tmp_path / "strokes").mkdir()
    save(tmp_path / "strokes" / FILE, strokes)
    assert labels_of(whole, recipe, tmp_path) == [*whole.chars, *MARKS, None]
    train, valid = make_pools(whole, recipe, tmp_path)
    assert train.weights is not None
    shares = np.bincount(train.labels, train.weights)
    assert len(shares) == 62 + 11 + 1
    assert shares.sum() == pytest.approx(1)
    assert shares[62:73] == pytest.approx(0.2 * 0.9 / 11)
    assert shares[73] == pytest.approx(0.1)
    assert set(range(62, 74)) <= set(valid.labels)
