"""Data sets from small files in the official layouts, whole, broken, swapped and hostile."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from tests.support.datasets import (
    CHARS,
    SPLITS,
    agrees,
    emnist_files,
    gzipped,
    hwr62,
    idx,
    mnist_files,
    write,
    write_archive,
    write_keras,
)
from train.data.datasets import load

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.mark.parametrize("pack", [dict, gzipped], ids=["plain", "gzip"])
@pytest.mark.parametrize("place", ["", "gzip", "emnist", "own"])
@pytest.mark.parametrize("name", SPLITS)
def test_emnist_comes_out_upright_and_labelled_from_zero(
    tmp_path: Path, name: str, place: str, pack: Callable[[Any], Any]
) -> None:
    write(tmp_path / "data" / (name if place == "own" else place), pack(emnist_files(name)))
    dataset = load(name, tmp_path / "data")
    assert agrees(dataset)
    assert "".join(dataset.chars) == CHARS[name]
    assert len(dataset.files) == 5
    assert "70 training and 35 test images" in dataset.warnings[0]


@pytest.mark.parametrize("name", SPLITS)
def test_the_official_archive_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    archive = write_archive(tmp_path / "gzip.zip")
    before = sorted(tmp_path.iterdir())
    for data in (tmp_path, archive):
        dataset = load(name, data)
        assert agrees(dataset)
        assert "".join(dataset.chars) == CHARS[name]
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("pack", [dict, gzipped], ids=["plain", "gzip"])
@pytest.mark.parametrize("place", ["", "mnist"])
def test_mnist_is_stored_upright(tmp_path: Path, place: str, pack: Callable[[Any], Any]) -> None:
    files = pack(mnist_files())
    write(tmp_path / "data" / place, files)
    dataset = load("mnist", tmp_path / "data")
    assert agrees(dataset)
    assert "".join(dataset.chars) == CHARS["mnist"]
    for file in dataset.files:
        assert file.bytes == len(files[file.name])
        assert file.sha256 == hashlib.sha256(files[file.name]).hexdigest()


def test_mnist_under_its_older_names(tmp_path: Path) -> None:
    write(tmp_path, {k.replace("-idx", ".idx"): v for k, v in mnist_files().items()})
    assert agrees(load("mnist", tmp_path))


def test_keras_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "datasets").mkdir()
    write_keras(tmp_path / "datasets" / "mnist.npz")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert agrees(load("mnist", None, source="keras"))
    assert agrees(load("mnist", tmp_path / "datasets", source="keras"))
    assert agrees(load("mnist", tmp_path / "datasets"))
    with pytest.raises(InputError, match="Keras has a file of mnist only"):
        load("emnist-digits", None, source="keras")


def test_a_folder_in_emnists_layout_by_name_or_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "hwr62", hwr62())
    monkeypatch.chdir(tmp_path)
    for name, data in (
        ("hwr62", tmp_path),
        ("hwr62", folder),
        (str(folder), None),
        (str(folder), tmp_path / "hwr62"),
        ("hwr62", None),
        ("./hwr62/", None),
    ):
        dataset = load(name, data)
        assert dataset.name == "hwr62"
        assert agrees(dataset, 124, "emnist-byclass")
        assert dataset.train.sources is not None
        assert dataset.train.sources.tolist() == [i % 3 for i in range(124)]
        assert dataset.test.groups is not None
        assert dataset.test.groups.tolist() == [f"paper-{i % 5}" for i in range(62)]
        assert not dataset.warnings


def test_renamed_to_emnists_own_layout_it_is_the_same_data(tmp_path: Path) -> None:
    renamed = {k.replace("hwr62", "emnist"): v for k, v in hwr62().items()}
    write(tmp_path, renamed)
    dataset = load("emnist-byclass", tmp_path)
    assert agrees(dataset, 124)
    assert dataset.train.groups is not None


def test_official_totals_make_no_warning(tmp_path: Path) -> None:
    files = {}
    for part, count in (("train", 60_000), ("t10k", 10_000)):
        files[f"{part}-images-idx3-ubyte"] = idx(np.zeros((count, 28, 28), np.uint8))
        files[f"{part}-labels-idx1-ubyte"] = idx((np.arange(count) % 10).astype(np.uint8))
    write(tmp_path, gzipped(files))
    assert load("mnist", tmp_path).warnings == ()
    for kind in ("images-idx3", "labels-idx1"):
        train, test = (tmp_path / f"{part}-{kind}-ubyte.gz" for part in ("train", "t10k"))
        train.rename(tmp_path / "third")
        test.rename(train)
        (tmp_path / "third").rename(test)
    with pytest.raises(InputError, match="training and the test files of mnist are swapped"):
        load("mnist", tmp_path)


def test_images_that_were_stored_upright_are_found_out(tmp_path: Path) -> None:
    ones = np.zeros((500, 28, 28), np.uint8)
    ones[:, 4:24, 13:15] = 255
    for turn, warned in ((ones.transpose(0, 2, 1), False), (ones, True)):
        files = emnist_files("emnist-digits", 500, prefix="mine")
        files["mine-train-images-idx3-ubyte"] = idx(np.ascontiguousarray(turn))
        write(tmp_path / "mine", files)
        warnings = load("mine", tmp_path).warnings
        assert any("lie on their side" in warning for warning in warnings) == warned


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    for name, data, reason in (
        ("hwr62", tmp_path, "neither .* nor a folder hwr62 holds"),
        ("hwr62", tmp_path / "nowhere", "there is no data folder"),
        ("nothing", None, "there is no folder nothing; the known data sets are mnist, emnist-by"),
        ("emnist-letters", tmp_path, "emnist-letters is not in .*fetch this file .*gzip.zip"),
        ("mnist", None, "mnist is not in the cache.*fetch these files .*t10k-labels-idx1"),
    ):
        with pytest.raises(InputError, match=reason):
            load(name, data, download=False)
    with pytest.raises(InputError, match="no source 'web'"):
        load("mnist", None, source="web")


def test_the_cache_is_used_when_the_data_folder_lacks_the_set(tmp_path: Path) -> None:
    write(tmp_path / "cache" / "mnist", gzipped(mnist_files()))
    write(tmp_path / "data", {})
    assert agrees(load("mnist", tmp_path / "data", download=False))
    (tmp_path / "cache" / "emnist").mkdir()
    write_archive(tmp_path / "cache" / "emnist" / "gzip.zip", ("emnist-mnist",))
    assert agrees(load("emnist-mnist", None, download=False))


@pytest.mark.parametrize("gone", sorted(gzipped(emnist_files("emnist-digits"))))
def test_a_missing_file_of_a_set_is_named(tmp_path: Path, gone: str) -> None:
    folder = write(tmp_path, gzipped(emnist_files("emnist-digits")))
    (folder / gone).unlink()
    if gone.endswith(".txt"):
        assert "official classes are used" in load("emnist-digits", folder).warnings[0]
    else:
        with pytest.raises(InputError, match=rf"{gone.removesuffix('.gz')}\[.gz\] is missing"):
            load("emnist-digits", folder)


def test_several_sets_in_one_folder_must_be_told_apart(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", emnist_files("emnist-digits"))
    write(folder, emnist_files("emnist-letters"))
    with pytest.raises(InputError, match=r"several data sets \(emnist-digits, emnist-letters\)"):
        load("mine", tmp_path)


def test_no_tensorflow_is_imported() -> None:
    code = (
        "import sys, train.data.datasets; "
        "sys.exit(bool({'tensorflow', 'keras'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
