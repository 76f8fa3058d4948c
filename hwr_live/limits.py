"""What is read at most."""

from __future__ import annotations

import os

MOST_PIXELS = 1 << 27
"""Of a picture or a frame: 134 million, as a phone of 108 megapixels gives them."""


def limit_pictures() -> None:
    """Has OpenCV refuse larger pictures: a file of a hundred bytes can claim gigabytes.

    To be called before OpenCV is imported; does nothing against the user's own
    ``OPENCV_IO_MAX_IMAGE_PIXELS``.
    """
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MOST_PIXELS))
