"""The line network: cards and files that are none first, then what it tells of lines."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.joint import Alphabet
from hwr_live.recognition.kinds import KINDS
from hwr_live.recognition.line_network import LineCard, LineNetwork, line_ink
from hwr_live.recognition.models import find_model
from hwr_live.segmentation.rectify import View, see
from tests.support.stroke_pages import written


@pytest.fixture(scope="module")
def network() -> LineNetwork:
    return LineNetwork(find_model("lines"))


@pytest.fixture(scope="module")
def view() -> View:
    return see(written(["oxl oEx", "lox 5x"]).image, drawn=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that may be spoilt."""
    return Path(shutil.copytree(find_model("lines"), tmp_path / "lines"))


def spoil(folder: Path, **changed: Any) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


def all_outputs(network: LineNetwork) -> npt.NDArray[np.float64]:
    return np.zeros(len(network.card.labels))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"labels": ["a", None, " "]}, "begin with null"),
        ({"labels": [None, "a", "a", " "]}, "twice"),
        ({"labels": [None, "a"]}, "space"),
        ({"input": {}}, "strip"),
        ({"input": {"strip": 32, "ink": "bright on black", "columns": 4}}, "not known here"),
        ({"file": "../elsewhere.tflite"}, "lies elsewhere"),
        ({"labels": [None, " ", "a"]}, "its card makes"),
        ({"kinds": ["print", "hand"]}, "other kinds"),
        ({"kinds": 3}, "card"),
    ],
)
def test_a_card_that_does_not_fit_ends_in_one_line(
    changed: dict[str, Any], says: str, folder: Path
) -> None:
    spoil(folder, **changed)
    with pytest.raises(InputError, match=says) as told:
        LineNetwork(folder)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"no model", b"\x1c\0\0\0TFL3" + bytes(100)])
def test_a_file_that_is_no_network_ends_in_one_line(content: bytes, folder: Path) -> None:
    (folder / "model.tflite").write_bytes(content)
    with pytest.raises(InputError) as told:
        LineNetwork(folder)
    assert len(str(told.value).splitlines()) == 1


def test_a_network_of_glyphs_is_none_of_lines() -> None:
    with pytest.raises(InputError, match="strip"):
        LineCard.load(find_model("hwr62"))


@pytest.mark.parametrize("kinds", [[], list(KINDS)])
def test_kinds_are_told_where_the_card_has_them(kinds: list[str], folder: Path, view: View) -> None:
    card = json.loads((folder / "card.json").read_text())
    outputs = len(card["labels"]) + len(card.get("kinds", ()))
    signs = map(chr, range(0x4E00, 0x4E00 + outputs - len(kinds) - 2))
    spoil(folder, kinds=kinds, labels=[None, *signs, " "])
    network = LineNetwork(folder)
    for line, told in zip(view.lines, network.tell(view, view.lines), strict=True):
        assert len(line)
        assert told.logp.shape[1] == len(network.card.labels)
        if not kinds:
            assert told.kinds is None
            continue
        assert told.kinds is not None
        assert told.kinds.shape == (len(told.centres), len(KINDS))
        assert np.exp(told.kinds).sum(1) == pytest.approx(np.ones(len(told.centres)))


def test_of_no_lines_nothing_is_told(network: LineNetwork, view: View) -> None:
    assert network.tell(view, [], all_outputs(network)) == []


def test_each_line_is_told_whatever_stands_beside_it(network: LineNetwork, view: View) -> None:
    assert len(view.lines) > 1
    together = network.tell(view, view.lines, all_outputs(network))
    for line, told in zip(view.lines, together, strict=True):
        (alone,) = network.tell(view, [line], all_outputs(network))
        np.testing.assert_allclose(alone.logp, told.logp, atol=1e-3)
        left, right = line[0].box[0], line[-1].box[0] + line[-1].box[2]
        assert (told.centres > left - 60).all()
        assert (told.centres < right + 60).all()
        assert (np.diff(told.centres) > 0).all()


def test_probabilities_are_those_of_what_may_be_told(network: LineNetwork, view: View) -> None:
    alphabet = Alphabet.of(network.card.labels, tuple("0123456789"), tuple("0123456789"))
    (told, *_) = network.tell(view, view.lines, alphabet.weights)
    p = np.exp(told.logp)
    assert p.sum(1) == pytest.approx(np.ones(len(p)))
    assert p[:, ~alphabet.may].max() < 1e-9


def test_what_is_remembered_is_the_same(network: LineNetwork, view: View) -> None:
    remembering = network.remembering(0)
    every = all_outputs(network)
    first, again = (remembering.tell(view, view.lines, every) for _ in range(2))
    for one, other, fresh in zip(first, again, network.tell(view, view.lines, every), strict=True):
        np.testing.assert_array_equal(one.logp, other.logp)
        np.testing.assert_allclose(one.logp, fresh.logp, atol=1e-3)
        np.testing.assert_allclose(one.centres, fresh.centres)


def test_a_lines_ink_is_its_own(view: View) -> None:
    ink, left = line_ink(view, view.lines[0])
    x = min(piece.box[0] for piece in view.lines[0])
    assert left == max(0, x - 1)
    whole = view.ink.grey[:, int(left) : int(left) + ink.shape[1]]
    assert 0 < np.count_nonzero(ink) < np.count_nonzero(whole)


def test_other_pictures_of_a_line_are_told_along(network: LineNetwork, view: View) -> None:
    every, lines = all_outputs(network), view.lines[:1]
    (plain,) = network.told_with_looks(view, lines, every)
    assert plain.looks == ()
    picture, _ = line_ink(view, view.lines[0])
    looking = replace(view, looks=(picture, np.zeros((20, 40), np.uint8)))
    (told,) = network.told_with_looks(looking, lines, every)
    assert told.logp is plain.logp
    assert len(told.looks) == 2
    assert told.looks[0] == pytest.approx(plain.logp, abs=1e-3)


@pytest.mark.parametrize("doubted", [(), (0,), (0, 1)])
def test_lines_in_doubt_are_seen_otherwise_too(
    network: LineNetwork, doubted: tuple[int, ...]
) -> None:
    page = see(written(["oxl oEx", "Eox"]).image, drawn=True)
    every = all_outputs(network)
    plain = network.tell(page, page.lines, every)
    in_doubt = [id(plain[n].spelling) for n in doubted]
    told = network.told_with_looks(page, page.lines, every, lambda one: id(one) in in_doubt)
    for n, (one, before) in enumerate(zip(told, plain, strict=True)):
        assert one.logp is before.logp
        assert one.looks == ()
        assert bool(one.otherwise) == (n in doubted)
        for look in one.otherwise:
            assert look.shape[1] == before.logp.shape[1]
            assert not np.array_equal(look, before.logp)
    for n in doubted:
        leaning, *wider = told[n].otherwise
        assert len(leaning) == len(plain[n].logp)
        assert all(len(look) > len(leaning) for look in wider)


@pytest.mark.parametrize(("first_says_the_same", "looks"), [(True, 1), (False, 2)])
def test_a_look_that_says_the_same_ends_the_doubt(
    first_says_the_same: bool,
    looks: int,
    network: LineNetwork,
    view: View,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looked(image: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], ...]:
        return (image if first_says_the_same else np.zeros_like(image)), image

    monkeypatch.setattr("hwr_live.recognition.line_network.seen_otherwise", looked)
    (told,) = network.told_with_looks(view, view.lines[:1], all_outputs(network), lambda _: True)
    assert len(told.otherwise) == looks


@pytest.mark.parametrize("doubted", [False, True])
def test_a_line_of_which_there_are_pictures_is_seen_otherwise_in_doubt(
    doubted: bool, network: LineNetwork, view: View
) -> None:
    every, lines = all_outputs(network), view.lines[:1]
    looking = replace(view, looks=(np.zeros((20, 40), np.uint8),))
    (told,) = network.told_with_looks(looking, lines, every, lambda _: doubted)
    assert (len(told.looks), bool(told.otherwise)) == (1, doubted)


def test_of_lines_with_pictures_their_own_ink_is_told_along(network: LineNetwork) -> None:
    page = see(written(["oxl oEx"]).image, drawn=True)
    height = len(page.ink.mask)
    rows = (((0, height), np.eye(3)),)
    empty = np.zeros((40, 200), np.uint8)
    pictured = replace(page, rows=rows, pictures=((empty, 0.0),))
    every = all_outputs(network)
    (bare,) = LineNetwork(network.folder).tell(page, page.lines, every)
    (told,) = LineNetwork(network.folder).told_with_looks(pictured, page.lines, every)
    assert len(told.spelling.signs) == 0 < len(bare.spelling.signs)
    assert told.looks[0] == pytest.approx(bare.logp, abs=1e-3)
