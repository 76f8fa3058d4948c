"""Pictures of pages with what is to be said of them, or what a network says, over them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from train.pages.compose import Sample
from train.pages.target import MAPS
from train.results.plots import MARGIN, new_page

_COLOURS = ((60, 60, 230), (220, 120, 40), (60, 160, 60))  # BGR: handwriting, print, drawings


def shown(grey: npt.NDArray[np.uint8], maps: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    """A page with its maps in colour.

    Args:
        grey: uint8 (h, w).
        maps: bool (3, h/2, w/2).

    Returns:
        uint8 (h, w, 3) BGR.
    """
    out = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    for map_, colour in zip(maps, _COLOURS, strict=True):
        size = (grey.shape[1], grey.shape[0])
        area = cv2.resize(map_.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
        out[area] = (out[area] // 2 + np.array(colour) // 2).astype(np.uint8)
    return np.asarray(out, np.uint8)


def sheet(
    samples: Sequence[Sample],
    answers: Sequence[npt.NDArray[np.float32]] | None = None,
    *,
    columns: int = 4,
    title: str = "",
) -> npt.NDArray[np.uint8]:
    """Pages beside each other, with what is to be said of them, or what was said.

    Args:
        samples: at least one, of one size.
        answers: logits (h/4, w/4, channels) of each, or None.
        columns: at least 1.
        title: above.

    Returns:
        uint8 (height, width, 3) BGR.
    """
    side = samples[0].grey.shape[0]
    rows = -(-len(samples) // columns)
    width = columns * (side + MARGIN) + MARGIN
    page = new_page(rows * (side + MARGIN) + 90, width, title or f"{len(samples)} pages")
    for number, one in enumerate(samples):
        row, column = divmod(number, columns)
        x, y = MARGIN + column * (side + MARGIN), 70 + row * (side + MARGIN)
        maps = one.target.maps > 0 if answers is None else parted(answers[number]) > 0
        page[y : y + side, x : x + side] = shown(one.grey, maps)
    return page


def parted(logits: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The maps (3, h/2, w/2) of what a network answers (h/4, w/4, channels)."""
    high, wide = logits.shape[:2]
    parts = logits[..., : 4 * MAPS].reshape(high, wide, MAPS, 2, 2)
    return parts.transpose(2, 0, 3, 1, 4).reshape(MAPS, 2 * high, 2 * wide)
