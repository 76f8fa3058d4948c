"""Recordings: without loss, to be read again, or compressed, to be watched.

Frames in AVI, in Matroska and in MP4 of fragments can be read up to the last one that is there,
whatever ended the file, so recordings have their own name from the start, and what was written is
not lost by ``kill -9``. What no file can grow on is told at once, with room left for a file's end.
"""

from __future__ import annotations

import contextlib
import os
import queue
import threading
import time
from pathlib import Path

import cv2
import numpy as np

from hwr_live.errors import DeviceError, InputError, one_line
from hwr_live.media.fragments import FragmentWriter
from hwr_live.media.frames import Frame, check_name, quieten
from hwr_live.media.images import Image
from hwr_live.system.files import why_it_cannot_grow
from hwr_live.system.limits import what_is_scarce
from hwr_live.system.terminal import tell

COMPRESSED = ".mp4"
"""Suffix of recordings for people: what is read in one again differs from what was read live."""
SUFFIXES = (".avi", ".mkv", COMPRESSED)
# HuffYUV in BGR. FFV1 is a quarter smaller, but takes 100 ms for a frame of 1280×720, this takes 15
# ms, and a camera gives 30 frames a second.
CODE = cv2.VideoWriter.fourcc(*"HFYU")
# MPEG-4 part 2 is the one that OpenCV's own FFmpeg can write: it has no encoder for H.264.
COMPRESSED_CODE = cv2.VideoWriter.fourcc(*"mp4v")
WAITING = 24  # frames that may wait to be written; 66 MB at 1280×720
_LOOK_S = 1.0  # how often is looked whether there is room
_IDLE_S = 1.0  # of no frame, after which all that came is in the file
_ROOM = 1 << 25  # bytes: a second of large frames, and the end of a file of hours
# Frames, and seconds of them, after which a live source's rate is known well enough; and frames
# after which it has to be, as they are held until then.
_MEASURED, _MEASURED_S, _HELD = 12, 1.0, 24
_BURST = 3  # times the mean rate, which is not exceeded: frames that waited somewhere come at once
_LONGEST_GAP_S = 5.0  # a longer silence is not recorded as a standing picture


class Recorder:
    """Writes frames, every bit of them or compressed, in a thread of its own; a context manager.

    Where no more can be written, the file is ended at once, and that is told; further frames are
    dropped. Frames of another size than the first are fitted into its size.

    Args:
        path: a new ``.avi`` or ``.mkv`` file, or ``.mp4`` for a compressed one.
        fps: of the recording; if None it is measured, and frames are repeated or left out so that
            the recording keeps the time of the frames.

    Attributes:
        path: as given.
        compressed: whether it is not exactly what was seen.
        frames: so many are written or wait to be.
        dropped: frames that came faster than they could be written, or later than they could.
        failure: why no more is written; "" as long as all is well.

    Raises:
        InputError: as :func:`check_path`.
    """

    def __init__(self, path: str | os.PathLike[str], fps: float | None = None) -> None:
        self.path = check_path(path)
        quieten()
        self.compressed = self.path.suffix.lower() == COMPRESSED
        self.frames = self.dropped = 0
        self._first_s = self._newest_s = self._start_s = 0.0
        self._fps, self._measure = fps, fps is None
        self._held: list[Frame] = []
        self._size = (0, 0)
        self._written = 0
        self._writer: cv2.VideoWriter | FragmentWriter | None = None
        self.failure = ""
        self._looked_s = -_LOOK_S
        self._frames: queue.Queue[Frame | None] = queue.Queue(WAITING)
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def seconds(self) -> float:
        """How long the recording is so far."""
        return self._newest_s - self._first_s

    @property
    def size(self) -> int:
        """Bytes of the file so far, and once it is closed."""
        with contextlib.suppress(OSError):
            return self.path.stat().st_size
        return 0

    @property
    def cost(self) -> str:
        """What the recording costs, such as ``94 frames, 71 MB``."""
        return f"{self.frames} frame{'s' * (self.frames != 1)}, {megabytes(self.size)}"

    def add(self, frame: Frame, *, wait: bool = True) -> None:
        """Records a frame; with ``wait=False`` it is left out where too many wait already.

        Raises:
            InputError: with the first frame, if the name has been taken meanwhile, or no such file
                can be made.
            RuntimeError: with the first frame, if the system has no thread for it.
        """
        if self.failure:
            self.dropped += 1
            return
        self._newest_s = frame.time_s
        if self._thread is None:
            self._claim()
            self._first_s = self._start_s = frame.time_s
            self._begin()
        try:
            self._frames.put(frame, block=wait)
            self.frames += 1
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Finishes the file; without frames there is none.

        Raises:
            DeviceError: if not all could be written; what was written stays.
        """
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._frames.put(None)
        thread.join()
        whole = _frame_count(self.path) >= self._written
        if not whole and not _first_frame(self.path):
            with contextlib.suppress(OSError):
                self.path.unlink()
            why = self.failure or "is the disk full?"
            raise DeviceError(f"{self.path}: the recording could not be written: {why}")
        if self.failure or not whole:
            why = self.failure or "is the disk full?"
            raise DeviceError(f"{self.path}: the recording ends early: {why}")

    def _claim(self) -> None:
        """Makes the file, which is nobody else's."""
        try:
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        except FileExistsError:
            told = f"{self.path}: has come to be meanwhile; recordings replace no file"
            raise InputError(told) from None
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written ({error.strerror})") from None

    def _begin(self) -> None:
        """Begins the thread that writes; without one there is no file either."""
        thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            with contextlib.suppress(OSError):
                self.path.unlink()
            raise
        self._thread = thread

    def _work(self) -> None:
        frame: Frame | None = None
        try:
            while (frame := self._next()) is not None:
                if not self.failure:
                    self._take(frame)
                self._look()
            for held in self._release():
                self._write(held)
            self._end()
        except (cv2.error, MemoryError, OSError) as error:
            self._fail_of(error)
            with contextlib.suppress(OSError):
                self._end()
            while frame is not None:  # frames still have to be taken, until there is no more
                frame = self._frames.get()

    def _next(self) -> Frame | None:
        """The next frame, None for the end; while none comes, no frame is kept from the file."""
        while True:
            try:
                return self._frames.get(timeout=_IDLE_S)
            except queue.Empty:
                if isinstance(self._writer, FragmentWriter):
                    self._writer.flush()

    def _end(self) -> None:
        """Has the writer write the file's end."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.release()

    def _look(self) -> None:
        """Ends the file while there is room for its end; now and then, as it takes time."""
        now_s = time.monotonic()
        if now_s - self._looked_s < _LOOK_S or self.failure:
            return
        self._looked_s = now_s
        if why := why_it_cannot_grow(self.path, _ROOM):
            self._end()
            self._fail(why)

    def _fail_of(self, error: Exception) -> None:
        if what_is_scarce(error):
            self._fail("there is not enough memory")
        else:
            self._fail(getattr(error, "strerror", None) or str(error))

    def _fail(self, why: str) -> None:
        self.failure = one_line(why)
        tell(f"{self.path}: the recording has ended: {self.failure}")

    def _take(self, frame: Frame) -> None:
        if not self._measure or self._fps is not None:
            self._write(frame)
            return
        self._held.append(frame)
        span_s = frame.time_s - self._held[0].time_s
        if len(self._held) >= (_MEASURED if span_s >= _MEASURED_S else _HELD):
            for held in self._release():
                self._write(held)

    def _release(self) -> list[Frame]:
        """The frames held back until the rate was known."""
        held, self._held = self._held, []
        if self._fps is None and held:
            self._fps = _rate([frame.time_s for frame in held])
        return held

    def _write(self, frame: Frame) -> None:
        if self.failure or (self._writer is None and not self._open(frame.image)):
            return
        assert self._writer is not None
        assert self._fps is not None
        times = 1
        if self._measure:
            due = round((frame.time_s - self._start_s) * self._fps) + 1 - self._written
            if due > _LONGEST_GAP_S * self._fps:
                self._start_s += (due - 1) / self._fps
                due = 1
            times = max(0, due)
        image = _fitted(frame.image, self._size)
        for _ in range(times):
            self._writer.write(image)
        self._written += times

    def _open(self, image: Image) -> bool:
        height, width = image.shape[:2]
        self._size = (width + width % 2, height + height % 2)  # FFmpeg would cut odd sides
        assert self._fps is not None
        if self.compressed:
            self._writer = FragmentWriter(self.path, COMPRESSED_CODE, self._fps, self._size)
            return True
        self._writer = cv2.VideoWriter(str(self.path), cv2.CAP_FFMPEG, CODE, self._fps, self._size)
        if not self._writer.isOpened():
            self._writer = None
            self._fail(f"this OpenCV cannot write {self.path.suffix} files of its kind")
        return not self.failure


def _rate(times_s: list[float]) -> float:
    """Frames a second, from 1 to 120, of frames that came at these times."""
    steps = np.diff(times_s)
    steps = steps[(steps > 0) & (steps <= _LONGEST_GAP_S)]
    if not len(steps):
        return 25.0
    rate = min(1 / float(np.median(steps)), _BURST / float(np.mean(steps)))
    return float(np.clip(round(rate), 1, 120))


def check_path(path: str | os.PathLike[str]) -> Path:
    """The path of a recording that can be made.

    Raises:
        InputError: for another suffix, a file that is there already or a missing folder.
    """
    new = Path(path)
    check_name(str(new))
    if new.suffix.lower() not in SUFFIXES:
        raise InputError(
            f"{path}: a recording is an .avi or .mkv file, or an .mp4 file if it may be compressed"
        )
    if os.path.lexists(new):
        raise InputError(f"{path}: is there already; recordings replace no file")
    if not os.access(new.parent, os.W_OK | os.X_OK):
        raise InputError(f"{path}: its folder is not there or cannot be written to")
    return new


def megabytes(size: int) -> str:
    """Bytes in words: with one digit after the point below 10 MB."""
    return f"{size / 1e6:.{int(size < 9_950_000)}f} MB"


def _fitted(image: Image, size: tuple[int, int]) -> Image:
    """The image in a frame of ``size``, scaled only if it must be."""
    width, height = size
    if image.shape[0] > height or image.shape[1] > width:
        scale = min(width / image.shape[1], height / image.shape[0])
        new = (max(1, int(image.shape[1] * scale)), max(1, int(image.shape[0] * scale)))
        image = np.asarray(cv2.resize(image, new, interpolation=cv2.INTER_AREA), np.uint8)
    down, across = height - image.shape[0], width - image.shape[1]
    if down or across:
        edge = cv2.copyMakeBorder(image, 0, down, 0, across, cv2.BORDER_REPLICATE)
        image = np.asarray(edge, np.uint8)
    return np.ascontiguousarray(image)


def _frame_count(path: Path) -> int:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        return int(capture.get(cv2.CAP_PROP_FRAME_COUNT)) if capture.isOpened() else -1
    finally:
        capture.release()


def _first_frame(path: Path) -> bool:
    """Whether there is a frame in a file that need not be whole."""
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    try:
        return capture.isOpened() and bool(capture.grab())
    finally:
        capture.release()
