"""What a training says on stderr while it works: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TextIO

_WIDTH = 12
_REDRAW_S = 0.2
_LINE_S = 60.0  # in a log a line is written so often at most


def say(text: str) -> None:
    """One line, on stderr."""
    print(text, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """A time to read: ``45 s``, ``12 min``, ``3 h 05 min``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"


class Bar:
    """The progress of a training.

    Args:
        epochs: of the whole training.
        images: in an epoch.
        out: where it is told; stderr by default.
    """

    def __init__(self, epochs: int, images: int, out: TextIO | None = None) -> None:
        self._epochs, self._images = epochs, images
        self._out = out or sys.stderr
        self._terminal = self._out.isatty()
        self._began = self._shown = time.monotonic()
        self._seen = 0
        self._drawn = False

    def show(self, epoch: int, images: int, loss: float, accuracy: float) -> None:
        """Tells where epoch ``epoch`` (from 0) is after so many of its images."""
        now = time.monotonic()
        if now - self._shown < (_REDRAW_S if self._terminal else _LINE_S):
            return
        self._shown = now
        rate = (self._seen + images) / max(now - self._began, 1e-6)
        left = (self._epochs - epoch) * self._images - images
        full = int(_WIDTH * images / self._images)
        text = (
            f"epoch {epoch + 1}/{self._epochs} {'█' * full}{'░' * (_WIDTH - full)} "
            f"loss {loss:.4f} accuracy {accuracy:.2%} {rate:,.0f} images/s, "
            f"{duration(left / max(rate, 1e-6))} left"
        )
        self._drawn = True
        if self._terminal:
            columns = shutil.get_terminal_size().columns  # a line that wraps cannot be replaced
            print(f"\r{text[: columns - 1]}\x1b[K", end="", file=self._out, flush=True)
        else:
            print(text, file=self._out, flush=True)

    def end_epoch(self, images: int, text: str) -> None:
        """Puts a line about the finished epoch, of so many images, where the bar was."""
        self._seen += images
        start = "\r" if self._drawn and self._terminal else ""
        end = "\x1b[K" if start else ""
        print(f"{start}{text}{end}", file=self._out, flush=True)
        self._drawn = False
