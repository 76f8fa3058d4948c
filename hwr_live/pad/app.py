"""The drawing pad: write with the mouse, and see at once what is read."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime
from json import dumps
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.errors import HwrError
from hwr_live.pad.hand import Hand
from hwr_live.pad.layout import arrange
from hwr_live.pad.state import Act, PadState
from hwr_live.pad.view import PadView
from hwr_live.profiles.corrections import Change, Correction
from hwr_live.profiles.files import GlyphInk
from hwr_live.profiles.learning import Learner
from hwr_live.profiles.profile import Profile, amount
from hwr_live.readers import AnyReader, TaughtReader, char_sets, next_chars
from hwr_live.reading import Reading
from hwr_live.recognition.adapt import MOST
from hwr_live.system.files import saving_folder, write_new
from hwr_live.ui.background import BackgroundReader, Job
from hwr_live.ui.errands import Errands, copy_text
from hwr_live.ui.paint import Image
from hwr_live.ui.pen import pen_for, tell_mouse
from hwr_live.ui.window import Window

TITLE = "hwr-live draw"

_BUSY_MS, _IDLE_MS = 2, 16  # how long a turn of the loop waits for a key


def run(
    reader: AnyReader,
    *,
    profile: Profile | None = None,
    size: tuple[int, int] = (960, 600),
    json: bool = False,
    save_dir: str | Path | None = None,
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
        size: of the window, width and height in pixels, 320x240 or more.
        json: print JSON objects and not text.
        save_dir: where the key S writes; the current folder if None.
        out: where readings are printed; stdout if None.

    Returns:
        The exit status, 0.

    Raises:
        InputError: for a size that cannot be, or a ``save_dir`` that is no folder.
        DeviceError: if there is no display.
    """
    folder = saving_folder(save_dir)
    with Pad(reader, size, json=json, folder=folder, out=out or sys.stdout, profile=profile) as pad:
        with Window(TITLE, resizable=True) as window:
            window.on_mouse(pad.on_mouse)
            while not (window.closed or pad.closed):
                code = window.show(pad.picture(), pad.wait_ms)
                pad.on_key(code, window.capital)
                if window.size is not None:
                    pad.resize(window.size)
        pad.finish()
    return 0


class Pad:
    """The pad without its window: a context manager that is told of mouse and keys.

    Args:
        reader: as for :func:`run`, and so are the others.
        size: of the picture.
        json: what is printed.
        folder: where S writes.
        out: where readings are printed.
        profile: learns.
        clock: gives the time in seconds.

    Attributes:
        state: all that is shown.
        closed: whether the user wants to go.
    """

    def __init__(
        self,
        reader: AnyReader,
        size: tuple[int, int],
        *,
        json: bool,
        folder: Path,
        out: TextIO,
        profile: Profile | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        layout = arrange(size)
        _, _, width, height = layout.drawing
        canvas = Canvas(width, height, pen_for(width, height))
        self.state = PadState(layout, canvas, chars=reader.chars, clock=clock)
        self._hand = Hand(self.state)
        self.closed = False
        self._view = PadView()
        self._learner = None if profile is None else Learner(profile, "pad")
        self._reader: AnyReader = TaughtReader(
            reader, profile.crops(MOST) if profile is not None else ()
        )
        if profile is not None:
            self.state.profile = profile.name
            known = amount(sample.char for sample in profile.samples)
            told = f"{profile.name} has {known}" if profile.samples else f"{profile.name} is new"
            self.state.say(told)
        self._sets = char_sets(reader)
        self._json, self._folder, self._out = json, folder, out
        self._asked = self.state.revision
        self._background: BackgroundReader[Act] = BackgroundReader()
        self._errands = Errands()
        self._learnt: SimpleQueue[list[tuple[str, GlyphInk]]] = SimpleQueue()
        self._wanted = 0  # readings that are wanted and not there yet

    def __enter__(self) -> Pad:
        self._background.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._background.close()
        self._errands.close()

    def finish(self) -> None:
        """Waits for what was asked for before the end: readings to print, files to write."""
        self._background.close()
        self._collect()
        self._errands.close()
        self._collect()

    @property
    def busy(self) -> bool:
        """Whether something is still to come: a reading, or the end of an errand."""
        return not self.state.fresh or self._wanted > 0 or self._errands.busy

    @property
    def wait_ms(self) -> int:
        """How long the window may wait for a key before it shows the next picture."""
        return _BUSY_MS if self.busy or self.state.pen.points or self.state.table else _IDLE_MS

    def picture(self) -> Image | None:
        """What to show now: uint8 (height, width, 3), or None where nothing has changed."""
        self._collect()
        self.state.tick()
        if not self.state.changed:
            return None
        self.state.changed = False
        return self._view.paint(self.state)

    def on_mouse(self, event: int, x: int, y: int, flags: int) -> None:
        """What OpenCV's mouse callback is told."""
        tell_mouse(self._hand, event, x, y, flags)
        self._go_on()

    def on_key(self, code: int, capital: bool | None = None) -> None:
        """A key, as :meth:`hwr_live.ui.window.Window.show` returns it; -1 is none.

        Args:
            code: of the key.
            capital: whether a letter is a capital one, if that is known.
        """
        self._hand.key(code, capital)
        self._go_on()

    def resize(self, size: tuple[int, int]) -> None:
        """The window has this size now, width and height in pixels."""
        self.state.resize(size)
        self._ask()

    def _go_on(self) -> None:
        """Has everything done that mouse and keys ask for."""
        self._learn()
        self._ask()
        acts, self.state.acts = self.state.acts, []
        for act in acts:
            if act is Act.QUIT:
                self.closed = True
            elif act is Act.CHARS:
                self._next_chars()
            elif self.state.fresh:
                self._do(act, self.state.canvas, self.state.reading)
            else:  # the drawing as it is now, whatever is drawn while it is read
                self._ask(act)

    def _ask(self, wanted: Act | None = None) -> None:
        """Has the drawing read, if it is not what was asked for last."""
        revision = self.state.revision
        if revision == self._asked and wanted is None:
            return
        self._asked = revision
        self._wanted += wanted is not None
        self._background.submit(Job(self._reader, self.state.canvas.copy(), revision, wanted))

    def _learn(self) -> None:
        """Has the profile, if there is one, take what was put right or taken back."""
        changes, self.state.fixes.changes = self.state.fixes.changes, []
        for change in changes if self._learner is not None else ():
            self._errands.start(self._learning(change))

    def _learning(self, change: Change) -> Callable[[], str]:
        learner = self._learner
        assert learner is not None

        def learn() -> str:
            done = learner.take(change)
            if done:
                self._learnt.put(learner.profile.crops(MOST))
            return done

        return learn

    def _collect(self) -> None:
        """Takes what the threads have done."""
        for job, reading in self._background.answers():
            self.state.take(reading, job.revision, job.drawing.strokes)
            if job.wanted is not None:
                self._wanted -= 1
                self._do(job.wanted, job.drawing, self.state.reading)
        while not self._learnt.empty():
            self._reader = self._reader.with_samples(self._learnt.get())
            self.state.read_anew()
            self._ask()
        for told, failed in self._errands.ended():
            self.state.say(told, warning=failed)

    def _do(self, act: Act, drawing: Canvas, reading: Reading) -> None:
        if act is Act.PRINT:
            text = dumps(_as_json(reading)) if self._json else reading.text
            print(text, file=self._out, flush=True)
            self.state.say("printed" if reading.text else "printed: nothing")
        elif act is Act.COPY:
            self._errands.start(lambda: copy_text(reading.text))
        elif act is Act.SAVE:
            picture = drawing.image
            fixes = self.state.fixes
            samples, fixes.unsaved = fixes.unsaved, []

            def keep() -> None:
                fixes.unsaved = samples + fixes.unsaved

            self._errands.start(lambda: _save(self._folder, picture, reading, samples), keep)

    def _next_chars(self) -> None:
        """The next set of characters that the model knows."""
        found = next_chars(self._reader, self._sets)
        if found is None:
            self.state.say("this model reads no others")
            return
        self._reader, chars = found
        self.state.set_chars(chars)
        self.state.say(f"reads {chars}")
        self._ask()


def _as_json(reading: Reading) -> dict[str, Any]:
    return {"source": "draw", "frame": 0, **reading.to_dict()}


def _save(
    folder: Path,
    picture: npt.NDArray[np.uint8],
    reading: Reading,
    corrections: list[Correction],
) -> str:
    """Writes the drawing, its reading and a picture of each corrected glyph; says what."""
    stem = f"pad-{datetime.now():%Y%m%d-%H%M%S}"
    done, data = cv2.imencode(".png", picture)
    if not done:
        raise HwrError("the drawing cannot be made a PNG file")
    told = dumps(_as_json(reading), indent=1).encode() + b"\n"
    picture_path, _ = write_new(folder, stem, {".png": data.tobytes(), ".json": told})
    samples = 0
    for correction in corrections:
        sample = correction.sample()
        if sample is not None:
            write_new(folder / "samples" / correction.label, picture_path.stem, {".png": sample})
            samples += 1
    more = f" and {samples} sample{'s' * (samples > 1)}" if samples else ""
    print(f"saved {picture_path}{more}", file=sys.stderr, flush=True)
    return f"saved {picture_path.name}{more}"
