"""What was taken for what: the confusion matrix, and the commonest confusions with their images."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.ui.paint import Colour, Image, capital_height, fit_text, mix, put_text, text_width
from train.results.plots import (
    FAINT,
    INK,
    MARGIN,
    PAPER,
    SMALL,
    TEXT,
    TITLE,
    Bytes,
    Labels,
    check_samples,
    new_page,
    paint_tile,
    percent,
)

RIGHT: Colour = (108, 152, 66)
WRONG: Colour = (40, 40, 200)
_NEVER: Colour = (246, 244, 242)

_WITH_COUNTS = 46  # pixels of a cell that has room for a count


def confusion(matrix: npt.NDArray[Any], chars: Sequence[str], *, title: str = "") -> Image:
    """The confusion matrix: a row for each true class, a column for each class it was read as.

    Colour is the share of the row, by its root, so that rare confusions show: green on the
    diagonal, red beside it. Each row ends with the share read right; up to 20 classes have their
    counts in the cells.

    Args:
        matrix: (n, n) counts, not negative.
        chars: n names of classes.
        title: above it.

    Raises:
        ValueError: for a matrix that is not square, not of counts or not of these classes.
    """
    matrix, classes = np.asarray(matrix), len(chars)
    if matrix.shape != (len(chars), len(chars)) or not len(chars):
        raise ValueError(f"a matrix of shape {matrix.shape} does not fit {len(chars)} classes")
    if matrix.dtype.kind not in "iuf" or not np.isfinite(matrix).all() or (matrix < 0).any():
        raise ValueError("a confusion matrix holds counts")
    cell = _WITH_COUNTS if classes <= 20 else 26 if classes <= 36 else 17
    font = max(11, min(TEXT, cell - 5))
    totals = matrix.sum(1)
    shares = matrix / np.maximum(totals, 1e-300)[:, None]
    left = MARGIN + 32 + max(text_width(char, font) for char in chars)
    top = 60 + 2 * 24
    side = classes * cell
    right = np.trace(matrix)
    told = f"{right:,.0f} of {matrix.sum():,.0f} read right ({percent(right, matrix.sum())})"
    heading = title or told
    headed = text_width(heading, TITLE, bold=True) + 2 * MARGIN
    page = new_page(top + side + MARGIN, max(left + side + 64 + MARGIN, headed), heading)
    put_text(page, "read as", (left + side // 2, 70), SMALL, FAINT, align="centre")
    put_text(page, "right", (left + side + 58, top - 8), SMALL, FAINT, align="right")
    _put_upwards(page, "true", (MARGIN + 6, top + side // 2))
    half = capital_height(font) // 2
    for row, char in enumerate(chars):
        below = top + row * cell + cell // 2 + half
        put_text(page, char, (left - 8, below), font, align="right")
        put_text(page, char, (left + row * cell + cell // 2, top - 8), font, align="centre")
        told = percent(matrix[row, row], totals[row])
        put_text(page, told, (left + side + 58, below), font, align="right")
        for column, count in enumerate(matrix[row]):
            x, y = left + column * cell, top + row * cell
            share = math.sqrt(shares[row, column])
            colour = mix(_NEVER, RIGHT if row == column else WRONG, share)
            cv2.rectangle(page, (x, y), (x + cell - 2, y + cell - 2), colour, cv2.FILLED)
            if cell == _WITH_COUNTS and count:
                at, ink = (x + cell // 2 - 1, below - 1), PAPER if share > 0.6 else INK
                put_text(page, f"{count:g}", at, font, ink, align="centre")
    return page


def worst_confusions(
    images: Bytes,
    true: Labels,
    predicted: Labels,
    chars: Sequence[str],
    k: int = 20,
    *,
    confidence: npt.NDArray[Any] | None = None,
    each: int = 8,
    scale: int = 2,
    title: str = "",
) -> Image:
    """The commonest confusions, each with how often it happened and some of its images.

    Args:
        images: uint8 (n, h, w), upright.
        true: (n,), index into ``chars``.
        predicted: (n,), index into ``chars``.
        chars: the classes' names in label order.
        k: how many confusions.
        confidence: (n,), of what was read; the surest mistakes are shown first. None: the first.
        each: how many images of a confusion.
        scale: how many pixels one pixel of an image becomes.
        title: above it.

    Raises:
        ValueError: for arrays that do not fit each other.
    """
    check_samples(images, true, chars)
    check_samples(images, predicted, chars)
    if confidence is not None and len(confidence) != len(images):
        raise ValueError(f"{len(confidence)} confidences for {len(images)} images")
    if min(k, each, scale) < 1:
        raise ValueError("k, each and scale are at least 1")
    wrong, worst = int((true != predicted).sum()), _worst(true, predicted, k, confidence)
    heading = title or (
        f"{wrong:,} of {len(true):,} misread ({percent(wrong, len(true))}); "
        f"the {len(worst)} commonest confusions"
        if wrong
        else f"none of {len(true):,} misread"
    )
    tile_h, tile_w = scale * images.shape[1], scale * images.shape[2]
    columns, names = 2 if len(worst) > 10 else 1, 184
    rows = -(-len(worst) // columns)
    told = len({_kind(char) for char in chars} - {""}) > 1
    column_w = names + each * (tile_w + 6) + 24
    width = max(columns * column_w - 24, text_width(heading, TITLE, bold=True)) + 2 * MARGIN
    step = tile_h + 14
    page = new_page(60 + max(rows * step, 20) + MARGIN - 10, width, heading)
    for number, (label, read, found) in enumerate(worst):
        column, row = divmod(number, rows)
        x, y = MARGIN + column * column_w, 60 + row * step
        middle, end = y + tile_h // 2, x + names - 18
        _put_pair(page, chars[label], chars[read], (x, middle), told)
        put_text(page, f"{len(found):,}", (end, middle - 3), TEXT, bold=True, align="right")
        share = percent(len(found), int((true == label).sum()))
        put_text(page, share, (end, middle + 15), SMALL, FAINT, align="right")
        for left, index in enumerate(found[:each]):
            paint_tile(page, images[index], (x + names + left * (tile_w + 6), y), scale)
    return page


def _worst(
    true: Labels, predicted: Labels, k: int, confidence: npt.NDArray[Any] | None
) -> list[tuple[int, int, npt.NDArray[np.int64]]]:
    """The commonest confusions: a class, what it was read as, and the indices of its images."""
    wrong = np.flatnonzero(true != predicted)
    if confidence is not None:
        wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    pairs = Counter(zip(true[wrong].tolist(), predicted[wrong].tolist(), strict=True))
    # Ties in label order, so that the picture of the same results is the same.
    worst = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:k]
    return [(t, p, wrong[(true[wrong] == t) & (predicted[wrong] == p)]) for t, p in worst]


def _put_pair(page: Image, true: str, read: str, at: tuple[int, int], told: bool) -> None:
    """The true class, an arrow, and in red what it was read as; ``at``: left end and middle.

    Where ``told``, each has its kind below, because l and I, or c and C, look too much alike.
    """
    x, middle = at
    size = 26 if max(len(true), len(read)) == 1 else TEXT
    baseline = middle + capital_height(size) // 2 - (8 if told else 0)
    cv2.arrowedLine(page, (x + 44, middle), (x + 64, middle), FAINT, 1, cv2.LINE_AA, 0, 0.3)
    for name, centre, colour in ((true, x + 21, INK), (read, x + 87, WRONG)):
        text = fit_text(name, size, 42)
        put_text(page, text, (centre, baseline), size, colour, bold=True, align="centre")
        if told and _kind(name):
            put_text(page, _kind(name), (centre, baseline + 19), 12, FAINT, align="centre")


def _kind(char: str) -> str:
    if len(char) != 1:
        return ""
    return "digit" if char.isdecimal() else "small" if char.islower() else "capital"


def _put_upwards(page: Image, text: str, at: tuple[int, int]) -> None:
    """Small faint text that runs upwards, its middle at ``at``."""
    width = text_width(text, SMALL) + 2
    strip = np.empty((SMALL + 6, width, 3), np.uint8)
    strip[:] = PAPER
    put_text(strip, text, (1, SMALL + 1), SMALL, FAINT)
    turned = cv2.rotate(strip, cv2.ROTATE_90_COUNTERCLOCKWISE)
    x, y = at[0] - turned.shape[1] // 2, at[1] - turned.shape[0] // 2
    page[y : y + turned.shape[0], x : x + turned.shape[1]] = turned
