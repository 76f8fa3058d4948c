"""TensorFlow Datasets: a stand-in for its interface, and the library itself where it is there."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from tests.support.datasets import (
    CHARS,
    agrees,
    emnist_files,
    expected,
    mnist_files,
    write,
)
from train.data.datasets import OFFICIAL, load


class _Builder:
    """What ``tensorflow_datasets.builder`` gives: images stored as in the official files."""

    version = "3.1.0"

    def __init__(self, name: str, data_dir: str | None) -> None:
        if name == "emnist/digits":
            raise ConnectionError("no route\nto host")
        self.name, self.data_dir = name, data_dir

    def download_and_prepare(self) -> None:
        pass

    def as_dataset(self, split: list[str], batch_size: int, as_supervised: bool) -> Any:
        assert (split, batch_size, as_supervised) == (["train", "test"], -1, True)
        ours = self.name.replace("/", "-")
        shift = OFFICIAL[ours].first_label
        axes = (0, 1, 2) if ours == "mnist" else (0, 2, 1)
        return [
            (part.images.transpose(axes)[..., np.newaxis], part.labels.astype(np.int64) + shift)
            for part in expected(ours, 70)
        ]


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    module = types.ModuleType("tensorflow_datasets")
    module.builder = _Builder  # type: ignore[attr-defined]
    module.as_numpy = lambda arrays: arrays  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", module)
    return module


@pytest.mark.parametrize("name", ["mnist", "emnist-byclass", "emnist-letters"])
def test_tensorflow_datasets_images_and_labels_are_mended(
    library: types.ModuleType, name: str
) -> None:
    dataset = load(name, None, source="tfds")
    assert agrees(dataset)
    assert "".join(dataset.chars) == CHARS[name]
    assert dataset.files[0].name.startswith(f"tfds:{name.replace('-', '/')}:3.1.0")


def test_tensorflow_datasets_failure_is_one_line(
    library: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="emnist/digits cannot be loaded: no route to host"):
        load("emnist-digits", None, source="tfds")
    with pytest.raises(InputError, match="TensorFlow Datasets has no hwr62"):
        load("hwr62", None, source="tfds")
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    with pytest.raises(InputError, match="pip install tensorflow-datasets"):
        load("mnist", None, source="tfds")


@pytest.mark.parametrize("name", ["mnist", "emnist-letters"])
def test_tensorflow_datasets_own_files(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = pytest.importorskip(
        "tensorflow_datasets", reason="tensorflow-datasets is not installed"
    )
    layout = tmp_path / "gzip"
    write(layout, mnist_files() if name == "mnist" else emnist_files(name))
    builder = library.builder(name.replace("-", "/"), data_dir=str(tmp_path / "data"))
    module = sys.modules[type(builder).__module__]
    monkeypatch.setattr(module, "_TRAIN_EXAMPLES", 70)
    monkeypatch.setattr(module, "_TEST_EXAMPLES", 35)
    if builder.builder_config is not None:
        builder.builder_config.train_examples, builder.builder_config.test_examples = 70, 35

    def local(_: object, asked: Any) -> Any:
        """The unpacked file for each that was asked for, the folder of the archive for one."""
        if not isinstance(asked, dict):
            return str(tmp_path)
        names = {key: str(path).rsplit("/", 1)[-1] for key, path in asked.items()}
        return {key: str(layout / file.removesuffix(".gz")) for key, file in names.items()}

    manager = library.download.DownloadManager
    monkeypatch.setattr(manager, "download_and_extract", local)
    monkeypatch.setattr(manager, "extract", local)
    builder.download_and_prepare()
    dataset = load(name, tmp_path / "data", source="tfds")
    # The library shuffles as it prepares: the same images, each with its own label.
    for found, wanted in zip((dataset.train, dataset.test), expected(name, 70), strict=True):
        pairs = [
            sorted(zip((i.tobytes() for i in part.images), part.labels.tolist(), strict=True))
            for part in (found, wanted)
        ]
        assert pairs[0] == pairs[1]
