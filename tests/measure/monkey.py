"""Random keys, clicks, drags and resizes on a real window: nothing may break, and nothing pile up.

    python -m tests.measure.monkey camera|teach|pad [--events 10000] [--seed 0] [--real]

The window is under Xvfb and is driven by xdotool. The reader is the tests' own, so that it is the
window that is looked at; with ``--real`` it is the shipped one. Esc, which ends a program, is
pressed or clicked in the last fifth alone: before, one process must stand it all, and its memory is
told. Exit status 1 if a program died, said anything of an error, or did not end. Needs Xvfb,
openbox, xdotool and wmctrl.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.pad.layout import arrange
from hwr_live.ui.keys import ESC
from hwr_live.ui.layout import possible
from tests.measure.soak import Held, growth, tell_curve
from tests.support.display import Display, start_display
from tests.support.mjpeg import MjpegServer

_BATCH = 25  # events that one call of xdotool makes
_CALM = 0.8  # share of the events before Esc is pressed at all
_KEYS = (
    *"abcdefghijklmnopqrstuvwxyz0123456789",
    *("space", "Return", "BackSpace", "Tab", "Delete", "F1", "Left", "Right", "Up", "Down"),
    *("Home", "End", "Prior", "Next", "bracketleft", "bracketright", "plus", "minus", "question"),
    *("shift+a", "shift+q", "ctrl+z", "ctrl+y", "ctrl+s", "ctrl+c", "adiaeresis", "KP_Enter"),
)

_START = """
import sys
from hwr_live.cli import main as cli
from hwr_live.recognition.reader import Reader
from tests.support.fake_reader import FakeReader
FakeReader.remembering = lambda self, *_: self
FakeReader.pictures = property(lambda self: [], lambda self, _: None)  # it would keep them all
Reader.load = lambda *_, **__: FakeReader(sure=0.5)
sys.exit(cli.main(sys.argv[1:]))
"""
WINDOWS = {
    "camera": ("hwr-live camera", ["camera", "--profile", "./ann", "--save-dir", "saved"]),
    "teach": ("hwr-live teach", ["teach", "./ann"]),
    "pad": ("hwr-live draw", ["draw", "--profile", "./ann", "--save-dir", "saved"]),
}
"""The title and the command of each window."""
_REAL = "import sys; from hwr_live.cli import main as cli; sys.exit(cli.main(sys.argv[1:]))"


def ends_pad(size: tuple[int, int], x: int, y: int) -> bool:
    """Whether a click there ends a pad of a size, as its Esc can be clicked."""
    return arrange(possible(size)).key_at(x, y) == ESC


_CLICKABLE = {"pad": ends_pad}  # windows whose keys can be clicked


@dataclass
class Outcome:
    """What came of it.

    Attributes:
        events: how many were made.
        starts: how often the program was started, as Esc ends it.
        curve: of the first process, while Esc was not pressed.
        wrong: what went wrong, a line each.
    """

    events: int = 0
    starts: int = 0
    curve: list[Held] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Monkey:
    """Makes random events for one window.

    Args:
        window: its number.
        size: of the part that events are made in, width and height.
        rng: chooses.

    Attributes:
        window: as given.
        size: as given; the window may have another one by and by.
        spared: tells of a size and a place in it whether a click there may end the program.
    """

    def __init__(
        self,
        window: str,
        size: tuple[int, int],
        rng: random.Random,
        *,
        spared: Callable[[tuple[int, int], int, int], bool] = lambda *_: False,
    ) -> None:
        self.spared = spared
        self.window, self.size, self._rng = window, size, rng

    def event(self, *, may_end: bool) -> list[str]:
        """The words of xdotool for one event."""
        kind = self._rng.random()
        if may_end and kind < 0.01:
            return ["key", "Escape"]
        if kind < 0.5:
            return ["key", self._rng.choice(_KEYS)]
        if kind < 0.52:
            width, height = self._rng.randint(330, 1400), self._rng.randint(250, 900)
            return ["windowsize", self.window, str(width), str(height)]
        button = "3" if kind > 0.95 else "1"
        points = 1 if kind < 0.8 else self._rng.randint(2, 6)
        moves = [word for _ in range(points) for word in self._move()]
        first = self._move(spares=not may_end)
        return [*first, "mousedown", button, *moves, "mouseup", button]

    def _move(self, *, spares: bool = False) -> list[str]:
        """To anywhere in the window; what is outside is the window manager's."""
        x, y = (self._rng.randrange(side) for side in self.size)
        while spares and self.spared(self.size, x, y):
            x, y = (self._rng.randrange(side) for side in self.size)
        return ["mousemove", "--window", self.window, str(x), str(y)]


def torment(
    display: Display,
    which: str,
    folder: Path,
    *,
    events: int,
    seed: int,
    more: Sequence[str] = (),
    real: bool = False,
) -> Outcome:
    """Lets the monkey at a window.

    Args:
        display: where it is.
        which: of :data:`WINDOWS`.
        folder: where the program runs, and writes.
        events: how many.
        seed: of all that is random.
        more: options for the program.
        real: whether the shipped model reads.
    """
    outcome, rng = Outcome(), random.Random(seed)
    title, command = WINDOWS[which]
    while outcome.events < events and not outcome.wrong:
        outcome.starts += 1
        process = display.start("-c", _REAL if real else _START, *command, *more, cwd=folder)
        try:
            window = display.window(title, process, 90)
            spared = _CLICKABLE.get(which, lambda *_: False)
            monkey = Monkey(window, (320, 240), rng, spared=spared)
            _play(display, process, monkey, outcome, events)
        except AssertionError as error:
            outcome.wrong.append(str(error)[:500])
        finally:
            _end(process, outcome)
    return outcome


def _play(
    display: Display,
    process: subprocess.Popen[str],
    monkey: Monkey,
    outcome: Outcome,
    events: int,
) -> None:
    """Events until the program ends, or there have been enough."""
    while outcome.events < events and process.poll() is None:
        told = display.tool("xdotool", "getwindowgeometry", "--shell", monkey.window)
        values = dict(line.split("=") for line in told.splitlines())
        if not values:  # closed, and its program is about to end
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            return
        monkey.size = int(values["WIDTH"]), int(values["HEIGHT"])
        calm = outcome.events < _CALM * events
        if calm and outcome.starts == 1 and outcome.events >= 100 * len(outcome.curve):
            outcome.curve.append(Held.by(process.pid, outcome.events))
        words = ["xdotool"]
        for _ in range(min(_BATCH, events - outcome.events)):
            event = monkey.event(may_end=not calm)
            words += [*event, "sleep", "0.01"]
            outcome.events += 1
            if event[0] == "windowsize":  # a busy pad has its keys where they were, for a moment
                words += ["sleep", "0.3"]
            # What comes next would be for whatever is behind, or for another size.
            if event[-1] == "Escape" or event[0] == "windowsize":
                break
        display.tool(*words)
        if "Escape" in words:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(3)
        if calm and process.poll() is not None:
            outcome.wrong.append(f"ended by itself after {outcome.events} events")


def _end(process: subprocess.Popen[str], outcome: Outcome) -> None:
    """Ends the program if it has not ended, and looks at what it leaves."""
    process.terminate()
    try:
        _, errors = process.communicate(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        outcome.wrong.append("did not end when it was asked to")
        return
    if process.returncode != 0:
        outcome.wrong.append(f"exit status {process.returncode}")
    bad = [line for line in errors.splitlines() if not line.startswith(("saved", "recorded"))]
    outcome.wrong += [line for line in bad if "the profile is kept" not in line]


def page(number: int) -> npt.NDArray[np.uint8]:
    """What the camera sees: a few strokes on white, a little to the side each time."""
    picture = np.full((480, 640, 3), 255, np.uint8)
    shift = 2 * (number % 5)
    for i in range(6):
        x = 60 + 80 * i + shift
        cv2.line(picture, (x, 120 + 20 * (i % 2)), (x + 10 * (i % 3), 220), (0, 0, 0), 6)
    return picture


@contextlib.contextmanager
def source_for(which: str) -> Iterator[list[str]]:
    """The options that give a window something to see, while they are needed."""
    if which != "camera":
        yield []
        return
    with MjpegServer(page, fps=10) as server:
        yield ["--source", server.url]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.monkey")
    parser.add_argument("window", choices=sorted(WINDOWS))
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--real", action="store_true", help="with the shipped model")
    options = parser.parse_args(argv)
    with (
        contextlib.contextmanager(start_display)("1600x1000") as display,
        tempfile.TemporaryDirectory() as folder,
        source_for(options.window) as source,
    ):
        outcome = torment(
            display,
            options.window,
            Path(folder),
            events=options.events,
            seed=options.seed,
            more=source,
            real=options.real,
        )
        files = sum(path.is_file() for path in Path(folder).rglob("*"))
    print(f"{outcome.events} events, {outcome.starts} starts, {files} files written")
    tell_curve(outcome.curve, "events", parts=max(4, options.events // 2500))
    late = outcome.curve[len(outcome.curve) // 4 :]
    print(f"from a quarter of it on, memory grew by {growth(late):.1f} MB")
    print(*(outcome.wrong or ["nothing went wrong"]), sep="\n")
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
