"""What the user put right on a drawing, in the order in which it can be taken back."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from hwr_live.profiles.corrections import Change, Correction, Written, corrected
from hwr_live.reading import Box, Glyph, Reading
from hwr_live.stroke import Stroke, strokes_in

_MOST = 500  # corrections that are kept: a pad that is used all day must not grow


@dataclass(frozen=True)
class _Step:
    """A correction that can be undone: when it was made, what it replaced, and what is unsaved."""

    depth: int
    new: Correction
    gone: tuple[Correction, ...]
    unsaved: tuple[Correction, ...]


class Fixes:
    """The corrections of a drawing. Each belongs to the strokes that its glyph is written with: it
    goes with them and comes back with them, and never tells of other ink.

    Attributes:
        corrections: what the user put right, newest last.
        unsaved: those of them that are in no file yet.
        changes: of the corrections, until somebody takes them out of the list.
    """

    def __init__(self) -> None:
        self.corrections: list[Correction] = []
        self.unsaved: list[Correction] = []
        self.changes: list[Change] = []
        self._steps: list[_Step] = []

    def put_right(
        self, glyph: Glyph, char: str | None, strokes: Sequence[Stroke], depth: int
    ) -> None:
        """A glyph is a character, whatever it was before.

        Args:
            glyph: as the reader had it.
            char: None for no character.
            strokes: of the drawing that was read.
            depth: of the canvas, see :attr:`hwr_live.canvas.Canvas.depth`.
        """
        written_with = _written(strokes)
        new = Correction(glyph, char, written_with(glyph.box))
        gone = tuple(old for old in self.corrections if old.fits(glyph, written_with))
        unsaved = tuple(old for old in self.unsaved if old.fits(glyph, written_with))
        self.corrections = [*_without(self.corrections, gone), new][-_MOST:]
        self.unsaved = [*_without(self.unsaved, unsaved), new][-_MOST:]
        self._steps = [*self._steps, _Step(depth, new, gone, unsaved)][-_MOST:]
        self.changes.append(Change(gone, (new,)))

    def restore(self, glyph: Glyph, char: str | None, strokes: Sequence[Stroke]) -> None:
        """What was put right before the drawing was opened: neither undone nor learnt again.

        Args:
            glyph: as the reader has it.
            char: None for no character.
            strokes: of the drawing that was read.
        """
        self.corrections.append(Correction(glyph, char, _written(strokes)(glyph.box)))

    def keep_those_of(self, strokes: Set[Stroke]) -> None:
        """Forgets corrections of ink that is gone for good, and how they were made; samples that
        are in no file yet are still written.

        Args:
            strokes: all that are there or can be had back.
        """
        self.corrections = [one for one in self.corrections if one.strokes_live(strokes)]
        self._steps = [step for step in self._steps if step.new.strokes_live(strokes)]

    def undo(self, depth: int) -> bool:
        """Takes the last correction back, if nothing was drawn since; returns whether it did."""
        if not self._steps or self._steps[-1].depth < depth:
            return False
        step = self._steps.pop()
        self.corrections = [*_without(self.corrections, (step.new,)), *step.gone]
        self.unsaved = [*_without(self.unsaved, (step.new,)), *step.unsaved]
        self.changes.append(Change((step.new,), step.gone))
        return True

    def apply(self, reading: Reading, strokes: Sequence[Stroke]) -> Reading:
        """A reading with what was put right.

        Args:
            reading: as the reader gave it.
            strokes: of the drawing that it is of.
        """
        return corrected(reading, self.corrections, _written(strokes))


def _written(strokes: Sequence[Stroke]) -> Written:
    def written_with(box: Box) -> tuple[Stroke, ...]:
        return strokes_in(strokes, box)

    return written_with


def _without(some: Sequence[Correction], gone: Sequence[Correction]) -> list[Correction]:
    """By identity: equal corrections may be of different ink."""
    return [one for one in some if not any(one is other for other in gone)]
