"""Data sets from small files in the official layouts, whole, broken, swapped and hostile."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import struct
import subprocess
import sys
import types
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from tests.support.datasets import (
    SPLITS,
    emnist_files,
    expected,
    gzipped,
    idx,
    mnist_files,
    write,
    write_archive,
    write_keras,
)
from train.data import archive as store
from train.data.datasets import OFFICIAL, Dataset, Part, load, split_validation
from train.data.mapping import parse_mapping

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARS = {
    "emnist-byclass": "0123456789" + UPPER + UPPER.lower(),
    "emnist-bymerge": "0123456789" + UPPER + "abdefghnqrt",
    "emnist-balanced": "0123456789" + UPPER + "abdefghnqrt",
    "emnist-letters": UPPER,
    "emnist-digits": "0123456789",
    "emnist-mnist": "0123456789",
    "mnist": "0123456789",
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWR_CACHE", str(tmp_path / "cache"))


def agrees(dataset: Dataset, count: int = 70, kind: str | None = None) -> bool:
    pairs = zip((dataset.train, dataset.test), expected(kind or dataset.name, count), strict=True)
    return all(
        np.array_equal(found.images, wanted.images)
        and np.array_equal(found.labels, wanted.labels)
        and found.images.flags.c_contiguous
        and found.images.dtype == found.labels.dtype == np.uint8
        for found, wanted in pairs
    )


# Every layout that is promised


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


def hwr62(count: int = 124) -> dict[str, bytes]:
    """A folder in EMNIST's layout with sources and groups."""
    files = gzipped(emnist_files("emnist-byclass", count, prefix="hwr62-byclass"))
    for part, n in (("train", count), ("test", count // 2)):
        sources = (np.arange(n) % 3).astype(np.uint8)
        groups = "".join(f"paper-{i % 5}\n" for i in range(n))
        files[f"hwr62-byclass-{part}-sources-idx1-ubyte.gz"] = gzip.compress(idx(sources))
        files[f"hwr62-byclass-{part}-groups.txt.gz"] = gzip.compress(groups.encode())
    return files


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


# TensorFlow Datasets: a stand-in for its interface always, the library itself where it is there


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


# What is not there


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


# Swapped, renamed, damaged


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


# Hostile archives


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


# Random damage


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


# The validation part


def part_with(groups: list[str] | None, count: int) -> Part:
    labels = (np.arange(count) % 10).astype(np.uint8)
    told = None if groups is None else np.array(groups, np.str_)
    return Part(np.zeros((count, 28, 28), np.uint8), labels, None, told)


def test_validation_keeps_writers_apart_and_is_the_same_for_the_same_seed() -> None:
    groups = [f"crohme-w{n % 20}" for n in range(400)] + ["mnist"] * 600
    part = part_with(groups, 1000)
    train, valid = split_validation(part, 0.1, seed=3)
    assert sorted([*train, *valid]) == list(range(1000))
    assert not {groups[i] for i in train} & {groups[i] for i in valid} - {"mnist"}
    assert sum(groups[i] == "mnist" for i in valid) == 60
    assert len(valid) == 100
    assert np.array_equal(split_validation(part, 0.1, seed=3)[1], valid)
    assert not np.array_equal(split_validation(part, 0.1, seed=4)[1], valid)


def test_validation_without_writers_is_even_over_the_classes() -> None:
    part = part_with(None, 2000)
    train, valid = split_validation(part, 0.05, seed=0)
    assert np.bincount(part.labels[valid]).tolist() == [10] * 10
    assert len(train) == 1900


def test_a_writer_too_large_for_the_share_does_not_swallow_it() -> None:
    groups = ["paper-big"] * 900 + [f"paper-{n}" for n in range(100)]
    _, valid = split_validation(part_with(groups, 1000), 0.1, seed=0)
    assert len(valid) == 100
    assert all(groups[i] != "paper-big" for i in valid)


@pytest.mark.parametrize("share", [0.0, 1.0, -0.5, float("nan")])
def test_a_share_that_leaves_a_part_empty_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        split_validation(part_with(None, 10), share, seed=0)


def test_too_few_images_to_cut_from_are_refused() -> None:
    with pytest.raises(InputError, match="too few"):
        split_validation(part_with(None, 3), 0.1, seed=0)
