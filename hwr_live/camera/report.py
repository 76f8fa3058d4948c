"""Frames in, reports out: what the camera program prints and shows of each frame."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, TextIO

from hwr_live.media.frames import Frame
from hwr_live.readers import AnyReader
from hwr_live.reading import Reading
from hwr_live.tracking.medians import distance
from hwr_live.tracking.settle import Settler

_CALM_S = 0.6  # for so long a text must stand before it is printed: first corrections come sooner

_OTHER = 0.5  # share of a text that two readings of one page do not differ by; by hand


@dataclass(frozen=True)
class Report:
    """What was read in a frame, and what is settled after it.

    Attributes:
        source: the source's name.
        frame: the frame.
        reading: of this frame alone.
        steady: the same places with the characters that have settled.
        text: the settled text.
        settled: whether that stands for what is in view.
        alone: whether the frame is a picture by itself, whose text is printed in any case.
    """

    source: str
    frame: Frame
    reading: Reading
    steady: Reading
    text: str
    settled: bool
    alone: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The report as plain types for JSON."""
        told = self.reading.to_dict()
        return {
            "source": self.source,
            "frame": self.frame.index,
            "time_s": round(self.frame.time_s, 4),
            "size": told["size"],
            "text": self.text,
            "frame_text": told["text"],
            "settled": self.settled,
            "lines": told["lines"],
            "cells": told["cells"],
            "left_out": told["left_out"],
            "ms": told["ms"],
        }


def standing(report: Report, before: Report | None) -> Report:
    """The report of a frame that stands still now, after it was shown among others.

    What many frames have said of it stands, but not what they said of another page, as where it was
    turned over just before.

    Args:
        report: of the frame alone.
        before: the newest of the frames before.
    """
    own = report.reading.text
    if before is None or not before.text:
        return report
    if distance(before.text, own) > _OTHER * max(len(before.text), len(own)):
        return report
    return dataclasses.replace(report, text=before.text, settled=before.settled)


class Follower:
    """Reads the frames of one source and settles their text.

    Args:
        reader: reads the frames.
        source: the source's name.
        still: whether each frame is a picture by itself, of which there is nothing to wait for.
    """

    def __init__(self, reader: AnyReader, source: str, *, still: bool = False) -> None:
        self.reader, self.source, self.still = reader, source, still
        self._settler = Settler()

    def take(self, frame: Frame, *, last: bool = False) -> Report:
        """Reads the next frame; the last one of a file settles what has not settled yet."""
        return self.settle(frame, self.reader.read(frame.image), last=last)

    def settle(self, frame: Frame, reading: Reading, *, last: bool = False) -> Report:
        """Takes the reading of the next frame."""
        if self.still:
            return Report(self.source, frame, reading, reading, reading.text, True, alone=True)
        now = self._settler.update(reading, frame.time_s)
        report = Report(self.source, frame, reading, now.reading, now.text, now.settled)
        if last:
            report = dataclasses.replace(report, text=self._settler.finish(), settled=True)
        return report

    def reset(self) -> None:
        """Forgets what was seen, as when another kind of characters is read."""
        self._settler.reset()


class Printer:
    """Prints reports: every one as JSON, or the text whenever it has settled and changed.

    A text is printed once it has stood for a moment, so that its first corrections are in it, and
    followed by a blank line. When the page leaves, nothing is printed; when it comes back, it is
    printed again.

    Args:
        out: where to; None, as of a program without standard output, for nowhere.
        json: one object for every report, flushed.
    """

    def __init__(self, out: TextIO | None, *, json: bool = False) -> None:
        self._out, self._json = out, json
        self._printed = ""
        self._report: Report | None = None
        self._since_s = 0.0

    def take(self, report: Report) -> None:
        """Prints what is due after a frame."""
        before = "" if self._report is None else self._report.text
        self._report = report
        if self._json:
            self._write(json.dumps(report.to_dict()) + "\n")
            return
        if report.alone:
            self._print(report.text, again=True)
            return
        if report.text != before:
            self._since_s = report.frame.time_s
        if report.settled and report.frame.time_s - self._since_s >= _CALM_S:
            self._print(report.text)

    def print(self, report: Report) -> None:
        """Prints a report that the user asks for; what is printed by itself goes on beside."""
        if self._json:
            self._write(json.dumps(report.to_dict()) + "\n")
        elif report.text:
            self._write(report.text + "\n\n")

    def finish(self) -> None:
        """Prints the last text, if it had settled and only not stood for long enough."""
        if self._report is not None and self._report.settled and not self._json:
            self._print(self._report.text)

    def _print(self, text: str, *, again: bool = False) -> None:
        if again or text != self._printed:
            self._printed = text
            if text:
                self._write(text + "\n\n")

    def _write(self, text: str) -> None:
        if self._out is None:
            return
        self._out.write(text)  # at once, so that an interrupt leaves no half line
        self._out.flush()
