"""LiteRT files that training runs, its own and anybody's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import HwrError, InputError
from tests.support.litert import edited, shipped
from train.results.litert import SHAPES, run_file, run_litert, sound


def broken() -> bytes:
    def edit(model: Any) -> None:
        model.subgraphs[0].outputs = [0, 18]

    return edited(shipped("hwr62"), edit)


def test_a_file_that_is_not_there_or_broken_is_told(tmp_path: Path) -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    path = tmp_path / "model.tflite"
    with pytest.raises(InputError, match="cannot read the model"):
        run_file(path, images)
    for content, told in ((b"", "is no LiteRT file"), (broken(), "no network that this program")):
        path.write_bytes(content)
        with pytest.raises(InputError, match=told):
            run_file(path, images)


def test_a_good_file_answers_as_ever(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (300, 28, 28), np.uint8)
    content = shipped("mnist-dense")
    (tmp_path / "model.tflite").write_bytes(content)
    found = run_file(tmp_path / "model.tflite", images)
    np.testing.assert_array_equal(found, run_litert(content, images))


def test_an_export_that_would_not_be_read_is_told() -> None:
    assert sound(shipped("mnist"), SHAPES) == shipped("mnist")
    with pytest.raises(HwrError, match="would not be read by: an output is not made"):
        sound(broken(), SHAPES)
