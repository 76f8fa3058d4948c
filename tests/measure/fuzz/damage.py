"""Damage to bytes and to JSON, by chance and by malice, for :mod:`tests.measure.fuzz`."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np

Chance = np.random.Generator

_EXTREMES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_HEAD = 200  # bytes: sizes and counts stand at the beginning of most files


def damaged(data: bytes, chance: Chance, *, still: bool = False) -> bytes:
    """The bytes with one to three pieces of damage.

    Args:
        data: any bytes.
        chance: decides.
        still: whether all bytes stay where they are, and there are as many.
    """
    kinds = _IN_PLACE if still else _DAMAGES
    for _ in range(int(chance.integers(1, 4))):
        changed = kinds[int(chance.integers(len(kinds)))](data, chance)
        data = changed[: len(data)] if still else changed
    return data


def _place(data: bytes, chance: Chance) -> int:
    """A place in the data, in the head half of the time."""
    end = max(1, min(len(data), _HEAD) if chance.random() < 0.5 else len(data))
    return int(chance.integers(end))


def _cut(data: bytes, chance: Chance) -> bytes:
    return data[: _place(data, chance)]


def _flip(data: bytes, chance: Chance) -> bytes:
    at = _place(data, chance)
    return (
        data[:at]
        + bytes([1 << int(chance.integers(8)) ^ (data[at : at + 1] or b"\0")[0]])
        + (data[at + 1 :])
    )


def _noise(data: bytes, chance: Chance) -> bytes:
    at, count = _place(data, chance), int(chance.integers(1, 17))
    return data[:at] + chance.bytes(count) + data[at + count :]


def _number(data: bytes, chance: Chance) -> bytes:
    """An extreme number over 1, 2, 4 or 8 bytes."""
    at, size = _place(data, chance), int(chance.choice([1, 2, 4, 8]))
    value = int(chance.choice(_EXTREMES)) % (1 << 8 * size)
    order: Any = "little" if chance.random() < 0.5 else "big"
    return data[:at] + value.to_bytes(size, order) + data[at + size :]


def _drop(data: bytes, chance: Chance) -> bytes:
    at = _place(data, chance)
    return data[:at] + data[at + int(chance.integers(1, 65)) :]


def _double(data: bytes, chance: Chance) -> bytes:
    at, count = _place(data, chance), int(chance.integers(1, 257))
    return data[: at + count] + data[at:]


def _move(data: bytes, chance: Chance) -> bytes:
    """A piece of the data over another one."""
    here, there, count = _place(data, chance), _place(data, chance), int(chance.integers(1, 65))
    piece = data[here : here + count]
    return data[:there] + piece + data[there + len(piece) :]


_IN_PLACE = (_flip, _noise, _number, _number, _move)
_DAMAGES = (*_IN_PLACE, _flip, _cut, _drop, _double)

_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 0.5, -0.0, 1e-320, 1e308, 2**31, 2**63, 10**400, float("nan")),
    *("", "a", "é", "\0", "\ud800", "../x", "/etc/passwd", "a\nb", "x" * 5000, "nan", "1e999"),
    *([], {}, [[]], [None], [0] * 3, ["a"] * 100, {"": 0}, [[1, 2], [3]]),
)


def damaged_json(text: str, chance: Chance) -> str:
    """A JSON text of which one to three values are others, gone or there twice; still JSON."""
    data = json.loads(text)
    for _ in range(int(chance.integers(1, 4))):
        places = list(_containers(data))
        if not places:
            break
        holder = places[int(chance.integers(len(places)))]
        key = _key(holder, chance)
        kind = int(chance.integers(4))
        if kind == 0:
            del holder[key]
        elif kind == 1 and isinstance(holder, list):
            holder.append(holder[key])
        else:
            # A copy, as the next damage may be to it.
            holder[key] = copy.deepcopy(_VALUES[int(chance.integers(len(_VALUES)))])
    return json.dumps(data)


def _containers(data: Any) -> list[Any]:
    found: list[Any] = []
    waiting = [data]
    while waiting:
        here = waiting.pop()
        if isinstance(here, dict | list) and here:
            found.append(here)
            waiting += here.values() if isinstance(here, dict) else here
    return found


def _key(holder: Any, chance: Chance) -> Any:
    keys = list(holder) if isinstance(holder, dict) else range(len(holder))
    return keys[int(chance.integers(len(keys)))]
