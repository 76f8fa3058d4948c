"""What a training says on stderr while it works: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import math
from typing import Any, TextIO

from tqdm import tqdm

from hwr_live.system.terminal import STDERR, note

_REDRAW_S = 0.2  # seconds between two pictures of a bar: numbers that can still be read
_LINE_S = 60.0  # seconds between two lines of a training in a log


def say(text: str) -> None:
    """One line, or several, on stderr."""
    for line in text.split("\n"):
        note(line)


def duration(seconds: float) -> str:
    """A time to read: ``45 s``, ``12 min``, ``3 h 05 min``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60:02} min"


class _Log:
    """A file in which every state of a bar is a line of its own."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._last = out, ""

    def write(self, text: str) -> None:
        """A state, as tqdm writes it: behind a carriage return, blanks after it."""
        line = text.strip()
        if line and line != self._last:
            self._last = line
            print(line, file=self._out)

    def flush(self) -> None:
        """Has the lines written."""
        self._out.flush()


def meter(
    out: TextIO,
    told: str,
    total: int,
    done: int = 0,
    *,
    unit: str,
    line_s: float = 0.0,
    lines: float = math.inf,
    leave: bool = True,
) -> Any:
    """A :class:`tqdm.tqdm`: a bar on a terminal; elsewhere lines, which a log can hold.

    Args:
        out: where it is told.
        told: what is told behind the bar, with the fields of tqdm's ``bar_format``.
        total: what there is to do.
        done: what of it has been done before; the rate does not count it.
        unit: what is counted.
        line_s: seconds between two lines, at least.
        lines: how many lines there are, at most.
        leave: whether the last state stays.
    """
    terminal = out.isatty()
    return tqdm(
        total=total,
        initial=done,
        unit=unit,
        unit_scale=True,
        file=out if terminal else _Log(out),
        bar_format=f"{'{bar:12} ' * terminal}{told}",
        dynamic_ncols=terminal,
        mininterval=_REDRAW_S if terminal else line_s,
        miniters=1 if terminal else max(1, total / lines),
        maxinterval=math.inf,
        smoothing=0,  # the mean rate: what is left is told by it
        delay=1e-9,  # nothing is told before anything is done
        position=0,
        leave=leave,
    )


class Bar:
    """The progress of a training.

    Args:
        epochs: of the whole training.
        images: in an epoch.
        out: where it is told; stderr by default.
        first: the epoch that this run begins with, from 0.
    """

    def __init__(
        self, epochs: int, images: int, out: TextIO | None = None, *, first: int = 0
    ) -> None:
        self._epochs, self._images = epochs, images
        self._out = out or STDERR
        told = "{desc}{postfix}, {rate_fmt}, {remaining} left"
        total, done = epochs * images, first * images
        self._meter = meter(
            self._out, told, total, done, unit=" images", line_s=_LINE_S, leave=False
        )

    def show(self, epoch: int, images: int, loss: float, accuracy: float) -> None:
        """Tells where epoch ``epoch`` (from 0) is after so many of its images."""
        told = f"epoch {epoch + 1}/{self._epochs} {images / max(1, self._images):4.0%}"
        self._meter.set_description_str(told, refresh=False)
        self._meter.set_postfix_str(f"loss {loss:.4f} accuracy {accuracy:.2%}", refresh=False)
        self._meter.update(epoch * self._images + images - self._meter.n)

    def end_epoch(self, text: str) -> None:
        """Puts a line about the finished epoch where the bar was."""
        self._meter.clear()
        print(text, file=self._out, flush=True)

    def close(self) -> None:
        """The training is over: the bar goes."""
        self._meter.close()
