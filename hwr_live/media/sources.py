"""Where frames come from: a camera, a video, pictures or a stream behind one iterator.

A file source (video, picture, folder, pattern) gives every frame in media time. A live source
(camera number, URL) gives the newest frame and drops the rest, so that what is read is never old.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2

from hwr_live.errors import DeviceError, InputError
from hwr_live.media.frames import Frame, FrameSource, check_name, file_backend, quieten
from hwr_live.media.images import (
    PICTURE_SUFFIXES,
    natural_key,
    pictures_in,
    read_picture,
    to_bgr8,
)
from hwr_live.media.live import LiveSource, open_camera, open_url
from hwr_live.media.opening import in_time
from hwr_live.system.limits import MOST_PIXELS

__all__ = ["Frame", "FrameSource", "LiveSource", "PictureSource", "VideoSource", "open_source"]

_LONGEST_NUMBER = 6  # digits of a camera's number
_FFMPEG_MS = 8000  # for a file, as for one that names others which do not answer
_TIMEOUTS = [
    *(cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, _FFMPEG_MS),
    *(cv2.CAP_PROP_READ_TIMEOUT_MSEC, _FFMPEG_MS),
]
PICTURES_FPS = 25.0  # pictures carry no time: a numbered sequence plays at FFmpeg's default rate


def open_source(source: str | int | os.PathLike[str]) -> FrameSource:
    """Opens a camera number, video, picture, folder, pattern (``frame_%04d.png``, glob) or URL.

    Raises:
        InputError: if the file, folder or pattern is missing, empty or no video and no picture.
        DeviceError: if there is no such camera, or the URL gives no picture.
    """
    quieten()
    name = os.fspath(source) if not isinstance(source, int) else str(source)
    if not name:
        raise InputError("the source is empty; give a camera number, file, folder, pattern or URL")
    if match := re.fullmatch(r"(?:/dev/video)?([+-]?\d+)", name):
        if len(match[1]) > _LONGEST_NUMBER:  # Python makes no number of thousands of digits
            raise DeviceError(f"no camera {name}; `hwr-live cameras` lists the cameras there are")
        return open_camera(int(match[1]))
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", name):
        return open_url(name)
    return in_time(lambda: _open_path(name), name)


def _open_path(name: str) -> FrameSource:
    path = Path(name)
    if os.path.isdir(path):
        return PictureSource(name, pictures_in(path), paged=True)
    if os.path.exists(path):
        return _open_file(path)
    if found := _matches(name):
        # Numbered files are the frames of a video; all others are pictures of their own.
        return PictureSource(name, found, paged="%" not in os.path.basename(name))
    if "%" in name or glob.has_magic(name):
        raise InputError(f"no file matches the pattern {name}")
    raise InputError(f"{name}: no such file or folder")


class PictureSource(FrameSource):
    """Picture files, one a frame; those that cannot be read are passed over and told at the end.

    Args:
        name: what the user called them.
        paths: the files.
        paged: whether each is a picture by itself, rather than a moment of a video.
    """

    def __init__(self, name: str, paths: Sequence[Path], *, paged: bool = False) -> None:
        super().__init__(name, PICTURES_FPS, len(paths))
        self.still = len(paths) == 1
        self.paged = paged and not self.still
        self._paths = paths
        self._broken: dict[int, InputError] = {}

    def __iter__(self) -> Iterator[Frame]:
        def readable() -> Iterator[Frame]:
            for number in range(len(self._paths)):
                with contextlib.suppress(InputError):
                    yield self.picture(number)

        yield from _numbered(readable())
        self.check()

    def picture(self, number: int) -> Frame:
        """One of the pictures, by its number from 0.

        Raises:
            InputError: if it cannot be read, which :meth:`check` tells again.
        """
        path = self._paths[number]
        try:
            image = read_picture(path)
        except InputError as error:
            self._broken[number] = error
            raise
        return Frame(image, number, number / self.fps, label=path.name)

    def check(self) -> None:
        """Tells of pictures that could not be read.

        Raises:
            InputError: if there are any.
        """
        broken = list(self._broken.values())
        if len(broken) == 1:
            raise broken[0]
        if broken:
            raise InputError(
                f"{self.name}: {len(broken)} of {len(self._paths)} files cannot be read;"
                f" the first: {broken[0]}"
            )


class VideoSource(FrameSource):
    """A video file, every frame, in media time."""

    def __init__(self, name: str, capture: cv2.VideoCapture) -> None:
        fps = capture.get(cv2.CAP_PROP_FPS)
        count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        super().__init__(
            name,
            fps if 0 < fps <= 1000 else PICTURES_FPS,
            int(count) if 0 < count < 1e9 else None,
        )
        self._capture = capture

    def __iter__(self) -> Iterator[Frame]:
        index, end_s = -1, 0.0
        for frame in _numbered(self._images()):
            index, end_s = frame.index, frame.time_s + 1 / self.fps
            yield frame
        if index < 0:
            raise InputError(f"{self.name}: the video holds no frame that can be read")
        if self._cut_short(index + 1, end_s):
            raise InputError(
                f"{self.name}: the video is cut short or broken: {index + 1} of {self.count} frames"
                " could be read"
            )

    def close(self) -> None:
        self._capture.release()

    def _images(self) -> Iterator[Frame]:
        index, previous_s = 0, -1.0
        while True:
            try:
                ok, image = self._capture.read()
            except cv2.error:
                return
            if not ok or image is None:
                return
            # The container's own time, so that a phone's uneven frame rate keeps its pace.
            time_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if not previous_s < time_s < previous_s + 3600:
                time_s = index / self.fps if index == 0 else previous_s + 1 / self.fps
            yield Frame(to_bgr8(image), index, time_s)
            index, previous_s = index + 1, time_s

    def _cut_short(self, frames: int, end_s: float) -> bool:
        if self.count is None:
            return False
        if Path(self.name).suffix.lower() == ".avi":  # its header counts the frames
            return self.count - frames > 3
        expected_s = self.count / self.fps  # an estimate: sound may go on after the last frame
        return expected_s - end_s > max(1.0, 0.05 * expected_s)


def _numbered(frames: Iterator[Frame]) -> Iterator[Frame]:
    """Numbers frames, looking one ahead to know the last."""
    index = 0
    held = next(frames, None)
    while held is not None:
        following = next(frames, None)
        yield replace(held, index=index, last=following is None)
        held, index = following, index + 1


def _open_file(path: Path) -> FrameSource:
    name = str(path)
    if not path.is_file():  # a fifo would wait for ever
        raise InputError(f"{name}: no file, folder or camera")
    picture = path.suffix.lower() in PICTURE_SUFFIXES
    if not picture:
        check_name(name)
        capture = cv2.VideoCapture(name, file_backend(), _TIMEOUTS)
        if capture.isOpened():
            sides = [
                int(capture.get(k)) for k in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
            ]
            if sides[0] * sides[1] > MOST_PIXELS:
                raise InputError(f"{name}: frames of {sides[0]}x{sides[1]} are too large to read")
            return VideoSource(name, capture)
    try:
        read_picture(path)
    except InputError:
        if picture or not os.access(path, os.R_OK) or not path.stat().st_size:
            raise
        raise InputError(f"{name}: neither a video nor a picture that can be read") from None
    return PictureSource(name, [path])


def _matches(pattern: str) -> list[Path]:
    """The files that a ``%04d`` or glob pattern means, in natural order."""
    if numbered := re.fullmatch(r"([^%]*)%(0?)(\d*)d([^%]*)", os.path.basename(pattern)):
        before, zeros, width, after = numbered.groups()
        if len(width) > 2:  # no name has so many digits
            return []
        digits = rf"\d{{{width},}}" if zeros and width else r"\d+"
        name = re.compile(re.escape(before) + digits + re.escape(after))
        folder = Path(os.path.dirname(pattern) or ".")
        names = os.listdir(folder) if os.path.isdir(folder) else []
        found = [folder / entry for entry in names if name.fullmatch(entry)]
    else:
        try:
            found = [Path(entry) for entry in glob.glob(pattern)]
        except (ValueError, OSError, re.error, RecursionError):  # no pattern of names
            return []
    files = [path for path in found if os.path.isfile(path)]
    return sorted(files, key=lambda path: natural_key(str(path)))
