"""The kinds of bad input that :mod:`tests.measure.fuzz` makes, each from good input and chance."""

from __future__ import annotations

import importlib.util
import io
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from hwr_live.cli.sample import draw_sample
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.models import find_model
from tests.measure.damage import Chance, damaged, damaged_json
from tests.measure.fuzz_pictures import picture, video
from tests.measure.fuzz_run import Case, remembered, run, told
from tests.support.datasets import (
    emnist_files,
    gzipped,
    mnist_files,
    write,
    write_archive,
    write_keras,
)


def needs(kind: str) -> str:
    """A package that a kind needs and that is not installed; "" if there is none."""
    package = {"keras": "tensorflow"}.get(kind, "")
    return package if package and importlib.util.find_spec(package) is None else ""


# Data sets, checkpoints, networks


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


# Models, profiles


def _model(folder: Path, name: str = "hwr62") -> Path:
    """A copy of a shipped model, to be broken."""
    to = folder / name
    to.mkdir()
    for file in ("card.json", "model.tflite"):
        shutil.copyfile(find_model(name) / file, to / file)
    return to


def model(folder: Path) -> Case:
    """LiteRT files, damaged; mostly in their tables, which come after the weights."""
    tables = {_model(folder, "hwr62"): 17_000, _model(folder, "mnist-dense"): 4_000}  # bytes
    good = {place: (place / "model.tflite").read_bytes() for place in tables}
    places = list(tables)

    def case(chance: Chance) -> tuple[int, list[str]]:
        place = places[int(chance.integers(len(places)))]
        content = good[place]
        weights = len(content) - tables[place] if chance.random() < 0.8 else 0
        content = content[:weights] + damaged(content[weights:], chance, still=bool(weights))
        (place / "model.tflite").write_bytes(content)
        return run("sample", "--model", str(place))

    return case


def card(folder: Path) -> Case:
    """Cards with other values, missing ones, more; models with each other's files."""
    places = [_model(folder, name) for name in ("hwr62", "mnist", "mnist-dense")]
    cards = [(place / "card.json").read_text(encoding="utf-8") for place in places]
    files = [(place / "model.tflite").read_bytes() for place in places]

    def case(chance: Chance) -> tuple[int, list[str]]:
        number, other = (int(n) for n in chance.integers(len(places), size=2))
        place = places[number]
        text = damaged_json(cards[number], chance) if chance.random() < 0.9 else cards[other]
        (place / "card.json").write_bytes(text.encode("utf-8", "surrogatepass"))
        if chance.random() < 0.1:
            text = (place / "card.json").read_text(encoding="utf-8", errors="replace")
            (place / "card.json").write_bytes(damaged(text.encode(), chance))
        (place / "model.tflite").write_bytes(files[other if chance.random() < 0.1 else number])
        return run("sample", "--model", str(place))

    return case


def report(folder: Path) -> Case:
    """``python -m train report`` of a card with other values."""
    place = _model(folder, "mnist-dense")
    good = (place / "card.json").read_text(encoding="utf-8")

    def case(chance: Chance) -> tuple[int, list[str]]:
        text = damaged_json(good, chance)
        (place / "card.json").write_bytes(text.encode("utf-8", "surrogatepass"))
        return run("train", "report", str(place))

    return case


def profile(folder: Path) -> Case:
    """Profiles with damaged lists and samples: they are told of, and the rest is used."""
    remembered()
    page = folder / "page.png"
    cv2.imwrite(str(page), draw_sample())
    kept = Profile.open(folder / "hand", new=True)
    for number, char in enumerate("0aB7"):
        ink = np.zeros((40, 30), np.uint8)
        cv2.putText(ink, char, (2, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 2 + number)
        kept.add(char, ink, "pad")
    files = sorted(path for path in kept.folder.rglob("*") if path.is_file())
    good = {path: path.read_bytes() for path in files if path.name != ".lock"}
    listed = kept.folder / "profile.json"

    def case(chance: Chance) -> tuple[int, list[str]]:
        for path, content in good.items():
            path.write_bytes(content)
        if chance.random() < 0.5:
            text = damaged_json(good[listed].decode(), chance)
            listed.write_bytes(text.encode("utf-8", "surrogatepass"))
        else:
            path = list(good)[int(chance.integers(len(good)))]
            path.write_bytes(damaged(good[path], chance))
        commands = (
            ("profile", "show", str(kept.folder)),
            ("read", "--profile", str(kept.folder), str(page)),
        )
        status, lines = run(*commands[int(chance.integers(2))])
        if status == 0:  # what is left out is told in lines of its own
            assert all(line.startswith("hwr-live: ") for line in lines), lines
        return status, lines

    return case


# Command lines


_WORDS = (
    *("read", "camera", "sample", "profile", "models", "draw", "teach", "page.png", "gone.png"),
    *("--chars", "--model", "--json", "--overlay", "--source", "--no-window", "--frames"),
    *("--save-dir", "--record", "--profile", "--size", "--out", "--sheet", "--page", "--text"),
    *("list", "show", "export", "delete", "-", "--", "-x", "", " ", ".", "..", "/", "a\0b", "\n"),
    *(
        "0",
        "-1",
        "99",
        "1e9",
        "9" * 400,
        "digits",
        "0é",
        "x" * 300,
        "\udcff",
        "é.png",
        "%d",
        "[",
        "*",
    ),
    *("%04d.png", "http://", "http://127.0.0.1:1/x", "file:///x", "rtsp://[::1", "con", "~", "=;"),
    *("1x1", "99999999x1", "320x240", "page.avi", "sub/page.png", "--help", "--version", "--yes"),
)


def words(folder: Path) -> Case:
    """Command lines of options and values in no order."""
    remembered()
    os.environ["XDG_DATA_HOME"] = str(folder / "share")
    os.environ.pop("DISPLAY", None)
    cv2.imwrite("page.png", draw_sample())

    def case(chance: Chance) -> tuple[int, list[str]]:
        count = int(chance.integers(1, 6))
        first = ("read", "camera", "sample", "profile", "teach")[int(chance.integers(5))]
        rest = [_WORDS[int(n)] for n in chance.integers(len(_WORDS), size=count)]
        if first == "camera":
            rest.append("--no-window")
        status, lines = run(first, *rest)
        wrote = ("hwr-live: ", "wrote ", "recorded ")
        if first == "read" and status:  # one line for each picture
            assert all(line.startswith(wrote) for line in lines), (rest, lines)
            lines = [line for line in lines if line.startswith("hwr-live: ")][:1]
        return status, lines

    return case


KINDS: dict[str, Callable[[Path], Case]] = {
    kind.__name__: kind
    for kind in (
        *(picture, video, data, archive, checkpoint, keras),
        *(model, card, report, profile, words),
    )
}
