"""A printed label and handwriting beside it, as forms have them."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]

_LABEL = (0.4, 1.1)  # times as tall as the handwriting's ink
_GAP = (0.3, 2.0)  # times the label's height
_STRAY = 0.15  # of the handwriting's height that both feet differ (standard deviation)


def beside(label: Grey, hand: Grey, rng: np.random.Generator) -> tuple[Grey, int] | None:
    """Both on one line, mostly the label first.

    Args:
        label: uint8 (h, w), print, bright on black.
        hand: uint8 (h, w), handwriting.
        rng: the source of chance.

    Returns:
        uint8 (h, w), and the column that parts them, negative where the handwriting stands first;
        None where one of them has no ink.
    """
    label, hand = _cut(label), _cut(hand)
    if not label.size or not hand.size:
        return None
    tall = len(hand)
    size = tall * float(np.exp(rng.uniform(*np.log(_LABEL)))) / len(label)
    small = (max(2, round(label.shape[1] * size)), max(2, round(len(label) * size)))
    label = np.asarray(cv2.resize(label, small, interpolation=cv2.INTER_AREA), np.uint8)
    gap = max(4, round(len(label) * float(rng.uniform(*_GAP))))
    first = rng.random() < 0.8
    left, right = (label, hand) if first else (hand, label)
    drop = round(float(rng.normal(0, _STRAY)) * tall)
    heads = [tall - len(label) + drop, 0] if first else [0, tall - len(label) + drop]
    top = min(heads)
    high = max(head + len(one) for head, one in zip(heads, (left, right), strict=True)) - top
    image = np.zeros((high + 16, left.shape[1] + gap + right.shape[1] + 16), np.uint8)
    x = 8
    for head, one in zip(heads, (left, right), strict=True):
        image[8 + head - top : 8 + head - top + len(one), x : x + one.shape[1]] = one
        x += one.shape[1] + gap
    border = 8 + left.shape[1] + gap // 2
    return image, border if first else -border


def _cut(ink: Grey) -> Grey:
    """Ink without the room around it."""
    x, y, w, h = cv2.boundingRect((ink > 64).astype(np.uint8))
    return ink[y : y + h, x : x + w]
