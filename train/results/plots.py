"""Pictures of data and training: samples, curves, confusion matrix, worst confusions.

Pure functions that return uint8 (height, width, 3) BGR pictures; nothing is written or shown here.
Crops are painted as the network sees them, bright ink on black.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.ui.paint import Colour, Frame, capital_height, fit_text, put_text, text_width

Bytes = npt.NDArray[np.uint8]
Labels = npt.NDArray[Any]
History = Sequence[Mapping[str, float]]

PAPER: Colour = (252, 252, 252)
INK: Colour = (54, 40, 32)
FAINT: Colour = (150, 138, 128)
GRID: Colour = (230, 226, 222)
TRAINING: Colour = (190, 160, 120)
VALIDATION: Colour = (176, 84, 24)
AVERAGE: Colour = (22, 110, 222)
RIGHT: Colour = (108, 152, 66)
WRONG: Colour = (40, 40, 200)

_MARGIN = 28
_TITLE = 22
_TEXT = 15
_SMALL = 13

_SERIES = (
    ("training", "", TRAINING),
    ("validation", "val_", VALIDATION),
    ("validation, averaged weights", "ema_", AVERAGE),
)


def pick(labels: Labels, each: int, seed: int = 0) -> npt.NDArray[np.int64]:
    """Indices of ``each`` random images of every class, class by class; fewer where there are."""
    shuffled = np.random.default_rng(seed).permutation(len(labels))
    chosen = [shuffled[labels[shuffled] == label][:each] for label in np.unique(labels)]
    return np.concatenate(chosen) if chosen else np.zeros(0, np.int64)


def sheet(
    images: Bytes,
    labels: Labels,
    chars: Sequence[str],
    columns: int = 20,
    *,
    scale: int = 2,
    title: str = "",
) -> Frame:
    """A sheet of samples in rows, each with its label below.

    Args:
        images: uint8 (n, h, w), upright.
        labels: (n,), index into ``chars``.
        chars: the classes' names in label order.
        columns: samples a row, at least 1.
        scale: how many pixels one pixel of an image becomes.
        title: above the sheet; the number of samples if empty.

    Raises:
        ValueError: for images, labels and characters that do not fit each other.
    """
    _check(images, labels, chars)
    if columns < 1 or scale < 1:
        raise ValueError(f"a sheet has columns and a scale of at least 1, not {columns}, {scale}")
    count = len(images)
    columns = min(columns, max(count, 1))
    rows = -(-count // columns)
    tile_h, tile_w = scale * images.shape[1], scale * images.shape[2]
    step_w, step_h = tile_w + 8, tile_h + 26
    heading = title or f"{count:,} samples"
    width = max(columns * step_w - 8, text_width(heading, _TITLE, bold=True)) + 2 * _MARGIN
    page = _page(max(rows, 1) * step_h + _MARGIN + 44, width, heading)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        row, column = divmod(number, columns)
        x, y = _MARGIN + column * step_w, 60 + row * step_h
        _tile(page, image, (x, y), scale)
        name = fit_text(chars[int(label)], _TEXT, step_w)
        put_text(page, name, (x + tile_w // 2, y + tile_h + 17), _TEXT, align="centre")
    return page


def curves(history: History, *, width: int = 1240, height: int = 520, title: str = "") -> Frame:
    """Loss and accuracy by epoch, of training, validation and, where there is one, the average.

    Both axes are logarithmic (accuracy by its distance to 100 %), so that the last epochs, which
    decide, are as easy to read as the first.

    Args:
        history: a mapping an epoch with ``loss``, ``accuracy``, ``val_loss``, ``val_accuracy`` and
            perhaps ``ema_loss``, ``ema_accuracy``, ``epoch``; accuracies 0 to 1. What is missing
            or not finite is left out.
        width, height: of the picture in pixels.
        title: above it.

    Raises:
        ValueError: for an empty history or a picture below 480x320.
    """
    if not history:
        raise ValueError("a history without epochs has no curves")
    if width < 480 or height < 320:
        raise ValueError(f"curves need at least 480x320 pixels, not {width}x{height}")
    page = _page(height, width, title or "Training")
    epochs = [row.get("epoch", number) for number, row in enumerate(history, 1)]
    found = [
        (name, prefix, colour)
        for name, prefix, colour in _SERIES
        if any(f"{prefix}{kind}" in row for row in history for kind in ("loss", "accuracy"))
    ]
    _legend(page, found, (width - _MARGIN, _MARGIN + capital_height(_TITLE)))
    half = (width - 3 * _MARGIN) // 2
    for number, kind in enumerate(("loss", "accuracy")):
        box = (_MARGIN + number * (half + _MARGIN), 70, half, height - 70 - _MARGIN)
        lines = [
            (
                colour,
                [(e, row.get(f"{prefix}{kind}")) for e, row in zip(epochs, history, strict=True)],
            )
            for _, prefix, colour in found
        ]
        _panel(page, box, kind, lines, (min(epochs), max(epochs)))
    return page


def confusion(matrix: npt.NDArray[Any], chars: Sequence[str], *, title: str = "") -> Frame:
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
    matrix = np.asarray(matrix)
    if matrix.shape != (len(chars), len(chars)) or not len(chars):
        raise ValueError(f"a matrix of shape {matrix.shape} does not fit {len(chars)} classes")
    if matrix.dtype.kind not in "iuf" or not np.isfinite(matrix).all() or (matrix < 0).any():
        raise ValueError("a confusion matrix holds counts")
    classes = len(chars)
    cell = 46 if classes <= 20 else 26 if classes <= 36 else 17
    font = max(11, min(_TEXT, cell - 5))
    totals = matrix.sum(1)
    shares = np.divide(
        matrix, totals[:, None], where=totals[:, None] > 0, out=np.zeros(matrix.shape)
    )
    left = _MARGIN + 32 + max(text_width(char, font) for char in chars)
    top = 60 + 2 * 24
    side = classes * cell
    right = np.trace(matrix)
    heading = title or (
        f"{right:,.0f} of {matrix.sum():,.0f} read right ({_percent(right, matrix.sum())})"
    )
    page = _page(
        top + side + _MARGIN,
        max(left + side + 64 + _MARGIN, text_width(heading, _TITLE, bold=True) + 2 * _MARGIN),
        heading,
    )
    put_text(page, "read as", (left + side // 2, 70), _SMALL, FAINT, align="centre")
    put_text(page, "right", (left + side + 58, top - 8), _SMALL, FAINT, align="right")
    _put_upwards(page, "true", (_MARGIN + 6, top + side // 2))
    half = capital_height(font) // 2
    for row, char in enumerate(chars):
        middle = top + row * cell + cell // 2
        put_text(page, char, (left - 8, middle + half), font, align="right")
        put_text(page, char, (left + row * cell + cell // 2, top - 8), font, align="centre")
        put_text(
            page,
            _percent(matrix[row, row], totals[row]),
            (left + side + 58, middle + half),
            font,
            align="right",
        )
        for column in range(classes):
            x, y = left + column * cell, top + row * cell
            share = math.sqrt(shares[row, column])
            colour = _mix((246, 244, 242), RIGHT if row == column else WRONG, share)
            cv2.rectangle(page, (x, y), (x + cell - 2, y + cell - 2), colour, cv2.FILLED)
            if cell == 46 and matrix[row, column]:
                put_text(
                    page,
                    f"{matrix[row, column]:g}",
                    (x + cell // 2 - 1, middle + half - 1),
                    font,
                    PAPER if share > 0.6 else INK,
                    align="centre",
                )
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
) -> Frame:
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
    _check(images, true, chars)
    _check(images, predicted, chars)
    if confidence is not None and len(confidence) != len(images):
        raise ValueError(f"{len(confidence)} confidences for {len(images)} images")
    if min(k, each, scale) < 1:
        raise ValueError("k, each and scale are at least 1")
    wrong = np.flatnonzero(true != predicted)
    pairs = Counter(zip(true[wrong].tolist(), predicted[wrong].tolist(), strict=True))
    # Ties in label order, so that the picture of the same results is the same.
    worst = sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0]))[:k]
    heading = title or (
        f"{len(wrong):,} of {len(true):,} misread ({_percent(len(wrong), len(true))}); "
        f"the {len(worst)} commonest confusions"
        if len(wrong)
        else f"none of {len(true):,} misread"
    )
    tile_h, tile_w = scale * images.shape[1], scale * images.shape[2]
    columns = 2 if len(worst) > 10 else 1
    rows = -(-len(worst) // columns)
    names = 184
    told = len({_kind(char) for char in chars} - {""}) > 1
    column_w = names + each * (tile_w + 6) + 24
    width = max(columns * column_w - 24, text_width(heading, _TITLE, bold=True)) + 2 * _MARGIN
    step = tile_h + 14
    page = _page(60 + max(rows * step, 20) + _MARGIN - 10, width, heading)
    counts = np.bincount(true.astype(np.int64), minlength=len(chars)) if len(true) else None
    for number, ((label, read), count) in enumerate(worst):
        column, row = divmod(number, rows)
        x, y = _MARGIN + column * column_w, 60 + row * step
        middle = y + tile_h // 2
        _put_pair(page, chars[label], chars[read], (x, middle), told)
        assert counts is not None  # there is a confusion, so there are labels
        put_text(page, f"{count:,}", (x + names - 18, middle - 3), _TEXT, bold=True, align="right")
        put_text(
            page,
            _percent(count, counts[label]),
            (x + names - 18, middle + 15),
            _SMALL,
            FAINT,
            align="right",
        )
        chosen = wrong[(true[wrong] == label) & (predicted[wrong] == read)]
        if confidence is not None:
            chosen = chosen[np.argsort(-confidence[chosen], kind="stable")]
        for place, index in enumerate(chosen[:each]):
            _tile(page, images[index], (x + names + place * (tile_w + 6), y), scale)
    return page


def read_history(path: Path) -> list[dict[str, float]]:
    """The training history that ``python -m train`` keeps as CSV: a dict an epoch.

    Raises:
        InputError: for a file that is missing or no such table.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [
                {key: float(value) for key, value in row.items() if value != ""}
                for row in csv.DictReader(file, strict=True)
            ]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, TypeError, AttributeError, csv.Error):
        raise InputError(f"{path} is no training history: a table of numbers as CSV") from None
    if not rows or "loss" not in rows[0]:
        raise InputError(f"{path} is no training history: it has no column and row of loss")
    return rows


def _check(images: Bytes, labels: Labels, chars: Sequence[str]) -> None:
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ValueError(f"images are uint8 (n, h, w), not {images.dtype} {images.shape}")
    if labels.shape != (len(images),):
        raise ValueError(f"labels of shape {labels.shape} for {len(images)} images")
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(chars):
        raise ValueError(f"labels from {labels.min()} to {labels.max()} for {len(chars)} classes")


def _page(height: int, width: int, title: str) -> Frame:
    page = np.empty((height, width, 3), np.uint8)
    page[:] = PAPER
    text = fit_text(title, _TITLE, width - 2 * _MARGIN, bold=True)
    put_text(page, text, (_MARGIN, _MARGIN + capital_height(_TITLE)), _TITLE, INK, bold=True)
    return page


def _tile(page: Frame, image: Bytes, at: tuple[int, int], scale: int) -> None:
    x, y = at
    large = np.repeat(np.repeat(image, scale, 0), scale, 1)
    page[y : y + large.shape[0], x : x + large.shape[1]] = large[..., None]


def _put_pair(page: Frame, true: str, read: str, at: tuple[int, int], told: bool) -> None:
    """The true class, an arrow, and in red what it was read as; ``at``: left end and middle.

    Where ``told``, each has its kind below, because l and I, or c and C, look too much alike.
    """
    x, middle = at
    size = 26 if max(len(true), len(read)) == 1 else _TEXT
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


def _put_upwards(page: Frame, text: str, at: tuple[int, int]) -> None:
    """Small faint text that runs upwards, its middle at ``at``."""
    width = text_width(text, _SMALL) + 2
    strip = np.empty((_SMALL + 6, width, 3), np.uint8)
    strip[:] = PAPER
    put_text(strip, text, (1, _SMALL + 1), _SMALL, FAINT)
    turned = cv2.rotate(strip, cv2.ROTATE_90_COUNTERCLOCKWISE)
    x, y = at[0] - turned.shape[1] // 2, at[1] - turned.shape[0] // 2
    page[y : y + turned.shape[0], x : x + turned.shape[1]] = turned


def _legend(page: Frame, series: Iterable[tuple[str, str, Colour]], at: tuple[int, int]) -> None:
    """Names of the lines, from right to left."""
    x, y = at
    for name, _, colour in reversed(list(series)):
        x -= text_width(name, _TEXT)
        put_text(page, name, (x, y), _TEXT)
        cv2.line(page, (x - 30, y - 5), (x - 8, y - 5), colour, 3, cv2.LINE_AA)
        x -= 54


def _panel(
    page: Frame,
    box: tuple[int, int, int, int],
    kind: str,
    lines: Sequence[tuple[Colour, Sequence[tuple[float, float | None]]]],
    epochs: tuple[float, float],
) -> None:
    """One pair of axes with its lines; the best value of validation is marked and written."""
    x0, y0, width, height = box
    left, right, top, bottom = x0 + 62, x0 + width - 12, y0 + 34, y0 + height - 36
    put_text(page, kind, (x0, y0 + 12), _TEXT + 2, bold=True)
    put_text(page, "epoch", (right, bottom + 34), _SMALL, FAINT, align="right")
    level = _loss_level if kind == "loss" else _accuracy_level
    kept = [
        [(e, level(v)) for e, v in line if v is not None and math.isfinite(v)] for _, line in lines
    ]
    levels = [v for line in kept for _, v in line]
    if not levels:
        put_text(
            page,
            "no values",
            ((left + right) // 2, (top + bottom) // 2),
            _TEXT,
            FAINT,
            align="centre",
        )
        return
    low, high = min(levels), max(levels)
    pad = max(0.06 * (high - low), 0.05)
    low, high = low - pad, high + pad
    first, last = epochs if epochs[1] > epochs[0] else (epochs[0] - 1, epochs[0] + 1)

    def place(epoch: float, value: float) -> tuple[int, int]:
        return (
            round(left + (epoch - first) / (last - first) * (right - left)),
            round(bottom - (value - low) / (high - low) * (bottom - top)),
        )

    for value, text in _loss_ticks(low, high) if kind == "loss" else _accuracy_ticks(low, high):
        y = place(first, value)[1]
        cv2.line(page, (left, y), (right, y), GRID, 1)
        put_text(page, text, (left - 8, y + 5), _SMALL, FAINT, align="right")
    for epoch in _epoch_ticks(*epochs):
        x = place(epoch, low)[0]
        cv2.line(page, (x, bottom), (x, bottom + 4), FAINT, 1)
        put_text(page, f"{epoch:g}", (x, bottom + 19), _SMALL, FAINT, align="centre")
    cv2.line(page, (left, bottom), (right, bottom), FAINT, 1)
    for (colour, _), line in zip(lines, kept, strict=True):
        points = np.array([place(*point) for point in line], np.int32).reshape(-1, 1, 2)
        if len(points) > 1:
            cv2.polylines(page, [points], False, colour, 2, cv2.LINE_AA)
        if 0 < len(points) <= 20:
            for x, y in points[:, 0].tolist():
                cv2.circle(page, (x, y), 3, colour, cv2.FILLED, cv2.LINE_AA)
    validation = [point for line in kept[1:] for point in line]
    if validation:
        best = (min if kind == "loss" else max)(validation, key=lambda point: point[1])
        cv2.circle(page, place(*best), 7, INK, 1, cv2.LINE_AA)
        best_value = (
            f"{10 ** best[1]:.4g}" if kind == "loss" else f"{100 - 100 * 10 ** -best[1]:.2f} %"
        )
        text = f"best on validation: {best_value} after epoch {best[0]:g}"
        put_text(page, text, (right, y0 + 12), _TEXT, align="right")


def _loss_level(value: float) -> float:
    return math.log10(max(value, 1e-6))


def _accuracy_level(value: float) -> float:
    """Orders of magnitude from 100 %; what is perfect is drawn at 99.999 %."""
    return -math.log10(max(1 - value, 1e-5))


def _loss_ticks(low: float, high: float) -> list[tuple[float, str]]:
    steps = (1, 2, 5) if high - low > 0.7 else (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9)
    ticks = [
        (math.log10(step * 10.0**power), f"{step * 10.0**power:.4g}")
        for power in range(-7, 8)
        for step in steps
    ]
    return _thinned([tick for tick in ticks if low <= tick[0] <= high])


def _accuracy_ticks(low: float, high: float) -> list[tuple[float, str]]:
    errors = [1.0, 0.8, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1]
    errors += [step * 10.0**-power for power in (2, 3, 4, 5) for step in (8, 6, 5, 4, 3, 2, 1.5, 1)]
    ticks = [(-math.log10(error), f"{100 * (1 - error):.6g} %") for error in errors]
    return _thinned([tick for tick in ticks if low <= tick[0] <= high])


def _thinned(ticks: list[tuple[float, str]], most: int = 9) -> list[tuple[float, str]]:
    return ticks[:: -(-len(ticks) // most)] if ticks else ticks


def _epoch_ticks(first: float, last: float) -> list[float]:
    """Up to about eight round epochs."""
    step = 1
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if (last - first) / step <= 8:
            break
    start = math.ceil(first / step) * step
    return [float(e) for e in range(start, math.floor(last) + 1, step)]


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    blue, green, red = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return blue, green, red


def _percent(count: float, of: float) -> str:
    """A share to read; never "100 %" while something is missing."""
    if not of:
        return "-"
    share = 100 * count / of
    if count < of and share > 99.95:
        share = 99.9
    return f"{share:.1f} %"
