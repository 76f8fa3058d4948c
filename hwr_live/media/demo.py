"""A camera that is none: pages on a table, drawn and moved as if a hand held the camera.

It comes through the same source as a camera does, so that the whole program can be tried, and
shown, where there is no camera.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.media.images import Image
from hwr_live.media.live import LiveSource

SIZE = (1280, 720)
FPS = 25.0
_PATIENCE_S = 60.0  # a machine under load draws slowly, and a demo is never missing
_PAGE_S = 9.0  # seconds that each page lies there
_TURN_S = 1.2  # seconds of these, at the end, in which it is pulled away
_PAPER = (238, 244, 246)
_INK = (92, 52, 36)
_TABLE = (62, 92, 128)
_NOISE = 2.5  # grey values, the standard deviation of a sensor's
_SHIFTS = 64  # pixels: one noise, shifted, looks like ever new noise
_SEED = 5  # of the table's grain and the sensor's noise

# By eye, like a hand: amplitudes as shares of the frame's width, degrees, and relative scale; each
# with a period in seconds, of which none is a multiple of another.
_SWAYS = ((0.012, 5.3), (0.010, 3.7), (1.6, 7.1), (0.02, 6.1))
_TILT = 0.05  # how far the far edge of the sheet is shorter than the near one, as a share


def open_demo(pages: Sequence[Image]) -> LiveSource:
    """Opens the camera that is none.

    Args:
        pages: uint8 (h, w), dark ink on white, shown one after the other without end.
    """
    return LiveSource(
        "demo",
        lambda: DemoCapture(pages),
        patience_s=_PATIENCE_S,
        missing="the demo gives no picture",
    )


class DemoCapture:
    """What a camera's capture does, for drawn pages; gives a frame when it is due.

    Args:
        pages: as for :func:`open_demo`.
        pace: whether :meth:`read` waits until the next frame is due.
    """

    def __init__(self, pages: Sequence[Image], *, pace: bool = True) -> None:
        rng = np.random.default_rng(_SEED)
        self._sheets = [_sheet(page) for page in pages]
        self._table = _table(rng)
        room = (SIZE[1] + _SHIFTS, SIZE[0] + _SHIFTS, 3)
        self._noise = (_NOISE * rng.standard_normal(room, np.float32)).astype(np.int16)
        light = np.linspace(255, 204, SIZE[0]).astype(np.uint8)[None, :, None]
        self._light = np.ascontiguousarray(np.broadcast_to(light, (SIZE[1], SIZE[0], 3)))
        self._pace, self._index, self._began_s = pace, 0, time.monotonic()

    def isOpened(self) -> bool:
        """Whether there is a page to show."""
        return bool(self._sheets)

    def get(self, propId: int) -> float:
        """Frames a second, and 0 for all else."""
        return FPS if propId == cv2.CAP_PROP_FPS else 0.0

    def read(self) -> tuple[bool, Image]:
        """The next frame, uint8 (720, 1280, 3) BGR."""
        due_s = self._began_s + self._index / FPS
        if self._pace:
            time.sleep(max(0.0, due_s - time.monotonic()))
        frame = self._frame(self._index / FPS)
        self._index += 1
        return True, frame

    def release(self) -> None:
        """There is nothing to let go of."""
        self._sheets = []

    def _frame(self, now_s: float) -> Image:
        number, there_s = divmod(now_s, _PAGE_S)
        sheet = self._sheets[int(number) % len(self._sheets)]
        away = max(0.0, (there_s - (_PAGE_S - _TURN_S)) / _TURN_S)
        frame = self._table.copy()
        matrix = _placed(sheet, now_s, away**2)
        cv2.warpPerspective(
            sheet,
            matrix,
            SIZE,
            dst=frame,
            flags=cv2.INTER_AREA,
            borderMode=cv2.BORDER_TRANSPARENT,
        )
        cv2.multiply(frame, self._light, dst=frame, scale=1 / 255)
        down, across = (self._index * step % _SHIFTS for step in (17, 23))
        noise = self._noise[down : down + SIZE[1], across : across + SIZE[0]]
        return np.asarray(cv2.add(frame, noise, dtype=cv2.CV_8U), np.uint8)


def _sheet(page: Image) -> Image:
    """A page in the colours of paper and ink: uint8 (h, w, 3)."""
    ink = (255 - page[:, :, None]).astype(np.float32) / 255
    return np.asarray(ink * np.array(_INK) + (1 - ink) * np.array(_PAPER), np.uint8)


def _table(rng: np.random.Generator) -> Image:
    """Wood: grain along the table, uint8 of the frame's size."""
    width, height = SIZE
    coarse = cv2.GaussianBlur(rng.normal(0, 1, (height, width // 16)), (0, 0), 2.5, sigmaY=1.2)
    grain = cv2.resize(coarse, SIZE, interpolation=cv2.INTER_LINEAR)
    shade = 1 + 0.1 * np.asarray(grain) / float(np.std(grain))
    return np.asarray(np.clip(shade[:, :, None] * np.array(_TABLE), 0, 255), np.uint8)


def _placed(sheet: Image, now_s: float, away: float) -> npt.NDArray[np.float64]:
    """Where a sheet lies at a time: (3, 3), from its pixels to the frame's.

    Args:
        sheet: its size counts.
        now_s: seconds since the beginning.
        away: 0 where it lies, 1 where it has been pulled out of the frame.
    """
    height, width = sheet.shape[:2]
    frame_w, frame_h = SIZE
    across, down, turn, zoom = (
        size * np.sin(2 * np.pi * now_s / period + 1.3 * i)
        for i, (size, period) in enumerate(_SWAYS)
    )
    scale = min(0.86 * frame_w / width, 0.8 * frame_h / height) * (1 + zoom)
    w, h = width * scale / 2, height * scale / 2
    near, far = 1 + _TILT / 2, 1 - _TILT / 2
    corners = np.array([(-w * far, -h), (w * far, -h), (w * near, h), (-w * near, h)])
    angle = np.radians(2.0 + turn)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([frame_w * (0.5 + across), frame_h * 0.5 + frame_w * down])
    middle[1] += 1.6 * frame_h * away
    flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    placed = np.asarray(corners @ rotation.T + middle, np.float32)
    return np.asarray(cv2.getPerspectiveTransform(flat, placed), np.float64)
