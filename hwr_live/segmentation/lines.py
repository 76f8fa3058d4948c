"""Pieces → lines and words: the slope of a page, rows in reading order, gaps that are spaces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.middle import median
from hwr_live.reading import Box, union_box
from hwr_live.segmentation.order import COLUMN, rows_in_order
from hwr_live.segmentation.pieces import TALL, Piece

_LEVEL = np.radians(4)  # slopes at which columns still have white between them
_COLUMN = 2.2  # glyph widths: a wider gap is between columns
_ALONE = 1.6  # glyph widths: where no two kinds of gaps stand out, a wider one is a space
_LEAST_WIDTH = 0.4  # usual heights: of a glyph, where most of a line's are narrower: 1, l, i
_TILT_PIECES = 200  # as many tell the slope of a page; all pairs of them are looked at
_TILTS = np.radians(np.arange(-20, 20.5, 0.5)).astype(np.float32)
_AXES = np.radians(np.arange(-90, 90, 2)).astype(np.float32)
_TILT_STEP = 3  # every third of those is tried at first, and then those between
_TILT_PRICE = 0.2  # a radian: of tilt, against the share of pairs that stand in one row
_BESIDE = 12  # usual heights: pieces further apart need not stand in one row
_ROW = 0.25  # usual heights: two glyphs of a row that stand so unevenly count 1 / e
_FAR = 3.0  # times ``_ROW``: two glyphs further apart share no row
_OFF = 0.62  # usual heights: a glyph whose middle is further from a line's is not of it
_LARGE = 1.6  # usual heights: a glyph's own height counts up to this in place of the usual one
_ROW_PIECES = 4  # of a line, the last, tell where its next is
_ONE_TALL = 1.7  # times as tall as the tallest line: two lines below each other are taller
_ONE_APART = 0.1  # of the lower line's height between a line and the largest, of one line with it
_ONE_SMALL = 0.03  # of the largest line's area: what is smaller may be a dot, however far above it
"""All three by pictures of two validation people's words or lines below each other, of which 3 in
a hundred are taken for what may be one line, and of words that fell into several: 92."""
_MARK_OFF = 1.0  # usual heights: a mark is no further above or below the nearest glyph of its line
_MARK_ASIDE = 3.0  # usual heights: nor further beside it
# Of letters without ascenders quotes are half as tall, and would be a line of their own:
_QUOTE = 0.65  # usual heights: no quote is taller,
_QUOTES = 4  # nor are more of them above one line
_QUOTE_OFF = 1.3  # usual heights: nor is one further above the middle of the letter beside it,
_QUOTE_ASIDE = 1.0  # nor further beside it; all by hand, on quoted words of validation people


def tilt_of(pieces: Sequence[Piece], height: float) -> float:
    """The lines' slope in radians: where the pieces' centres crowd into the fewest rows.

    A small price on tilt keeps few pieces, which crowd at any slope, level.
    """
    solid = [p.box for p in pieces if p.box[3] > TALL * height] or [p.box for p in pieces]
    if len(solid) < 3:
        return 0.0
    solid = solid[:: -(-len(solid) // _TILT_PIECES)]
    x = np.array([b[0] + b[2] / 2 for b in solid])
    y = np.array([b[1] + b[3] / 2 for b in solid])
    first, second = np.nonzero(np.abs(x[:, None] - x[None, :]) < _BESIDE * height)
    pairs = first < second
    scale = _ROW * height
    dx = ((x[first] - x[second])[pairs] / scale).astype(np.float32)
    dy = ((y[first] - y[second])[pairs] / scale).astype(np.float32)
    count = len(dx)
    if not count:
        return 0.0
    # Most are of lines far apart, and stay so at any tilt.
    near = np.abs(dy) * np.cos(_TILTS[0]) - np.abs(dx * np.sin(_TILTS[0])) < _FAR
    dx, dy = dx[near], dy[near]

    def best(tilts: npt.NDArray[np.float32]) -> int:
        # How close in height the two of each pair are when the page is turned level.
        gaps = dy * np.cos(tilts)[:, None] - dx * np.sin(tilts)[:, None]
        score = np.exp(-(gaps * gaps)).sum(1) / count - _TILT_PRICE * np.abs(tilts)
        return int(np.argmax(score))

    middle = best(_TILTS[::_TILT_STEP]) * _TILT_STEP
    few = _TILTS[max(0, middle - _TILT_STEP + 1) : middle + _TILT_STEP]
    return float(few[best(few)])


def axis_of(pieces: Sequence[Piece], height: float) -> float:
    """The slope of a page's lines in radians, from -90° to 90°, where it may lie at any angle: the
    direction in which most pieces have others beside them. Which end of a line is its first, and
    whether letters far apart stand beside or below each other, it does not tell.
    """
    solid = [p.box for p in pieces if max(p.box[2:]) > TALL * height] or [p.box for p in pieces]
    if len(solid) < 3:
        return 0.0
    solid = solid[:: -(-len(solid) // _TILT_PIECES)]
    middles = np.array([(x + w / 2, y + h / 2) for x, y, w, h in solid], np.float32)
    apart = middles[:, None] - middles[None, :]
    near = np.hypot(*apart.transpose(2, 0, 1)) < _BESIDE * height
    dx, dy = (apart[near & np.tri(len(solid), k=-1, dtype=np.bool_)] / (_ROW * height)).T
    if not len(dx):
        return 0.0
    gaps = dy * np.cos(_AXES)[:, None] - dx * np.sin(_AXES)[:, None]
    return float(_AXES[int(np.argmax(np.exp(-(gaps * gaps)).sum(1)))])


def lines_of(pieces: Sequence[Piece], height: float, tilt: float) -> list[list[Piece]]:
    """Pieces by line, top to bottom, each line from left to right.

    From left to right each piece goes to the line whose last pieces stand at its height.
    """
    cos, sin = np.cos(tilt), np.sin(tilt)

    def place(piece: Piece) -> tuple[float, float]:
        x, y, w, h = piece.box
        cx, cy = x + w / 2, y + h / 2
        return float(cx * cos + cy * sin), float(cy * cos - cx * sin)

    placed = sorted(((*place(p), p) for p in pieces), key=lambda item: item[0])
    tall = [item for item in placed if item[2].box[3] > TALL * height]
    rest = [item for item in placed if item[2].box[3] <= TALL * height]
    lines: list[list[tuple[float, float, Piece]]] = []
    rows: list[float] = []  # where each line's last pieces stand
    for item in tall:
        own = item[2].box[3]
        nearest, least = -1, _OFF * max(height, min(own, _LARGE * height))
        for number, row in enumerate(rows):
            if abs(item[1] - row) < least:
                nearest, least = number, abs(item[1] - row)
        if nearest < 0:
            lines.append([item])
            rows.append(item[1])
        else:
            lines[nearest].append(item)
            last = lines[nearest][-_ROW_PIECES:]
            rows[nearest] = sum(y for _, y, _ in last) / len(last)
    by_place = [[x for x, _, _ in line] for line in lines]
    spans = [_span(line) for line in lines]
    for item in rest:  # small marks join the nearest line, or stand alone
        best, least = -1, _MARK_OFF * height
        for number, (low, high) in enumerate(spans):
            if low - item[1] >= least or item[1] - high >= least:
                continue
            x, y, _ = lines[number][_nearest(by_place[number], item[0])]
            if abs(y - item[1]) < least and abs(x - item[0]) < _MARK_ASIDE * height:
                best, least = number, abs(y - item[1])
        if best < 0:
            lines.append([item])
            by_place.append([item[0]])
            spans.append(_span(lines[-1]))
        else:
            at = bisect_right(by_place[best], item[0])
            by_place[best].insert(at, item[0])
            lines[best].insert(at, item)
            spans[best] = _wider(spans[best], item)
    lines = _with_quotes(lines, height)
    lines.sort(key=lambda line: median(y for _, y, _ in line))
    return [[p for _, _, p in line] for line in lines]


_Placed = tuple[float, float, Piece]
"""A piece with its middle, along the line and across it."""


def _with_quotes(lines: Sequence[list[_Placed]], height: float) -> list[list[_Placed]]:
    """The lines, those of nothing but quotes put into the lines that they stand above."""
    few = [
        len(line) <= _QUOTES and all(max(p.box[2:]) < _QUOTE * height for _, _, p in line)
        for line in lines
    ]
    out = [line for line, own in zip(lines, few, strict=True) if not own]
    if not out:
        return list(lines)
    spans = [_span(line) for line in out]
    for line in (line for line, own in zip(lines, few, strict=True) if own):
        homes = [_below(item, out, spans, height) for item in line]
        if None in homes:
            out.append(line)
            spans.append(_span(line))
            continue
        for item, home in zip(line, homes, strict=True):
            assert home is not None
            out[home].append(item)
            out[home].sort(key=lambda one: one[0])
            spans[home] = _wider(spans[home], item)
    return out


def _below(
    quote: _Placed,
    lines: Sequence[list[_Placed]],
    spans: Sequence[tuple[float, float]],
    height: float,
) -> int | None:
    """Which line has a taller letter beside and below small ink, if one has."""
    _, y, piece = quote
    for number, (low, high) in enumerate(spans):
        if high <= y or low - y >= _QUOTE_OFF * height:
            continue
        for _, middle, other in lines[number]:
            gap = max(
                other.box[0] - piece.box[0] - piece.box[2],
                piece.box[0] - other.box[0] - other.box[2],
            )
            beside = -0.3 * height < gap < _QUOTE_ASIDE * height
            above = 0 < middle - y < _QUOTE_OFF * height and other.box[3] > 1.2 * piece.box[3]
            if beside and above and other.box[1] < piece.box[1] + piece.box[3] + 0.5 * height:
                return number
    return None


def _span(line: Sequence[_Placed]) -> tuple[float, float]:
    """The highest and the lowest middle of a line's pieces."""
    across = [y for _, y, _ in line]
    return min(across), max(across)


def _wider(span: tuple[float, float], item: _Placed) -> tuple[float, float]:
    """A line's span with one piece more."""
    return min(span[0], item[1]), max(span[1], item[1])


def may_be_one(lines: Sequence[Sequence[Piece]]) -> bool:
    """Whether all lines of a picture may be one: of a word whose letters are of many sizes, or
    written far up and down, some were taken for lines above or below it."""
    if len(lines) < 2:
        return False
    boxes = [union_box([piece.box for piece in line]) for line in lines]
    largest = max(boxes, key=lambda box: box[2] * box[3])
    _, _, _, whole = union_box(boxes)
    if whole < _ONE_TALL * max(box[3] for box in boxes):
        return True
    least = _ONE_SMALL * largest[2] * largest[3]
    return all(box[2] * box[3] < least or _overlap(box, largest) > -_ONE_APART for box in boxes)


def _overlap(one: Box, other: Box) -> float:
    """How much of the lower one's height two boxes stand beside each other; less than 0 by how far
    they are apart."""
    shared = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return shared / max(1, min(one[3], other[3]))


def in_columns(
    lines: Sequence[Sequence[Piece]], height: float, tilt: float
) -> list[Sequence[Piece]]:
    """Lines that run over several columns of text, or boxes beside each other, as the lines of one
    after the other. Pages that are not level stay as they are: they are looked at again."""
    if abs(tilt) > _LEVEL:
        return list(lines)
    parts, boxes = [], []
    for line in lines:
        middle = median(piece.box[1] + piece.box[3] / 2 for piece in line)
        for part in _apart(line, COLUMN * height):
            parts.append(part)
            left = min(piece.box[0] for piece in part)
            right = max(piece.box[0] + piece.box[2] for piece in part)
            boxes.append((left, middle - height / 2, right, middle + height / 2))
    if len(parts) == len(lines):
        return list(lines)
    rows = rows_in_order(np.array(boxes, np.float64), height)
    return [[piece for number in row for piece in parts[number]] for row in rows]


def _apart(line: Sequence[Piece], white: float) -> list[list[Piece]]:
    """A line parted where there is so much white."""
    out = [[line[0]]]
    right = line[0].box[0] + line[0].box[2]
    for piece in line[1:]:
        if piece.box[0] - right >= white:
            out.append([])
        out[-1].append(piece)
        right = max(right, piece.box[0] + piece.box[2])
    return out


def _nearest(places: Sequence[float], x: float) -> int:
    """Which of some places, from left to right, is nearest; of two the left one."""
    right = bisect_left(places, x)
    if right == len(places) or (right and x - places[right - 1] <= places[right] - x):
        right -= 1
    return bisect_left(places, places[right])


def split_words(line: Sequence[Piece], height: float) -> tuple[tuple[Piece, ...], ...]:
    """The words of a line, which is cut where a gap is wide against the glyphs and against the
    line's other gaps."""
    gaps = []
    right = line[0].box[0] + line[0].box[2]
    for piece in line[1:]:
        gaps.append(max(0, piece.box[0] - right))
        right = max(right, piece.box[0] + piece.box[2])
    limit = word_gap(gaps, [p.box[2] for p in line], height)
    words: list[list[Piece]] = [[line[0]]]
    for gap, piece in zip(gaps, line[1:], strict=True):
        if gap > limit:
            words.append([])
        words[-1].append(piece)
    return tuple(tuple(word) for word in words)


def word_gap(gaps: Sequence[float], widths: Sequence[float], height: float) -> float:
    """The gap in pixels above which a new word begins.

    Of all ways to part the line's gaps into narrow and wide, the one that parts them best (Otsu's
    criterion), if the wide ones are then much wider; else only a gap wider than a glyph counts.
    """
    if not gaps:
        return float("inf")
    usual = max(median(widths), _LEAST_WIDTH * height)
    alone = _ALONE * usual
    # Columns and margins are no measure of the gaps between words.
    ordered = np.sort(np.minimum(gaps, _COLUMN * usual))
    best, least = alone, np.inf
    # Sums of the narrow gaps and of the wide ones, for each place to part them.
    narrow, wide = np.arange(1, len(ordered)), np.arange(len(ordered) - 1, 0, -1)
    sums, squares = np.cumsum(ordered), np.cumsum(ordered**2)
    low, high = sums[:-1] / narrow, (sums[-1] - sums[:-1]) / wide
    spread = squares[-1] - narrow * low**2 - wide * high**2
    fits = (ordered[1:] >= 0.5 * usual) & (high >= 2.0 * np.maximum(low, 0.1 * usual))
    if fits.any():
        cut = int(np.argmin(np.where(fits, spread, np.inf)))
        best, least = (ordered[cut] + ordered[cut + 1]) / 2, spread[cut]
    if np.isinf(least) and ordered[0] > 0.5 * usual and len(ordered) < 3:
        return alone
    return float(best)
