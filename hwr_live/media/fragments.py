"""MP4 files that can be watched up to their last fragment, whatever ended them.

An MP4 file as OpenCV writes it is nothing without its end. MP4 also knows fragments, each with its
own list of frames, but OpenCV passes FFmpeg no option that asks for them. It does write them into
files named ``.ismv``, FFmpeg's form of MP4 for streaming. So a fragment is written to such a file,
and appended to the recording from there: after that it is the system's to keep, and nothing of it
waits in a buffer of FFmpeg's, where a quarter of a megabyte can be half a minute.

The boxes are those of ISO/IEC 14496-12. Of FFmpeg's two are replaced: the file's type, which is
Microsoft's, and each fragment's time, which is in a box of Microsoft's.
"""

from __future__ import annotations

import contextlib
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

import cv2

from hwr_live.media.images import Image
from hwr_live.system.files import place_beside

FRAMES = 12
"""Frames of a fragment: as many as FFmpeg's encoder puts between two that stand by themselves, so
that fragments cost neither time nor room."""
_LONGEST_S = 1.0  # that a frame waits for its fragment to be full, of slow sources
_SUFFIX = ".ismv"
_TYPE = b"isom" + struct.pack(">I", 0x200) + b"isomiso2mp41"
_DURATIONS, _FIRST_FLAGS, _PLACE = 0x100, 0x4, 0x1  # what a list of frames ("trun") says it has
_FIELDS = (_DURATIONS, 0x200, 0x400, 0x800)  # of each frame: duration, size, flags, offset


class FragmentWriter:
    """Writes frames to an MP4 file that is there already, and empty.

    Args:
        path: of the file.
        code: OpenCV's, of the codec.
        fps: frames a second.
        size: width and height, even.

    Raises:
        OSError: if this OpenCV cannot write such files, or the disk is full.
    """

    def __init__(self, path: Path, code: int, fps: float, size: tuple[int, int]) -> None:
        self._path, self._code, self._fps, self._size = path, code, fps, size
        self._place = place_beside(path, _SUFFIX)
        self._writer: cv2.VideoWriter | None = None
        self._back = -1  # descriptor by which the fragment's file is read
        self._since_s = 0.0
        self._waiting = self._frames = self._fragments = 0
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        try:
            self._begin()
        except BaseException:
            self._leave()
            raise

    def write(self, image: Image) -> None:
        """Adds a frame.

        Raises:
            OSError: if the fragment that it completes cannot be written.
        """
        if self._writer is None:
            self._begin()
        assert self._writer is not None
        self._writer.write(image)
        self._waiting += 1
        if self._waiting == FRAMES or time.monotonic() - self._since_s > _LONGEST_S:
            self.flush()

    def flush(self) -> None:
        """Appends the frames that wait, if there are any.

        Raises:
            OSError: if they cannot be written; what was written before is whole.
        """
        if self._writer is None or not self._waiting:
            return
        try:
            self._writer.release()
            with os.fdopen(self._back, "rb") as file:
                self._back = -1
                data = file.read()
        finally:
            self._forget()
        self._append(data)
        self._waiting = 0

    def release(self) -> None:
        """Ends the file.

        Raises:
            OSError: if the last frames cannot be written.
        """
        try:
            self.flush()
        finally:
            self._leave()

    def _begin(self) -> None:
        """Begins a fragment, in a file that nobody sees."""
        self._writer = cv2.VideoWriter(
            str(self._place), cv2.CAP_FFMPEG, self._code, self._fps, self._size
        )
        if not self._writer.isOpened():
            self._writer = None
            raise OSError(f"this OpenCV cannot write {self._path.suffix} files of its kind")
        self._since_s = time.monotonic()
        self._back = os.open(self._place, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        if os.name == "posix":  # the file goes with its last descriptor, however this ends
            self._place.unlink()

    def _append(self, data: bytes) -> None:
        """Appends a fragment, or leaves the file as it was."""
        new = b""
        if not self._fragments:
            new = _box(b"ftyp", _TYPE) + _box(b"moov", _first(data, b"moov"))
        tick = round(_ticks_a_second(data) / self._fps)
        frames, fragments = self._frames, self._fragments
        for kind, content in _boxes(data):
            if kind == b"moof":
                fragments += 1
                count, content = _moof(content, fragments, frames * tick, tick)
                frames += count
            if kind in (b"moof", b"mdat"):
                new += _box(kind, content)
        if frames != self._frames + self._waiting:
            raise OSError("frames could not be written; is the disk full?")
        before = os.fstat(self._file).st_size
        try:
            if os.write(self._file, new) < len(new):
                raise OSError("the disk is full")
        except OSError:
            os.ftruncate(self._file, before)
            raise
        self._frames, self._fragments = frames, fragments

    def _leave(self) -> None:
        """Lets go of the files."""
        if self._writer is not None:
            self._writer.release()
        self._forget()
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _forget(self) -> None:
        """Lets go of a fragment's own file."""
        self._writer = None
        if self._back >= 0:
            os.close(self._back)
            self._back = -1
        with contextlib.suppress(OSError):
            self._place.unlink(missing_ok=True)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of a file, or in a box: name and content, as far as they are whole."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if not 8 <= size <= len(data) - at:
            return
        yield kind, data[at + 8 : at + size]
        at += size


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


def _first(data: bytes, *names: bytes) -> bytes:
    """The content of the first box of a name, in the first of another, and so on."""
    for name in names:
        found = [content for kind, content in _boxes(data) if kind == name]
        if not found:
            raise OSError("a fragment is not whole; is the disk full?")
        data = found[0]
    return data


def _ticks_a_second(data: bytes) -> int:
    """What a fragment's file counts time in."""
    header = _first(data, b"moov", b"trak", b"mdia", b"mdhd")
    return int(struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)[0])


def _moof(content: bytes, number: int, begins: int, tick: int) -> tuple[int, bytes]:
    """How many frames a fragment has, and its head with its number and times, in ticks."""
    traf = _first(content, b"traf")
    count, trun = _trun(_first(traf, b"trun"), tick)
    before = _box(b"mfhd", struct.pack(">II", 0, number))
    inside = _box(b"tfhd", _first(traf, b"tfhd"))
    inside += _box(b"tfdt", struct.pack(">IQ", 1 << 24, begins))
    # Frames are found from the head's beginning, and are what comes after it.
    size = 8 + len(before) + 8 + len(inside) + 8 + len(trun)
    trun = trun[:8] + struct.pack(">I", size + 8) + trun[12:]
    return count, before + _box(b"traf", inside + _box(b"trun", trun))


def _trun(content: bytes, tick: int) -> tuple[int, bytes]:
    """How many frames a list has, and the list with a tick for each: FFmpeg does not know how long
    the last one is."""
    head, count = struct.unpack_from(">II", content)
    if not head & _PLACE or not head & _DURATIONS:
        raise OSError(f"this OpenCV writes another kind of fragments ({head:#x})")
    at = 12 + 4 * bool(head & _FIRST_FLAGS)
    width = 4 * sum(bool(head & field) for field in _FIELDS)
    changed = bytearray(content)
    for frame in range(count):
        struct.pack_into(">I", changed, at + width * frame, tick)
    return count, bytes(changed)
