"""The segments of a JPEG file, walked without decoding: its size and passes, and its end."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MOST_SCANS = 200
"""Passes over the picture; encoders make a dozen. Each goes through all of it, however little it
adds: three thousand of them over 130 megapixels took 26 s."""
_MOST_MARKERS = 10_000
"""Segments, of which a picture with large profiles has some hundreds; each is kept in memory."""

_MARKER = re.compile(rb"\xff[\x01-\xff]")
_BEHIND_DATA = re.compile(rb"\xff[\x01-\xcf\xd8-\xff]")  # restarts belong to the data
_SIZES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = (0x01, *range(0xD0, 0xD9))  # markers without a segment


@dataclass(frozen=True)
class Jpeg:
    """What a file tells.

    Attributes:
        width, height: pixels.
        kept: bytes a pixel that decoding keeps beside the picture: the coefficients of one that
            comes in several passes.
        whole: whether its end is there.
        fault: why it is not to be decoded; "" if nothing is known.
    """

    width: int
    height: int
    kept: float
    whole: bool
    fault: str = ""


def jpeg_of(data: bytes) -> Jpeg | None:
    """Walks a file to its end, of several in one to that of the first.

    Returns:
        None where no size is told.
    """
    at, scans, markers, pattern = 2, 0, 0, _MARKER
    size: tuple[int, int, float] | None = None
    whole, fault = False, ""
    while found := pattern.search(data, at):
        kind, at = data[found.start() + 1], found.end()
        markers += 1
        if markers > _MOST_MARKERS or scans > _MOST_SCANS:
            break
        if kind == 0xD9:
            whole = True
            break
        if kind == 0xFF:  # a filling byte before the marker itself
            at -= 1
            continue
        if kind in _ALONE:
            continue
        if kind in _SIZES and size is None:
            size = _size(data, at, kind)
        if kind == 0xDA:
            scans += 1
        pattern = _BEHIND_DATA if kind == 0xDA else _MARKER
        at += max(2, int.from_bytes(data[at : at + 2], "big"))
    if markers > _MOST_MARKERS:
        fault = f"has more than {_MOST_MARKERS:,} markers"
    elif scans > _MOST_SCANS:
        fault = f"has more than {_MOST_SCANS} passes"
    if size is None:
        return Jpeg(0, 0, 0.0, True, fault) if fault else None
    width, height, kept = size
    return Jpeg(width, height, kept if scans > 1 else 0.0, whole or bool(fault), fault)


def _size(data: bytes, at: int, kind: int) -> tuple[int, int, float]:
    """Width, height, and bytes a pixel of the coefficients."""
    height, width = (int.from_bytes(data[at + n : at + n + 2], "big") for n in (3, 5))
    factors = [
        data[at + 9 + 3 * n : at + 10 + 3 * n]
        for n in range(data[at + 7] if at + 7 < len(data) else 0)
    ]
    blocks = [(factor[0] >> 4) * (factor[0] & 15) for factor in factors if factor]
    most = max(blocks, default=0)
    return width, height, 2 * sum(blocks) / most if most else 2.0
