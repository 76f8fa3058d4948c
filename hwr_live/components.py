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
    count, found = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)
    labels = np.asarray(found, np.int32)
    height, width = mask.shape
    # One column more, so that no run goes on into the next row.
    rows = np.zeros((height, width + 1), np.bool_)
    rows[:, :width] = mask
    flat = rows.reshape(-1)
    turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        turns = np.concatenate([[0], turns])
    starts, ends = turns[::2], turns[1::2]
    y, x = np.divmod(starts, width + 1)
    length = ends - starts
    owner = labels[y, x]
    order = np.argsort(owner, kind="stable")
    first = np.searchsorted(owner[order], np.arange(1, count))
    stats = np.zeros((count, 5), np.int32)
    if count > 1:
        y, x, length = y[order], x[order], length[order]
        left, top = np.minimum.reduceat(x, first), np.minimum.reduceat(y, first)
        stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_TOP] = left, top
        stats[1:, cv2.CC_STAT_WIDTH] = np.maximum.reduceat(x + length, first) - left
        stats[1:, cv2.CC_STAT_HEIGHT] = np.maximum.reduceat(y, first) + 1 - top
        stats[1:, cv2.CC_STAT_AREA] = np.add.reduceat(length, first)
    return labels, stats
