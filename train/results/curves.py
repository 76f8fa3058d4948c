"""Loss and accuracy by epoch: the history of a training, and the picture of it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np

from hwr_live.errors import InputError
from hwr_live.ui.paint import Colour, Image, capital_height, put_text, text_width
from train.results.plots import FAINT, INK, MARGIN, SMALL, TEXT, TITLE, new_page

History = Sequence[Mapping[str, float]]

GRID: Colour = (230, 226, 222)
TRAINING: Colour = (190, 160, 120)
VALIDATION: Colour = (176, 84, 24)
AVERAGE: Colour = (22, 110, 222)

_AXES = {
    "loss": "logarithmic axis",
    "accuracy": "logarithmic axis of what is wrong",
}
"""What is said of an axis that is not even."""

_SERIES = (
    ("training", "", TRAINING),
    ("validation", "val_", VALIDATION),
    ("validation, averaged weights", "ema_", AVERAGE),
)


def curves(history: History, *, width: int = 1240, height: int = 520, title: str = "") -> Image:
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
    page = new_page(height, width, title or "Training")
    epochs = [row.get("epoch", number) for number, row in enumerate(history, 1)]
    found = [
        (name, prefix, colour)
        for name, prefix, colour in _SERIES
        if any(f"{prefix}{kind}" in row for row in history for kind in ("loss", "accuracy"))
    ]
    _legend(page, found, (width - MARGIN, MARGIN + capital_height(TITLE)))
    half = (width - 3 * MARGIN) // 2
    for number, kind in enumerate(("loss", "accuracy")):
        box = (MARGIN + number * (half + MARGIN), 70, half, height - 70 - MARGIN)
        lines = [
            (
                colour,
                [(e, row.get(f"{prefix}{kind}")) for e, row in zip(epochs, history, strict=True)],
            )
            for _, prefix, colour in found
        ]
        _panel(page, box, kind, lines, (min(epochs), max(epochs)))
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


def _legend(page: Image, series: Iterable[tuple[str, str, Colour]], at: tuple[int, int]) -> None:
    """Names of the lines, from right to left."""
    x, y = at
    for name, _, colour in reversed(list(series)):
        x -= text_width(name, TEXT)
        put_text(page, name, (x, y), TEXT)
        cv2.line(page, (x - 30, y - 5), (x - 8, y - 5), colour, 3, cv2.LINE_AA)
        x -= 54


def _panel(
    page: Image,
    box: tuple[int, int, int, int],
    kind: str,
    lines: Sequence[tuple[Colour, Sequence[tuple[float, float | None]]]],
    epochs: tuple[float, float],
) -> None:
    """One pair of axes with its lines; the best value of validation is marked and written."""
    x0, y0, width, height = box
    left, right, top, bottom = x0 + 62, x0 + width - 12, y0 + 34, y0 + height - 36
    put_text(page, kind, (x0, y0 + 12), TEXT + 2, bold=True)
    put_text(page, "epoch", (right, bottom + 34), SMALL, FAINT, align="right")
    put_text(page, _AXES[kind], (left, bottom + 34), SMALL, FAINT)
    level = _loss_level if kind == "loss" else _accuracy_level
    kept = [
        [(e, level(v)) for e, v in line if v is not None and math.isfinite(v)] for _, line in lines
    ]
    levels = [v for line in kept for _, v in line]
    if not levels:
        middle = ((left + right) // 2, (top + bottom) // 2)
        put_text(page, "no values", middle, TEXT, FAINT, align="centre")
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
        put_text(page, text, (left - 8, y + 5), SMALL, FAINT, align="right")
    for epoch in _epoch_ticks(*epochs):
        x = place(epoch, low)[0]
        cv2.line(page, (x, bottom), (x, bottom + 4), FAINT, 1)
        put_text(page, f"{epoch:g}", (x, bottom + 19), SMALL, FAINT, align="centre")
    cv2.line(page, (left, bottom), (right, bottom), FAINT, 1)
    for (colour, _), line in zip(lines, kept, strict=True):
        _paint_line(page, [place(*point) for point in line], colour)
    validation = [point for line in kept[1:] for point in line]
    if validation:
        best = (min if kind == "loss" else max)(validation, key=lambda point: point[1])
        cv2.circle(page, place(*best), 7, INK, 1, cv2.LINE_AA)
        best_value = (
            f"{10 ** best[1]:.4g}" if kind == "loss" else f"{100 - 100 * 10 ** -best[1]:.2f} %"
        )
        text = f"best on validation: {best_value} after epoch {best[0]:g}"
        put_text(page, text, (right, y0 + 12), TEXT, align="right")


def _paint_line(page: Image, at: Sequence[tuple[int, int]], colour: Colour) -> None:
    """A line through points, each with a dot where they are few."""
    points = np.array(at, np.int32).reshape(-1, 1, 2)
    if len(points) > 1:
        cv2.polylines(page, [points], False, colour, 2, cv2.LINE_AA)
    if len(points) <= 20:
        for x, y in at:
            cv2.circle(page, (x, y), 3, colour, cv2.FILLED, cv2.LINE_AA)


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
