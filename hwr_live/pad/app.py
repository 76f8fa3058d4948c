"""The drawing pad: write with the mouse, and see at once what is read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from hwr_live.errors import InputError
from hwr_live.pad.drawing import read_drawing, read_put_right
from hwr_live.pad.keeping import Keeping, keeping_folder
from hwr_live.pad.layout import arrange
from hwr_live.pad.program import Pad
from hwr_live.profiles.profile import Profile
from hwr_live.readers import AnyReader
from hwr_live.system.files import saving_folder
from hwr_live.system.memory import spare_what_is_loaded
from hwr_live.system.screen import known_screen
from hwr_live.system.terminal import tell
from hwr_live.ui.layout import window_for
from hwr_live.ui.paint import Theme
from hwr_live.ui.window import Window

TITLE = "hwr-live draw"


def run(
    reader: AnyReader,
    *,
    profile: Profile | None = None,
    size: tuple[int, int] | None = None,
    json: bool = False,
    save_dir: str | Path | None = None,
    drawing: str | Path | None = None,
    replay: bool = False,
    theme: Theme = "light",
    out: TextIO | None = None,
) -> int:
    """Opens the pad and stays until it is closed.

    At every Enter one reading is printed, an empty one too: its text, a line for each line of
    writing, and a newline; nothing comes between readings, so a program that reads several lines
    at a time is better served by ``json``, an object a line.

    Args:
        reader: reads the drawing, again after each stroke.
        profile: what the reader learns from, and where it keeps what the user puts right; without
            one nothing is kept.
        size: of the window, width and height in pixels, 320x240 or more; if None, one that suits
            the screen and the drawing. One that the screen has no room for is made smaller.
        json: print JSON objects and not text.
        save_dir: where the key S writes, and where writing is kept that is not saved at the end;
            if None S writes to the current folder, and only if it did is the rest kept.
        drawing: a JSON file that S wrote, to go on with.
        replay: write that drawing once more as it was written.
        theme: light or dark.
        out: where readings are printed; stdout if None.

    Returns:
        The exit status, 0.

    Raises:
        InputError: for a size that cannot be, a ``save_dir`` that is no folder, or a ``drawing``
            that is none.
        DeviceError: if there is no display.
    """
    spare_what_is_loaded()
    folder = saving_folder(save_dir)
    if replay and drawing is None:
        raise InputError("--replay needs a drawing: a JSON file that the pad's S wrote")
    paper = None if drawing is None else read_drawing(drawing)
    right = [] if drawing is None else read_put_right(drawing)
    if size is not None:
        arrange(size)  # a size that cannot be is told before a display is looked for
    far = None if paper is None else paper.reach
    size, scale = window_for(size, known_screen(), paper=far)
    with Pad(
        reader,
        size,
        json=json,
        folder=folder,
        out=out or sys.stdout,
        profile=profile,
        scale=scale,
        autosave=save_dir is not None,
        theme=theme,
        keeping=_keeping(),
    ) as pad:
        if paper is not None:
            pad.open(paper, replay=replay, right=right)
        with Window(TITLE, resizable=True) as window:
            window.on_mouse(pad.on_mouse)
            while not (window.closed or pad.closed):
                code = window.show(pad.picture(), pad.wait_ms)
                pad.on_key(code, window.capital)
                if window.size is not None:
                    pad.resize(window.size)
        pad.finish()
    return 0


def _keeping() -> Keeping | None:
    """What keeps unsaved writing; None where the user has no home folder, which is told."""
    try:
        return Keeping(keeping_folder())
    except InputError as error:
        tell(error)
        return None
