"""Data sets from small files in the official layouts: orientation, labels, mapping, splits."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.errors import InputError
from train.datasets import OFFICIAL, Part, load, split_validation


def idx(array: npt.NDArray[np.uint8]) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def upright(count: int, seed: int = 0) -> npt.NDArray[np.uint8]:
    """Images that tell every wrong orientation: a bright bar along the top, its left end cut."""
    images = np.random.default_rng(seed).integers(0, 60, (count, 28, 28), np.uint8)
    images[:, 2, 6:26] = 255
    return images


def write_emnist(folder: Path, prefix: str, *, count: int = 70) -> Part:
    """Writes a split as EMNIST's archive has it; returns the training part that must come out."""
    official = OFFICIAL[prefix]
    lines = []
    for label, char in enumerate(official.chars, official.first_label):
        codes = [ord(char), ord(char.lower())] if prefix == "emnist-letters" else [ord(char)]
        lines.append(" ".join(map(str, (label, *codes))))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{prefix}-mapping.txt").write_text("\n".join(lines) + "\n")
    parts = {}
    for seed, part in enumerate(("train", "test")):
        images = upright(count, seed)
        labels = (np.arange(count) % len(official.chars)).astype(np.uint8)
        stored = labels + np.uint8(official.first_label)
        for kind, array in (
            ("images-idx3", images.transpose(0, 2, 1)),
            ("labels-idx1", stored),
        ):
            path = folder / f"{prefix}-{part}-{kind}-ubyte.gz"
            path.write_bytes(gzip.compress(idx(array)))
        parts[part] = Part(images, labels)
    return parts["train"]


SPLITS = [name for name in OFFICIAL if name != "mnist"]


@pytest.mark.parametrize("name", SPLITS)
def test_emnist_splits_come_out_upright_with_labels_from_zero(tmp_path: Path, name: str) -> None:
    expected = write_emnist(tmp_path / "gzip", name)
    dataset = load(name, tmp_path)
    assert (dataset.train.images == expected.images).all()
    assert (dataset.train.labels == expected.labels).all()
    assert "".join(dataset.chars) == OFFICIAL[name].chars
    assert len(dataset.files) == 5
    assert "official" in dataset.warnings[0]


def test_validation_keeps_writers_apart_and_is_the_same_for_the_same_seed() -> None:
    groups = np.array([f"crohme-w{n % 20}" for n in range(400)] + ["mnist"] * 600)
    labels = (np.arange(1000) % 10).astype(np.uint8)
    part = Part(np.zeros((1000, 28, 28), np.uint8), labels, None, groups)
    train, valid = split_validation(part, 0.1, seed=3)
    assert sorted([*train, *valid]) == list(range(1000))
    assert not {*groups[train]} & {*groups[valid]} - {"mnist"}
    assert (groups[valid] == "mnist").sum() == 60
    assert len(valid) == 100
    assert (split_validation(part, 0.1, seed=3)[1] == valid).all()
    assert (split_validation(part, 0.1, seed=4)[1] != valid).any()


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, float("nan")])
def test_a_share_that_leaves_a_part_empty_is_refused(share: float) -> None:
    part = Part(np.zeros((10, 28, 28), np.uint8), np.zeros(10, np.uint8))
    with pytest.raises(InputError, match="between 0 and 1"):
        split_validation(part, share, seed=0)
