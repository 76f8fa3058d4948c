"""What the layouts of windows to write in share: a drawing area with a panel at its right side."""

from __future__ import annotations

from hwr_live.errors import InputError
from hwr_live.reading import Box
from hwr_live.system.screen import Screen
from hwr_live.system.terminal import tell

SMALLEST = (320, 240)
"""Width and height of the smallest window, in pixels."""
LARGEST = 8192
"""Pixels of the longest side: a typing slip must not ask for gigabytes."""

_SIZE = (960, 600)  # of a new window, in pixels of an ordinary screen

CROP = 28
"""Pixels of a crop's side as the network gets it, and the least that it is shown at."""
_CROP_SIZES = (112, 84, 56, 42, CROP)  # pixels that a crop is shown at: the largest that fits all
GAP = 6
"""Pixels between two crops at the least, by eye."""


class Captioned:
    """Of a layout: its parts have captions at their upper ends.

    Attributes:
        font: size of the panel's text, in pixels.
        crops: what the network sees, or has seen.
    """

    font: int
    crops: Box

    @property
    def caption(self) -> int:
        """Height of a part's caption."""
        return round(self.font * 1.6)

    @property
    def label(self) -> int:
        """Height of what stands below a crop."""
        return round(self.font * 1.4)

    def below_caption(self, box: Box) -> Box:
        """A part without its caption."""
        x, y, w, h = box
        return (x, y + self.caption, w, h - self.caption)

    def crop_cells(self, count: int) -> list[Box]:
        """Squares for the last ``count`` crops, as many as fit, see :func:`crop_cells`."""
        return crop_cells(self.crops, self.caption, self.label, count)


def crop_cells(box: Box, caption: int, label: int, count: int) -> list[Box]:
    """Squares for ``count`` crops, the largest that fit; fewer if even the smallest do not.

    Args:
        box: where they may be.
        caption: pixels at its upper end that are taken.
        label: height of what is to stand below each.
        count: how many are wanted.
    """
    x, y, width, height = box
    y, height = y + caption, height - caption
    gap = max(GAP, caption // 4)  # larger words need more between them
    for side in _CROP_SIZES:
        columns = (width + gap) // (side + gap)
        rows = (height + gap) // (side + label + gap)
        if columns * rows >= count or side == _CROP_SIZES[-1]:
            return [
                (
                    x + (side + gap) * (i % columns),
                    y + (side + label + gap) * (i // columns),
                    side,
                    side,
                )
                for i in range(min(count, max(0, columns * rows)))
            ]
    return []


def panel_size(size: tuple[int, int], scale: float = 1.0) -> tuple[int, int]:
    """Width of the panel at a window's right side, and the size of its font, in pixels.

    Args:
        size: of the window, width and height in pixels.
        scale: how many pixels of the screen are one of an ordinary screen's.

    Raises:
        InputError: for a window too small to hold it, or larger than any screen.
    """
    width, height = size
    if width < SMALLEST[0] or height < SMALLEST[1] or max(size) > LARGEST:
        raise InputError(
            f"a pad of {width}x{height} pixels is too {'large' if max(size) > LARGEST else 'small'}"
            f"; it can be {SMALLEST[0]}x{SMALLEST[1]} to {LARGEST}x{LARGEST}"
        )
    panel_width = min(width * 2 // 5, max(round(384 * scale), width // 4))
    font = max(11, min(round(36 * scale), round(14 * min(panel_width / 384, height / 600))))
    return panel_width, max(12, font) if panel_width >= 230 else font


def possible(size: tuple[int, int]) -> tuple[int, int]:
    """The size that is nearest to one among those that a window can have."""
    width, height = (
        max(least, min(LARGEST, side)) for side, least in zip(size, SMALLEST, strict=True)
    )
    return width, height


def window_for(
    size: tuple[int, int] | None,
    screen: Screen | None,
    *,
    paper: tuple[int, int] | None = None,
    name: str = "the pad",
) -> tuple[tuple[int, int], float]:
    """The size of a new window, and how many pixels of the screen are one of an ordinary one's.

    Args:
        size: what was asked for; told on stderr if the screen has no room for it.
        screen: None where nothing is known of it.
        paper: how far to the right and down a drawing reaches that is to be seen all.
        name: what the window is called there.
    """
    scale = 1.0 if screen is None else screen.scale
    wanted = size
    if wanted is None:
        width, height = round(_SIZE[0] * scale), round(_SIZE[1] * scale)
        if paper is not None:
            height = max(height, paper[1])
            while width - panel_size(possible((width, height)), scale)[0] < paper[0] < LARGEST:
                width += 8
        wanted = possible((width, height))
    if screen is None or (wanted[0] <= screen.size[0] and wanted[1] <= screen.size[1]):
        return wanted, scale
    fitting = possible(screen.fitting(wanted))
    if size is not None:
        wide, high = screen.size
        tell(f"the screen has {wide}x{high} pixels: {name} has {fitting[0]}x{fitting[1]}")
    return fitting, scale


def in_columns(box: Box, columns: int, height: int) -> tuple[Box, ...]:
    """As many boxes of a height as a box holds in so many columns, row by row."""
    x, y, w, h = box
    width = w // columns
    return tuple(
        (x + width * (i % columns), y + height * (i // columns), width, height)
        for i in range(columns * (h // height))
    )


def inside(box: Box, x: float, y: float) -> bool:
    """Whether a point is in a box."""
    return box[0] <= x < box[0] + box[2] and box[1] <= y < box[1] + box[3]
