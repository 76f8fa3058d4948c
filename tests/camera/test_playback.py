"""What is shown when: a window that only notes what it is told, and a clock that it moves."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import numpy as np
import pytest

from hwr_live.camera.playback import PAGE_S, play_file, play_pages
from hwr_live.errors import HwrError, InputError
from hwr_live.media.frames import Frame, FrameSource

FPS = 10.0
IMAGE = np.zeros((4, 4, 3), np.uint8)


class Video(FrameSource):
    """So many frames, a tenth of a second apart, and then maybe an error."""

    def __init__(self, count: int, broken: str = "", *, still: bool = False) -> None:
        super().__init__("video", FPS, count)
        self.broken, self.still = broken, still

    def __iter__(self) -> Iterator[Frame]:
        for n in range(self.count or 0):
            yield Frame(IMAGE, n, n / FPS)
        if self.broken:
            raise InputError(self.broken)


class Notes:
    """A window that notes what is done, and when.

    Args:
        source: what is played.
        slow: turns that the readings of some frames take.
        ends: number of turns after which the user goes.
        stays: whether the last picture does.
    """

    def __init__(
        self,
        source: FrameSource,
        *,
        slow: Mapping[int, int] | None = None,
        ends: int = 10_000,
        stays: bool = False,
    ) -> None:
        self.source, self.slow, self.ends, self.stays = source, slow or {}, ends, stays
        self.ended: list[str] = []
        self.page = -1
        self.now_s = 100.0
        self.done: list[tuple[str, int]] = []
        self.shown_s: list[float] = []
        self.frozen = False
        self.turns = self._left = 0

    @property
    def over(self) -> bool:
        return self.turns >= self.ends

    @property
    def reads(self) -> bool:
        return self._left > 0

    def take(self, frame: Frame) -> None:
        self.done.append(("take", frame.index))
        self._left = self.slow.get(frame.index, 0)

    def show(self, frame: Frame) -> None:
        self.done.append(("show", frame.index))
        self.shown_s.append(round(self.now_s - 100.0, 3))

    def turn(self, wait_ms: int) -> None:
        self.turns += 1
        self._left -= 1
        self.now_s += wait_ms / 1000

    def end(self, broken: HwrError | None) -> None:
        self.ended.append(str(broken or "whole"))

    def turn_over(self, step: int) -> bool:
        self.page += step
        there = self.page < (self.source.count or 0)
        if there:
            self.show(Frame(IMAGE, self.page, 0.0))
            self._left = self.slow.get(self.page, 0)
        return there


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[Notes]:
    """The time is that of the window that is put in here."""
    windows: list[Notes] = []
    monkeypatch.setattr(time, "monotonic", lambda: windows[0].now_s)
    return windows


def played(clock: list[Notes], window: Notes) -> Notes:
    clock.append(window)
    play_file(window)
    return window


def test_a_file_without_frames_shows_nothing(clock: list[Notes]) -> None:
    assert played(clock, Notes(Video(0))).done == []


def test_every_frame_is_read_before_it_is_shown_and_shown_when_it_is_due(
    clock: list[Notes],
) -> None:
    window = played(clock, Notes(Video(4)))
    assert window.done == [(what, n) for n in range(4) for what in ("take", "show")]
    assert window.shown_s == pytest.approx([0, 0.1, 0.2, 0.3], abs=0.02)
    assert window.now_s - 100 == pytest.approx(0.4, abs=0.02), "the last has its time, too"


def test_what_is_late_stays_late(clock: list[Notes]) -> None:
    window = played(clock, Notes(Video(5), slow={1: 200}))  # 2 ms a turn
    first, *rest = np.diff(window.shown_s)
    assert first >= 0.4, "it is not shown before it is read"
    assert rest == pytest.approx([0, 0.1, 0.1], abs=0.02), "what is due comes, nothing hurries"


def test_a_frame_that_was_being_read_does_not_come_into_the_place_of_a_frozen_one(
    clock: list[Notes],
) -> None:
    window = Notes(Video(3), slow={1: 300})
    usual = window.turn
    shown: list[bool] = []

    def turn(wait_ms: int) -> None:
        usual(wait_ms)
        window.frozen = 100 <= window.turns < 1100  # the second frame is read from before to then

    window.turn = turn  # type: ignore[method-assign]
    window.show = lambda frame: shown.append(window.frozen)  # type: ignore[method-assign]
    assert played(clock, window).turns > 1100
    assert shown == [False, False, False]


def test_a_broken_file_is_told_after_its_last_good_frame(clock: list[Notes]) -> None:
    window = Notes(Video(2, "cut off"))
    with pytest.raises(InputError, match="cut off"):
        played(clock, window)
    assert window.done[-1] == ("show", 1)
    assert window.ended == ["cut off"]


@pytest.mark.parametrize("video", [Video(1, still=True), Video(3)])
def test_the_last_picture_stays_until_the_user_goes(clock: list[Notes], video: Video) -> None:
    window = played(clock, Notes(video, ends=200, stays=True))
    assert window.done[-1] == ("show", (video.count or 0) - 1)
    assert window.ended == ["whole"]
    assert window.turns == 200


def test_a_broken_file_s_last_picture_stays_too(clock: list[Notes]) -> None:
    window = Notes(Video(2, "cut off"), ends=200, stays=True)
    with pytest.raises(InputError, match="cut off"):
        played(clock, window)
    assert window.turns == 200


def test_where_no_picture_can_be_read_there_is_nothing_to_wait_for(clock: list[Notes]) -> None:
    window = Notes(Video(0), stays=True)
    clock.append(window)
    play_pages(window)
    assert window.turns == 0


def test_no_picture_is_turned_over_but_by_the_user(clock: list[Notes]) -> None:
    window = Notes(Video(3), ends=500, stays=True)
    clock.append(window)
    play_pages(window)
    assert window.done == [("show", 0)]
    assert window.turns == 500


def test_where_nobody_turns_them_over_each_is_shown_for_a_while_and_read(
    clock: list[Notes],
) -> None:
    window = Notes(Video(3), slow={1: 200})
    clock.append(window)
    play_pages(window)
    assert window.done == [("show", n) for n in range(3)]
    first, second = np.diff(window.shown_s)
    assert first == pytest.approx(PAGE_S, abs=0.05)
    assert second == pytest.approx(4.0, abs=0.1), "200 turns of 20 ms"


def test_a_pause_moves_all_that_comes_after_it(clock: list[Notes]) -> None:
    window = Notes(Video(3))
    turn = window.turn

    def paused(wait_ms: int) -> None:
        turn(wait_ms)
        window.frozen = 0.05 < window.now_s - 100 < 1.0

    window.turn = paused  # type: ignore[method-assign]
    played(clock, window)
    first, second, third = window.shown_s
    assert first == 0
    assert second > 1.0
    assert third - second == pytest.approx(0.1, abs=0.02)
