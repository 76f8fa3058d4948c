"""What a picture file claims to hold, told by its header before anything is decoded.

A file of a kilobyte can claim gigabytes. Each function takes a whole file and returns its pictures
as far as they can be made out; a decoder that reads on finds the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from hwr_live.errors import InputError
from hwr_live.media.jpeg import jpeg_of
from hwr_live.system.limits import MOST_DEPTH, most_pixels

MOST_PAGES = 10_000
"""Pictures of one file: as many as a file of that size holds in all likelihood."""
_MOST_ENTRIES = 1_000  # of a directory of TIFF, which has some dozens
_MOST_CHUNKS = 1 << 17  # of a PNG: libraries write 8 kB or more into each
_MOST_STREAMS = 100  # marks of a JPEG 2000 stream that are looked at

_Order = Literal["little", "big"]


@dataclass(frozen=True)
class Header:
    """One picture of a file.

    Attributes:
        width, height: pixels.
        depth: bytes a pixel that decoding holds at its worst: three channels at least, and what the
            format's decoder keeps beside.
        clear: whether it may have transparent pixels.
        whole: whether the file is not cut short, as far as that is known without decoding.
        fault: why it is not to be decoded, as having thousands of passes; "" if nothing is known.
        place: where in the file its directory is, of TIFF.
    """

    width: int
    height: int
    depth: float
    clear: bool = False
    whole: bool = True
    fault: str = ""
    place: int = 0


def first_header(data: bytes) -> Header | None:
    """The first picture of a file; None as :func:`headers_of` gives none."""
    for magic, parse in _FORMATS:
        if re.match(magic, data, re.DOTALL):
            return next(parse(data), None)
    return None


def headers_of(data: bytes) -> list[Header]:
    """The pictures of a file, at most one more than :data:`MOST_PAGES`; none where it is of no
    known format or too broken to tell."""
    for magic, parse in _FORMATS:
        if re.match(magic, data, re.DOTALL):
            found = []
            for header in parse(data):
                found.append(header)
                if len(found) > MOST_PAGES:
                    break
            return found
    return []


def check(header: Header | None, name: str) -> Header:
    """The header of a picture that may be decoded.

    Raises:
        InputError: if there is none, or decoding would take more memory or time than is allowed.
    """
    if header is None or not header.whole:
        raise InputError(f"{name} is no picture that can be read, or broken")
    if header.fault:
        raise InputError(f"{name} {header.fault} and is not decoded")
    pixels, most = header.width * header.height, most_pixels()
    if pixels > most:
        raise InputError(
            f"{name} has too many pixels; OPENCV_IO_MAX_IMAGE_PIXELS says how many are read"
        )
    if pixels * header.depth > most * MOST_DEPTH:
        raise InputError(
            f"{name} has {pixels / 1e6:.0f} million pixels that take {header.depth:.0f} bytes each "
            f"as they are decoded, more than {most * MOST_DEPTH >> 20} MB"
        )
    return header


def _png(data: bytes) -> Iterator[Header]:
    width, height = _big(data, 16), _big(data, 20)
    at, kind, chunks, clear = 8, b"", 0, data[25:26] in (b"\4", b"\6")
    while at < len(data) and kind != b"IEND" and chunks <= _MOST_CHUNKS:
        kind = data[at + 4 : at + 8]
        clear |= kind == b"tRNS"
        at += 12 + _big(data, at)
        chunks += 1
    # OpenCV 5 takes as much memory as any chunk claims to need, gigabytes for a few bytes.
    whole = kind == b"IEND" and at <= len(data)
    depth = (4 if clear else 3) * (2 if data[24:25] == b"\x10" else 1)
    fault = f"has more than {_MOST_CHUNKS} chunks" if chunks > _MOST_CHUNKS else ""
    yield Header(width, height, depth, clear, whole or bool(fault), fault)


def _jpeg(data: bytes) -> Iterator[Header]:
    if (found := jpeg_of(data)) is not None:
        depth = 3 + found.kept
        yield Header(found.width, found.height, depth, False, found.whole, found.fault)


def _gif(data: bytes) -> Iterator[Header]:
    width, height = _little(data, 6, 2), _little(data, 8, 2)
    at = 13 + _palette(data, 10)
    while (kind := data[at : at + 1]) in (b"!", b","):
        if kind == b",":
            yield Header(width, height, 4, True)
            at += 10 + _palette(data, at + 9)
        else:
            at += 1
        at += 1
        while size := data[at : at + 1]:  # blocks of data, up to an empty one
            at += 1 + size[0]
            if size == b"\0":
                break


def _palette(data: bytes, at: int) -> int:
    """Bytes of a colour table, by the byte that tells of it."""
    told = data[at : at + 1] or b"\0"
    return 3 << ((told[0] & 7) + 1) if told[0] & 0x80 else 0


def _webp(data: bytes) -> Iterator[Header]:
    kind = data[12:16]
    if kind == b"VP8X":
        canvas = Header(_little(data, 24, 3) + 1, _little(data, 27, 3) + 1, 4, True)
        if not data[20:21] or not data[20] & 2:  # no animation
            yield canvas
            return
        at = 12
        while at + 8 <= len(data):
            if data[at : at + 4] == b"ANMF":
                yield canvas
            size = _little(data, at + 4, 4)
            at += 8 + size + size % 2
    elif kind == b"VP8L":
        bits = _little(data, 21, 4)
        yield Header((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 4, True)
    elif kind == b"VP8 ":
        yield Header(_little(data, 26, 2) & 0x3FFF, _little(data, 28, 2) & 0x3FFF, 3)


def _tiff(data: bytes) -> Iterator[Header]:
    order: _Order = "little" if data[:2] == b"II" else "big"
    wide = 8 if data[2:4] in (b"+\0", b"\0+") else 4  # bytes of an offset: BigTIFF has more

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], order)

    at, seen = number(wide, wide), set[int]()
    while 0 < at < len(data) and at not in seen and len(seen) <= MOST_PAGES:
        seen.add(at)
        start = at
        count = number(at, 8 if wide == 8 else 2)
        at += 8 if wide == 8 else 2
        if count > _MOST_ENTRIES:
            return
        tags: dict[int, int] = {}
        for entry in range(at, at + count * (4 + 2 * wide), 4 + 2 * wide):
            size = {1: 1, 3: 2, 4: 4, 16: 8}.get(number(entry + 2, 2), 0)
            if not size:
                continue
            place = entry + 4 + wide
            if size * number(entry + 4, wide) > wide:
                place = number(place, wide)
            tags.setdefault(number(entry, 2), number(place, size))
        yield _tiff_page(tags, data, start)
        at = number(at + count * (4 + 2 * wide), wide)


def _tiff_page(tags: dict[int, int], data: bytes, place: int) -> Header:
    width, height = tags.get(256, 0), tags.get(257, 0)
    samples, bits = tags.get(277, 1), tags.get(258, 1)
    depth = float(max(3, samples) * max(1, -(-bits // 8)))
    rows = min(height, tags.get(278, height)) if 322 not in tags else min(height, tags.get(323, 1))
    if bits > 8:  # a strip is held beside the picture
        depth *= 1 + rows / max(1, height)
    fault = ""
    if tags.get(259) in (6, 7):  # of JPEG
        pieces = -(-height // max(1, rows)) * -(-width // max(1, tags.get(322, width)))
        if data.count(b"\xff\xda") > 200 + 4 * pieces:
            fault = "has more than 200 passes"
    return Header(width, height, depth, samples in (2, 4), True, fault, place)


def _bmp(data: bytes) -> Iterator[Header]:
    if _little(data, 14, 4) == 12:  # of OS/2
        yield Header(_little(data, 18, 2), _little(data, 20, 2), 3)
        return
    sides = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (18, 22))
    width, height = map(abs, sides)
    yield Header(width, height, 4 if _little(data, 28, 2) == 32 else 3)


def _pnm(data: bytes) -> Iterator[Header]:
    start = re.sub(rb"#[^\n]*", b"", data[:4096])
    if start.startswith(b"P7"):
        told = {name: int(value) for name, value in re.findall(rb"\n([A-Z]+) +(\d{1,9})", start)}
        wide = 2 if told.get(b"MAXVAL", 255) > 255 else 1
        channels = max(3, told.get(b"DEPTH", 3))
        yield Header(told.get(b"WIDTH", 0), told.get(b"HEIGHT", 0), channels * wide)
        return
    numbers = [int(word) for word in re.findall(rb"\s(\d{1,9})(?=\s)", start)[:3]]
    if len(numbers) >= 2:
        plain = start[1:2] in b"14"  # black and white: no highest value is told
        wide = 2 if not plain and numbers[2:] and numbers[2] > 255 else 1
        yield Header(numbers[0], numbers[1], 12 if start[1:2] in b"Ff" else 3 * wide)


def _jp2(data: bytes) -> Iterator[Header]:
    # The stream's own mark, not the box that repeats it: what is decoded is the stream.
    widest = Header(0, 0, 4)
    for found in list(re.finditer(rb"\xff\x4f\xff\x51", data))[:_MOST_STREAMS]:
        at = found.start() + 8
        width, height = (_big(data, at + n) - _big(data, at + 8 + n) for n in (0, 4))
        parts = int.from_bytes(data[at + 32 : at + 34], "big")
        if width * height * parts > widest.width * widest.height * widest.depth / 4:
            widest = Header(width, height, 4 * parts)
    yield widest


def _heif(data: bytes) -> Iterator[Header]:
    sides = [
        (_big(data, found.end() + 4), _big(data, found.end() + 8))
        for found in list(re.finditer(rb"ispe", data))[:MOST_PAGES]
    ]
    width, height = max(sides, key=lambda side: side[0] * side[1], default=(0, 0))
    yield Header(width, height, 4, True)


def _hdr(data: bytes) -> Iterator[Header]:
    if found := re.search(rb"[-+]Y (\d{1,9}) [-+]X (\d{1,9})\n", data[: 1 << 16]):
        yield Header(int(found[2]), int(found[1]), 12)


def _sun(data: bytes) -> Iterator[Header]:
    yield Header(_big(data, 4), _big(data, 8), 3)


def _big(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _little(data: bytes, at: int, size: int) -> int:
    return int.from_bytes(data[at : at + size], "little")


_FORMATS: tuple[tuple[bytes, Callable[[bytes], Iterator[Header]]], ...] = (
    (rb"\x89PNG\r\n\x1a\n", _png),
    (rb"\xff\xd8\xff", _jpeg),
    (rb"(II[*+]\0|MM\0[*+])", _tiff),
    (rb"RIFF....WEBP", _webp),
    (rb"GIF8", _gif),
    (rb"BM", _bmp),
    (rb"P[1-7Ff]\s", _pnm),
    (rb"(\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51)", _jp2),
    (rb"....ftyp", _heif),
    (rb"#\?(RADIANCE|RGBE)", _hdr),
    (rb"\x59\xa6\x6a\x95", _sun),
)
