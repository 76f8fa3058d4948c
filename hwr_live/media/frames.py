"""Frames, and what gives them."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2

from hwr_live.errors import InputError
from hwr_live.media.images import Image


@dataclass(frozen=True)
class Frame:
    """One picture of a source.

    Attributes:
        image: uint8 (h, w, 3), BGR, the reader's own: nobody else writes into it.
        index: number of the frame, from 0; of a live source the dropped frames are counted too.
        time_s: media time of a file, seconds since the first frame of a live source.
        last: whether a file source ends with this frame.
        label: the file that it is from, where each frame has one; empty else.
    """

    image: Image
    index: int
    time_s: float
    last: bool = False
    label: str = ""


class FrameSource(ABC):
    """An iterator of frames; close it, or use it in a ``with`` block.

    Iterating raises :class:`InputError` after the last good frame of a broken file, and
    :class:`DeviceError` when a live source is lost.
    """

    live = False
    still = False
    """Whether all there is to come is one picture."""
    paged = False
    """Whether each frame is a picture by itself, and not the next moment of what was seen."""

    def __init__(self, name: str, fps: float, count: int | None = None) -> None:
        self.name, self.fps, self.count = name, fps, count

    @abstractmethod
    def __iter__(self) -> Iterator[Frame]: ...

    def close(self) -> None:
        """Lets go of the camera, file or stream."""
        return

    def __enter__(self) -> FrameSource:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def quieten() -> None:
    """Keeps OpenCV and FFmpeg from writing to stderr; what they would say is told in one line.

    Does nothing against the user's own ``OPENCV_LOG_LEVEL`` and ``OPENCV_FFMPEG_LOGLEVEL``.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    # Windows' Media Foundation needs up to a minute to open a camera with this on.
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    if "OPENCV_LOG_LEVEL" not in os.environ:
        holder: Any = cv2 if hasattr(cv2, "setLogLevel") else cv2.utils.logging
        holder.setLogLevel(0)


def check_name(name: str) -> None:
    """Whether OpenCV can be given a name: bytes that are no text end the process in it.

    Raises:
        InputError: if it cannot.
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InputError(f"{name}: the name has bytes that are no text; give another") from None


def file_backend() -> int:
    """The reader of videos and streams that OpenCV is to use."""
    # FFmpeg only: the other readers take names with digits for patterns, and guess.
    has_ffmpeg = cv2.CAP_FFMPEG in cv2.videoio_registry.getStreamBackends()
    return int(cv2.CAP_FFMPEG if has_ffmpeg else cv2.CAP_ANY)
