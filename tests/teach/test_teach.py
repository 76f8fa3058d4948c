"""Teaching without a window: what is asked for, what mouse, keys and pauses do, what is kept."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hwr_live.chars import ALL
from hwr_live.errors import InputError
from hwr_live.profiles.profile import Profile
from hwr_live.teach import app as teach_module
from hwr_live.teach.app import Teach
from hwr_live.teach.layout import arrange
from hwr_live.teach.plan import MOST, ROUNDS, describe, plan
from hwr_live.teach.state import PAUSE_S
from hwr_live.teach.view import TeachView
from tests.support.fake_reader import FakeReader

ENTER, ESC, BACKSPACE = 13, 27, 8
SIZES = [(320, 240), (321, 611), (640, 480), (800, 300), (960, 600), (1920, 1080)]

Points = list[tuple[int, int]]
STROKE: Points = [(100, 150), (100, 260), (160, 260)]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes windows' programs with a clock that stands, and closes them."""
    open_: list[Teach] = []

    def make(
        chars: str = "2Zg",
        size: tuple[int, int] = (640, 480),
        where: Path | None = None,
        *,
        sure: float = 0.4,
    ) -> tuple[Teach, Profile, list[float]]:
        profile = Profile.open(where or tmp_path / "ann", new=True)
        reader = FakeReader(sure=sure)
        teach = Teach(reader, profile, chars=chars, size=size)
        now = [100.0]
        teach.state.clock = lambda: now[0]
        open_.append(teach.__enter__())
        return teach, profile, now

    yield make
    for teach in open_:
        teach.__exit__()


def draw(teach: Teach, points: Points = STROKE) -> None:
    teach.on_mouse(cv2.EVENT_LBUTTONDOWN, *points[0], cv2.EVENT_FLAG_LBUTTON)
    for point in points[1:]:
        teach.on_mouse(cv2.EVENT_MOUSEMOVE, *point, cv2.EVENT_FLAG_LBUTTON)
    teach.on_mouse(cv2.EVENT_LBUTTONUP, *points[-1], 0)
    read(teach)


def read(teach: Teach) -> None:
    """Waits until what is written has been read."""
    end = time.monotonic() + 20
    while teach.state.canvas.strokes and not teach.state.fresh:
        teach.picture()
        assert time.monotonic() < end
        time.sleep(0.001)
    teach.state.changed = True


def kept(profile: Profile) -> str:
    """The characters of the samples on disk, oldest first."""
    return "".join(s.char for s in Profile.open(profile.folder, new=True).samples)


# What is asked for


def test_three_rounds_of_what_is_confused_most_come_first() -> None:
    asked = plan(ALL, {})
    assert len(asked) == ROUNDS * MOST
    assert set(Counter(asked).values()) == {ROUNDS}
    assert asked[:MOST] == asked[MOST : 2 * MOST]
    assert set("2Z9gq6Gb5S1lI70O") <= set(asked[:MOST])


def test_what_the_profile_has_least_of_comes_before_all() -> None:
    counts = {char: 3 for char in ALL if char not in "wk"}
    assert set(plan(ALL, counts)[:2]) == {"w", "k"}
    assert set(plan(ALL, dict.fromkeys(plan(ALL, {}), 3))).isdisjoint(plan(ALL, {}))
    assert plan("7", {"7": 5}) == ["7"] * ROUNDS


def test_what_is_taken_for_something_taught_is_asked_for_first() -> None:
    assert plan(ALL, {"9": 3, "K": 1})[:3] == ["g", "q", "k"]


def test_every_character_is_told_from_those_that_look_like_it() -> None:
    told = [describe(char) for char in ALL]
    assert len(set(told)) == len(ALL)
    assert describe("g") == "small letter g"
    assert describe("l") == "small letter l (as in lake)"
    assert describe("0") == "digit 0 (zero)"


@pytest.mark.parametrize("size", SIZES)
def test_no_part_of_the_window_is_over_another(size: tuple[int, int]) -> None:
    layout = arrange(size)
    parts = [layout.prompt, layout.drawing, layout.progress, layout.note, *layout.keys]
    parts += [box for box in (layout.bars, layout.crops) if box[3] > 0]
    for x, y, w, h in parts:
        assert min(x, y) >= 0
        assert min(w, h) > 0
        assert x + w <= size[0]
        assert y + h <= size[1]
    for a, b in combinations(parts, 2):
        apart_x = a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0]
        apart_y = a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
        assert apart_x or apart_y, (a, b)
    assert layout.drawing[3] >= 0.6 * size[1]


@pytest.mark.parametrize(("chars", "size"), [("é", (960, 600)), ("all", (100, 100))])
def test_what_cannot_be_asked_for_is_refused(
    chars: str, size: tuple[int, int], tmp_path: Path
) -> None:
    with pytest.raises(InputError):
        teach_module.run(
            FakeReader(), Profile.open(tmp_path / "a", new=True), chars=chars, size=size
        )


# What is kept


def test_nothing_is_written_before_something_is_taught(made: Any) -> None:
    teach, profile, now = made()
    teach.picture()
    teach.on_key(ENTER)
    now[0] += 60
    teach.picture()
    assert teach.state.at == 0, "an empty sheet is no sample"
    teach.on_key(ESC)
    assert teach.closed
    assert not profile.exists
    assert teach.told() == "nothing was taught"


@pytest.mark.parametrize("key", [ENTER, ord(" ")])
def test_each_accepted_character_is_on_disk_at_once(made: Any, key: int) -> None:
    teach, profile, _ = made()
    for count, char in enumerate("2Zg2", 1):
        assert teach.state.char == char
        draw(teach)
        teach.on_key(key)
        assert kept(profile) == "2Zg2"[:count]
    (sample, *_) = Profile.open(profile.folder).samples
    assert sample.source == "teach"
    assert abs(sample.ink.shape[0] - 116) <= 3, "its natural size, without a margin"
    assert teach.told() == (
        "learnt 4 samples of 3 characters: 2 Z g; "
        f"ann has 4 samples of 3 characters, in {profile.folder}"
    )


def test_a_pause_accepts_but_not_within_a_character(made: Any) -> None:
    teach, profile, now = made()
    draw(teach)
    now[0] += PAUSE_S - 0.1
    teach.picture()
    draw(teach, [(100, 120), (103, 122)])  # the dot of an i
    now[0] += PAUSE_S - 0.1
    teach.picture()
    assert kept(profile) == ""
    assert teach.state.paused > 0.8
    teach.on_mouse(cv2.EVENT_LBUTTONDOWN, 200, 200, cv2.EVENT_FLAG_LBUTTON)
    now[0] += 30
    teach.picture()
    assert kept(profile) == "", "the pen is down"
    teach.on_mouse(cv2.EVENT_LBUTTONUP, 220, 220, 0)
    read(teach)
    now[0] += PAUSE_S + 0.1
    teach.picture()
    assert kept(profile) == "2"
    assert teach.state.char == "Z"
    assert teach.state.canvas.strokes == ()


def test_a_slip_of_the_mouse_is_no_character(made: Any) -> None:
    teach, profile, now = made("Z.")
    draw(teach, [(100, 150), (102, 151)])
    now[0] += 60
    teach.picture()
    teach.on_key(ENTER)
    assert kept(profile) == ""
    assert teach.state.note is not None
    assert teach.state.note.text == "write it larger"
    draw(teach)
    teach.on_key(ENTER)
    draw(teach, [(100, 150)])
    teach.on_key(ENTER)
    assert kept(profile) == "Z.", "but it is a full stop"


@pytest.mark.parametrize("way", ["enter", "pause"])
def test_a_plain_slip_is_asked_about_and_kept_if_it_was_meant(made: Any, way: str) -> None:
    """The reader is sure that all that is written is an a."""
    teach, profile, now = made("2a", sure=0.97)
    draw(teach)
    if way == "enter":
        teach.on_key(ENTER)
    now[0] += 60
    teach.picture()
    assert (teach.state.slip, kept(profile)) == ("a", "")
    now[0] += 60
    teach.picture()
    assert kept(profile) == "", "no pause answers"
    teach.on_key(ENTER)
    assert (teach.state.slip, kept(profile)) == (None, "2")
    assert teach.state.char == "a"
    draw(teach, [(100, 150), (100, 260)])
    teach.on_key(ENTER)
    assert kept(profile) == "2a", "what is as it should be is not asked about"


def test_a_slip_is_written_again_or_skipped_or_corrected(made: Any) -> None:
    teach, profile, _ = made(sure=0.97)
    draw(teach)
    teach.on_key(ENTER)
    teach.on_key(BACKSPACE)
    assert (teach.state.char, teach.state.slip, teach.state.canvas.strokes) == ("2", None, ())
    draw(teach)
    teach.on_key(ENTER)
    assert teach.state.slip == "a"
    draw(teach, [(200, 150), (240, 260)])
    assert teach.state.slip is None, "another stroke makes it another character"
    teach.on_key(ord("s"))
    assert (teach.state.char, kept(profile)) == ("Z", "")


def test_enter_before_the_reading_waits_for_it(made: Any) -> None:
    teach, profile, _ = made(sure=0.97)
    for point, event in ((STROKE[0], cv2.EVENT_LBUTTONDOWN), (STROKE[2], cv2.EVENT_LBUTTONUP)):
        teach.on_mouse(event, *point, cv2.EVENT_FLAG_LBUTTON)
    teach.on_key(ENTER)
    read(teach)
    teach.picture()
    assert (teach.state.slip, kept(profile)) == ("a", "")


def test_p_waits_for_enter(made: Any) -> None:
    teach, profile, now = made()
    teach.on_key(ord("p"))
    draw(teach)
    now[0] += 60
    teach.picture()
    assert kept(profile) == ""
    teach.on_key(ENTER)
    assert kept(profile) == "2"


def test_backspace_undoes_and_then_goes_back(made: Any) -> None:
    teach, profile, _ = made()
    teach.on_key(BACKSPACE)
    assert teach.state.char == "2"
    draw(teach)
    teach.on_key(ENTER)
    draw(teach)
    draw(teach)
    for left in (1, 0):
        teach.on_key(BACKSPACE)
        assert len(teach.state.canvas.strokes) == left
        assert (teach.state.char, kept(profile)) == ("Z", "2")
    teach.on_key(BACKSPACE)
    assert (teach.state.char, kept(profile)) == ("2", "")
    draw(teach)
    teach.on_key(ENTER)
    assert (teach.state.char, kept(profile)) == ("Z", "2")


def test_what_is_skipped_is_asked_for_no_more_unless_one_goes_back(made: Any) -> None:
    teach, profile, _ = made()
    teach.on_key(ord("s"))
    asked = []
    while teach.state.char is not None:
        asked.append(teach.state.char)
        draw(teach)
        teach.on_key(ENTER)
    assert asked == list("ZgZgZg")
    assert kept(profile) == "ZgZgZg"
    again, _, _ = made(where=profile.folder)
    again.on_key(ord("s"))
    again.on_key(BACKSPACE)
    assert again.state.char == "2", "what the profile lacks, and may have again"


def test_after_the_last_there_can_be_more(made: Any) -> None:
    teach, profile, _ = made("7")
    for _ in range(3):
        draw(teach)
        teach.on_key(ENTER)
    assert teach.state.char is None
    draw(teach)
    assert teach.state.canvas.strokes == ()
    teach.on_key(ENTER)
    assert teach.state.char == "7"
    draw(teach)
    teach.on_key(ENTER)
    assert kept(profile) == "7777"


def test_a_full_disk_is_said_and_what_is_written_stays(
    made: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    teach, profile, now = made()
    draw(teach)

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        teach.on_key(ENTER)
        assert teach.state.note is not None
        assert teach.state.note.warning
        now[0] += 60
        teach.picture()
    assert capsys.readouterr().err.count("No space left") == 1, "and not again and again"
    assert (teach.state.char, len(teach.state.canvas.strokes)) == ("2", 1)
    teach.on_key(ENTER)
    assert kept(profile) == "2"


def test_the_reader_learns_while_one_teaches(made: Any) -> None:
    teach, _, _ = made("Z")
    for _ in range(2):
        draw(teach)
        end = time.monotonic() + 10
        while not teach.state.reading.glyphs:
            teach.picture()
            assert time.monotonic() < end
            time.sleep(0.001)
        read = teach.state.reading.text
        teach.on_key(ENTER)
    assert read == "Z", "at first it was an a"


# What is shown


@pytest.mark.parametrize("size", SIZES)
def test_every_state_can_be_painted_at_every_size(made: Any, size: tuple[int, int]) -> None:
    teach, _, now = made("Il0Og", size)
    x, y, w, h = teach.state.layout.drawing
    stroke = [(x + w // 3, y + h // 4), (x + w // 2, y + h // 2)]
    seen = [np.array(teach.picture())]
    teach.on_mouse(cv2.EVENT_LBUTTONDOWN, *stroke[0], cv2.EVENT_FLAG_LBUTTON)
    teach.on_mouse(cv2.EVENT_MOUSEMOVE, *stroke[1], cv2.EVENT_FLAG_LBUTTON)
    seen.append(np.array(teach.picture()))
    teach.on_mouse(cv2.EVENT_LBUTTONUP, *stroke[1], 0)
    now[0] += PAUSE_S * 0.7
    seen.append(np.array(teach.picture()))
    for _ in range(14):
        teach.on_key(ENTER)
        draw(teach, stroke)
    seen.append(np.array(teach.picture()))
    teach.on_key(ENTER)
    seen.append(np.array(teach.picture()))
    teach.on_key(ord("p"))
    seen.append(np.array(teach.picture()))
    assert all(frame.shape == (size[1], size[0], 3) for frame in seen)
    for a, b in combinations(seen, 2):
        assert (a != b).any()


def test_nothing_is_painted_while_nothing_happens(made: Any) -> None:
    teach, _, now = made()
    assert teach.picture() is not None
    now[0] += 60
    assert teach.picture() is None
    teach.on_mouse(cv2.EVENT_MOUSEMOVE, 100, 100, 0)
    assert teach.picture() is None


def test_strokes_begin_on_the_paper_only(made: Any) -> None:
    teach, _, _ = made()
    for start in ((50, 20), (600, 200)):
        draw(teach, [start, (200, 300)])
        assert teach.state.canvas.strokes == ()
    draw(teach, [(200, 300), (600, 20)])
    picture = teach.picture()
    assert picture is not None
    assert len(teach.state.canvas.strokes) == 1
    np.testing.assert_array_less(100, picture[300, 500], "no ink in the panel")


def test_paper_grows_with_the_window_and_ink_stays_in_its_place(made: Any) -> None:
    teach, profile, _ = made("2")
    draw(teach)
    before = teach.state.canvas.image
    teach.resize((1200, 900))
    picture = teach.picture()
    assert picture is not None
    assert picture.shape == (900, 1200, 3)
    np.testing.assert_array_equal(
        teach.state.canvas.image[: before.shape[0], : before.shape[1]], before
    )
    read(teach)
    teach.picture()
    teach.resize((1200, 900))
    assert teach.picture() is None, "nothing has changed"
    teach.resize((10, 10))
    assert teach.state.layout.size == (320, 240)
    assert teach.state.canvas.extent == (163, 167), "what is out of sight stays"
    read(teach)
    teach.on_key(ENTER)
    while not profile.samples:
        teach.picture()


def test_the_dark_theme_is_dark_and_shows_what_was_taught_as_it_was(made: Any) -> None:
    teach, _, _ = made("2Z")
    draw(teach)
    teach.on_key(ENTER)
    day, night = (TeachView("ann", theme) for theme in ("light", "dark"))
    light, dark = day.paint(teach.state), night.paint(teach.state)
    assert np.median(light) > 240
    assert np.median(dark) < 50
    (x, y, w, h), *_ = teach.state.layout.crop_cells(1)
    np.testing.assert_array_equal(light[y : y + h, x : x + w], dark[y : y + h, x : x + w])
