"""Keras's own file, looked at before Keras does: a hostile one neither runs code nor fills memory.

Keras has such guards itself (``safe_mode``), of which older versions that are supported lack some.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

MOST_BYTES = 1 << 28
"""Of a file, unpacked, and of the numbers in it."""

_MEMBERS = {"metadata.json", "config.json", "model.weights.h5"}
_LAYERS = "InputLayer Conv2D BatchNormalization ReLU Flatten Dropout Dense MaxPooling2D"
_KNOWN = {  # what the networks of train.fit.nets are made of, in this and older versions of Keras
    None: {"__keras_tensor__"},
    "keras": {"DTypePolicy", "Functional", "Sequential"},
    "keras.initializers": {"GlorotUniform", "Ones", "Zeros"},
    "keras.layers": set(_LAYERS.split()),
    "keras.src.models.functional": {"Functional"},
    "keras.src.models.sequential": {"Sequential"},
}


def check(path: Path) -> dict[str, Any]:
    """Looks at a ``.keras`` file.

    Returns:
        Its ``config.json``, of which the network is built.

    Raises:
        ValueError: for one that is large, or names anything but the layers that are used here, such
            as code; and whatever broken files raise.
    """
    with zipfile.ZipFile(path) as file:
        sizes = {member.filename: member.file_size for member in file.infolist()}
        if more := sizes.keys() - _MEMBERS:
            raise ValueError(f"it holds more than a network: {min(more)[:80]!r}")
        if sum(sizes.values()) > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES >> 20} MB when it is unpacked")
        config = json.loads(file.read("config.json"))
        weights = io.BytesIO(file.read("model.weights.h5"))
    for part in _parts(config):
        module, name = part.get("module"), part["class_name"]
        if name not in _KNOWN.get(module, ()):
            raise ValueError(f"it may hold code: {str(module)[:80]}.{str(name)[:80]}")
    with h5py.File(weights, "r") as arrays:
        _check_arrays(arrays)
    if not isinstance(config, dict):
        raise ValueError("its config.json describes no network")
    return config


def _parts(config: Any) -> Iterator[dict[str, Any]]:
    """All that objects are to be made of."""
    waiting = [config]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict):
            if "class_name" in here:
                yield here
            waiting += here.values()
        elif isinstance(here, list):
            waiting += here


def _check_arrays(arrays: h5py.File) -> None:
    size = 0

    def look(name: str, one: Any) -> None:
        nonlocal size
        if isinstance(one, h5py.Dataset):
            if one.external or one.is_virtual:
                raise ValueError(f"its array {name[:80]} lies in another file")
            size += one.nbytes

    arrays.visititems(look)
    if size > MOST_BYTES:  # a few bytes can claim any number of zeros
        raise ValueError(f"its arrays have {size >> 20} MB")
