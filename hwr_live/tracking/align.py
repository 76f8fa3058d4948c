"""Aligning a frame to a page: which glyph is which track, and how the frame lies on the page.

A page's tracks and a frame's glyphs are both points with a size, a class and a look. They are
paired as mutual nearest neighbours under an affine map, and the map is fitted to the pairs (Besl
and McKay's iterated closest points, 1992). Where the map before leads nowhere, the shift that most
pairs of like glyphs agree on starts it anew (a Hough transform over shifts).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwr_live.reading import Glyph, Reading

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOTHING = 0
"""The class of what is no character."""
LOOK = 49
"""Length of a glyph's look: its crop at a quarter of its size."""

# Chosen like the numbers of tracks.py.
_NEAR = 0.5  # glyph sizes: the largest distance of a glyph from its track
_LARGER = 1.7  # the largest ratio of their sizes
_ALIKE = 0.05  # the smallest likeness, 0 to 1, where looks are known
_LIKENESS_WORTH = 0.25  # glyph sizes of distance that the full likeness makes up for
_LOST = 0.6  # likeness a glyph below which the frame may have moved far: a shift is looked for
_SHIFT_LARGER = 1.4  # the largest ratio of sizes of glyphs that tell the shift
_SHIFT_ALIKE = 0.3  # and their smallest likeness
_CELL = 0.3  # usual sizes: how closely their shifts must agree
_BESIDE = 0.2  # of its longer side that a track is widened by: a torn off part lies beside the rest
_COVERED = 0.45  # share of the smaller of two tracks that the other covers, if they are rivals
_LOOKS_FROM = 0.5  # correlation of looks up to which they are not alike
_LOOKS_RANGE = 0.4  # correlation more with which they are fully alike


@dataclass(frozen=True)
class Points:
    """Glyphs as arrays, of a frame or of a page's tracks; n glyphs, c classes."""

    centres: Floats  # (n, 2) pixels
    sizes: Floats  # (n, 2) width and height
    votes: Floats  # (n, c) weights of the classes
    looks: Floats  # (n, LOOK) crops, zero mean, unit length; zeros where there is none


@dataclass(frozen=True)
class Observation:
    """What one frame has to say."""

    points: Points
    size: tuple[int, int]  # of the frame, (0, 0) if unknown
    weights: Floats  # (m,) how much a glyph counts for telling pages apart
    lines: list[list[int]]  # glyphs of each line in reading order
    gaps: Bools  # (m,) whether a space comes before the glyph
    words: tuple[tuple[tuple[Glyph, ...], ...], ...]  # glyphs of each word of each line


@dataclass(frozen=True)
class Pairing:
    """Which track is which glyph, under which map, and how like they are."""

    tracks: Ints
    glyphs: Ints
    matrix: Floats  # (2, 3) page → frame
    likeness: Floats  # of each pair, 0 to 1


def observe(reading: Reading, classes: dict[str | None, int]) -> Observation:
    """The glyphs of a frame as arrays; classes not met before are added to ``classes``."""
    glyphs = reading.glyphs
    boxes = np.array([glyph.box for glyph in glyphs], np.float64).reshape(-1, 4)
    for glyph in glyphs:
        classes.setdefault(glyph.char, len(classes))
        for char, _ in glyph.candidates:
            classes.setdefault(char, len(classes))
    votes = np.zeros((len(glyphs), len(classes)))
    rows, columns, weights = [], [], []
    for row, glyph in enumerate(glyphs):
        # Half for what the reader chose, half for what it thought likely; an unreadable glyph
        # has its characters only for a second choice.
        readable = glyph.char is not None
        columns.append(classes[glyph.char])
        weights.append(glyph.confidence * (0.5 if readable else 1.0))
        share = 0.5 if readable else 1 - glyph.confidence
        for char, p in glyph.candidates:
            columns.append(classes[char])
            weights.append(share * p)
        rows += [row] * (1 + len(glyph.candidates))
    np.add.at(votes, (rows, columns), weights)
    gaps = np.zeros(len(glyphs), np.bool_)
    lines, at = [], 0
    for line in reading.lines:
        lines.append(list(range(at, at + len(line.glyphs))))
        for word in line.words:
            if word:
                gaps[at] = True
            at += len(word)
    points = Points(
        boxes[:, :2] + boxes[:, 2:] / 2, np.maximum(boxes[:, 2:], 1.0), votes, _looks(glyphs)
    )
    counts = [g.confidence if g.char is not None else 0.2 for g in glyphs]
    words = tuple(line.words for line in reading.lines)
    return Observation(points, reading.size, np.array(counts), lines, gaps, words)


def _looks(glyphs: tuple[Glyph, ...]) -> Floats:
    """Small crops as unit vectors, so that a product is a correlation."""
    looks = np.zeros((len(glyphs), LOOK))
    have = [i for i, glyph in enumerate(glyphs) if glyph.crop is not None]
    if have:
        crops = np.stack([np.asarray(glyphs[i].crop, np.uint8) for i in have])
        bands = crops.reshape(-1, 7, 4, 28).sum(2, dtype=np.int32)
        small = bands.reshape(-1, LOOK, 4).sum(2) / 16
        looks[have] = unit(small - small.mean(1, keepdims=True))
    return looks


def pair(tracks: Points, seen: Points, matrix: Floats) -> Pairing:
    """Aligns a frame's glyphs to a page's tracks.

    Args:
        tracks: in coordinates of the page.
        seen: in pixels of the frame.
        matrix: (2, 3) page → frame, of the frame before.
    """
    n, m = len(tracks.centres), len(seen.centres)
    if n == 0 or m == 0:
        none = np.zeros(0, np.int64)
        return Pairing(none, none, matrix, np.zeros(0))
    best = _fit(tracks, seen, matrix)
    if best.likeness.sum() < _LOST * min(n, m):
        other = _fit(tracks, seen, _shifted(tracks, seen, matrix))
        best = max(best, other, key=lambda pairing: float(pairing.likeness.sum()))
    return best


def _fit(tracks: Points, seen: Points, matrix: Floats) -> Pairing:
    """Pairs, fits the map to the pairs, and pairs again under it."""
    near = _pairs(tracks, seen, matrix)
    for _ in range(2):
        before = near
        matrix = transform(tracks.centres[near[0]], seen.centres[near[1]], matrix)
        near = _pairs(tracks, seen, matrix)
        if len(near[0]) == len(before[0]) and (near[1] == before[1]).all():
            break
    return Pairing(near[0], near[1], matrix, near[2])


def _pairs(tracks: Points, seen: Points, matrix: Floats) -> tuple[Ints, Ints, Floats]:
    """Mutual nearest neighbours among tracks and glyphs of like size, and their likeness."""
    placed = apply(matrix, tracks.centres).astype(np.float32)
    ours = (0.5 * tracks.sizes.max(1) * scale_of(matrix)).astype(np.float32)
    theirs = (0.5 * seen.sizes.max(1)).astype(np.float32)
    centres = seen.centres.astype(np.float32)
    reach = np.add.outer(ours, theirs)
    near = np.abs(np.subtract.outer(placed[:, 0], centres[:, 0])) < _NEAR * reach
    near &= np.abs(np.subtract.outer(placed[:, 1], centres[:, 1])) < _NEAR * reach
    rows, columns = np.nonzero(near)
    off = placed[rows] - centres[columns]
    far = np.hypot(off[:, 0], off[:, 1]) / reach[rows, columns]
    ratio = ours[rows] / theirs[columns]
    allowed = (far < _NEAR) & (ratio < _LARGER) & (ratio > 1 / _LARGER)
    rows, columns, far = rows[allowed], columns[allowed], far[allowed]
    likeness = _likeness(tracks, seen, rows, columns)
    if seen.looks.any():  # what neither looks nor reads alike stands there in place of the other
        alike = likeness > _ALIKE
        rows, columns = rows[alike], columns[alike]
        far, likeness = far[alike], likeness[alike]
    cost = far - _LIKENESS_WORTH * likeness
    of_row, of_column = np.full(len(placed), np.inf), np.full(len(centres), np.inf)
    np.minimum.at(of_row, rows, cost)
    np.minimum.at(of_column, columns, cost)
    mutual = (cost == of_row[rows]) & (cost == of_column[columns])
    rows, first = np.unique(rows[mutual], return_index=True)  # of exact ties the first
    columns, likeness = columns[mutual][first], likeness[mutual][first]
    columns, first = np.unique(columns, return_index=True)
    return rows[first], columns, likeness[first]


def _likeness(tracks: Points, seen: Points, rows: Ints, columns: Ints) -> Floats:
    """How well classes, or looks, of tracks ``rows`` and glyphs ``columns`` go together, 0 to 1."""
    width = tracks.votes.shape[1]
    ours, theirs = unit(tracks.votes)[rows], unit(seen.votes)[columns, :width]
    classes = np.einsum("ij,ij->i", ours, theirs)
    looks = np.einsum("ij,ij->i", unit(tracks.looks)[rows], seen.looks[columns])
    return np.asarray(np.clip(np.maximum(classes, (looks - _LOOKS_FROM) / _LOOKS_RANGE), 0.0, 1.0))


def _shifted(tracks: Points, seen: Points, matrix: Floats) -> Floats:
    """The matrix moved by the shift that most pairs of like glyphs agree on."""
    placed = apply(matrix, tracks.centres)
    ours, theirs = tracks.sizes.max(1) * scale_of(matrix), seen.sizes.max(1)
    ratio = np.divide.outer(ours, theirs)
    rows, columns = np.nonzero((ratio < _SHIFT_LARGER) & (ratio > 1 / _SHIFT_LARGER))
    likeness = _likeness(tracks, seen, rows, columns)
    like = likeness > _SHIFT_ALIKE
    rows, columns, weights = rows[like], columns[like], likeness[like]
    if not len(rows):
        return matrix
    shifts = seen.centres[columns] - placed[rows]
    cell = max(2.0, _CELL * float(np.median(theirs)))
    cells = np.floor((shifts - shifts.min(0)) / cell).astype(np.int64) + 1
    width, height = (int(v) + 2 for v in cells.max(0))
    grid = np.zeros((width, height))
    np.add.at(grid, (cells[:, 0], cells[:, 1]), weights)
    pooled = np.zeros((width - 2, height - 2))
    for dx in range(3):
        for dy in range(3):
            pooled += grid[dx : width - 2 + dx, dy : height - 2 + dy]
    top = np.array(np.unravel_index(int(pooled.argmax()), pooled.shape)) + 1
    near = (np.abs(cells - top) <= 1).all(1)
    moved = matrix.copy()
    moved[:, 2] += np.average(shifts[near], axis=0, weights=weights[near])
    return moved


def overlapping(centres: Floats, sizes: Floats) -> Bools:
    """(n, n): pairs of tracks of which one covers much of the other, by their (n, 2) centres and
    sizes."""
    half = (sizes / 2).astype(np.float32)
    area = (4 * half.prod(1)).astype(np.float32)
    half += _BESIDE * half.max(1, keepdims=True)
    low, high = centres.astype(np.float32) - half, centres.astype(np.float32) + half
    common = np.minimum.outer(high[:, 0], high[:, 0])
    common -= np.maximum.outer(low[:, 0], low[:, 0])
    down = np.minimum.outer(high[:, 1], high[:, 1])
    down -= np.maximum.outer(low[:, 1], low[:, 1])
    np.maximum(common, 0, out=common)
    common *= np.maximum(down, 0, out=down)
    overlaps = common > _COVERED * np.minimum.outer(area, area)
    np.fill_diagonal(overlaps, False)
    return np.asarray(overlaps)


def transform(source: Floats, target: Floats, before: Floats) -> Floats:
    """The (2, 3) matrix from ``source`` to ``target`` points, as free as their number allows.

    Few points move the matrix ``before``; more turn and scale it; many that fill an area may also
    shear it, which is what a page seen at an angle needs most. Outliers are dropped once.
    """
    matrix = _least_squares(source, target, before)
    if len(source) >= 4:
        off = np.hypot(*(apply(matrix, source) - target).T)
        keep = off <= max(1.0, 2.5 * float(np.median(off)))
        if not keep.all():
            matrix = _least_squares(source[keep], target[keep], before)
    return matrix


def _least_squares(source: Floats, target: Floats, before: Floats) -> Floats:
    count = len(source)
    if count == 0:
        return before
    if count < 4:
        matrix = before.copy()
        matrix[:, 2] += (target - apply(before, source)).mean(0)
        return matrix
    centre, aim = source.mean(0), target.mean(0)
    x, y = source - centre, target - aim
    spread = np.linalg.svd(x, compute_uv=False)
    if count >= 12 and spread[1] > 0.15 * spread[0]:
        linear = np.linalg.lstsq(x, y, rcond=None)[0].T
    else:
        square = max(float((x * x).sum()), 1e-9)
        cosine = float((x * y).sum()) / square
        sine = float((x[:, 0] * y[:, 1] - x[:, 1] * y[:, 0]).sum()) / square
        linear = np.array([[cosine, -sine], [sine, cosine]])
    if not 0.3 < abs(np.linalg.det(linear)) < 3.0:  # points too close together to tell
        linear = before[:, :2]
    return np.hstack([linear, (aim - linear @ centre)[:, None]])


def apply(matrix: Floats, points: Floats) -> Floats:
    """(n, 2) points through a (2, 3) matrix."""
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def inverse(matrix: Floats) -> Floats:
    """The (2, 3) matrix of the way back."""
    linear = np.linalg.inv(matrix[:, :2])
    return np.hstack([linear, -linear @ matrix[:, 2:]])


def scale_of(matrix: Floats) -> float:
    """By how much a (2, 3) matrix enlarges lengths, on average over directions."""
    return float(np.sqrt(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])))


def widened(rows: Floats, width: int) -> Floats:
    """The rows with columns of zeros up to ``width``."""
    if rows.shape[1] >= width:
        return rows
    return np.pad(rows, ((0, 0), (0, width - rows.shape[1])))


def unit(rows: Floats) -> Floats:
    """The rows at length 1; rows of zeros stay."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return np.asarray(rows / np.maximum(lengths, 1e-9)[:, None])
