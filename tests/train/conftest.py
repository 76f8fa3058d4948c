"""What several tests of training begin with."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import pytest

from tests.support.datasets import (
    mnist_files,
    write,
    write_archive,
)
from tests.support.training import Made, pretend
from train.recipe import Recipe


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is fetched from, or left in, the machine's cache of data sets."""
    monkeypatch.setenv("HWR_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def made(tmp_path: Path, own_cache: None, monkeypatch: pytest.MonkeyPatch) -> Made:
    """What would be trained, in a folder with small data sets and as if TensorFlow were there."""
    calls: Made = []

    def make_model(dataset: Any, recipe: Recipe, data: Any, out: Path, **more: Any) -> Any:
        calls.append({"name": dataset.name, "recipe": recipe, "data": data, "out": out, **more})
        test = {"accuracy": 0.9871, "keras": {"loss": 0.04, "accuracy": 0.9876}}
        return {"test": test, "export": {"weights": "8-bit"}}

    fake = types.ModuleType("train.make")
    fake.make_model = make_model  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "train.make", fake)
    pretend(monkeypatch, there=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HWR_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    write(tmp_path / "data" / "mnist", mnist_files())
    write_archive(tmp_path / "data" / "gzip.zip", ("emnist-byclass", "emnist-letters"))
    return calls
