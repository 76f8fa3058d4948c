"""Settled text: nothing seen first, then flicker, delay and errors, from the same runs."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Iterable
from statistics import mean, median

import numpy as np
import pytest

from hwr_live.reading import Glyph, Line, Reading
from hwr_live.tracking.settle import Settled, Settler
from tests.measure.cer import error_rate
from tests.support.readings import NONE, Mistakes, page_reading, readings

LETTER = ["With the rapid progress of", "modern society my life has", "great changes 0123456789"]
OTHER = ["Another page of text now", "comes into the view here", "QRSTUVWXYZ 98765"]
HALF_S = 2.4
ROUGH = Mistakes(wrong=0.3, missed=0.08, torn=0.08, specks=2, spaces=0.08, jitter=0.06)


@dataclasses.dataclass
class Run:
    """What a settler made of a video of two pages."""

    settled: list[Settled]
    times: list[float]
    truths: list[str]
    frames: list[str]

    def changes(self) -> list[float]:
        return [t for t, s in zip(self.times, self.settled, strict=True) if s.changed]

    def late_changes(self) -> float:
        """Share of frames with a change that no page's first second explains."""
        return sum(t % HALF_S > 1.0 for t in self.changes()) / len(self.times)

    def delay(self) -> float:
        """From the first frame of the second page to the first text of it."""
        for time_s, settled in zip(self.times, self.settled, strict=True):
            if time_s >= HALF_S and settled.changed:
                return time_s - HALF_S
        return float("inf")

    def error(self) -> float:
        steady = [
            error_rate(truth, settled.text)
            for settled, truth, t in zip(self.settled, self.truths, self.times, strict=True)
            if t % HALF_S > 1.0
        ]
        return mean(steady)

    def frame_error(self) -> float:
        return median(
            error_rate(truth, text) for text, truth in zip(self.frames, self.truths, strict=True)
        )


def follow(frames: Iterable[tuple[Reading, float, str]], settler: Settler | None = None) -> Run:
    settler = settler or Settler()
    run = Run([], [], [], [])
    for reading, time_s, truth in frames:
        run.settled.append(settler.update(reading, time_s))
        run.times.append(time_s)
        run.truths.append(truth)
        run.frames.append(reading.text)
    return run


def test_nothing_seen_is_no_text() -> None:
    assert Settler().finish() == ""


def test_empty_frames_settle_on_no_text() -> None:
    run = follow((Reading(), n / 25, "") for n in range(20))
    assert {s.text for s in run.settled} == {""}
    assert not any(s.changed for s in run.settled)
    assert run.settled[-1].settled


def test_perfect_readings_are_shown_soon_and_stay() -> None:
    run = follow(readings([LETTER], frames=50, mistakes=NONE))
    assert run.changes() == [pytest.approx(0.3, abs=0.05)]
    assert run.settled[-1].text == "\n".join(LETTER)
    assert run.settled[-1].settled
    assert not run.settled[0].settled


@pytest.mark.parametrize("frames", [1, 20])
def test_one_frame_or_many_alike_give_the_readers_own_text(frames: int) -> None:
    rng = np.random.default_rng(0)

    def word() -> str:
        return "".join(rng.choice(list("aB1ij"), rng.integers(1, 5)))

    for _ in range(40):
        lines = [[word() for _ in range(rng.integers(1, 5))] for _ in range(rng.integers(0, 5))]
        reading = page_reading([" ".join(line) for line in lines])
        settler = Settler()
        for n in range(frames):
            settler.update(reading, n / 25)
        assert settler.finish() == reading.text


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("mistakes", "fps"),
    [
        (Mistakes(), 25),
        (Mistakes(crops=None), 25),
        (Mistakes(shake=60), 25),
        (Mistakes(), 8),
        (ROUGH, 25),
    ],
    ids=["shaky", "no crops", "very shaky", "slow", "rough"],
)
def test_pages_swapped(seed: int, mistakes: Mistakes, fps: float) -> None:
    frames = round(2 * HALF_S * fps)
    run = follow(readings([LETTER, OTHER], frames=frames, fps=fps, seed=seed, mistakes=mistakes))
    assert run.late_changes() <= max(0.01, 1 / frames)
    assert run.delay() <= 0.5
    assert run.error() <= 0.6 * run.frame_error()
    assert mean(s.settled for s in run.settled) > 0.85


def test_a_page_that_leaves_empties_the_text_and_comes_back() -> None:
    run = follow(readings([LETTER, [], LETTER], frames=225, seed=1))
    text_at = dict(zip([round(t, 2) for t in run.times], run.settled, strict=True))
    assert len(text_at[2.8].text) > 50
    assert text_at[3.48].text == ""
    assert text_at[3.48].settled
    assert len(text_at[6.48].text) > 50


@pytest.mark.parametrize(("first", "second"), [("3", "8"), ("no", "on"), ("rapid", "progress")])
def test_a_single_word_is_followed_and_replaced(first: str, second: str) -> None:
    frames = readings([[first], [second]], frames=150, seed=7, mistakes=Mistakes(wrong=0.03))
    run = follow(frames)
    assert run.settled[70].text == first
    assert run.settled[75 + 13].text == second
    assert run.settled[-1].text == second


def test_pages_with_a_line_in_common_are_two_pages() -> None:
    both = [LETTER[0], "modern society"], ["rapid", "With the rapid"]
    run = follow(readings(both, frames=150, seed=4, mistakes=Mistakes(wrong=0.05)))
    assert error_rate("\n".join(both[1]), run.settled[75 + 13].text) < 0.2


def test_the_camera_jumps_and_the_text_stays() -> None:
    near = list(readings([LETTER], frames=40, seed=2))
    far = list(readings([LETTER], frames=40, seed=2, at=(150, 190)))
    run = follow((r, n / 25, t) for n, (r, _, t) in enumerate(near + far))
    assert max(run.changes()) <= 1.0


def test_what_is_written_and_wiped_is_followed() -> None:
    pages = [["hello"], ["hello there"], ["hello"]]
    run = follow(readings(pages, frames=225, mistakes=Mistakes(0.02, 0.02, 0, 0.2, 0)))
    texts = {round(t, 2): s.text for t, s in zip(run.times, run.settled, strict=True)}
    assert texts[2.8] == "hello"
    assert texts[3.6] == "hello there"
    assert texts[6.8] == "hello"


def test_a_hand_over_a_third_of_the_page_changes_nothing_at_once() -> None:
    def covered(reading: Reading) -> Reading:
        return dataclasses.replace(reading, lines=reading.lines[:2])

    frames = list(readings([LETTER], frames=60, mistakes=NONE))
    run = follow((covered(r) if 40 <= n < 48 else r, t, w) for n, (r, t, w) in enumerate(frames))
    assert max(run.changes()) < 1.0


@pytest.mark.parametrize("frames", [3, 8])
def test_what_is_there_for_a_moment_does_not_show(frames: int) -> None:
    speck = Line(((Glyph("1", 0.9, (500, 400, 6, 30), (("1", 0.9),)),),))

    def touched(reading: Reading) -> Reading:
        return dataclasses.replace(reading, lines=(*reading.lines, speck))

    frames_ = list(readings([LETTER], frames=100, mistakes=NONE))
    run = follow(
        (touched(r) if 40 <= n < 40 + frames else r, t, w) for n, (r, t, w) in enumerate(frames_)
    )
    assert max(run.changes()) < 1.0


def test_lone_blurred_frames_do_not_show() -> None:
    frames = list(readings([LETTER], frames=100, seed=3))
    garbage = list(readings([["xX0"]], frames=100, seed=9, mistakes=ROUGH))
    mixed = (garbage[n] if n % 6 == 5 else frames[n] for n in range(100))
    run = follow((r, n / 25, w) for n, (r, _, w) in enumerate(mixed))
    assert max(run.changes()) < 1.0


def test_a_character_that_all_later_frames_read_otherwise_is_put_right() -> None:
    first, later = page_reading(["abcf 12"]), page_reading(["abc9 12"])
    frames = [first] * 30 + [later] * 120
    run = follow((reading, n / 25, "") for n, reading in enumerate(frames))
    assert run.settled[30].text == "abcf 12"
    assert run.settled[-1].text == "abc9 12"
    assert run.changes()[1:] == [pytest.approx(30 / 25 + 1.6, abs=1.2)]


def test_a_character_that_frames_are_divided_on_stays_as_it_is() -> None:
    one, other = page_reading(["abcl 12"]), page_reading(["abcI 12"])
    rng = np.random.default_rng(5)
    frames = [one if rng.random() < 0.5 else other for _ in range(400)]
    run = follow((reading, n / 25, "") for n, reading in enumerate(frames))
    assert all(t < 1.0 for t in run.changes())


def test_steadied_reading_keeps_places_and_takes_the_votes() -> None:
    frames = list(readings([LETTER], frames=60, seed=5, mistakes=Mistakes(wrong=0.2)))
    run = follow(frames)
    last, steady = frames[-1][0], run.settled[-1].reading
    assert [g.box for g in steady.glyphs] == [g.box for g in last.glyphs]
    truth = "\n".join(LETTER)
    assert error_rate(truth, steady.text) < error_rate(truth, last.text)
    assert all(0 <= g.confidence <= 1 for g in steady.glyphs)


def test_unreadable_glyphs_are_in_no_text() -> None:
    glyph = Glyph(None, 0.9, (10, 10, 20, 20), (("a", 0.6), ("o", 0.4)))
    settler = Settler()
    for n in range(20):
        settled = settler.update(Reading((Line(((glyph,),)),), (100, 100)), n / 25)
    assert settled.text == ""
    assert settled.reading.text == ""


@pytest.mark.parametrize("times", [[0.0] * 400, [-n / 25 for n in range(400)]])
def test_a_broken_clock_does_no_harm(times: list[float]) -> None:
    frames = readings([["hello"]], frames=400, mistakes=NONE)
    run = follow((r, t, w) for (r, _, w), t in zip(frames, times, strict=True))
    assert run.settled[-1].text == "hello"


def test_reset_forgets() -> None:
    settler = Settler()
    follow(readings([LETTER], frames=30), settler)
    settler.reset()
    assert settler.finish() == ""
    settled = settler.update(page_reading(["new"]), 0.0)
    assert settled.text == ""
    assert settler.finish() == "new"


def test_noise_without_end_does_not_pile_up() -> None:
    settler = Settler()
    noise = Mistakes(specks=40, crops=None)
    held = []  # bytes, after every tenth frame
    for n, (reading, time_s, _) in enumerate(readings([["hello"]], frames=220, mistakes=noise)):
        settler.update(reading, time_s)
        if n % 10 == 0:
            held.append(len(pickle.dumps(settler)))
    assert held[0] < max(held[5:10])
    assert max(held[15:]) < 1.5 * max(held[5:10])


def test_tilted_and_moved_frames_lie_on_the_same_page() -> None:
    """The map from page to frame is found, not only the shift."""
    reading = page_reading(LETTER)
    settler = Settler()
    for n in range(60):
        angle, scale = np.radians(0.2 * n), 1 + 0.004 * n
        seen = settler.update(_turned(reading, angle, scale), n / 25)
        assert seen.text in ("", "\n".join(LETTER))
        assert seen.settled == bool(seen.text), "a page that is not found again is not settled"
    assert settler.finish() == "\n".join(LETTER)


def _turned(reading: Reading, angle: float, scale: float) -> Reading:
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def turned(glyph: Glyph) -> Glyph:
        x, y, w, h = glyph.box
        cx, cy = turn @ (x + w / 2 - 320, y + h / 2 - 240) + (320, 240)
        box = (round(cx - w / 2), round(cy - h / 2), w, h)
        return dataclasses.replace(glyph, box=box)

    return reading.map(turned)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_on_its_side_or_head_settles_in_its_own_order(quarters: int) -> None:
    width, height = 1280, 720

    def turned(reading: Reading) -> Reading:
        def glyph(one: Glyph) -> Glyph:
            x, y, w, h = one.box
            boxes = [(height - y - h, x, h, w), (width - x - w, height - y - h, w, h)]
            return dataclasses.replace(one, box=[*boxes, (y, width - x - w, h, w)][quarters - 1])

        return reading.map(glyph, size=(width, height) if quarters == 2 else (height, width))

    still = page_reading(LETTER)
    settler = Settler()
    for n in range(20):
        text = settler.update(turned(still), n / 20).text
    assert text == still.text
