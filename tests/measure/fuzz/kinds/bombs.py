"""Small pictures that claim, or unpack to, far more than they are."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np

from tests.measure.fuzz.damage import Chance
from tests.measure.fuzz.kinds.pictures import pages
from tests.measure.fuzz.programs import Case, remembered, run

_SIDES = (1, 100, 4000, 11000, 11585, 14000, 40000, 65535, 1 << 24, (1 << 31) - 1, (1 << 32) - 1)
_PAGES = (1, 2, 12_000)  # each is read, so that many small ones only take long
_REPEATS = (200, 5_000, 50_000, 1_000_000)


def bombs(folder: Path) -> Case:
    """Pictures with huge sides and depths, thousands of passes, markers, chunks, frames, pages."""
    remembered()
    made = pages()
    names = sorted(made)
    done, jpeg = cv2.imencode(".jpg", np.full((96, 160, 3), 200, np.uint8))
    assert done

    def case(chance: Chance) -> tuple[int, list[str]]:
        way = int(chance.integers(6))
        if way == 0:
            name, data = "a.png", _png(chance)
        elif way == 1:
            name, data = "a.tif", _tiff(chance)
        elif way == 2:
            name, data = "a.jpg", _jpeg(jpeg.tobytes(), chance)
        elif way == 3:
            name, data = "a.gif", _gif(chance)
        else:  # sides of any format, wherever it has them
            name = names[int(chance.integers(len(names)))]
            data = _widened(made[name], chance)
        path = folder / name
        path.write_bytes(data)
        try:
            status, lines = run("read", str(path), "--model", "mnist")
            pages = all(line.startswith("hwr-live: page ") for line in lines)
            return status, lines[:1] if pages else lines
        finally:
            path.unlink()

    return case


def _one(choices: tuple[int, ...], chance: Chance) -> int:
    return choices[int(chance.integers(len(choices)))]


def _png(chance: Chance) -> bytes:
    width, height = _one(_SIDES, chance) % (1 << 31), _one(_SIDES, chance) % (1 << 31)
    bits, kind = _one((1, 8, 16), chance), _one((0, 2, 3, 4, 6), chance)
    rows = bytes(min(1 << 22, int(chance.integers(1 << 22))))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, chance.integers(2)))
    ]
    chunks += [(b"PLTE", bytes(768))] * (kind == 3)
    chunks += [(b"zTXt", b"k\0\0" + zlib.compress(bytes(1 << 22)))] * _one((0, 1, 50), chance)
    chunks += [(b"IDAT", zlib.compress(rows, 9))]
    chunks += [(b"teSt", b"")] * _one((0, *_REPEATS[:3]), chance)
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in [*chunks, (b"IEND", b"")]
    )
    return b"\x89PNG\r\n\x1a\n" + body


def _tiff(chance: Chance) -> bytes:
    width, height = _one(_SIDES, chance), _one(_SIDES, chance)
    rows = _one((1, 10, height), chance)
    packed = zlib.compress(bytes(1 << 22), 9)
    tags = {256: width, 257: height, 258: _one((1, 8, 16, 32, 64), chance), 259: 8, 262: 2}
    tags |= {273: 8, 277: _one((1, 3, 4, 200), chance), 278: rows, 279: len(packed)}
    tags |= {339: _one((1, 3), chance)}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    page = struct.pack("<H", len(tags)) + entries
    data = b"II*\0" + struct.pack("<I", 8 + len(packed)) + packed
    for _ in range(_one(_PAGES, chance)):
        data += page + struct.pack("<I", len(data) + len(page) + 4)
    return data[:-4] + _one((0, 8 + len(packed)), chance).to_bytes(4, "little")


def _jpeg(data: bytes, chance: Chance) -> bytes:
    start, size = data.index(b"\xff\xda"), data.index(b"\xff\xc0")
    sides = struct.pack(">HH", _one(_SIDES, chance) % 65536, _one(_SIDES, chance) % 65536)
    if chance.random() < 0.5:
        data = data[: size + 5] + sides + data[size + 9 :]
    if chance.random() < 0.5:
        data = data[: size + 1] + b"\xc2" + data[size + 2 :]
    kind = bytes([_one((0xFE, 0xE1, 0xC4, 0xDB, 0xFF, 0xD0, 0x01), chance)])
    segment = b"\xff" + kind + (b"" if kind in b"\xff\xd0\x01" else b"\0\2")
    markers = segment * _one((0, *_REPEATS), chance)
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0\1\2" * _one((0, 3, *_REPEATS[:3]), chance)
    return data[:start] + markers + data[start:-2] + scan + b"\xff\xd9"


def _gif(chance: Chance) -> bytes:
    sides = struct.pack("<HH", _one(_SIDES, chance) % 65536, _one(_SIDES, chance) % 65536)
    frame = b",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    return b"GIF89a" + sides + b"\0\0\0" + frame * _one(_PAGES, chance) + b";"


def _widened(data: bytes, chance: Chance) -> bytes:
    """Sides replaced wherever a number of the file is one of the page's."""
    order = ">" if chance.random() < 0.5 else "<"
    for side in (160, 96):
        for form in ("I", "H"):
            old = struct.pack(order + form, side)
            new = _one(_SIDES, chance) % (1 << 8 * len(old))
            if chance.random() < 0.7:
                data = data.replace(old, struct.pack(order + form, new), 2)
    return data
