"""Other structures of LiteRT files, of indices, shapes and operators: still whole FlatBuffers."""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tests.measure.fuzz.damage import Chance

_EXTREMES = (0, 1, -1, 2, 127, 128, 255, 256, 0x7FFF, 0x7FFFFFFF, -0x80000000, 1 << 24)
_MORE = 200  # bytes that a changed file may be longer, to begin with


Places = dict[tuple[str, str], list[Any]]
"""The tables that have each attribute of each class."""


def restructured(content: bytes, chance: Chance) -> bytes:
    """A LiteRT file with one to three values, tables or lists of its structure changed.

    Args:
        content: a good one.
        chance: decides.
    """
    model, places = _unpacked(content)
    while True:
        before = [_change(places, chance) for _ in range(int(chance.integers(1, 4)))]
        builder = flatbuffers.Builder(len(content) + _MORE)
        try:
            builder.Finish(model.Pack(builder), b"TFL3")
            return bytes(builder.Output())
        except (TypeError, ValueError, AttributeError, IndexError, struct.error, OverflowError):
            continue  # a value that the format cannot hold
        finally:
            for table, name, value in reversed(before):
                setattr(table, name, value)


@functools.cache
def _unpacked(content: bytes) -> tuple[Any, Places]:
    """A file's structure, which takes longer to read than to change and to change back."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    places: Places = {}
    for table in _tables(model):
        for name in vars(table):
            places.setdefault((type(table).__name__, name), []).append(table)
    return model, dict(sorted(places.items()))


def _change(places: Places, chance: Chance) -> tuple[Any, str, Any]:
    """Changes one attribute, each of each class of tables as likely as any other; returns the
    table, the attribute's name and what it was."""
    kinds = list(places)
    kind = kinds[int(chance.integers(len(kinds)))]
    tables = places[kind]
    table = tables[int(chance.integers(len(tables)))]
    name = kind[1]
    before = getattr(table, name)
    other = getattr(tables[int(chance.integers(len(tables)))], name)
    setattr(table, name, _changed(before, other, name, chance))
    return table, name, before


def _tables(model: Any) -> list[Any]:
    """The tables of a file, each once."""
    found: dict[int, Any] = {}
    waiting = [model]
    while waiting:
        here = waiting.pop()
        if isinstance(here, list):
            waiting += here
        elif hasattr(here, "Pack") and id(here) not in found:
            found[id(here)] = here
            waiting += vars(here).values()
    return list(found.values())


def _changed(value: Any, other: Any, name: str, chance: Chance) -> Any:
    if chance.random() < 0.15:
        return other  # what another table of the class has there
    if value is None:
        return _new(name, chance)
    if isinstance(value, bool | np.bool_):
        return not value
    if isinstance(value, int | np.integer):
        return _number(int(value), chance)
    if isinstance(value, float | np.floating):
        return float(chance.choice([0.0, -1.0, 1e-30, 1e30, float("nan"), float("inf")]))
    if isinstance(value, bytes | str):
        return [b"", b"logits", b"embedding", b"\xff\xfe", b"x" * 300, None][chance.integers(6)]
    if isinstance(value, np.ndarray):
        return _array(value, chance)
    if isinstance(value, list):
        return _list(value, chance)
    return None  # a table, gone


def _number(value: int, chance: Chance) -> int:
    kind = int(chance.integers(3))
    if kind == 0:
        return int(chance.choice(_EXTREMES))
    return value + int(chance.choice([-1, 1])) if kind == 1 else int(chance.integers(-3, 140))


def _array(value: Any, chance: Chance) -> Any:
    """An array with a number changed, with more or fewer of them, or none."""
    at = int(chance.integers(max(1, len(value))))
    changed = value.copy()
    kind = int(chance.integers(6))
    if kind < 3 and len(changed):
        if changed.dtype.kind == "f":
            changed[at] = _changed(0.5, 0.5, "", chance)
        else:
            changed[at] = np.array(_number(int(changed[at]), chance)).astype(changed.dtype)
        return changed
    if kind == 3:
        return changed[:at]
    if kind == 4:
        return np.concatenate([changed, changed[: at + 1]])
    return None


def _list(value: list[Any], chance: Chance) -> Any:
    """A list with one left out, twice, exchanged with another or changed; or none."""
    here, there = (int(n) for n in chance.integers(max(1, len(value)), size=2))
    kind = int(chance.integers(8))
    if kind == 0 or not value:
        return None
    if kind in (1, 2):
        return value[:here] + value[here + 1 :]
    if kind in (3, 4):
        return [*value[:there], value[here], *value[there:]]
    changed = list(value)
    if kind in (5, 6):
        changed[here], changed[there] = changed[there], changed[here]
    else:
        changed[here] = value[there]
    if not hasattr(changed[here], "Pack"):  # numbers are lists where a tree is made by hand
        changed[here] = _number(int(changed[here]), chance)
    return changed


def _new(name: str, chance: Chance) -> Any:
    """Something where there was nothing."""
    make = _NEW.get(name)
    if make is None:
        return np.array(chance.integers(-1, 40, size=int(chance.integers(1, 5))), np.int32)
    return make(chance)


def _sparsity(chance: Chance) -> Any:
    made = schema.SparsityParametersT()
    made.traversalOrder = np.arange(int(chance.integers(1, 6)), dtype=np.int32)
    made.blockMap = np.array([int(chance.integers(-1, 6))], np.int32)
    made.dimMetadata = [schema.DimensionMetadataT() for _ in range(int(chance.integers(4)))]
    return made


def _variants(chance: Chance) -> Any:
    made = schema.VariantSubTypeT()
    made.shape = np.array([int(chance.integers(-2, 9))], np.int32)
    return [made]


def _quantization(chance: Chance) -> Any:
    made = schema.QuantizationParametersT()
    count = int(chance.choice([1, 2, 16]))
    made.scale = np.full(count, 0.01, np.float32)
    made.zeroPoint = np.array(chance.integers(-300, 300, size=count), np.int64)
    made.quantizedDimension = int(chance.integers(-1, 6))
    return made


def _bytes(chance: Chance) -> Any:
    return np.frombuffer(chance.bytes(int(chance.integers(1, 99))), np.uint8)


_NEW: dict[str, Callable[[Chance], Any]] = {
    "sparsity": _sparsity,
    "variantTensors": _variants,
    "quantization": _quantization,
    "customOptions": _bytes,
    "data": _bytes,
    "mutatingVariableInputs": lambda chance: np.ones(int(chance.integers(1, 4)), np.bool_),
    "customCode": lambda _: b"TFLite_Detection_PostProcess",
    "name": lambda _: b"new",
    "details": lambda _: None,
    "builtinOptions2": lambda _: None,
    "scale": lambda chance: np.full(int(chance.integers(1, 4)), 0.1, np.float32),
    "min": lambda chance: np.zeros(int(chance.integers(1, 4)), np.float32),
    "max": lambda chance: np.ones(int(chance.integers(1, 4)), np.float32),
    "zeroPoint": lambda chance: np.array(chance.integers(-300, 300, size=2), np.int64),
}
