"""Keras files: hostile ones run no code, fill no memory, are told in one line; good ones load."""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.models import find_model

pytest.importorskip("tensorflow", reason="TensorFlow is not installed (the extra train)")

import h5py
import keras

from train.fit.keras_file import MOST_BYTES, check
from train.fit.nets import load_net

Members = dict[str, bytes]
Config = dict[str, Any]


def pack(path: Path, members: Members) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


@pytest.fixture(scope="module")
def good() -> Members:
    with zipfile.ZipFile(find_model("mnist-dense") / "model.keras") as file:
        return {name: file.read(name) for name in file.namelist()}


def changed(good: Members, change: Callable[[Config], object]) -> Members:
    """The members with another configuration."""
    config = json.loads(good["config.json"])
    change(config)
    return {**good, "config.json": json.dumps(config).encode()}


def layer(config: Config, name: str) -> Config:
    return next(one for one in config["config"]["layers"] if one["class_name"] == name)


@pytest.mark.parametrize("name", ["hwr62", "mnist", "mnist-cnn", "mnist-dense"])
def test_our_own_networks_load(name: str) -> None:
    path = find_model(name) / "model.keras"
    if not path.is_file():
        pytest.skip("the network of this model is not here")
    assert check(path)["class_name"] == "Functional"


def test_a_lambda_runs_no_code(tmp_path: Path) -> None:
    ran, place = tmp_path / "ran", str(tmp_path / "ran")
    image = keras.Input((28, 28, 1))
    code = keras.layers.Lambda(
        lambda x: (os.open(place, os.O_CREAT), x)[1], output_shape=(28, 28, 1)
    )
    x = keras.layers.Dense(10)(keras.layers.Flatten()(code(image)))
    keras.Model(image, x).save(tmp_path / "model.keras")
    ran.unlink(missing_ok=True)
    with pytest.raises(InputError, match="may hold code"):
        load_net(tmp_path / "model.keras")
    assert not ran.exists()


@pytest.mark.parametrize(
    ("module", "name", "registered"),
    [
        ("os", "system", None),
        ("subprocess", "run", "subprocess.run"),
        ("keras.utils", "get_file", None),
        ("keras.src.utils.file_utils", "get_file", None),
        ("builtins", "function", "exec"),
        ("keras.layers", "TFSMLayer", None),
        ("keras.layers", ["Dense"], None),
        (None, "__lambda__", None),
        (["keras"], "Dense", None),
    ],
)
def test_other_modules_are_not_loaded(
    module: object, name: object, registered: object, good: Members, tmp_path: Path
) -> None:
    hostile = {
        "module": module,
        "class_name": name,
        "config": {"name": "touch ran", "arguments": ["touch ran"]},
        "registered_name": registered,
    }
    for place in ("config", "kernel_initializer", "whole"):

        def change(config: Config, place: str = place) -> None:
            if place == "whole":
                config.update(hostile)
            elif place == "config":
                layer(config, "Flatten").update(hostile)
            else:
                layer(config, "Dense")["config"][place] = hostile

        path = pack(tmp_path / f"{place}.keras", changed(good, change))
        with pytest.raises(InputError):
            load_net(path)


@pytest.mark.parametrize("units", [2_000_000, 2**31, 10**30, -1])
def test_absurd_shapes_allocate_nothing(units: int, good: Members, tmp_path: Path) -> None:
    def change(config: Config) -> None:
        layer(config, "Dense")["config"]["units"] = units

    with pytest.raises(InputError):
        load_net(pack(tmp_path / "model.keras", changed(good, change)))


@pytest.mark.parametrize("member", ["config.json", "model.weights.h5"])
def test_what_is_packed_does_not_fill_the_memory(
    member: str, good: Members, tmp_path: Path
) -> None:
    path = pack(tmp_path / "model.keras", {**good, member: bytes(MOST_BYTES)})
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="larger than 256 MB"):
        load_net(path)


def weights(make: Callable[[h5py.File], object]) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w") as arrays:
        make(arrays)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["claimed", "external", "virtual"])
def test_arrays_that_are_not_in_the_file(kind: str, good: Members, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(4000))

    def make(arrays: h5py.File) -> None:
        if kind == "claimed":
            arrays.create_dataset("a/b", (1 << 20, 1 << 10), np.float32)
        elif kind == "external":
            outside = [(str(tmp_path / "secret"), 0, 4000)]
            arrays.create_dataset("a/b", (1000,), np.float32, external=outside)
        else:
            layout = h5py.VirtualLayout((10,), np.float32)
            layout[:] = h5py.VirtualSource(str(tmp_path / "secret"), "x", (10,))
            arrays.create_virtual_dataset("a/b", layout)

    path = pack(tmp_path / "model.keras", {**good, "model.weights.h5": weights(make)})
    with pytest.raises(InputError, match="its array"):
        load_net(path)


def test_a_file_that_holds_more_is_refused(good: Members, tmp_path: Path) -> None:
    path = pack(tmp_path / "model.keras", {**good, "../assets/x": b""})
    with pytest.raises(InputError, match="more than a network"):
        load_net(path)
