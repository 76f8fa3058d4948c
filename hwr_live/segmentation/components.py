"""Connected components of a mask, with the box and area of each.

OpenCV labels a megapixel in a millisecond but takes ten for the statistics; here they come of the
runs of ink along the rows, of which writing has few.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Stats = npt.NDArray[np.int32]
"""int32 (components, 5): x, y, width, height and area in pixels, as OpenCV orders them; row 0
stands for what is no component and is all 0."""

_RADIX = 1 << 16  # numbers below are sorted by counting, several times as quickly as larger ones


@dataclass(frozen=True)
class Runs:
    """The runs of ink along the rows of a mask, those of one component after those of another.

    Attributes:
        x, y: int (n,), where each begins.
        length: int (n,), its pixels.
        first: int (components,), where the runs of each component begin; row 0 of ``Stats``, which
            is none, has no runs and stands at 0.
    """

    x: npt.NDArray[np.intp]
    y: npt.NDArray[np.intp]
    length: npt.NDArray[np.intp]
    first: npt.NDArray[np.intp]

    def of(self, chosen: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """Numbers of the runs of the chosen components, one component after the other."""
        ends = np.append(self.first[1:], len(self.x))
        return spread(self.first[chosen], ends[chosen] - self.first[chosen])

    def pixels(self, chosen: npt.NDArray[np.intp], width: int) -> npt.NDArray[np.intp]:
        """The chosen components' pixels, as places in a flattened mask that is so wide."""
        runs = self.of(chosen)
        return spread(self.y[runs] * width + self.x[runs], self.length[runs])


def components(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], Stats]:
    """The 8-connected components of a mask.

    Args:
        mask: bool (h, w).

    Returns:
        int32 (h, w), the component of each pixel, 0 for none, and the components' boxes and areas.
    """
    part, left, top = _inked(mask)
    labels = np.empty(mask.shape, np.int32)
    below, behind = top + part.shape[0], left + part.shape[1]
    labels[:top] = labels[below:] = labels[top:below, :left] = labels[top:below, behind:] = 0
    spot = labels[top:below, left:behind]
    count, found = cv2.connectedComponents(part.view(np.uint8), spot, connectivity=8)
    if found is not spot:  # where OpenCV gives an array of its own
        spot[:] = found
    return labels, _measured(part, left, top, spot, count)[0]


def outlines(mask: npt.NDArray[np.bool_]) -> tuple[Stats, Runs]:
    """The 8-connected components of a mask: boxes, areas and runs, where no pixel's own is needed.

    Args:
        mask: bool (h, w).
    """
    part, left, top = _inked(mask)
    count, labels = cv2.connectedComponents(part.view(np.uint8), connectivity=8)
    return _measured(part, left, top, np.asarray(labels, np.int32), count)


def spread(starts: npt.NDArray[np.intp], lengths: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """The whole numbers from each start on, as many as its length, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def _measured(
    part: npt.NDArray[np.bool_],
    left: int,
    top: int,
    labels: npt.NDArray[np.int32],
    count: int,
) -> tuple[Stats, Runs]:
    """Boxes, areas and runs of the components of a part of a mask."""
    height, width = part.shape
    # One column more, so that no run goes on into the next row.
    rows = np.zeros((height, width + 1), np.bool_)
    rows[:, :width] = part
    flat = rows.reshape(-1)
    turns = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    if flat[0]:
        turns = np.concatenate([[0], turns])
    starts, ends = turns[::2], turns[1::2]
    y, x = np.divmod(starts, width + 1)
    owner = labels[y, x]
    order = np.argsort(owner.astype(np.uint16) if count <= _RADIX else owner, kind="stable")
    first = np.zeros(count, np.intp)
    stats = np.zeros((count, 5), np.int32)
    y, x, length = (y + top)[order], (x + left)[order], (ends - starts)[order]
    if count > 1:
        own = first[1:]
        own[:] = np.searchsorted(owner[order], np.arange(1, count))
        first_x, first_y = np.minimum.reduceat(x, own), y[own]  # rows come from the top
        stats[1:, cv2.CC_STAT_LEFT], stats[1:, cv2.CC_STAT_TOP] = first_x, first_y
        stats[1:, cv2.CC_STAT_WIDTH] = np.maximum.reduceat(x + length, own) - first_x
        last = np.append(own[1:], len(y)) - 1
        stats[1:, cv2.CC_STAT_HEIGHT] = y[last] + 1 - first_y
        stats[1:, cv2.CC_STAT_AREA] = np.add.reduceat(length, own)
    return stats, Runs(x, y, length, first)


def _inked(mask: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], int, int]:
    """The part of a mask that has all its ink, and where it begins, x and y.

    These are even: OpenCV labels blocks of 2×2, so the components keep their order.
    """
    x, y, w, h = cv2.boundingRect(mask.view(np.uint8))
    left, top = x // 2 * 2, y // 2 * 2
    return mask[top : max(y + h, top + 1), left : max(x + w, left + 1)], left, top
