"""Pictures of samples, and what all pictures of data and training are painted with.

Pure functions that return uint8 (height, width, 3) BGR pictures; nothing is written or shown here.
Crops are painted as the network sees them, bright ink on black.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.ui.paint import Colour, Image, capital_height, fit_text, put_text, text_width

Bytes = npt.NDArray[np.uint8]
Labels = npt.NDArray[Any]
History = Sequence[Mapping[str, float]]

PAPER: Colour = (252, 252, 252)
INK: Colour = (54, 40, 32)
FAINT: Colour = (150, 138, 128)

MARGIN = 28
"""Pixels around a page."""
TITLE = 22
TEXT = 15
SMALL = 13
"""Font sizes in pixels."""


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
) -> Image:
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
    check_samples(images, labels, chars)
    if columns < 1 or scale < 1:
        raise ValueError(f"a sheet has columns and a scale of at least 1, not {columns}, {scale}")
    count = len(images)
    columns = min(columns, max(count, 1))
    rows = -(-count // columns)
    tile_h, tile_w = scale * images.shape[1], scale * images.shape[2]
    step_w, step_h = tile_w + 8, tile_h + 26
    heading = title or f"{count:,} samples"
    width = max(columns * step_w - 8, text_width(heading, TITLE, bold=True)) + 2 * MARGIN
    page = new_page(max(rows, 1) * step_h + MARGIN + 44, width, heading)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        row, column = divmod(number, columns)
        x, y = MARGIN + column * step_w, 60 + row * step_h
        paint_tile(page, image, (x, y), scale)
        name = fit_text(chars[int(label)], TEXT, step_w)
        put_text(page, name, (x + tile_w // 2, y + tile_h + 17), TEXT, align="centre")
    return page


def check_samples(images: Bytes, labels: Labels, chars: Sequence[str]) -> None:
    """Images with their labels, as of :func:`sheet`.

    Raises:
        ValueError: if they do not fit each other.
    """
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ValueError(f"images are uint8 (n, h, w), not {images.dtype} {images.shape}")
    if labels.shape != (len(images),):
        raise ValueError(f"labels of shape {labels.shape} for {len(images)} images")
    if len(labels) and not 0 <= labels.min() <= labels.max() < len(chars):
        raise ValueError(f"labels from {labels.min()} to {labels.max()} for {len(chars)} classes")


def new_page(height: int, width: int, title: str) -> Image:
    """An empty page with a title, of so many pixels."""
    page = np.empty((height, width, 3), np.uint8)
    page[:] = PAPER
    text = fit_text(title, TITLE, width - 2 * MARGIN, bold=True)
    put_text(page, text, (MARGIN, MARGIN + capital_height(TITLE)), TITLE, INK, bold=True)
    return page


def paint_tile(page: Image, image: Bytes, at: tuple[int, int], scale: int) -> None:
    """Paints an image, uint8 (h, w), enlarged, with its top left corner ``at``."""
    x, y = at
    large = np.repeat(np.repeat(image, scale, 0), scale, 1)
    page[y : y + large.shape[0], x : x + large.shape[1]] = large[..., None]


def percent(count: float, of: float) -> str:
    """A share to read; never "100 %" while something is missing."""
    if not of:
        return "-"
    share = 100 * count / of
    if count < of and share > 99.95:
        share = 99.9
    return f"{share:.1f} %"
