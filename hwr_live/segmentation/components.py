"""Connected components of a mask, with the box and area of each.

OpenCV labels a megapixel in a millisecond but takes ten for the statistics; here they come of the
runs of ink along the rows, of which writing has few.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Stats = npt.NDArray[np.int32]
"""int32 (components, 5): x, y, width, height and area in pixels, as OpenCV orders them; row 0
stands for what is no component and is all 0."""


def components(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], Stats]:
    """The 8-connected components of a mask.

    Args:
        mask: bool (h, w).

    Returns:
        int32 (h, w), the component of each pixel, 0 for none, and the components' boxes and areas.
    """
    labels = np.zeros(mask.shape, np.int32)
    part, left, top = _inked(mask)
    count, found = cv2.connectedComponents(part.view(np.uint8), connectivity=8)
    height, width = part.shape
    labels[top : top + height, left : left + width] = found
    # One column more, so that no run goes on into the next row.
    rows = np.zeros((height, width + 1), np.bool_)
    rows[:, :width] = part
    flat = rows.reshape(-1)
    turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        turns = np.concatenate([[0], turns])
    starts, ends = turns[::2], turns[1::2]
    y, x = np.divmod(starts, width + 1)
    y, x = y + top, x + left
    length = ends - starts
    owner = labels[y, x]
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], np.arange(1, count))
    stats = np.zeros((count, 5), np.int32)
    if count > 1:
        y, x, length = y[order], x[order], length[order]
        first_x, first_y = np.minimum.reduceat(x, first), np.minimum.reduceat(y, first)
        stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_TOP] = first_x, first_y
        stats[1:, cv2.CC_STAT_WIDTH] = np.maximum.reduceat(x + length, first) - first_x
        stats[1:, cv2.CC_STAT_HEIGHT] = np.maximum.reduceat(y, first) + 1 - first_y
        stats[1:, cv2.CC_STAT_AREA] = np.add.reduceat(length, first)
    return labels, stats


def _inked(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], int, int]:
    """The part of a mask that has all its ink, and where it begins, x and y.

    These are even: OpenCV labels blocks of 2×2, so the components keep their order.
    """
    x, y, w, h = cv2.boundingRect(mask.view(np.uint8))
    left, top = x // 2 * 2, y // 2 * 2
    return mask[top : max(y + h, top + 1), left : max(x + w, left + 1)], left, top
