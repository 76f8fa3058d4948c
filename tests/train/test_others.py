"""What training has beside its data set: people, their signs, drawings, scripts, licences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.chars import ALL, MARKS, SIGNS
from hwr_live.errors import InputError
from tests.support.datasets import pictures
from tests.train.test_pool import PLAIN, by_writers, dataset
from train.data.sources import SOURCES, UNIPEN, is_used
from train.data.writers import is_held
from train.images import scripts
from train.images.doodles import FILE as DOODLES
from train.images.others import Others, drawn_people, people_files
from train.images.people import (
    CHARS,
    LIGATURE,
    of_usual_size,
    read_people,
    too_few_strokes,
    whole,
    writer_weights,
)
from train.images.people import SIGNS as SIGN_FILE
from train.images.pool import labels_of, make_pools
from train.images.scripts import draw_letters
from train.images.signs import draw_signs, drawable, signs_by_label
from train.images.strangers import draw_doodles, draw_halves, draw_shapes
from train.images.strokes import Character

WRITERS = ("apa001", "apb002", "ced003", "syn001")
STROKE = np.array([[0.0, 0.0], [120.0, 500.0]])
RECIPE = replace(PLAIN, marks=0.2, nonchars=0.2, source_weights={UNIPEN: 1.0})


def written(label: str, writer: str = "apa001", strokes: int = 1) -> Character:
    return Character(label, writer, [STROKE + np.array([40.0 * k, 0.0]) for k in range(strokes)])


def save(path: Path, items: list[Character]) -> None:
    """As one of UNIPEN's files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    strokes = [stroke for one in items for stroke in one.strokes]
    lengths = [0, *np.cumsum([len(stroke) for stroke in strokes]).tolist()]
    counts = [0, *np.cumsum([len(one.strokes) for one in items]).tolist()]
    arrays: dict[str, Any] = {
        "label": np.array([one.label for one in items]),
        "points": np.concatenate(strokes).astype(np.int16),
        "stroke": np.array(lengths[:-1]),
        "symbol": np.array(counts[:-1]),
        "writers": np.array(WRITERS),
        "writer": np.array([WRITERS.index(one.group) for one in items]),
    }
    if path.name.startswith("unipen_symbols"):
        arrays |= {"height": np.full(len(items), 0.9), "width": np.full(len(items), 0.4)}
    np.savez(path, **arrays)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(scripts, "FOLDERS", ())  # there may be hundreds of fonts
    chars = [written(c, w) for c in ALL for w in WRITERS]
    signs = [written(c, w) for c in SIGNS if c.isascii() for w in WRITERS]
    for name, items in ((CHARS, chars), (SIGN_FILE, signs)):
        save(tmp_path / name, items)
        save(tmp_path / name.replace("train", "test"), items)
    (tmp_path / DOODLES).parent.mkdir()
    np.savez(
        tmp_path / DOODLES, X=pictures(32, 0), y=np.arange(32) % 16, names=np.array(["x"] * 16)
    )
    return tmp_path


def test_without_its_files_or_a_weight_nobody_is_found(data: Path, tmp_path: Path) -> None:
    assert Others.find(RECIPE, None) is None
    assert Others.find(RECIPE, tmp_path / "elsewhere") is None
    assert people_files(replace(RECIPE, source_weights={}), data) == []
    (data / SIGN_FILE).unlink()
    assert Others.find(RECIPE, data) is None


def test_a_broken_file_is_told(data: Path) -> None:
    (data / CHARS).write_bytes(b"PK broken")
    with pytest.raises(InputError, match="no stroke file"):
        read_people(data / CHARS, False)


def test_those_held_back_are_others(data: Path) -> None:
    trained, held = (
        {one.group for one in read_people(data / CHARS, part)} for part in (False, True)
    )
    assert "syn001" in held
    assert trained | held == set(WRITERS)
    assert not any(map(is_held, trained))


def test_many_of_one_hand_count_little() -> None:
    people = [written("a", "val001")] * 90 + [written("a", "ced003")] * 10
    weights = writer_weights(people)
    assert weights.mean() == pytest.approx(1)
    assert weights[0] < weights[-1] / 3


def test_what_lacks_a_stroke_and_looks_like_another_is_left_out() -> None:
    people = [written("i", strokes=2)] * 5 + [written("i"), written("l")]
    assert too_few_strokes(people).tolist() == [False] * 5 + [True, False]
    for chance, kept in ((0.01, 6), (0.9, 7)):

        def probabilities(crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
            p = np.zeros((len(crops), 63))
            p[:, ALL.index("i")] = chance  # noqa: B023 -- called before the next turn
            return p

        assert len(whole(people, probabilities)) == kept
    assert too_few_strokes([]).tolist() == []


def test_signs_of_a_strange_size_are_told() -> None:
    signs = [replace(written("."), extent=size) for size in (0.1, 0.12, 0.09, 0.9, np.nan)]
    assert of_usual_size([*signs, written(".")]).tolist() == [True, True, True, False, False, True]


def test_every_sign_of_a_keyboard_is_drawn(data: Path) -> None:
    own = signs_by_label(read_people(data / SIGN_FILE, False), read_people(data / CHARS, False))
    assert set(drawable(own)) == set(SIGNS)
    crops = draw_signs(own, SIGNS, 2, np.random.default_rng(1))
    assert crops.shape == (2 * len(SIGNS), 28, 28)
    assert (crops.reshape(len(crops), -1).max(1) == 255).all()
    with pytest.raises(KeyError):
        draw_signs(own, [LIGATURE], 1, np.random.default_rng(1))


@pytest.mark.parametrize("count", [0, 1, 9])
def test_as_many_shapes_and_doodles_as_asked_for(count: int) -> None:
    for out in (draw_shapes(count, 1), draw_doodles(pictures(3, 0), count, 1)):
        assert out.shape == (count, 28, 28)
        assert (out.reshape(count, 784).max(1, initial=0) > 250).all()


def test_only_halves_that_are_no_character_are_drawn() -> None:
    crops = pictures(4, 0)
    assert draw_halves(crops, np.array(list("IVOl")), 5, 1).shape == (0, 28, 28)
    assert draw_halves(crops, np.array(list("IVSl")), 5, 1).shape == (5, 28, 28)


def test_letters_of_other_scripts_are_parted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("NotoSansTelugu-Regular.ttf", "NotoSansTamil-Regular.ttf")
    found = [next(Path("/usr/share/fonts").rglob(name), None) for name in names]
    for file in found:
        if file is None:
            pytest.skip(f"the machine lacks {' or '.join(names)}")
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(scripts, "FOLDERS", ())
    trained, held = (draw_letters(tmp_path, 8, 1, part) for part in (False, True))
    assert trained.shape == held.shape == (8, 28, 28)
    assert not np.array_equal(trained, held)
    assert draw_letters(None, 8, 1, False).shape == (0, 28, 28)


def test_a_network_knows_all_signs_where_people_wrote_them(data: Path) -> None:
    whole_set = by_writers()
    labels = labels_of(whole_set, RECIPE, data)
    assert labels == [*ALL, *MARKS, *(s for s in SIGNS if s not in MARKS), None]
    train, valid = make_pools(whole_set, RECIPE, data)
    assert train.weights is not None
    shares = np.bincount(train.labels, train.weights, minlength=len(labels))
    assert shares[62:-1].sum() == pytest.approx(RECIPE.marks * (1 - RECIPE.nonchars))
    assert (shares > 0).all()
    assert set(range(62, len(labels))) <= set(valid.labels.tolist())


def test_only_sources_that_allow_every_use_are_free() -> None:
    assert is_used(0, "free")
    assert not is_used(4, "free")
    assert not is_used(len(SOURCES), "free")
    assert is_used(len(SOURCES), "any")


def test_a_free_training_shows_nothing_else() -> None:
    groups = [f"chars74k-{n}" for n in range(40)]
    labels = np.zeros(40, np.uint8)
    with pytest.raises(InputError, match="no source"):
        make_pools(dataset(groups, labels, sources=3), replace(PLAIN, licences="free"), None)
    train, _ = make_pools(dataset(groups, labels, sources=2), replace(PLAIN, licences="free"), None)
    assert len(train.labels)


def test_the_test_contributors_are_drawn_alike_each_time(data: Path) -> None:
    first, names = drawn_people(data, "test")
    assert np.array_equal(first, drawn_people(data, "test")[0])
    assert len(first) == len(names) == 4 * len(ALL)
