"""The pad without its window: told of mouse and keys, with threads that read and save."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from json import dumps
from pathlib import Path
from typing import TextIO

import cv2

from hwr_live.canvas import Canvas
from hwr_live.errors import HwrError, InputError
from hwr_live.pad.drawing import later, read_drawing
from hwr_live.pad.hand import Hand
from hwr_live.pad.keeping import Keeping, written_at
from hwr_live.pad.layout import arrange
from hwr_live.pad.replay import Replay
from hwr_live.pad.saving import reading_to_json, save
from hwr_live.pad.state import Act, PadState
from hwr_live.pad.view import PadView
from hwr_live.profiles.learning import Learner, Learning
from hwr_live.profiles.profile import Profile, amount
from hwr_live.readers import AnyReader, TaughtReader, char_sets, next_chars
from hwr_live.reading import Box, Reading
from hwr_live.recognition.adapt import MOST
from hwr_live.stroke import Stroke
from hwr_live.system.terminal import tell
from hwr_live.ui.background import BackgroundReader, Job
from hwr_live.ui.errands import Errands, copy_text
from hwr_live.ui.paint import Image, Theme
from hwr_live.ui.pen import pen_for, tell_mouse

_BUSY_MS, _IDLE_MS = 1, 16  # how long a turn of the loop waits for a key; Qt waits 2 ms more
# Seconds in which a turn waits for a reading, which is then shown at once and not after the next
# turn's wait for a key; a mouse tells where it is every 8 ms.
_READ_S = 0.004


class Pad:
    """The pad without its window: a context manager that is told of mouse and keys.

    Args:
        reader: as for :func:`hwr_live.pad.app.run`, and so are the others.
        size: of the picture.
        json: what is printed.
        folder: where S writes.
        out: where readings are printed.
        profile: learns.
        scale: how many pixels of the screen are one of an ordinary screen's.
        autosave: whether writing that is not saved is written at the end; it is once S was used.
        theme: light or dark.
        keeping: keeps what is not saved while the pad is open; nothing does if None.
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
        scale: float = 1.0,
        autosave: bool = False,
        theme: Theme = "light",
        keeping: Keeping | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        layout = arrange(size, scale)
        _, _, width, height = layout.drawing
        canvas = Canvas(width, height, pen_for(width, height, scale))
        self.state = PadState(layout, canvas, chars=reader.chars, clock=clock, scale=scale)
        self._autosave = autosave
        self._keeping = keeping
        if keeping is not None and keeping.left:
            self.state.offer = written_at(keeping.left[0])
            tell(
                f"writing of {self.state.offer} was not saved: the key O opens it, "
                f"or hwr-live draw {keeping.left[0]}"
            )
        self._saved: tuple[Stroke, ...] = ()
        self._replay: Replay | None = None
        self._right: Sequence[tuple[Box, str | None]] = ()  # of a drawing that is not read yet
        self._hand = Hand(self.state)
        self.closed = False
        self._view = PadView(theme)
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
        self._learning = (
            None if profile is None else Learning(Learner(profile, "pad"), self._errands, MOST)
        )
        self._wanted = 0  # readings that are wanted and not there yet

    def __enter__(self) -> Pad:
        self._background.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._background.close()
        self._errands.close()
        if self._keeping is None:
            return
        self._errands.ended()  # what could not be saved is unsaved
        strokes = self.state.canvas.strokes
        if kind is None or strokes == self._saved:
            self._keeping.end()
        else:
            # Something broke off the end: what was written since it was last kept is kept, too.
            try:
                self._keeping.write(self.state.canvas, strokes)
            except HwrError as error:
                tell(error)

    def open(
        self,
        drawing: Canvas,
        *,
        replay: bool = False,
        right: Sequence[tuple[Box, str | None]] = (),
    ) -> None:
        """Goes on with a drawing; undo takes its strokes back, too.

        Args:
            drawing: as it was saved.
            replay: whether it is written once more as it was written.
            right: boxes of its glyphs that were put right, and what they are.
        """
        self._right = right
        now = self.state.clock()
        self._saved = tuple(later(drawing.strokes, now))
        self._replay = Replay(self._saved, now)
        if not replay:
            self._stop_replay()
        self._ask()

    def _stop_replay(self) -> None:
        """All of the drawing is there now."""
        if self._replay is not None:
            self._replay.finish(self.state)
            self._replay = None

    def finish(self) -> None:
        """Waits for what was asked for before the end: readings to print, files to write. Writing
        that is not saved yet is, where it is known where to."""
        self._stop_replay()
        self._background.close()
        self._collect()
        state, drawing = self.state, self.state.canvas
        if self._autosave and drawing.strokes and drawing.strokes != self._saved:
            if not state.fresh:
                state.take(self._reader.read(drawing), state.revision, drawing.strokes)
            self._save(drawing, state.reading, ending=True)
        self._errands.close()
        self._collect()

    @property
    def busy(self) -> bool:
        """Whether something is still to come: a reading, or the end of an errand."""
        return not self.state.fresh or self._wanted > 0 or self._errands.busy

    @property
    def wait_ms(self) -> int:
        """How long the window may wait for a key before it shows the next picture."""
        state = self.state
        quick = self.busy or state.pen.points or state.table or self._replay is not None
        return _BUSY_MS if quick else _IDLE_MS

    def picture(self) -> Image | None:
        """What to show now: uint8 (height, width, 3), or None where nothing has changed."""
        state = self.state
        reads = not state.fresh or self._wanted > 0
        waits = reads and not state.changed and not state.pen.points and self._replay is None
        self._collect(_READ_S if waits else 0.0)
        if self._replay is not None:
            self._replay.step(self.state, self.state.clock())
            self._replay = None if self._replay.done else self._replay
            self._ask()
        self.state.tick()
        self._keep()
        if not self.state.changed:
            return None
        self.state.changed = False
        return self._view.paint(self.state)

    def on_mouse(self, event: int, x: int, y: int, flags: int) -> None:
        """What OpenCV's mouse callback is told."""
        if event in (cv2.EVENT_LBUTTONDOWN, cv2.EVENT_RBUTTONDOWN):
            self._stop_replay()
        tell_mouse(self._hand, event, x, y, flags)
        self._go_on()

    def on_key(self, code: int, capital: bool | None = None) -> None:
        """A key, as :meth:`hwr_live.ui.window.Window.show` returns it; -1 is none.

        Args:
            code: of the key.
            capital: whether a letter is a capital one, if that is known.
        """
        if code >= 0:
            self._stop_replay()
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
            elif act in (Act.OPEN, Act.FORGET):
                self._take_left(opens=act is Act.OPEN)
            elif self.state.fresh:
                self._do(act, self.state.canvas, self.state.reading)
            else:  # the drawing as it is now, whatever is drawn while it is read
                self._ask(act)

    def _ask(self, wanted: Act | None = None) -> None:
        """Has the drawing read, if it is not what was asked for last."""
        revision = self.state.revision
        if revision == self._asked and wanted is None:
            return
        acts = () if wanted is None else (wanted,)
        drawing = self.state.canvas.snapshot()
        if self._background.submit(Job(self._reader, drawing, revision, acts)):
            self._asked = revision
            self._wanted += len(acts)
        else:
            self.state.say("too much is still to be read: once more in a moment", warning=True)

    def _learn(self) -> None:
        """Has the profile, if there is one, take what was put right or taken back."""
        changes, self.state.fixes.changes = self.state.fixes.changes, []
        if self._learning is not None:
            self._learning.take(changes)

    def _collect(self, within: float = 0.0) -> None:
        """Takes what the threads have done, if a reading is, within so many seconds."""
        for job, reading in self._background.answers(within):
            self.state.take(reading, job.revision, job.drawing.strokes)
            if self._right and self.state.fresh and self._replay is None:
                self.state.restore(self._right)
                self._right = ()
            for act in job.wanted:
                self._wanted -= 1
                self._do(act, job.drawing, self.state.reading)
        samples = None if self._learning is None else self._learning.learnt()
        if samples is not None:
            self._reader = self._reader.with_samples(samples)
            self.state.read_anew()
            self._ask()
        for told, failed in self._errands.ended():
            self.state.say(told, warning=failed)

    def _do(self, act: Act, drawing: Canvas, reading: Reading) -> None:
        if act is Act.PRINT:
            text = dumps(reading_to_json(reading)) if self._json else reading.text
            print(text, file=self._out, flush=True)
            self.state.say("printed" if reading.text else "printed: nothing")
        elif act is Act.COPY:
            self._errands.start(lambda: copy_text(reading.text), instead="copy")
        elif act is Act.SAVE:
            self._save(drawing, reading)

    def _save(self, drawing: Canvas, reading: Reading, *, ending: bool = False) -> None:
        """Has a drawing written, unless as many wait for that as may; the last one always is."""
        self._autosave = True
        if self._errands.full and not ending:
            self.state.say("saving takes long: S once more in a moment", warning=True)
            return
        fixes, still = self.state.fixes, drawing.snapshot()
        self._saved = still.strokes
        samples, fixes.unsaved = fixes.unsaved, []

        def keep() -> None:
            fixes.unsaved = samples + fixes.unsaved

        right = tuple(fixes.corrections)
        self._errands.start(lambda: save(self._folder, still, reading, samples, right), keep)

    def _keep(self) -> None:
        """Has what is not saved kept, now and then."""
        keeping, strokes = self._keeping, self.state.canvas.strokes
        if keeping is None or self._replay is not None or self.state.pen.points:
            return
        unsaved = () if strokes == self._saved else strokes
        if keeping.due(unsaved, self.state.clock()):
            drawing = self.state.canvas.snapshot()
            self._errands.start(lambda: keeping.write(drawing, unsaved), instead="keep")

    def _take_left(self, *, opens: bool) -> None:
        """Goes on with what another pad left unsaved, or throws it away."""
        keeping, state = self._keeping, self.state
        if keeping is None or not keeping.left:
            state.say("there is no unsaved writing")
            return
        left = keeping.left[0]
        if opens and state.canvas.strokes:
            state.say("clear the sheet first (C), then O")
            return
        try:
            if opens:
                for stroke in later(read_drawing(left).strokes, state.clock()):
                    state.canvas.add(stroke)
                state.fit_paper()
                state.say("opened; S saves it")
        except InputError:
            state.say("what was kept is damaged", warning=True)
        strokes, drawing = state.canvas.strokes, state.canvas.snapshot()

        def taken_over() -> str:
            keeping.write(drawing, strokes)  # before the other file goes
            keeping.forget(left)
            return "" if opens else "thrown away"

        self._errands.start(taken_over)
        state.offer = ""
        self._ask()

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
