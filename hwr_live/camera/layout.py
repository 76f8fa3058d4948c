"""Where everything is in the camera's window: sizes in, rectangles out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwr_live.reading import Box, Glyph, Line
from hwr_live.ui.layout import possible
from hwr_live.ui.paint import text_width

Keys = tuple[tuple[str, str], ...]
"""Keys, and uses of the mouse, with what they do, the most needed first."""

KEYS: Keys = (
    ("Space", "freeze"),
    ("H", "help"),
    ("Esc", "quit"),
    ("S", "save"),
    ("click", "fix"),
    ("V", "view"),
    ("D", "set"),
    ("T", "copy"),
    ("R", "record"),
    ("M", "mirror"),
    ("N", "camera"),
    ("drag", "region"),
)
"""What the window shows of a camera or a video."""
_OF_VIDEOS = ("Space", "R", "N")  # of no use where a picture stands

_NARROWEST = 640
_FRAME_EDGE = (16, 90)  # what a window manager and a task bar take of the screen's width, height
_FONTS = (18, 16, 14, 13)  # pixels of an ordinary screen: the largest that fits
_LARGER = (28, 22)  # where a window that was made larger has much room; by eye
_WIDE = 68  # font sizes that a window is wide, at least, where there is a smaller font
_CROP_SIZES = (112, 84, 70, 56, 42, 28)  # pixels that a crop is shown at
_GAP = 8
_KEY_ROWS = 2  # of keys at the most, where one is too narrow for all
_KEY_SPACES = (2.0, 1.2)  # font sizes between a key's text and the next key; by eye
_ONE_ROW, _EACH_ROW = 2.0, 1.7  # font sizes that a row of keys is high, alone and among several


def legend_for(*, still: bool = False, paged: bool = False) -> Keys:
    """What the window shows of a camera or a video, of one picture, or of several that are turned
    over."""
    if not (still or paged):
        return KEYS
    turns = (("arrows", "turn over"),) if paged else ()
    return (*turns, *(entry for entry in KEYS if entry[0] not in _OF_VIDEOS))


@dataclass(frozen=True)
class CameraLayout:
    """The parts of a window; boxes in its pixels, none reaching over another.

    Attributes:
        size: width and height of the window.
        font: size of the panel's text.
        picture: where frames are shown.
        status: one line: what state the camera is in, what is amiss, how fast it is.
        text: the settled text.
        keys: one box for each key shown, as many as there is room for.
        legend: all that could be shown in them.
    """

    size: tuple[int, int]
    font: int
    picture: Box
    status: Box
    text: Box
    keys: tuple[Box, ...]
    legend: Keys = KEYS


@dataclass(frozen=True)
class Placement:
    """How frames of one size lie in the window: mirrored or not, scaled, then moved.

    Attributes:
        scale: pixels of the window for one of the frame.
        left: where the frame begins, in the window's pixels.
        top: the same downwards.
        size: of the frames, width and height.
        mirror: whether left and right change places.
    """

    scale: float
    left: int
    top: int
    size: tuple[int, int]
    mirror: bool = False

    def to_window(self, box: Box) -> Box:
        """A box of the frame in the window's pixels."""
        x, y, w, h = box
        if self.mirror:
            x = self.size[0] - x - w
        left, top = round(self.left + x * self.scale), round(self.top + y * self.scale)
        return (left, top, max(1, round(w * self.scale)), max(1, round(h * self.scale)))

    def to_frame(self, x: int, y: int) -> tuple[int, int]:
        """A pixel of the window in the frame's, at its nearest edge where it is outside."""
        width, height = self.size
        across, down = (x - self.left) / self.scale, (y - self.top) / self.scale
        if self.mirror:
            across = width - across
        return (min(max(0, int(across)), width), min(max(0, int(down)), height))


def arrange(
    frame: tuple[int, int], screen: tuple[int, int], legend: Keys = KEYS, scale: float = 1.0
) -> CameraLayout:
    """The layout for frames of a size: as large as they are, unless the screen is smaller.

    Args:
        frame: width and height of the frames.
        screen: width and height of the screen.
        legend: the keys to show.
        scale: how many pixels of the screen are one of an ordinary screen's.
    """
    room_w, room_h = (max(320, s - edge) for s, edge in zip(screen, _FRAME_EDGE, strict=True))
    narrowest = min(round(_NARROWEST * scale), room_w)
    for font in (round(size * scale) for size in _FONTS):
        for rows in range(1, _KEY_ROWS + 1):
            panel_h = _panel_height(font, rows)
            # Small frames are enlarged, so that the panel below has its room.
            larger = min(max(1.0, narrowest / frame[0]), room_w / frame[0])
            larger = min(larger, max(0.05, (room_h - panel_h) / frame[1]))
            picture_w, picture_h = round(frame[0] * larger), round(frame[1] * larger)
            width = max(picture_w, narrowest)
            if _key_rows(font, width, legend) <= rows:
                break
        if width >= font * _WIDE:
            break
    return _layout((width, picture_h + panel_h), font, legend)


def fill(size: tuple[int, int], legend: Keys = KEYS, scale: float = 1.0) -> CameraLayout:
    """The layout for a window that has another size than its frames would have it.

    Args:
        size: width and height of the window in pixels; the nearest that can be is taken.
        legend: the keys to show.
        scale: as for :func:`arrange`.
    """
    width, height = possible(size)
    # In a large window the text is larger, and in a low one the picture has at least half of it.
    fonts = [(round(font * scale), 4) for font in _LARGER] + [
        (round(font * scale), 2) for font in _FONTS
    ]

    def high(font: int) -> int:
        return _panel_height(font, _key_rows(font, width, legend))

    fits = (f for f, part in fonts if width >= f * _WIDE and high(f) <= height // part)
    smallest = next((f for f in range(fonts[-1][0], 8, -1) if high(f) <= height // 2), 8)
    return _layout((width, height), next(fits, smallest), legend)


def _layout(size: tuple[int, int], font: int, legend: Keys) -> CameraLayout:
    """The parts of a window: below the panel's parts, above as much picture as there is room."""
    width, height = size
    rows = _key_rows(font, width, legend)
    panel_h = _panel_height(font, rows)
    picture_h = height - panel_h
    line, text_h, keys_h = _heights(font, rows)
    margin = font
    top = picture_h + round(font * 0.5)
    status = (margin, top, width - 2 * margin, line)
    text = (margin, top + line + round(font * 0.3), width - 2 * margin, text_h)
    keys_y = picture_h + panel_h - keys_h - round(font * 0.4)
    return CameraLayout(
        size,
        font,
        (0, 0, width, picture_h),
        status,
        text,
        _key_boxes(font, (margin, keys_y, width - 2 * margin, keys_h), rows, legend),
        legend,
    )


def _heights(font: int, rows: int) -> tuple[int, int, int]:
    """Of the status line, the text and so many rows of keys."""
    keys = _ONE_ROW if rows == 1 else rows * _EACH_ROW
    return round(font * 1.9), round(font * 6.4), round(font * keys)


def _panel_height(font: int, rows: int) -> int:
    return sum(_heights(font, rows)) + round(font * 1.7)


def _key_rows(font: int, width: int, legend: Keys) -> int:
    """How many rows of keys there are in a window of a width."""
    return _keys_placed(font, width - 2 * font, legend)[-1][0] + 1


def _keys_placed(font: int, room: int, legend: Keys) -> list[tuple[int, int, int]]:
    """Row, left edge and width of each key, as many as find room; closer together where that lets
    all of them find it."""
    size = max(10, round(font * 0.82))
    caps = [max(round(size * 1.7), text_width(key, size, bold=True) + size) for key, _ in legend]
    texts = [text_width(text, size) for _, text in legend]
    placed: list[tuple[int, int, int]] = []
    for space in _KEY_SPACES:
        gap = round(size * space)
        placed = _in_rows([a + b + gap for a, b in zip(caps, texts, strict=True)], room)
        if len(placed) == len(legend):
            break
    return placed


def _in_rows(widths: Sequence[int], room: int) -> list[tuple[int, int, int]]:
    """Row, left edge and width of each of some things, as many as find room."""
    out: list[tuple[int, int, int]] = []
    row = left = 0
    for wide in widths:
        if left + wide > room and left:
            row, left = row + 1, 0
        if row == _KEY_ROWS:
            break
        out.append((row, left, wide))
        left += wide
    return out


def _key_boxes(font: int, area: Box, rows: int, legend: Keys) -> tuple[Box, ...]:
    x, y, width, height = area
    high = height // rows
    placed = _keys_placed(font, width, legend)
    return tuple((x + left, y + row * high, wide, high) for row, left, wide in placed)


def place(frame: tuple[int, int], area: Box, *, mirror: bool = False) -> Placement:
    """Frames of any size in the middle of the area, as large as fits, never cut."""
    x, y, w, h = area
    scale = min(w / frame[0], h / frame[1])
    left, top = x + round((w - frame[0] * scale) / 2), y + round((h - frame[1] * scale) / 2)
    return Placement(scale, left, top, frame, mirror)


def crop_cells(area: Box, lines: Sequence[Line], font: int) -> list[tuple[Box, Glyph]]:
    """Squares for the crops of all glyphs, each line in rows of its own, the largest that fit.

    A label, 1.4 font sizes high, is to stand below each. Where even the smallest are too many, the
    last glyphs have none.
    """
    x, y, w, h = area
    label, gap = round(font * 1.4), max(_GAP, font // 2)  # larger words need more between them
    rows: list[list[Glyph]] = []
    for side in _CROP_SIZES:
        columns = max(1, (w + gap) // (side + gap))
        rows = [
            list(line.glyphs[i : i + columns])
            for line in lines
            for i in range(0, len(line.glyphs), columns)
        ]
        if len(rows) * (side + label + gap) <= h:
            break
    fitting = max(0, h // (side + label + gap))
    return [
        ((x + column * (side + gap), y + row * (side + label + gap), side, side), glyph)
        for row, glyphs in enumerate(rows[:fitting])
        for column, glyph in enumerate(glyphs)
    ]
