"""The camera window's state, layout and picture: nothing to show first, then every key and size."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

from hwr_live.camera.layout import KEYS, arrange, crop_cells, fill, place
from hwr_live.camera.report import Report
from hwr_live.camera.state import Act, CameraState, dragged
from hwr_live.camera.status import text_block
from hwr_live.camera.view import CameraView, paint_camera
from hwr_live.media.frames import Frame, FrameSource
from hwr_live.reading import Box, Glyph, Line
from hwr_live.system.screen import screen_size
from hwr_live.ui.paint import POOR
from hwr_live.ui.table import table_for
from tests.support.readings import page_reading

SIZES = [(640, 480), (1280, 720), (1920, 1080), (320, 240), (720, 1280), (4000, 3000), (64, 48)]
SCREENS = [(1920, 1080), (1366, 768), (2560, 1440), (800, 600)]


def state(
    size: tuple[int, int] = (640, 480), screen: tuple[int, int] = (1920, 1080)
) -> CameraState:
    return CameraState(arrange(size, screen), live=True, chars="all")


def filled(size: tuple[int, int] = (640, 480), text: str = "hello") -> CameraState:
    shown = state(size)
    shown.image = np.full((size[1], size[0], 3), 200, np.uint8)
    reading = page_reading(text.split("\n"), size=24)
    frame = Frame(shown.image, 0, 0.0)
    shown.report = Report("0", frame, reading, reading, text, True)
    return shown


def inside(inner: Box, outer: Box) -> bool:
    x, y, w, h = inner
    left, top, width, height = outer
    return left <= x and top <= y and x + w <= left + width and y + h <= top + height


def apart(a: Box, b: Box) -> bool:
    return a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("size", SIZES)
def test_nothing_overlaps_and_all_is_on_the_screen(
    size: tuple[int, int], screen: tuple[int, int]
) -> None:
    layout = arrange(size, screen)
    boxes = [layout.picture, layout.status, layout.text, *layout.keys]
    window = (0, 0, *layout.size)
    assert all(inside(box, window) for box in boxes)
    assert all(apart(a, b) for a, b in itertools.combinations(boxes, 2))
    assert layout.size[0] <= screen[0]
    assert layout.size[1] <= screen[1]
    assert layout.size[0] >= 600
    assert len(layout.keys) >= 3
    assert layout.picture[2] / layout.picture[3] >= size[0] / size[1] * 0.99


def test_a_frame_that_fits_is_shown_pixel_by_pixel() -> None:
    assert arrange((1280, 720), (1920, 1080)).picture == (0, 0, 1280, 720)
    assert arrange((640, 480), (1920, 1080)).picture == (0, 0, 640, 480)


@pytest.mark.parametrize("mirror", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_mouse_and_boxes_agree(size: tuple[int, int], mirror: bool) -> None:
    placement = place(size, (0, 0, 800, 600), mirror=mirror)
    for x, y in [(0, 0), (size[0] // 2, size[1] // 3), (size[0] - 1, size[1] - 1)]:
        left, top, _, _ = placement.to_window((x, y, 1, 1))
        back = placement.to_frame(left, top)
        slack = 1 / placement.scale + 1
        assert abs(back[0] - x) <= slack
        assert abs(back[1] - y) <= slack
    assert placement.to_frame(-100, -100) == ((size[0] if mirror else 0), 0)
    assert placement.to_frame(9999, 9999) == ((0 if mirror else size[0]), size[1])


def test_keys_do_what_they_say() -> None:
    shown = state()
    assert shown.key(ord("x")) is None
    assert shown.key(-1) is None
    assert [shown.key(ord(k)) for k in "stdnr"] == [
        *(Act.SAVE, Act.COPY, Act.CHARS, Act.NEXT, Act.RECORD)
    ]
    assert shown.key(ord(" ")) is Act.FREEZE
    assert shown.frozen
    shown.key(ord(" "))
    assert not shown.frozen
    views = [(shown.key(ord("v")), shown.view) for _ in range(3)]
    assert views == [(Act.INK, "ink"), (None, "crops"), (None, "frame")]
    shown.key(ord("h"))
    assert shown.help
    assert shown.key(27) is None
    assert not shown.help
    assert shown.key(27) is Act.QUIT


def test_a_drag_makes_a_region_and_a_click_takes_it_back() -> None:
    shown = state()
    shown.press(10, 10)
    assert shown.drag is None  # nothing is shown yet
    shown.image = np.zeros((480, 640, 3), np.uint8)
    shown.press(100, 500)
    assert shown.drag is None  # below the picture
    assert shown.release(100, 500) is None
    shown.press(300, 200)
    shown.move(100, 100)
    assert shown.release(90, 700) is Act.READ_AGAIN
    assert shown.region == (90, 200, 210, 280)
    shown.press(5, 5)
    assert shown.release(7, 9) is Act.READ_AGAIN
    assert shown.region is None
    shown.press(5, 5)
    assert shown.release(7, 9) is Act.HINT, "a click of the live picture asks for nothing"
    shown.region = (1, 2, 30, 40)
    assert shown.key(ord("m")) is None
    assert (shown.mirror, shown.region) == (True, (1, 2, 30, 40)), "what is read stays"
    shown.mirror = False
    shown.region = None
    shown.press(5, 5)
    shown.frozen = True
    assert shown.release(7, 9) is None


def test_dragged_in_any_direction() -> None:
    assert {dragged(c) for c in [(1, 2, 5, 9), (5, 9, 1, 2), (1, 9, 5, 2)]} == {(1, 2, 4, 7)}


class Video(FrameSource):
    """No camera, so it is never silent."""

    def __init__(self) -> None:
        super().__init__("video", 25.0)

    def __iter__(self) -> Iterator[Frame]:
        return iter(())


def test_notes_go_away() -> None:
    shown = state()
    source = Video()
    shown.say("saved", 10.0)
    shown.tick(12.0, source)
    assert shown.note is not None
    shown.tick(13.5, source)
    assert shown.note is None


def test_the_rate_is_of_the_last_two_seconds() -> None:
    shown = state()
    shown.tick(0.0, Video())
    assert shown.fps == 0
    for n in range(50):
        shown.rate.tick(n / 25)
    shown.tick(2.0, Video())
    assert shown.fps == pytest.approx(25)
    shown.tick(10.0, Video())
    assert shown.fps == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", ["frame", "ink", "crops"])
def test_every_state_can_be_painted(view: str, size: tuple[int, int]) -> None:
    for shown in (state(size), filled(size), filled(size, "a\nb" * 40)):
        shown.view = view
        picture = paint_camera(shown)
        assert picture.shape == (shown.layout.size[1], shown.layout.size[0], 3)
        assert picture.dtype == np.uint8
        shown.ink = None if shown.image is None else shown.image[:, :, 0].copy()
        shown.help = shown.frozen = shown.mirror = True
        shown.recording_s, shown.silence_s, shown.age_s = 61.0, 3.0, 0.1
        shown.region, shown.drag = (10, 10, 20, 20), (0, 0, 30, 30)
        shown.chars = "0123456789" * 9
        shown.say("saved " + "x" * 300, 0.0)
        assert paint_camera(shown).shape == picture.shape


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(0, 0), (320, 240), (640, 480), (1000, 300), (2560, 1440)])
def test_a_window_of_any_size_is_filled_and_nothing_overlaps(
    size: tuple[int, int], scale: float
) -> None:
    layout = fill(size, KEYS, scale)
    assert layout.size == (max(320, size[0]), max(240, size[1]))
    boxes = [layout.picture, layout.status, layout.text, *layout.keys]
    assert all(inside(box, (0, 0, *layout.size)) for box in boxes)
    assert all(apart(a, b) for a, b in itertools.combinations(boxes, 2))
    assert layout.picture[3] >= layout.size[1] / 2 - 8
    assert layout.keys


def test_another_size_shows_the_whole_picture_and_clicks_find_it() -> None:
    shown = filled()
    assert shown.resize((1200, 900))
    assert not shown.resize((1200, 900))
    picture = paint_camera(shown)
    assert picture.shape == (900, 1200, 3)
    x, y, w, h = shown.placement.to_window((0, 0, 640, 480))
    assert inside((x, y, w, h), shown.layout.picture)
    assert max(w / shown.layout.picture[2], h / shown.layout.picture[3]) > 0.99
    middle = shown.placement.to_frame(x + w // 2, y + h // 2)
    assert middle == pytest.approx((320, 240), abs=1)


def test_a_finer_screen_gives_the_same_window_in_more_pixels() -> None:
    plain, fine = arrange((640, 480), (1920, 1080)), arrange((640, 480), (3840, 2160), KEYS, 2.0)
    assert fine.font == 2 * plain.font
    assert fine.picture[2] == pytest.approx(2 * plain.picture[2], abs=2)
    assert len(fine.keys) == len(plain.keys)


@pytest.mark.parametrize("view", ["frame", "ink"])
def test_in_the_dark_all_but_the_picture_is_dark(view: str) -> None:
    shown = filled()
    shown.view, shown.ink = view, np.zeros((480, 640), np.uint8)
    day, night = paint_camera(shown).copy(), paint_camera(shown, None, "dark").copy()
    top = shown.layout.picture[3]
    np.testing.assert_array_equal(night[:top], day[:top])
    assert np.median(day[top:]) > 230
    assert np.median(night[top:]) < 50


def test_in_the_dark_the_table_and_the_help_are_dark_and_go_without_a_trace() -> None:
    shown, view = filled(), CameraView("dark")
    shown.frozen = True
    before = view.paint(shown).copy()
    glyph = shown.report.steady.glyphs[0] if shown.report is not None else None
    assert glyph is not None
    shown.right.ask(glyph, table_for(glyph.box, glyph.chances, shown.layout.picture, 14))
    assert shown.right.table is not None
    x, y, w, h = shown.right.table.box
    table = view.paint(shown).copy()
    assert np.median(table[y : y + h, x : x + w]) < 60
    outside = np.ones(before.shape[:2], bool)
    outside[: y + h + 2] = False  # there the glyph that is asked about is marked
    np.testing.assert_array_equal(table[outside], before[outside])
    shown.right.close()
    shown.help = True
    assert np.median(view.paint(shown)[:480]) < np.median(before[:480])
    shown.help = False
    np.testing.assert_array_equal(view.paint(shown), before)


def test_crops_are_shown_as_the_network_sees_them_in_the_dark_too() -> None:
    shown = filled()
    shown.view = "crops"
    day, night = paint_camera(shown).copy(), paint_camera(shown, None, "dark").copy()
    assert np.median(night[:480]) < 50 < np.median(day[:480])


def test_painting_leaves_the_frame_alone() -> None:
    shown = filled()
    assert shown.image is not None
    before = shown.image.copy()
    shown.region = (50, 50, 100, 100)
    paint_camera(shown)
    assert (shown.image == before).all()


def test_a_frame_of_another_shape_is_shown_whole() -> None:
    shown = filled((640, 480))
    shown.image = np.full((960, 320, 3), 99, np.uint8)
    shown.report = None
    area = paint_camera(shown)[:480, :640]
    rows, columns = np.nonzero((area == 99).all(2))
    assert (rows.min(), rows.max()) == (0, 479)
    assert (columns.min(), columns.max()) == (240, 399)


def test_a_mirror_shows_the_picture_and_its_boxes_mirrored_and_reads_nothing_else() -> None:
    shown = filled()
    shown.image = np.tile(np.arange(640, dtype=np.uint16) // 3, (480, 1)).astype(np.uint8)
    shown.image = np.repeat(shown.image[:, :, None], 3, axis=2)
    plain = paint_camera(shown)[:480, :640].copy()
    report = shown.shown
    assert shown.key(ord("m")) is None
    mirrored = paint_camera(shown)[:480, :640].copy()
    assert shown.shown is report
    shown.report = None
    bare = paint_camera(shown)[:480, :640]
    assert (bare[:, ::-1] == shown.image).all()
    assert ((mirrored != bare).any(2)[:, ::-1] == (plain != shown.image).any(2)).mean() > 0.97


def test_boxes_follow_the_motion() -> None:
    shown = filled()
    still = paint_camera(shown)
    shown.motion = np.array([(1.0, 0, 64), (0, 1, 0)])
    moved = paint_camera(shown)
    assert (np.roll(still[:480, :500], 64, axis=1)[:, 64:] == moved[:480, 64:500]).mean() > 0.99


def test_what_is_amiss_is_said_in_warning_colour() -> None:
    shown = filled()
    x, y, w, h = shown.layout.status

    def warns() -> bool:
        part = paint_camera(shown)[y : y + h, x + w // 4 : x + w // 2]
        return bool((np.abs(part.astype(int) - POOR).sum(2) < 30).any())

    assert not warns()
    shown.advice = "too dark: turn on a light"
    assert warns()
    shown.advice = ""
    shown.silence_s = 2.5
    assert warns()


@pytest.mark.parametrize("count", [0, 1, 4, 8, 40])
def test_text_fits_its_plate(count: int) -> None:
    lines = ["With the rapid progress of modern society"] * count
    block = text_block("\n".join(lines), (600, 90), 13, True)
    dark = (block.max(2) < 140).any(0), (block.max(2) < 140).any(1)
    assert block.shape == (90, 600, 3)
    assert bool((block.max(2) < 90).any()) == bool(count)  # grey says that there is nothing
    for edge in (dark[0][:6], dark[0][-6:], dark[1][:3], dark[1][-3:]):
        assert not edge.any()


def test_unsettled_text_looks_so() -> None:
    settled, pending = (text_block("hello", (600, 90), 13, s) for s in (True, False))
    assert settled.min() < pending.min()


@pytest.mark.parametrize("count", [0, 1, 30, 400])
def test_crops_stay_in_their_area(count: int) -> None:
    glyphs = tuple(
        Glyph("a", 0.9, (0, 0, 9, 9), (), np.zeros((28, 28), np.uint8)) for _ in range(count)
    )
    lines = [Line((glyphs[i : i + 20],)) for i in range(0, count, 20)]
    cells = crop_cells((10, 30, 600, 400), lines, 13)
    assert len(cells) == count or count > 100
    assert all(inside((x, y, w, h + 18), (10, 30, 600, 400)) for (x, y, w, h), _ in cells)
    assert all(apart(a, b) for (a, _), (b, _) in itertools.combinations(cells[:60], 2))


@pytest.mark.parametrize("scale", [1.0, 2.0])
@pytest.mark.parametrize("size", [(480, 360), (640, 480), (800, 600), (1280, 800), (2560, 1440)])
def test_all_keys_have_their_box_from_small_windows_on(size: tuple[int, int], scale: float) -> None:
    assert len(fill(size, KEYS, scale).keys) == len(KEYS)
    frame, screen = (640, 480), (max(960, size[0]), max(600, size[1]))
    assert len(arrange(frame, screen).keys) == len(KEYS)


def test_one_row_of_keys_where_it_holds_them_all() -> None:
    wide, narrow = fill((1600, 900)), fill((640, 480))
    assert len({y for _, y, _, _ in wide.keys}) == 1
    assert len({y for _, y, _, _ in narrow.keys}) == 2


def test_screen_has_a_size() -> None:
    assert min(screen_size()) >= 100
