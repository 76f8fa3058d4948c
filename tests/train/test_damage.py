"""Swapped, renamed, damaged and hostile files: one line that names what is wrong, or the data."""

from __future__ import annotations

import itertools
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from tests.support.datasets import (
    emnist_files,
    expected,
    gzipped,
    hwr62,
    idx,
    mnist_files,
    write,
    write_archive,
    write_keras,
)
from train.data import archive as store
from train.data.datasets import Dataset, load
from train.data.mapping import parse_mapping

pytestmark = pytest.mark.usefixtures("own_cache")


def swap(one: str, other: str) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files[one], files[other] = files[other], files[one]

    return change


def put(entry: str, raw: bytes) -> Callable[[dict[str, bytes]], None]:
    return lambda files: files.update({entry: raw})


TRAIN, TEST = "emnist-digits-train-", "emnist-digits-test-"
IMAGES, LABELS = "images-idx3-ubyte", "labels-idx1-ubyte"
MAPPING = "emnist-digits-mapping.txt"


@pytest.mark.parametrize(
    ("change", "named", "reason"),
    [
        (swap(TRAIN + IMAGES, TRAIN + LABELS), TRAIN + IMAGES, "holds labels"),
        (swap(TRAIN + IMAGES, TEST + IMAGES), TRAIN + IMAGES, "35 images but .* 70 labels"),
        (swap(TRAIN + LABELS, TEST + LABELS), TRAIN + IMAGES, "70 images but .* 35 labels"),
        (put(TRAIN + IMAGES, b""), TRAIN + IMAGES, "only 0 bytes"),
        (put(TEST + LABELS, idx(np.full(35, 10, np.uint8))), TEST + LABELS, "label 10, not within"),
        (put(MAPPING, b"0 48\n1 49\n"), MAPPING, "is not the mapping of emnist-digits"),
        (
            lambda files: files.update(emnist_files("emnist-letters", prefix="emnist-digits")),
            MAPPING,
            "not the mapping",
        ),
    ],
)
@pytest.mark.parametrize("pack", [dict, gzipped], ids=["plain", "gzip"])
def test_swapped_renamed_and_damaged_files_are_named(
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    named: str,
    reason: str,
    pack: Callable[[Any], Any],
) -> None:
    files = emnist_files("emnist-digits")
    change(files)
    write(tmp_path, pack(files))
    with pytest.raises(InputError, match=f"{named}.*{reason}"):
        load("emnist-digits", tmp_path)


@pytest.mark.parametrize(
    ("name", "other", "reason"),
    [
        ("emnist-digits", "emnist-letters", "label 26, not within 0 to 9"),
        ("emnist-letters", "emnist-digits", "label 0, not within 1 to 26"),
        ("emnist-balanced", "emnist-byclass", "label 61, not within 0 to 46"),
        ("emnist-byclass", "emnist-balanced", "47 of its 62 classes"),
        ("emnist-byclass", "emnist-letters", "26 of its 62 classes"),
    ],
)
def test_another_splits_files_under_this_splits_names(
    tmp_path: Path, name: str, other: str, reason: str
) -> None:
    files = emnist_files(other, 6200, prefix=name)
    files[f"{name}-mapping.txt"] = emnist_files(name)[f"{name}-mapping.txt"]
    write(tmp_path, files)
    with pytest.raises(InputError, match=reason):
        load(name, tmp_path)


@pytest.mark.parametrize(
    ("entry", "raw", "reason"),
    [
        ("train-sources-idx1-ubyte.gz", idx(np.zeros(9, np.uint8)), "9 entries for 124 images"),
        ("train-groups.txt.gz", b"a\nb\n", "2 entries for 124 images"),
        ("train-groups.txt.gz", b"\xff\xff\n" * 124, "no text"),
        ("mapping.txt", b"", "names 0 classes"),
    ],
)
def test_sources_and_groups_must_fit_the_images(
    tmp_path: Path, entry: str, raw: bytes, reason: str
) -> None:
    write(tmp_path / "hwr62", hwr62())
    write(tmp_path / "hwr62", {f"hwr62-byclass-{entry}": raw})
    with pytest.raises(InputError, match=f"hwr62-byclass-{entry}.*{reason}"):
        load("hwr62", tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "names 0 classes"),
        ("0 48\n", "names 1 classes"),
        ("0 48\n2 50\n", "line 2: labels must count up"),
        ("2 48\n3 49\n", "line 1: labels must count up"),
        ("0 48\n0 49\n", "line 2: labels must count up"),
        ("0 48\n1 48\n", "line 2: '0' has two labels"),
        ("0 48\n1 x\n", "line 2: not a label"),
        ("0 48\n1\n", "line 2: not a label"),
        ("0 48\n1 -5\n", "line 2: not a label"),
        ("0 48\n1 7\n", "line 2: 7 is no printable"),
        ("0 48\n1 32\n", "line 2: 32 is no printable"),
        ("0 48\n1 55296\n", "line 2: 55296 is no printable"),
        ("0 48\n1 9999999\n", "line 2: 9999999 is no printable"),
        ("".join(f"{n} {n + 0x4E00}\n" for n in range(257)), "names 257 classes"),
    ],
)
def test_a_mapping_that_is_none_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=f"map.txt.*{reason}"):
        parse_mapping(text, "map.txt")


def test_a_mapping_may_have_windows_line_ends() -> None:
    assert parse_mapping("1 65 97\r\n2 66 98\r\n\r\n", "map.txt") == (("A", "B"), 1)


def archive_of(path: Path, member: str | zipfile.ZipInfo, raw: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in gzipped(emnist_files("emnist-digits")).items():
            archive.writestr(f"gzip/{entry}", content)
        archive.writestr(member, raw)
    return path


def link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("gzip/emnist-letters-train-images-idx3-ubyte.gz")
    info.external_attr = 0o120777 << 16
    return info


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        ("../gzip/evil", "points outside"),
        ("gzip/../../evil", "points outside"),
        ("/etc/evil", "points outside"),
        ("C:/evil", "points outside"),
        ("gzip\\..\\evil", "points outside"),
        (f"../{'x' * 5000}", r"points outside: '\.\./x{197}'$"),
        ("other/emnist-digits-mapping.txt", "two members named emnist-digits-mapping.txt"),
        (link(), "is a link"),
    ],
)
def test_an_archive_with_tricks_is_refused(
    tmp_path: Path, member: str | zipfile.ZipInfo, reason: str
) -> None:
    archive = archive_of(tmp_path / "gzip.zip", member)
    with pytest.raises(InputError, match=f"gzip.zip.*{reason}|{reason}"):
        load("emnist-letters", archive)
    assert [p.name for p in tmp_path.iterdir()] == ["gzip.zip"]


def test_a_member_without_a_name_is_passed_over(tmp_path: Path) -> None:
    member = zipfile.ZipInfo()
    member.filename = "\0evil"  # zipfile ends names at a null byte
    archive = archive_of(tmp_path / "gzip.zip", member)
    assert len(load("emnist-digits", archive).train.labels) == 70


def test_a_bomb_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MAX_BYTES", 100_000)
    entry = "gzip/emnist-letters-train-images-idx3-ubyte.gz"
    bomb = archive_of(tmp_path / "gzip.zip", entry, bytes(100_001))
    with pytest.raises(InputError, match="larger than this program reads"):
        load("emnist-letters", bomb)
    # The same with a directory that lies about the size: what counts is what comes out.
    raw = bytearray(bomb.read_bytes())
    size = raw.rindex(struct.pack("<I", 100_001))
    raw[size : size + 4] = struct.pack("<I", 10)
    bomb.write_bytes(raw)
    with pytest.raises(InputError, match=r"emnist-letters-train-images.* is (broken|truncated)"):
        load("emnist-letters", bomb)


def test_keras_file_with_a_lying_header_or_pickles_is_refused(tmp_path: Path) -> None:
    path = write_keras(tmp_path / "mnist.npz")
    train, test = expected("mnist", 70)
    for changed, reason in (
        ({"x_train": train.images[:9]}, "9 images but 70 labels"),
        ({"y_train": train.labels + 200}, "label 209"),
        ({"x_train": train.images.astype(np.float32)}, "no uint8 array"),
        ({"x_train": np.array([{}], object)}, "no uint8 array"),
        ({"x_train": train.images[:, :20]}, "no 28x28 images"),
    ):
        arrays: dict[str, Any] = {
            "x_train": train.images,
            "y_train": train.labels,
            "x_test": test.images,
            "y_test": test.labels,
        }
        np.savez(path, **{**arrays, **changed})
        with pytest.raises(InputError, match=f"mnist.npz.*{reason}"):
            load("mnist", tmp_path)
    np.savez(path, x_train=train.images)
    with pytest.raises(InputError, match=r"y_train.npy in .*mnist.npz is missing"):
        load("mnist", tmp_path)


def damaged(raw: bytes, random: np.random.Generator) -> bytes:
    """The bytes with one to four of them changed, cut off, doubled, or a piece left out."""
    changed = bytearray(raw)
    kind = random.integers(4)
    at = int(random.integers(len(raw))) if random.random() < 0.5 else int(random.integers(40))
    at = min(at, len(raw) - 1)
    if kind == 0:
        del changed[at:]
    elif kind == 1:
        del changed[at : at + int(random.integers(1, 9))]
    elif kind == 2:
        changed[at:at] = changed[at : at + int(random.integers(1, 9))]
    else:
        for _ in range(int(random.integers(1, 5))):
            changed[min(at + int(random.integers(9)), len(changed) - 1)] = random.integers(256)
    return bytes(changed)


@pytest.mark.parametrize("layout", ["plain", "gzip", "archive", "mnist", "keras", "groups"])
def test_damage_gives_a_data_set_or_an_input_error_and_nothing_else(
    tmp_path: Path, layout: str
) -> None:
    random = np.random.default_rng(len(layout))
    name = {"mnist": "mnist", "keras": "mnist", "groups": "hwr62"}.get(layout, "emnist-digits")
    if layout == "archive":
        write_archive(tmp_path / "gzip.zip", ("emnist-digits",))
    elif layout == "keras":
        write_keras(tmp_path / "mnist.npz", 10)
    elif layout == "mnist":
        write(tmp_path, mnist_files(10))
    elif layout == "groups":
        write(tmp_path, hwr62())
    else:
        files = emnist_files("emnist-digits", 10)
        write(tmp_path, gzipped(files) if layout == "gzip" else files)
    good = {path: path.read_bytes() for path in sorted(tmp_path.iterdir())}
    outcomes = {Dataset: 0, InputError: 0}
    for path, _ in zip(itertools.cycle(good), range(120), strict=False):
        path.write_bytes(damaged(good[path], random))
        told = ""
        try:
            dataset = load(name, tmp_path, download=False)
        except InputError as error:
            told = str(error)
        outcomes[InputError if told else Dataset] += 1
        if told:
            assert str(tmp_path) in told
            assert "\n" not in told
        else:
            for part in (dataset.train, dataset.test):
                assert len(part.images) == len(part.labels) > 0
                assert part.labels.max() < len(dataset.chars)
        path.write_bytes(good[path])
    assert outcomes[InputError] > 0
