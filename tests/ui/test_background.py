"""Reading beside a window: the newest drawing, every wanted one, and never more than may wait."""

from __future__ import annotations

import threading
import time

from hwr_live.canvas import Canvas
from hwr_live.reading import Reading
from hwr_live.ui.background import BackgroundReader, Job
from tests.support.fake_reader import FakeReader


def drawing() -> Canvas:
    canvas = Canvas(60, 40)
    canvas.stroke([(10, 10), (40, 20)])
    return canvas


def all_of(background: BackgroundReader[str]) -> list[tuple[Job[str], Reading]]:
    """The answers to all that was asked for."""
    background.close()
    return background.answers()


def held(gate: threading.Event, background: BackgroundReader[str]) -> FakeReader:
    """A reader that is at work on a drawing until the gate opens."""
    reader = FakeReader(gate=gate)
    assert background.submit(Job(reader, drawing(), (0, 0), ("first",)))
    end = time.monotonic() + 20
    while background.waiting:
        assert time.monotonic() < end
        time.sleep(0.001)
    return reader


def test_nothing_was_asked_for() -> None:
    with BackgroundReader[str]() as background:
        assert background.answers() == []
    assert all_of(background) == []


def test_an_answer_is_waited_for_so_long_and_no_longer() -> None:
    gate = threading.Event()
    with BackgroundReader[str]() as background:
        held(gate, background)
        assert background.answers(within=0.001) == [], "none comes"
        threading.Timer(0.05, gate.set).start()
        (answer,) = background.answers(within=60)
        assert answer[0].wanted == ("first",)
        assert background.answers() == []


def test_of_drawings_that_nobody_wants_only_the_newest_is_read() -> None:
    gate = threading.Event()
    with BackgroundReader[str]() as background:
        reader = held(gate, background)
        for number in range(1, 100):
            assert background.submit(Job(reader, drawing(), (number, 0)))
            assert background.waiting == 1
        gate.set()
        end = time.monotonic() + 20
        answers: list[Job[str]] = []
        while len(answers) < 2 and time.monotonic() < end:
            answers += [job for job, _ in background.answers()]
        assert [job.revision for job in answers] == [(0, 0), (99, 0)]


def test_what_is_wanted_of_one_drawing_is_read_once() -> None:
    gate = threading.Event()
    with BackgroundReader[str]() as background:
        reader = held(gate, background)
        for wish in "abc":
            assert background.submit(Job(reader, drawing(), (1, 0), (wish,)))
        assert background.submit(Job(reader, drawing(), (1, 0))), "its reading comes anyway"
        assert background.waiting == 1
        gate.set()
        answers = all_of(background)
    assert [job.wanted for job, _ in answers] == [("first",), ("a", "b", "c")]
    assert len(reader.pictures) == 2


def test_another_reader_is_asked_for_the_same_drawing() -> None:
    gate = threading.Event()
    with BackgroundReader[str]() as background:
        reader = held(gate, background)
        assert background.submit(Job(reader, drawing(), (1, 0), ("a",)))
        assert background.submit(Job(FakeReader("digits"), drawing(), (1, 0), ("b",)))
        gate.set()
        texts = [reading.text for _, reading in all_of(background)]
    assert texts[1:] == ["a", "0"]


def test_only_so_many_wanted_drawings_wait_and_the_others_are_refused() -> None:
    gate = threading.Event()
    with BackgroundReader[str]() as background:
        reader = held(gate, background)
        taken = [
            number
            for number in range(1, 100)
            if background.submit(Job(reader, drawing(), (number, 0), (str(number),)))
        ]
        assert 1 < len(taken) < 20
        assert background.waiting == len(taken)
        assert background.submit(Job(reader, drawing(), (100, 0))), (
            "the newest is read all the same"
        )
        gate.set()
        answers = all_of(background)
    read = [int(wish) for job, _ in answers for wish in job.wanted if wish != "first"]
    assert read == taken == list(range(1, len(taken) + 1)), "what was taken is read, in order"
