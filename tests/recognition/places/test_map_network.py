"""The map of writing: cards and files that are none first, then what it says of pictures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.errors import InputError
from hwr_live.recognition.line_network import LineNetwork
from hwr_live.recognition.models import find_model, shipped_models
from hwr_live.recognition.places.map_network import MapCard, MapNetwork
from hwr_live.recognition.places.where import CORE, SURELY
from hwr_live.recognition.reader import Reader
from hwr_live.segmentation.writing import lines_in


@pytest.fixture(scope="module")
def network() -> MapNetwork:
    return MapNetwork(find_model("pages"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped model that may be spoilt."""
    return Path(shutil.copytree(find_model("pages"), tmp_path / "pages"))


def spoil(folder: Path, **changed: Any) -> None:
    path = folder / "card.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"labels": ["hand"]}, "form is not known"),
        ({"input": {}}, "map"),
        ({"input": {"map": 2, "multiple": 32}}, "form is not known"),
        ({"input": {"map": 4, "multiple": 6}}, "multiples"),
        ({"file": "../elsewhere.tflite"}, "lies elsewhere"),
    ],
)
def test_a_card_that_does_not_fit_ends_in_one_line(
    changed: dict[str, Any], says: str, folder: Path
) -> None:
    spoil(folder, **changed)
    with pytest.raises(InputError, match=says) as told:
        MapNetwork(folder)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("content", [b"", b"no model", b"\x1c\0\0\0TFL3" + bytes(100)])
def test_a_file_that_is_no_network_ends_in_one_line(content: bytes, folder: Path) -> None:
    (folder / "model.tflite").write_bytes(content)
    with pytest.raises(InputError) as told:
        MapNetwork(folder)
    assert len(str(told.value).splitlines()) == 1


def test_other_networks_are_no_map_and_a_map_is_none_of_them() -> None:
    with pytest.raises(InputError, match="map"):
        MapCard.load(find_model("lines"))
    with pytest.raises(InputError):
        LineNetwork(find_model("pages"))
    with pytest.raises(InputError, match="map of writing"):
        Reader.load("pages")
    assert "pages" not in [folder.name for folder in shipped_models()]


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (64, 64), (301, 203), (1500, 2000)])
def test_a_map_is_as_large_as_half_of_what_is_looked_at(
    network: MapNetwork, size: tuple[int, int]
) -> None:
    seen = network.look(np.full(size, 200, np.uint8))
    assert seen.hand.shape[0] == pytest.approx(size[0] * seen.scale, abs=1)
    assert seen.hand.shape[1] == pytest.approx(size[1] * seen.scale, abs=1)
    assert seen.way.shape[1] >= seen.hand.shape[0] / 2
    assert 0 <= seen.hand.min() <= seen.hand.max() <= 1


def test_of_empty_paper_there_are_no_lines(network: MapNetwork) -> None:
    grain = np.random.default_rng(1).normal(0, 2, (480, 640))
    paper = np.clip(210 + grain, 0, 255).astype(np.uint8)
    assert lines_in(network.look(paper), 0.5, 0.7) == []


def test_the_lines_of_a_page_are_found(network: MapNetwork) -> None:
    soft = np.asarray(cv2.GaussianBlur(draw_sample(), (0, 0), 0.8) * 0.85, np.uint8)
    lines = [line for line in lines_in(network.look(soft, 60), CORE, SURELY) if line.length > 100]
    assert len(lines) >= 2
    for line in lines:
        along = abs(line.end - line.start)
        assert along[0] > along[1]


def test_large_writing_is_looked_at_from_afar(network: MapNetwork) -> None:
    page = np.full((1200, 1600), 200, np.uint8)
    assert network.look(page, 200).hand.size < 0.5 * network.look(page, 12).hand.size
