"""Data sets by name: MNIST, the six splits of EMNIST, and any folder of files like theirs or of
pictures."""

from __future__ import annotations

import os
from pathlib import Path

from hwr_live.errors import InputError
from hwr_live.system.nearest import suggestion
from hwr_live.system.terminal import note
from train.data import layouts
from train.data.archive import Folder, Store
from train.data.dataset import Dataset, FileInfo, Part
from train.data.download import REMOTES, by_hand, cache_folder, fetch, missing
from train.data.official import OFFICIAL, check, lying
from train.data.pictures import LAYOUT, load_pictures, picture_folder
from train.data.validation import split_validation

__all__ = ["OFFICIAL", "SOURCES", "Dataset", "FileInfo", "Part", "load", "split_validation"]

SOURCES = ("files", "tfds", "keras")


def load(name: str, data: Path | None, *, source: str = "files", download: bool = True) -> Dataset:
    """Loads a data set.

    Args:
        name: one of ``OFFICIAL``, or the name or path of a folder in EMNIST's layout or with a
            sub-folder of pictures for each character.
        data: the folder that holds the files, directly, in a folder of the set's name, or in
            ``mnist/``, ``emnist/``, ``gzip/`` or ``hwr62/``; or EMNIST's ``gzip.zip`` itself. With
            "tfds" it is a ``data_dir`` of that library, with "keras" the folder of ``mnist.npz``.
        source: "files"; "tfds" for TensorFlow Datasets; "keras" for Keras's own file of MNIST.
        download: whether an official set that is neither in ``data`` nor in the cache folder is
            fetched into the latter, after saying on stderr what that takes.

    Raises:
        InputError: files that are missing, broken, truncated, swapped or renamed, or cannot be
            fetched; it names them.
    """
    if source == "tfds":
        from train.data.published import tfds

        return tfds(name, data)
    if source not in SOURCES:
        raise InputError(f"no source {source!r}: choose from {', '.join(SOURCES)}")
    if source == "keras" and name != "mnist":
        raise InputError(f"Keras has a file of mnist only, not of {name}")
    found = _keras(data) if source == "keras" else layouts.find(name, data)
    if found is None and name not in OFFICIAL and (folder := picture_folder(name, data)):
        return load_pictures(folder)
    if found is None and name in OFFICIAL:
        found = _cached(name, data, "keras" if source == "keras" else name, download)
    if found is None:
        raise InputError(_not_found(name, data))
    store, prefix = found
    chars, train, test, reader = layouts.read(store, prefix)
    warnings = list(reader.warnings)
    official = "mnist" if name == "mnist" else prefix
    if official in OFFICIAL:
        warnings += check(official, train, test, store.where)
    warnings += lying(chars, train)
    own = name if name in OFFICIAL else Path(name).resolve().name
    return Dataset(own, chars, train, test, tuple(reader.files), tuple(warnings))


def _keras(data: Path | None) -> tuple[Store, str] | None:
    """Keras's file where Keras keeps it, or in ``data``."""
    if data is not None and not data.is_dir():
        raise InputError(f"there is no data folder {data}")
    home = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")
    for folder in [home / "datasets"] if data is None else [data, data / "mnist"]:
        if (folder / layouts.KERAS_FILE).is_file():
            return Folder(folder), layouts.KERAS_FILE
    return None


def _cached(name: str, data: Path | None, kind: str, download: bool) -> tuple[Store, str] | None:
    """An official set in the cache folder, fetched into it if it is not there."""
    kind = "emnist" if kind.startswith("emnist-") else kind
    remotes, folder = REMOTES[kind], cache_folder() / kind
    wanted = missing(remotes, folder)
    if wanted and not download:
        raise InputError(f"{_not_found(name, data)}. {by_hand(wanted, folder)}")
    if wanted:
        megabytes = sum(remote.bytes for remote in wanted) / 1e6
        splits = ", all six splits of EMNIST" if kind == "emnist" else ""
        note(_not_found(name, data))
        note(f"fetching {megabytes:,.0f} MB{splits}, into {folder}")
        fetch(remotes, folder)
    return layouts.find("mnist" if kind == "keras" else name, folder)


def _not_found(name: str, data: Path | None) -> str:
    if name in OFFICIAL:
        where = f"in {data} or the cache folder" if data else "in the cache folder"
        return f"{name} is not {where}"
    known = f"the known data sets are {', '.join(OFFICIAL)}"
    if Path(name).is_dir():
        return (
            f"{name} holds no data set: neither files in EMNIST's layout "
            f"(NAME-mapping.txt, NAME-train-images-idx3-ubyte[.gz] and so on), nor {LAYOUT}"
        )
    if data is None:
        return (
            f"there is no folder {name}; {known}{suggestion(name, OFFICIAL)}; "
            "--data DIR or HWR_DATA says where others lie"
        )
    return (
        f"neither {data} nor a folder {name} holds a data set {name}, of files in EMNIST's layout "
        f"or of pictures; {known}{suggestion(name, OFFICIAL)}"
    )
