"""Cameras and streams: the newest frame, and a new connection where one fails."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import cv2

from hwr_live.errors import DeviceError, InputError, masked
from hwr_live.media.frames import Frame, FrameSource, check_name, file_backend, quieten
from hwr_live.media.grabber import Capture, Grabber
from hwr_live.media.images import Image
from hwr_live.media.opening import in_time

# How long a live source may take to give its first frame. A dead address must be told within three
# seconds; a camera or an RTSP server that answers at all may need longer than that to wake up.
_PATIENCE_URL_S = 2.4
_OPEN_TIMEOUT_S = 2.0  # FFmpeg's own, so that its thread has ended before ours gives up
PATIENCE_CAMERA_S = 8.0
_CONNECT_S = 2.0
_READ_TIMEOUT_S = 2.0
_STALL_S = 2.5  # silence after which a new connection is tried
GIVE_UP_S = 10.0  # silence after which the source is lost
_RETRY_S = 0.5
_CLOSE_S = 0.3  # how long closing waits for a thread that may hang in a driver
_AWAY_S = 1.0  # nobody asked for a frame: the program did something else, or was stopped
_LOOK_S = 0.05  # how often a waiting reader looks whether the connection is alive


class LiveSource(FrameSource):
    """A camera or stream of which only the newest frame is kept.

    A thread reads the capture so that no old frame waits in a buffer. A capture that stalls or
    ends is left to itself and a new one is opened; silence for ``give_up_s`` is a loss. Time in
    which nobody asks for a frame, as the program or its machine is stopped, is no silence.

    On macOS, where a camera may only be used on the main thread, the caller's own thread reads
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
        opener: Callable[[], Capture],
        *,
        patience_s: float,
        missing: str,
        stall_s: float = _STALL_S,
        give_up_s: float = GIVE_UP_S,
        threaded: bool | None = None,
    ) -> None:
        super().__init__(name, 30.0)
        self._stall_s, self._give_up_s = stall_s, give_up_s
        self._threaded = sys.platform != "darwin" if threaded is None else threaded
        self._opener = opener
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._taken = -1
        self._start_s = self._heard_s = self._tried_s = self._asked_s = time.monotonic()
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

    def _grab(self) -> Grabber:
        self._tried_s = time.monotonic()
        grabber = Grabber(self._opener, self._deliver, self._changed)
        if self._threaded:
            grabber.start()
        return grabber

    def _deliver(self, grabber: Grabber, image: Image) -> None:
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
        if self._closed or self._newest is None:
            return
        with self._changed:
            now = time.monotonic()
            away_s, self._asked_s = now - self._asked_s, now
            if self._threaded and away_s > _AWAY_S:  # whether the source is silent shows only now
                self._heard_s = min(self._heard_s + away_s, now)
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


def open_camera(number: int) -> LiveSource:
    """Opens a camera by its number.

    Raises:
        InputError: for a number below 0.
        DeviceError: if there is no such camera.
    """
    quieten()
    if number < 0:  # OpenCV crashes on these
        raise InputError(f"camera number {number}: numbers start at 0")
    device = Path(f"/dev/video{number}")
    missing = (
        f"no camera {number}; `hwr-live cameras` lists the cameras there are,"
        " `hwr-live camera --demo` shows the program without one"
    )
    if sys.platform.startswith("linux") and device.exists():
        missing = (
            f"camera {number} gives no picture: another program may be using {device},"
            " or you may not read it (group video)"
        )
    return LiveSource(
        str(number),
        lambda: cv2.VideoCapture(number),
        patience_s=PATIENCE_CAMERA_S,
        missing=missing,
    )


def open_url(url: str) -> LiveSource:
    """Opens a stream by its address.

    Raises:
        InputError: for an address that cannot be one.
        DeviceError: if it gives no picture.
    """
    quieten()
    check_name(url)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise InputError(f"{url}: no address that can be one ({error})") from None
    if parts.scheme.lower() == "file":
        raise InputError(f"{url}: give the path of the file without file://")
    patience_s = _PATIENCE_URL_S
    if parts.scheme.lower().startswith("rtsp"):
        host, port = parts.hostname or "", _port(url) or 554
        in_time(lambda: _check_answers(url, host, port), url)  # names are looked up: that may hang
        patience_s = PATIENCE_CAMERA_S
    options = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        int((patience_s - _PATIENCE_URL_S + _OPEN_TIMEOUT_S) * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        int(_READ_TIMEOUT_S * 1000),
    ]
    return LiveSource(
        masked(url),
        lambda: cv2.VideoCapture(url, file_backend(), options),
        patience_s=patience_s,
        missing=f"{url}: no picture from this address; is it right, and is the camera on?",
        give_up_s=GIVE_UP_S,
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
    except (OSError, ValueError, OverflowError) as error:  # of a host that cannot be one, too
        reason = getattr(error, "strerror", None) or error
        raise DeviceError(f"{url}: cannot be reached ({reason})") from None
