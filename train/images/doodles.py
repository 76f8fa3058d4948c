"""Drawings of things (Quick, Draw!): ink that is no writing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError

FILE = "doodles/quickdraw_28.npz"

_HELD = 8  # of the things that are drawn, one in so many is held back to choose by
_LIKE_SIGNS = frozenset(("circle", "line", "zigzag", "squiggle", "moon", "square", "triangle"))


def read_doodles(data: Path, held: bool) -> npt.NDArray[np.uint8]:
    """Drawings of things that look like no sign: uint8 (n, 28, 28), bright on black.

    Args:
        data: the folder of the data.
        held: whether of the things held back to choose by, or of all others.

    Raises:
        InputError: if the drawings are missing.
    """
    try:
        with np.load(data / FILE, allow_pickle=False) as archive:
            images, y, names = archive["X"], archive["y"], archive["names"]
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{FILE} cannot be read: {error}") from None
    signs = np.array([str(name) in _LIKE_SIGNS for name in names])
    own = ((np.arange(len(names)) % _HELD == 0) == held) & ~signs
    return np.asarray(images[own[y]], np.uint8)
