"""Reading beside the window: the newest frames, in their order, and never a queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.camera.threads import Answer, ReadingThreads, Task
from hwr_live.canvas import Canvas
from hwr_live.errors import InputError
from hwr_live.media.frames import Frame
from hwr_live.readers import Samples
from hwr_live.reading import Reading
from hwr_live.segmentation.rectify import View, see

Image = npt.NDArray[np.uint8]


class Gated:
    """Reads nothing, each frame when its gate is open; the brightness of a frame is its number."""

    chars = "all"

    def __init__(self) -> None:
        self.gates = [threading.Event() for _ in range(20)]
        self.begun: list[int] = []

    def with_chars(self, _: str) -> Gated:
        return self

    def with_samples(self, _: Samples) -> Gated:
        return self

    def read(self, frame: Image | Canvas) -> Reading:
        return self.look(frame)[0]

    def look(self, frame: Image | Canvas) -> tuple[Reading, View]:
        assert isinstance(frame, np.ndarray)
        number = int(frame[0, 0, 0])
        self.begun.append(number)
        assert self.gates[number].wait(20)
        if number == 13:
            raise InputError("the thirteenth")
        return Reading((), (8, 8), {}), see(frame)

    def open(self, *numbers: int) -> None:
        for number in numbers:
            self.gates[number].set()


def task(reader: Gated, number: int, *, keep: bool = False) -> Task:
    image = np.full((8, 8, 3), number, np.uint8)
    return Task("test", Frame(image, number, number / 25), reader, 0, keep=keep)


def wait_until(done: Callable[[], object]) -> None:
    ends = time.monotonic() + 20
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.005)


def begin(threads: ReadingThreads, reader: Gated, number: int, *, keep: bool = False) -> None:
    """Has a frame taken up by a thread."""
    threads.offer(task(reader, number, keep=keep))
    wait_until(lambda: number in reader.begun)


def read_second_first(threads: ReadingThreads, reader: Gated, first: int, second: int) -> None:
    """Has two frames read at a time, of which the later is done before the other."""
    begin(threads, reader, first)
    begin(threads, reader, second)
    reader.open(second)
    time.sleep(0.1)
    assert not list(threads.answers())
    assert not threads.idle
    reader.open(first)


def collect(threads: ReadingThreads, answers: list[Answer]) -> None:
    """Takes all answers, until there are no more to come."""
    ends = time.monotonic() + 20
    while not threads.idle:
        assert time.monotonic() < ends
        answers.extend(threads.answers())  # what came before an error stays
        time.sleep(0.005)


def numbers(answers: list[Answer]) -> list[int]:
    return [answer.task.frame.index for answer in answers]


def test_frames_are_answered_in_their_order_whichever_is_read_first() -> None:
    reader = Gated()
    with ReadingThreads(2) as threads:
        read_second_first(threads, reader, 0, 1)
        answers: list[Answer] = []
        collect(threads, answers)
        assert numbers(answers) == [0, 1]


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("keep", [False, True])
def test_of_frames_that_wait_only_the_newest_is_read(threads: int, keep: bool) -> None:
    reader = Gated()
    with ReadingThreads(threads) as reading:
        for number in range(threads):
            begin(reading, reader, number, keep=keep)
        for number in range(threads, 6):
            reading.offer(task(reader, number, keep=keep))
        reader.open(*range(6))
        taken = list(range(6)) if keep else [*range(threads), 5]
        answers: list[Answer] = []
        collect(reading, answers)
        assert numbers(answers) == taken


def test_what_a_reader_raises_comes_in_its_turn() -> None:
    reader = Gated()
    with ReadingThreads(2) as threads:
        read_second_first(threads, reader, 12, 13)
        answers: list[Answer] = []
        with pytest.raises(InputError, match="the thirteenth"):
            collect(threads, answers)
        assert numbers(answers) == [12]
