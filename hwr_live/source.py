"""Where frames come from: a camera, a video, pictures or a stream behind one iterator.

A file source (video, picture, folder, pattern) gives every frame in media time. A live source
(camera number, URL) gives the newest frame and drops the rest, so that what is read is never old.
"""

from __future__ import annotations

import atexit
import glob
import os
import re
import socket
import sys
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2

from hwr_live.errors import DeviceError, InputError
from hwr_live.pictures import (
    PICTURE_SUFFIXES,
    Image,
    natural_key,
    pictures_in,
    read_picture,
    to_bgr8,
)

PICTURES_FPS = 25.0  # pictures carry no time: a numbered sequence plays at FFmpeg's default rate

# How long a live source may take to give its first frame. A dead address must be told within three
# seconds; a camera or an RTSP server that answers at all may need longer than that to wake up.
_PATIENCE_URL_S = 2.4
_OPEN_TIMEOUT_S = 2.0  # FFmpeg's own, so that its thread has ended before ours gives up
_PATIENCE_CAMERA_S = 8.0
_CONNECT_S = 2.0
_READ_TIMEOUT_S = 2.0
_STALL_S = 2.5  # silence after which a new connection is tried
_GIVE_UP_S = 10.0  # silence after which the source is lost
_RETRY_S = 0.5
_CLOSE_S = 0.3  # how long closing waits for a thread that may hang in a driver …
_EXIT_S = 3.0  # … and how long the end of the program does
_LOOK_S = 0.05  # how often a waiting reader looks whether the connection is alive


@dataclass(frozen=True)
class Frame:
    """One picture of a source.

    Attributes:
        image: uint8 (h, w, 3), BGR, the reader's own: nobody else writes into it.
        index: number of the frame, from 0; of a live source the dropped frames are counted too.
        time_s: media time of a file, seconds since the first frame of a live source.
        last: whether a file source ends with this frame.
    """

    image: Image
    index: int
    time_s: float
    last: bool = False


class FrameSource(ABC):
    """An iterator of frames; close it, or use it in a ``with`` block.

    Iterating raises :class:`InputError` after the last good frame of a broken file, and
    :class:`DeviceError` when a live source is lost.
    """

    live = False
    still = False
    """Whether all there is to come is one picture."""

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
    if re.fullmatch(r"[+-]?\d+", name):
        return _open_camera(int(name))
    if match := re.fullmatch(r"/dev/video(\d+)", name):
        return _open_camera(int(match[1]))
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+://", name):
        return _open_url(name)
    path = Path(name)
    if path.is_dir():
        return PictureSource(name, pictures_in(path))
    if path.exists():
        return _open_file(path)
    if found := _matches(name):
        return PictureSource(name, found)
    if "%" in name or glob.has_magic(name):
        raise InputError(f"no file matches the pattern {name}")
    raise InputError(f"{name}: no such file or folder")


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


# Files ------------------------------------------------------------------------------------------


class PictureSource(FrameSource):
    """Picture files, one a frame; those that cannot be read are passed over and told at the end."""

    def __init__(self, name: str, paths: Sequence[Path]) -> None:
        super().__init__(name, PICTURES_FPS, len(paths))
        self.still = len(paths) == 1
        self._paths = paths

    def __iter__(self) -> Iterator[Frame]:
        broken: list[InputError] = []

        def readable() -> Iterator[tuple[Image, float]]:
            for index, path in enumerate(self._paths):
                try:
                    yield read_picture(path), index / self.fps
                except InputError as error:
                    broken.append(error)

        yield from _frames(readable())
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
        for frame in _frames(self._images()):
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

    def _images(self) -> Iterator[tuple[Image, float]]:
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
            yield to_bgr8(image), time_s
            index, previous_s = index + 1, time_s

    def _cut_short(self, frames: int, end_s: float) -> bool:
        if self.count is None:
            return False
        if Path(self.name).suffix.lower() == ".avi":  # its header counts the frames
            return self.count - frames > 3
        expected_s = self.count / self.fps  # an estimate: sound may go on after the last frame
        return expected_s - end_s > max(1.0, 0.05 * expected_s)


def _frames(images: Iterator[tuple[Image, float]]) -> Iterator[Frame]:
    """Numbers frames, looking one ahead to know the last."""
    index = 0
    held = next(images, None)
    while held is not None:
        following = next(images, None)
        yield Frame(held[0], index, held[1], last=following is None)
        held, index = following, index + 1


def _open_file(path: Path) -> FrameSource:
    name = str(path)
    if not path.is_file():  # a fifo would wait for ever
        raise InputError(f"{name}: no file, folder or camera")
    picture = path.suffix.lower() in PICTURE_SUFFIXES
    if not picture:
        capture = cv2.VideoCapture(name, _file_backend())
        if capture.isOpened():
            return VideoSource(name, capture)
    try:
        read_picture(path)
    except InputError:
        if picture or not os.access(path, os.R_OK) or not path.stat().st_size:
            raise
        raise InputError(f"{name}: neither a video nor a picture that can be read") from None
    return PictureSource(name, [path])


def _file_backend() -> int:
    # FFmpeg only: the other readers take names with digits for patterns, and guess.
    has_ffmpeg = cv2.CAP_FFMPEG in cv2.videoio_registry.getStreamBackends()
    return int(cv2.CAP_FFMPEG if has_ffmpeg else cv2.CAP_ANY)


def _matches(pattern: str) -> list[Path]:
    """The files that a ``%04d`` or glob pattern means, in natural order."""
    if numbered := re.fullmatch(r"([^%]*)%(0?)(\d*)d([^%]*)", os.path.basename(pattern)):
        before, zeros, width, after = numbered.groups()
        digits = rf"\d{{{width},}}" if zeros and width else r"\d+"
        name = re.compile(re.escape(before) + digits + re.escape(after))
        folder = Path(os.path.dirname(pattern) or ".")
        names = os.listdir(folder) if folder.is_dir() else []
        found = [folder / entry for entry in names if name.fullmatch(entry)]
    else:
        found = [Path(entry) for entry in glob.glob(pattern)]
    files = [path for path in found if path.is_file()]
    return sorted(files, key=lambda path: natural_key(str(path)))


# Live -------------------------------------------------------------------------------------------


class LiveSource(FrameSource):
    """A camera or stream of which only the newest frame is kept.

    A thread reads the capture so that no old frame waits in a buffer. A capture that stalls or
    ends is left to itself and a new one is opened; silence for ``give_up_s`` is a loss. On macOS,
    where a camera may only be used on the main thread, the caller's own thread reads
    (``threaded=False``).

    Args:
        name: what the user called it.
        opener: opens a new capture.
        patience_s: how long the first frame may take.
        stall_s: silence after which a new capture is opened.
        give_up_s: silence after which :class:`DeviceError` is raised.
        missing: what to say if the first frame never comes.

    Raises:
        DeviceError: if no first frame comes.
    """

    live = True

    def __init__(
        self,
        name: str,
        opener: Callable[[], cv2.VideoCapture],
        *,
        patience_s: float,
        missing: str,
        stall_s: float = _STALL_S,
        give_up_s: float = _GIVE_UP_S,
        threaded: bool = sys.platform != "darwin",
    ) -> None:
        super().__init__(name, 30.0)
        self._stall_s, self._give_up_s, self._threaded = stall_s, give_up_s, threaded
        self._opener = opener
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._taken = -1
        self._start_s = self._heard_s = self._tried_s = time.monotonic()
        self._closed = False
        self._grabber = self._grab()
        self._wait_for_first(patience_s, missing)

    @property
    def silence_s(self) -> float:
        """Seconds since the last frame came."""
        return time.monotonic() - self._heard_s

    @property
    def now_s(self) -> float:
        """The present as the time of a frame."""
        return time.monotonic() - self._start_s

    @property
    def dropped(self) -> int:
        """Frames that came but were never handed out, up to the last one handed out."""
        return self._dropped

    def __iter__(self) -> Iterator[Frame]:
        while not self._closed:
            if (frame := self.newest(_STALL_S)) is not None:
                yield frame

    def newest(self, timeout_s: float = 0.0) -> Frame | None:
        """The newest frame not handed out before, or ``None`` if none comes in ``timeout_s``.

        Raises:
            DeviceError: if the source has been silent for too long.
        """
        until = time.monotonic() + timeout_s
        while True:
            frame = self._take()
            if frame is not None:
                return frame
            self._revive()
            left = until - time.monotonic()
            if left <= 0 or self._closed:
                return None
            self._grabber.wait(min(left, _LOOK_S))

    def close(self) -> None:
        self._closed = True
        self._grabber.stop()
        self._grabber.join(_CLOSE_S)

    def _take(self) -> Frame | None:
        if not self._threaded and (self._newest is None or self._newest.index == self._taken):
            self._grabber.step()
        with self._changed:
            frame = self._newest
            if frame is None or frame.index == self._taken:
                return None
            self._dropped += frame.index - self._taken - 1
            self._taken = frame.index
            return frame

    _dropped = 0

    def _grab(self) -> _Grabber:
        self._tried_s = time.monotonic()
        grabber = _Grabber(self._opener, self._deliver, self._changed)
        if self._threaded:
            grabber.start()
        return grabber

    def _deliver(self, grabber: _Grabber, image: Image) -> None:
        now = time.monotonic()
        with self._changed:
            if self._closed or grabber.stopped:
                return
            if self._newest is None:
                self._start_s = now
            index = 0 if self._newest is None else self._newest.index + 1
            self._newest = Frame(image, index, now - self._start_s)
            self._heard_s = now
            self._changed.notify_all()

    def _revive(self) -> None:
        """Opens a new capture where the present one ended or fell silent."""
        now = time.monotonic()
        if self._closed or self._newest is None:
            return
        if now - self._heard_s > self._give_up_s:
            self.close()
            raise DeviceError(f"{self.name}: lost, no frame for {self._give_up_s:.0f} seconds")
        silent_s = now - max(self._heard_s, self._tried_s)
        if silent_s > (_RETRY_S if self._grabber.ended else self._stall_s):
            self._grabber.stop()
            self._grabber = self._grab()

    def _wait_for_first(self, patience_s: float, missing: str) -> None:
        until = time.monotonic() + patience_s
        while self._newest is None:
            if not self._threaded:
                self._grabber.step()
                if self._newest is not None:
                    break
            if self._grabber.ended or time.monotonic() > until:
                self.close()
                raise DeviceError(missing)
            self._grabber.wait(_LOOK_S)
        if 1 <= self._grabber.fps <= 240:
            self.fps = self._grabber.fps


class _Grabber:
    """Reads one capture until it fails or is stopped."""

    def __init__(
        self,
        opener: Callable[[], cv2.VideoCapture],
        deliver: Callable[[_Grabber, Image], None],
        changed: threading.Condition,
    ) -> None:
        self._opener, self._deliver, self._changed = opener, deliver, changed
        self._capture: cv2.VideoCapture | None = None
        self.stopped = self.ended = False
        self.fps = 0.0
        self._failures = 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Reads in a thread; the capture is only ever touched there, as OpenCV's are not shared."""
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        _threads.add(self._thread)
        self._thread.start()

    def join(self, timeout_s: float) -> None:
        """Waits for the end of what was stopped."""
        if self._thread is not None:
            self._thread.join(timeout_s)
        else:
            self._end()

    def _run(self) -> None:
        try:
            while not self.stopped and not self.ended:
                self.step()
        finally:
            self._end()

    def step(self) -> None:
        """Opens the capture or reads one frame."""
        if self.ended:
            return
        try:
            if self._capture is None:
                self._capture = self._opener()
                if not self._capture.isOpened():
                    self._end()
                    return
                self.fps = self._capture.get(cv2.CAP_PROP_FPS)
            ok, image = self._capture.read()
        except cv2.error:
            ok, image = False, None
        if ok and image is not None and image.size:
            self._failures = 0
            self._deliver(self, to_bgr8(image))
            return
        self._failures += 1
        if self._failures > 5:  # cameras may fail on their first reads
            self._end()
        else:
            self.wait(0.02)

    def wait(self, timeout_s: float) -> None:
        """Sleeps until a frame comes or the capture ends, at most ``timeout_s``."""
        with self._changed:
            if not self.ended:
                self._changed.wait(timeout_s)

    def stop(self) -> None:
        """Asks the thread to end; one that hangs in the driver is left behind."""
        self.stopped = True

    def _end(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
        with self._changed:
            self.ended = True
            self._changed.notify_all()


_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


@atexit.register
def _await_threads() -> None:
    """Lets threads come back from FFmpeg, whose time-outs are short, before the program ends.

    Python ends threads that come back later by unwinding their stack, and OpenCV's C++ takes that
    for a reason to abort the program.
    """
    until = time.monotonic() + _EXIT_S
    for thread in list(_threads):
        thread.join(max(0.0, until - time.monotonic()))


def _open_camera(number: int) -> LiveSource:
    if number < 0:  # OpenCV crashes on these
        raise InputError(f"camera number {number}: numbers start at 0")
    device = Path(f"/dev/video{number}")
    missing = f"no camera {number}; `hwr-live cameras` lists the cameras there are"
    if sys.platform.startswith("linux") and device.exists():
        missing = (
            f"camera {number} gives no picture: another program may be using {device},"
            " or you may not read it (group video)"
        )
    return LiveSource(
        str(number),
        lambda: cv2.VideoCapture(number),
        patience_s=_PATIENCE_CAMERA_S,
        missing=missing,
    )


def _open_url(url: str) -> FrameSource:
    parts = urlsplit(url)
    if parts.scheme.lower() == "file":
        raise InputError(f"{url}: give the path of the file without file://")
    patience_s = _PATIENCE_URL_S
    if parts.scheme.lower().startswith("rtsp"):
        _check_answers(url, parts.hostname or "", _port(url) or 554)
        patience_s = _PATIENCE_CAMERA_S
    options = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        int((patience_s - _PATIENCE_URL_S + _OPEN_TIMEOUT_S) * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        int(_READ_TIMEOUT_S * 1000),
    ]
    return LiveSource(
        url,
        lambda: cv2.VideoCapture(url, _file_backend(), options),
        patience_s=patience_s,
        missing=f"{url}: no picture from this address; is it right, and is the camera on?",
        threaded=True,
    )


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        raise InputError(f"{url}: the address has no valid port") from None


def _check_answers(url: str, host: str, port: int) -> None:
    """Fails fast where nothing listens, so that a slow server may be given its time."""
    try:
        socket.create_connection((host, port), _CONNECT_S).close()
    except OSError as error:
        raise DeviceError(f"{url}: cannot be reached ({error.strerror or error})") from None
