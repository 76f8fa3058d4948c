"""Lines of a drawing that come again: what was read of them before is what they say now.

After a stroke most lines of a drawing are the same to the pixel. What a line is read as hangs on
its own ink, on where it stands and how large writing on the page usually is, and, in a drawing of
very few signs, on how many the other lines have; all of that is in the key that it is kept by.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from hwr_live.reading import Line, union_box
from hwr_live.segmentation.pieces import Piece
from hwr_live.segmentation.rectify import View, to_frame

_MOST = 64  # lines that are kept: those of a few full pages
_MOST_BYTES = 1 << 23  # of their glyphs' ink: that of scribbles is as large as the page


@dataclass
class Read:
    """What was read of a line.

    Attributes:
        signs: how many the line network told.
        by_others: the line as it was decided, by the number of signs that other lines have.
    """

    signs: int
    by_others: dict[int, Line] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that its glyphs' ink takes."""
        inks = [glyph.ink for line in self.by_others.values() for glyph in line.glyphs]
        return sum(ink.nbytes for ink in inks if ink is not None)


class LinesRead:
    """What was read of lines, by :func:`line_key`; those that were not seen for longest are
    forgotten. It serves one reader: another hand, language or set of characters reads otherwise.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, Read] = OrderedDict()
        self._sizes: dict[bytes, int] = {}
        self._lock = threading.Lock()

    def find(self, key: bytes) -> Read | None:
        """What was read of the line of this key, if it is still known."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: bytes, read: Read) -> None:
        """Remembers what was read of a line, if it is not larger than all room there is."""
        size = read.size
        if size > _MOST_BYTES:
            return
        with self._lock:
            self._kept[key], self._sizes[key] = read, size
            self._kept.move_to_end(key)
            while len(self._kept) > _MOST or sum(self._sizes.values()) > _MOST_BYTES:
                del self._sizes[self._kept.popitem(last=False)[0]]


def line_key(view: View, line: Sequence[Piece]) -> bytes:
    """Tells a view's lines apart by all that a line's reading hangs on, but for what is the same
    for all drawings that one reader reads, and for the number of signs elsewhere."""
    x, y, w, h = union_box([piece.box for piece in line])
    # One pixel around the ink, as those that read it look at it: the soft edge of the strokes.
    top, left = max(0, y - 1), max(0, x - 1)
    spot = slice(top, y + h + 1), slice(left, x + w + 1)
    labels = view.segmented.labels[spot]
    # Components are numbered anew with each stroke: here by the piece that they belong to.
    kind = np.uint8 if len(line) < 255 else np.uint16
    pieces = np.full(int(labels.max(initial=0)) + 1, len(line) + 1, kind)
    pieces[0] = 0
    for number, piece in enumerate(line, 1):
        pieces[list(piece.parts)] = number
    digest = hashlib.sha256(usedforsecurity=False)  # processors have instructions for it
    geometry = (view.segmented.height, view.segmented.tilt, view.size, *labels.shape)
    digest.update(repr((geometry, [piece.box for piece in line])).encode())
    digest.update(to_frame(view.ink, view.matrix).tobytes())
    digest.update(np.ascontiguousarray(view.ink.grey[spot]).data)
    digest.update(pieces.take(labels).data)
    return digest.digest()
