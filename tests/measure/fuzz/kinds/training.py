"""Bad data sets, checkpoints and networks of a training."""

from __future__ import annotations

import gzip
import io
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

from hwr_live.recognition.models import find_model
from tests.measure.fuzz.damage import Chance, damaged, damaged_json
from tests.measure.fuzz.programs import Case, told
from tests.support.datasets import (
    emnist_files,
    gzipped,
    mnist_files,
    write,
    write_archive,
    write_keras,
)

_MOST_MB = 1200  # that a bomb unpacks to


def data(folder: Path) -> Case:
    """IDX files, gzipped or not, EMNIST's archive, Keras's file."""
    from train.data.datasets import load

    os.environ["HWR_CACHE"] = str(folder / "cache")
    layouts = {
        "plain": write(folder / "plain", emnist_files("emnist-digits", 10)),
        "packed": write(folder / "packed", gzipped(emnist_files("emnist-letters", 26))),
        "mnist": write(folder / "mnist", mnist_files(10)),
        "archive": folder / "archive",
        "keras": folder / "keras",
    }
    for name in ("archive", "keras"):
        layouts[name].mkdir()
    write_archive(folder / "archive" / "gzip.zip", ("emnist-digits",))
    write_keras(folder / "keras" / "mnist.npz", 10)
    sets = {"packed": "emnist-letters", "mnist": "mnist", "keras": "mnist"}
    good = {
        path: (path.read_bytes(), sets.get(place.name, "emnist-digits"))
        for place in layouts.values()
        for path in sorted(place.iterdir())
    }
    paths = sorted(good)

    def case(chance: Chance) -> tuple[int, list[str]]:
        path = paths[int(chance.integers(len(paths)))]
        content, name = good[path]
        path.write_bytes(damaged(content, chance))
        try:
            return told(lambda: load(name, path.parent, download=False))
        finally:
            path.write_bytes(content)

    return case


def idx(folder: Path) -> Case:
    """IDX files of a few bytes that claim, or unpack to, very many; alone or in an archive."""
    from train.data.datasets import load

    os.environ["HWR_CACHE"] = str(folder / "cache")
    places = [folder / "mnist", folder / "archive"]
    for place in places:
        place.mkdir()
    members = gzipped(emnist_files("emnist-digits", 10))
    plain = write(places[0], mnist_files(10))
    good = {path: path.read_bytes() for path in sorted(plain.iterdir())}
    zeros = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(zeros.compress(bytes(1 << 20)) for _ in range(_MOST_MB)) + zeros.flush()

    def bomb(chance: Chance) -> bytes:
        """Sizes that are extreme, before nothing, a little, or as much as they claim."""
        labels = chance.random() < 0.4
        count = int(chance.choice([0, 1, 10, 1_000_000, 1_369_568, 1_369_569, 2**31, 2**32 - 1]))
        side = [int(n) for n in chance.choice([1, 28, 28, 28, 60_000, 2**32 - 1], size=2)]
        sizes = [count] if labels else [count, *side]
        head = struct.pack(f">HBB{len(sizes)}I", 0, 8, len(sizes), *sizes)
        kind = int(chance.integers(4))
        if kind == 0:  # of several gzip members, the second of which unpacks to very much
            return gzip.compress(head) + packed
        data = head + bytes(int(chance.integers(5000)))
        return data if kind == 1 else gzip.compress(data)

    def case(chance: Chance) -> tuple[int, list[str]]:
        if chance.random() < 0.3:
            changed = dict(members)
            changed[sorted(members)[int(chance.integers(len(members)))]] = bomb(chance)
            with zipfile.ZipFile(places[1] / "gzip.zip", "w", zipfile.ZIP_DEFLATED) as made:
                for name, content in changed.items():
                    made.writestr(f"gzip/{name}", content)
            return told(lambda: load("emnist-digits", places[1], download=False))
        path = list(good)[int(chance.integers(len(good)))]
        path.write_bytes(bomb(chance))
        try:
            return told(lambda: load("mnist", places[0], download=False))
        finally:
            path.write_bytes(good[path])

    return case


def archive(folder: Path) -> Case:
    """Archives whose members have hostile names, sizes, kinds and contents."""
    from train.data.datasets import load

    os.environ["HWR_CACHE"] = str(folder / "cache")
    (folder / "in").mkdir()
    path = folder / "in" / "gzip.zip"
    members = gzipped(emnist_files("emnist-digits", 10))
    names = sorted(members)
    tricks = ("../", "/", "..\\", "C:\\", "gzip/../../", "gzip//", "./", "\0", "é/", "a/" * 200)

    def case(chance: Chance) -> tuple[int, list[str]]:
        with zipfile.ZipFile(path, "w") as made:
            for name in names:
                info = zipfile.ZipInfo(f"gzip/{name}")
                info.compress_type = int(chance.choice([0, 8, 12, 14]))
                content = members[name]
                if chance.random() < 0.1:
                    content = bytes(int(chance.choice([0, 1 << 20, 1 << 26])))
                if chance.random() < 0.05:
                    info.external_attr = 0o120777 << 16
                if chance.random() < 0.05:
                    info.filename = tricks[int(chance.integers(len(tricks)))] + name
                made.writestr(info, content)
                if chance.random() < 0.02:
                    made.writestr(f"other/{name}", content)
        if chance.random() < 0.3:
            path.write_bytes(damaged(path.read_bytes(), chance))
        status, lines = told(lambda: load("emnist-digits", path.parent, download=False))
        assert sorted(entry.name for entry in folder.iterdir() if entry.name != "cache") == ["in"]
        return status, lines

    return case


def checkpoint(folder: Path) -> Case:
    """Checkpoints of a training that was broken off."""
    from train.fit.checkpoint import Checkpoint, State, saved_recipe
    from train.recipe import recipe_for

    settings = {"recipe": recipe_for("mnist", "dense").__dict__, "classes": 10, "images": []}
    kept = Checkpoint(folder / "checkpoint.npz", settings)
    arrays = [np.arange(n, dtype=np.float32) for n in (3, 50)]
    kept.save(State(arrays, arrays, (0.5, arrays), [{"epoch": 1.0, "loss": 0.5}], 3.0))
    good = kept.path.read_bytes()

    def case(chance: Chance) -> tuple[int, list[str]]:
        kept.path.write_bytes(damaged(good, chance))
        status, lines = told(lambda: saved_recipe(kept.path))
        return told(kept.load) if status == 0 else (status, lines)

    return case


def keras(folder: Path) -> Case:
    """Networks in Keras's own file."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from train.fit.nets import load_net

    good = (find_model("mnist-dense") / "model.keras").read_bytes()
    with zipfile.ZipFile(io.BytesIO(good)) as read:
        members = {name: read.read(name) for name in read.namelist()}
    path = folder / "model.keras"

    def case(chance: Chance) -> tuple[int, list[str]]:
        if chance.random() < 0.4:
            path.write_bytes(damaged(good, chance))
        else:
            changed = dict(members)
            if chance.random() < 0.7:
                text = changed["config.json"].decode()
                changed["config.json"] = damaged_json(text, chance).encode("utf-8", "replace")
            else:
                weights = "model.weights.h5"
                changed[weights] = damaged(changed[weights], chance)
            with zipfile.ZipFile(path, "w") as made:
                for name, content in changed.items():
                    made.writestr(name, content)
        return told(lambda: load_net(path))

    return case
