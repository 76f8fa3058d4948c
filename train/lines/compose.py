"""Composes lines to train on: strips with their texts, deterministic by seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.recognition.kinds import HAND, NONE, PRINT
from hwr_live.strip import strip
from train.lines.alphabet import STRIDE, UNKNOWN, frames_needed
from train.lines.sources.crops import Crops
from train.lines.sources.empty import Empty
from train.lines.sources.fonts import Fonts
from train.lines.sources.forms import beside
from train.lines.sources.hands import Hands
from train.lines.sources.ink import bent, cluttered, drawn, seen, thickened, warped
from train.lines.sources.paper import Paper
from train.lines.sources.printed import printed
from train.lines.sources.strokes import Pen
from train.lines.sources.texts import Texts, listed_words
from train.lines.sources.words import Written

Grey = npt.NDArray[np.uint8]
Sight = Callable[[Grey, np.random.Generator], Grey]

SHARES: Mapping[str, float] = MappingProxyType(
    {
        "unipen words": 0.17,
        "unipen texts": 0.15,
        "paper": 0.34,
        "hand": 0.15,
        "crops": 0.02,
        "fonts": 0.03,
        "print": 0.035,
        "form": 0.04,
        "empty": 0.065,
    }
)
"""Share of each source among the lines. Two thirds are writing in words, a third words on paper:
with a sixth the network read the writers it was trained on no better than others (20 and 21 %), so
that it had seen them too seldom."""

_BY_HAND = ("unipen words", "unipen texts", "hand")  # of what stands beside a label
_KIND: Mapping[str, int] = MappingProxyType({"print": PRINT, "empty": NONE, "fonts": UNKNOWN})

_STIFF = 0.25  # how much print is bent, where a hand would be bent by 1
_LONGEST = 1100  # columns of a strip to train on: longer lines are read in parts
_LETTERS = {"hand": 36, "crops": 30, "fonts": 50, "print": 50}  # characters of a text at the most
_FORM = 44  # characters of a label and of what stands beside it


@dataclass(frozen=True)
class Line:
    """A strip with its text and where it came from.

    Attributes:
        image: uint8 (48, w).
        text: what it says, single blanks between words; empty for what is no writing.
        source: one of ``SHARES``, or the name of a part of the validation lines.
        border: the column that parts print from the handwriting behind it; negative where the
            handwriting stands first; 0 of all other lines.
    """

    image: Grey
    text: str
    source: str
    border: int = 0

    @property
    def kinds(self) -> npt.NDArray[np.int32]:
        """Which of ``KINDS`` each of its frames is, or ``UNKNOWN``: int32 (w/4,)."""
        frames = self.image.shape[1] // STRIDE
        if not self.border:
            return np.full(frames, _KIND.get(self.source, HAND), np.int32)
        first = self.border > 0
        at = abs(self.border) // STRIDE
        out = np.full(frames, HAND if first else PRINT, np.int32)
        out[:at] = PRINT if first else HAND
        out[max(0, at - 1) : at + 2] = UNKNOWN
        return out


class Composer:
    """Draws lines by chance.

    Args:
        data: the folder of the data.
        held: whether of the people held back to choose by, or of all others.
        shares: how often each source is drawn; one of share 0 is not even read.
        licences: of what people wrote, "any" or "free".

    Raises:
        InputError: if data of a source is missing.
    """

    def __init__(
        self,
        data: Path,
        held: bool = False,
        shares: Mapping[str, float] = SHARES,
        licences: str = "any",
    ) -> None:
        self._held = held
        made: dict[str, Any] = {
            "unipen words": lambda: Written(data, "words", held),
            "unipen texts": lambda: Written(data, "texts", held),
            "paper": lambda: Paper(data, held),
            "hand": lambda: Hands(data, held, licences),
            "crops": lambda: Crops(data, held, licences),
            "fonts": lambda: Fonts(data / "fonts", held),
            "empty": lambda: Empty(data, held),
        }
        self._sources: dict[str, Any] = {
            name: made[name]() for name, share in shares.items() if share > 0 and name in made
        }
        self._names = [name for name, share in shares.items() if share > 0]
        total = sum(shares[name] for name in self._names)
        self._p = np.array([shares[name] / total for name in self._names])
        self._texts = Texts(listed_words(data))

    def line(
        self,
        rng: np.random.Generator,
        source: str | None = None,
        kind: str | None = None,
        spacing: str | None = None,
    ) -> Line:
        """A line that CTC can spell and that is not too long.

        Args:
            rng: the source of chance; the same state gives the same line.
            source: one of ``SHARES``; any if None.
            kind: of text, where the text is free.
            spacing: of a hand's characters.
        """
        while True:
            name = source or self.choose(rng)
            made = self._form(rng) if name == "form" else self._whole(rng, name, kind, spacing)
            if made is None:
                continue
            ink, text, border = made
            found = strip(ink)
            width = found.image.shape[1]
            if width <= _LONGEST and frames_needed(text) + 1 <= width // STRIDE:
                column = max(1, round((abs(border) - found.x0) * found.scale)) if border else 0
                return Line(found.image, text, name, int(np.copysign(column, border)))

    def _whole(
        self, rng: np.random.Generator, name: str, kind: str | None, spacing: str | None
    ) -> tuple[Grey, str, float] | None:
        """A line of one source, which nothing parts."""
        made = self.ink(rng, name, kind, spacing)
        return None if made is None else (*made, 0.0)

    def _form(self, rng: np.random.Generator) -> tuple[Grey, str, float] | None:
        """A printed label and handwriting: ink, text, and the column that parts them, as of
        ``Line.border``; None where this draw has come to nothing."""
        hands = [name for name in self._names if name in _BY_HAND]
        if not hands:
            raise InputError("without handwriting there are no forms: leave form out, too")
        label = self.ink(rng, "print", through=_unseen)
        hand = self.ink(rng, hands[int(rng.integers(len(hands)))], through=_unseen)
        if label is None or hand is None or len(label[1]) + len(hand[1]) > _FORM:
            return None
        both = beside(label[0], hand[0], rng)
        if both is None or not label[1] or not hand[1]:
            return None
        ink, border = both
        image = seen(ink, rng)
        texts = (label[1], hand[1]) if border > 0 else (hand[1], label[1])
        return image, " ".join(texts), border * image.shape[1] / ink.shape[1]

    def choose(self, rng: np.random.Generator) -> str:
        """One of the sources, by its share."""
        return self._names[int(rng.choice(len(self._p), p=self._p))]

    def ink(
        self,
        rng: np.random.Generator,
        name: str,
        kind: str | None = None,
        spacing: str | None = None,
        through: Sight = seen,
    ) -> tuple[Grey, str] | None:
        """Ink and text of one source, before it is made a strip.

        Args:
            rng: the source of chance.
            name: one of ``SHARES``.
            kind, spacing: as of :meth:`line`.
            through: what becomes of the ink on its way to the reader.

        Returns:
            uint8 (h, w), bright on black, and the text; None where this draw has come to nothing.
        """
        own: Any = self._sources.get(name)
        if isinstance(own, Paper):
            return own.draw(rng)
        if isinstance(own, Empty):
            return own.draw(rng), ""
        if isinstance(own, Written):
            path, text = own.some(rng) if name == "unipen words" else own.one(rng)
            return self._penned(path, text, rng, through)
        text = self._texts.draw(rng, kind, _LETTERS[name])
        if isinstance(own, Hands):
            if not own.has(text):
                return None
            return self._penned(own.write(text, rng, spacing), text, rng, through)
        if name == "print":
            picture, bend = printed(text, rng, self._held), _STIFF
        else:
            picture, bend = own.draw(text, rng), 1.0
        if picture is None:
            return None
        return through(thickened(warped(picture, rng, bend), rng), rng), text

    def _penned(
        self, path: Pen, text: str, rng: np.random.Generator, through: Sight
    ) -> tuple[Grey, str] | None:
        if not len(path.points):
            return None
        words = self._sources.get("unipen words")
        path = cluttered(bent(path, rng), rng, words.piece if words else None)
        return through(drawn(path, rng), rng), text


def _unseen(ink: Grey, rng: np.random.Generator) -> Grey:
    """Ink that stays as it is: what it is part of goes its way to the reader as a whole."""
    return ink
