"""A window's picture in layers: what has not changed is neither painted nor made dark again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from hwr_live.reading import Box
from hwr_live.ui.paint import Image, Theme, dark

_MOST = 24  # boxes that are kept apart: more of them are taken for one

Over = tuple[Box, Callable[[Image], object]]
"""Something over the ground: a box that it does not reach out of, and what paints it into a
picture of the window."""


class Layers:
    """A ground that stays, what lies over it for a while, and both in the colours of a theme.

    Args:
        theme: light or dark.

    Attributes:
        ground: uint8 (height, width, 3) in light colours; whoever paints into it tells where, by
            :meth:`touch`.
    """

    def __init__(self, theme: Theme = "light") -> None:
        self._theme = theme
        self.ground: Image = np.empty((0, 0, 3), np.uint8)
        self._light = self._dark = self.ground
        self._touched: list[Box] = []
        self._covered: list[Box] = []
        self._plain: tuple[Box, ...] = ()

    def resize(self, size: tuple[int, int]) -> bool:
        """Gives all layers a width and height; returns whether those are new, and the ground is
        to be painted anew."""
        width, height = size
        if self.ground.shape[:2] == (height, width):
            return False
        self.ground = np.full((height, width, 3), 255, np.uint8)
        self._light = np.empty_like(self.ground)
        self._dark = np.empty_like(self.ground) if self._theme == "dark" else self._light
        self._covered = []
        self.touch((0, 0, width, height))
        return True

    def touch(self, box: Box) -> None:
        """The ground has been painted in a box."""
        self._touched.append(box)

    def compose(self, over: Iterable[Over] = (), plain: Sequence[Box] = ()) -> Image:
        """The whole picture.

        Args:
            over: painted over the ground, in this order; gone with the next picture.
            plain: what has the same colours in every theme, as pictures have.

        Returns:
            uint8 (height, width, 3); the next call paints over it.
        """
        layers = list(over)
        covered = [box for box, _ in layers]
        changed = self._touched + self._covered + covered
        if tuple(plain) != self._plain:
            changed += [*self._plain, *plain]
        self._touched, self._covered, self._plain = [], covered, tuple(plain)
        boxes = merged(changed, self.ground.shape)
        for box in boxes:
            part_of(self._light, box)[:] = part_of(self.ground, box)
        for _, paint in layers:
            paint(self._light)
        if self._theme == "light":
            return self._light
        for box in boxes:
            part_of(self._dark, box)[:] = dark(part_of(self._light, box))
            for same in plain:
                if shared := overlap(same, box):
                    part_of(self._dark, shared)[:] = part_of(self._light, shared)
        return self._dark


def part_of(image: Image, box: Box) -> Image:
    """The pixels of a box that lies in the image, not copied."""
    x, y, w, h = box
    return image[y : y + h, x : x + w]


def overlap(a: Box, b: Box) -> Box | None:
    """What two boxes share, if anything."""
    left, top = max(a[0], b[0]), max(a[1], b[1])
    right, bottom = min(a[0] + a[2], b[0] + b[2]), min(a[1] + a[3], b[1] + b[3])
    return (left, top, right - left, bottom - top) if right > left and bottom > top else None


def merged(boxes: Iterable[Box], shape: tuple[int, ...]) -> list[Box]:
    """Boxes that hold all of these, inside a picture and none over another.

    Args:
        boxes: any, also outside the picture.
        shape: the picture's height and width.
    """
    whole = (0, 0, shape[1], shape[0])
    inside = [part for box in dict.fromkeys(boxes) if (part := overlap(box, whole))]
    if len(inside) > _MOST:
        inside = [_around(inside)]
    apart: list[Box] = []
    for box in inside:
        while met := [other for other in apart if overlap(box, other)]:
            apart = [other for other in apart if other not in met]
            box = _around([box, *met])
        apart.append(box)
    return apart


def _around(boxes: Sequence[Box]) -> Box:
    left, top = min(x for x, _, _, _ in boxes), min(y for _, y, _, _ in boxes)
    right = max(x + w for x, _, w, _ in boxes)
    bottom = max(y + h for _, y, _, h in boxes)
    return (left, top, right - left, bottom - top)
