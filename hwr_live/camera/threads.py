"""Frames are read in threads of their own, so that the picture on the screen never waits."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hwr_live.camera.advice import advise
from hwr_live.camera.report import Follower, Report
from hwr_live.media.frames import Frame
from hwr_live.media.images import Image
from hwr_live.readers import AnyReader, AnyView
from hwr_live.reading import Box, Glyph, Reading

_THREADS = min(2, os.cpu_count() or 1)  # more would only make each other slower
_BUSY = 0.5  # share of a reading's time that has a processor, below which the machine is busy
_ADVICE_EVERY_S = 0.25  # advice costs milliseconds, and nobody follows it faster


@dataclass(frozen=True)
class Task:
    """A frame to read.

    Attributes:
        source: name of the source.
        frame: as it is to be read, mirrored if that is wished.
        reader: reads it.
        epoch: readings of one epoch settle together.
        region: part of the frame to read; all if None.
        still: whether the source is one picture.
        ink: whether the ink is to be shown.
        keep: whether it must be read even if a newer frame waits.
        again: whether the frame has been read before, and only settings have changed.
        last: whether the source ends with it.
    """

    source: str
    frame: Frame
    reader: AnyReader
    epoch: int
    region: Box | None = None
    still: bool = False
    ink: bool = False
    keep: bool = False
    again: bool = False
    last: bool = False


@dataclass(frozen=True)
class Answer:
    """What was read for a task.

    Attributes:
        task: what was asked for.
        report: the reading.
        advice: why the frame cannot be read well, if so.
        ink: uint8 (h, w), the ink that was read, dark on white, at the frame's size, if it was
            asked for.
    """

    task: Task
    report: Report
    advice: str
    ink: Image | None


class ReadingThreads:
    """Reads the newest frames: frames that wait are replaced, never queued.

    Two are read at a time, so that a second processor is of use, unless other programs leave so
    little of both that each would only become older. What is read settles in the order of the
    frames. Frames that must be kept are all read. A context manager.
    """

    def __init__(self, threads: int = _THREADS) -> None:
        self._follower: Follower | None = None
        self._epoch = -1
        self._advice, self._advised_s = "", -_ADVICE_EVERY_S
        self._waiting: deque[Task] = deque()
        self._asked = self._answered = 0
        self._begun = self._settled = 0  # frames that were taken up, and that are done with
        self._ending = self._busy = False
        self._changed = threading.Condition()
        self._done: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._work, name=f"reader {n}", daemon=True)
            for n in range(threads)
        ]

    def __enter__(self) -> ReadingThreads:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._ending = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def offer(self, task: Task) -> None:
        """Asks for a frame to be read as soon as a thread is free."""
        with self._changed:
            kept = deque(waiting for waiting in self._waiting if waiting.keep)
            self._asked += 1 + len(kept) - len(self._waiting)
            self._waiting = kept
            self._waiting.append(task)
            self._changed.notify_all()

    def answers(self) -> Iterator[Answer]:
        """The readings that are done by now; raises what the reader raised."""
        while not self._done.empty():
            answer = self._done.get()
            self._answered += 1
            if isinstance(answer, Exception):
                raise answer
            yield answer

    @property
    def idle(self) -> bool:
        """Whether all that was asked for has been answered and fetched."""
        with self._changed:
            return self._asked == self._answered

    @property
    def full(self) -> bool:
        """Whether as many frames wait as there are threads: no more should be kept."""
        with self._changed:
            return len(self._waiting) >= len(self._threads)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._ending or self._may_begin)
                if self._ending:
                    return
                task, number = self._waiting.popleft(), self._begun
                self._begun += 1
            answer: Answer | Exception
            try:
                part = part_of(task.frame.image, task.region)
                began_s, worked_s = time.perf_counter(), time.thread_time()
                raw, view = task.reader.look(part)
                worked_s, took_s = time.thread_time() - worked_s, time.perf_counter() - began_s
                self._busy = worked_s < _BUSY * took_s
                ink = _ink_picture(view, task) if task.ink else None
                if not self._wait_for_turn(number):
                    return
                answer = self._settle(task, part, raw, ink)
            except Exception as error:  # raised again where the answer is asked for
                if not self._wait_for_turn(number):
                    return
                answer = error
            self._done.put(answer)
            with self._changed:
                self._settled += 1
                self._changed.notify_all()

    @property
    def _may_begin(self) -> bool:
        return bool(self._waiting) and (self._begun == self._settled or not self._busy)

    def _wait_for_turn(self, number: int) -> bool:
        """Waits until all frames before are done with; false if there is no more need to."""
        with self._changed:
            self._changed.wait_for(lambda: self._settled == number or self._ending)
            return not self._ending

    def _settle(self, task: Task, part: Image, raw: Reading, ink: Image | None) -> Answer:
        """What is told of a reading; of one after the other."""
        if self._follower is None or task.epoch != self._epoch:
            self._follower = Follower(task.reader, task.source, still=task.still)
            self._epoch = task.epoch
        reading = placed(raw, task.frame.image, task.region)
        if task.again:
            report = Report(task.source, task.frame, reading, reading, reading.text, True)
        else:
            report = self._follower.settle(task.frame, reading, last=task.last)
        now_s = time.monotonic()
        if now_s - self._advised_s >= _ADVICE_EVERY_S or task.again or task.still:
            self._advice, self._advised_s = advise(part, raw), now_s
        return Answer(task, report, self._advice, ink)


def part_of(image: Image, region: Box | None) -> Image:
    """The part of an image that is to be read; all of it where the region lies outside."""
    if region is None:
        return image
    x, y, w, h = region
    part = image[max(0, y) : y + h, max(0, x) : x + w]
    return np.ascontiguousarray(part) if part.size else image


def placed(reading: Reading, whole: Image, region: Box | None) -> Reading:
    """A region's reading in the pixels of the whole frame."""
    if region is None:
        return reading
    left, top = max(0, region[0]), max(0, region[1])

    def moved(glyph: Glyph) -> Glyph:
        x, y, w, h = glyph.box
        return glyph.at((x + left, y + top, w, h))

    return reading.map(moved, size=(whole.shape[1], whole.shape[0]))


def _ink_picture(view: AnyView, task: Task) -> Image:
    """The ink that was read, in the whole frame: outside the region all is white."""
    whole = np.full(task.frame.image.shape[:2], 255, np.uint8)
    x, y = (max(0, v) for v in (task.region or (0, 0))[:2])
    part = view.ink_picture()
    whole[y : y + part.shape[0], x : x + part.shape[1]] = part
    return whole
