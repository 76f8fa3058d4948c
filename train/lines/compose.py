"""Composes lines to train on: strips with their texts, deterministic by seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.strip import strip
from train.lines.alphabet import frames_needed
from train.lines.sources.crops import Crops
from train.lines.sources.empty import Empty
from train.lines.sources.fonts import Fonts
from train.lines.sources.hands import Hands
from train.lines.sources.ink import bent, cluttered, drawn, seen, thickened, warped
from train.lines.sources.paper import Paper
from train.lines.sources.strokes import Pen
from train.lines.sources.texts import Texts, listed_words
from train.lines.sources.words import Written

Grey = npt.NDArray[np.uint8]
Sight = Callable[[Grey, np.random.Generator], Grey]

SHARES: Mapping[str, float] = MappingProxyType(
    {
        "unipen words": 0.24,
        "unipen texts": 0.17,
        "paper": 0.20,
        "hand": 0.20,
        "crops": 0.05,
        "fonts": 0.08,
        "empty": 0.06,
    }
)
"""Share of each source among the lines. By the trial that came before this package: more than half
is writing in words, a quarter composed of single characters."""

_LONGEST = 1100  # columns of a strip to train on: longer lines are read in parts
_LETTERS = {"hand": 36, "crops": 30, "fonts": 50}  # characters of a text at the most


@dataclass(frozen=True)
class Line:
    """A strip with its text and where it came from.

    Attributes:
        image: uint8 (48, w).
        text: what it says, single blanks between words; empty for what is no writing.
        source: one of ``SHARES``, or the name of a part of the validation lines.
    """

    image: Grey
    text: str
    source: str


class Composer:
    """Draws lines by chance.

    Args:
        data: the folder of the data.
        held: whether of the people held back to choose by, or of all others.
        shares: how often each source is drawn; one of share 0 is not even read.

    Raises:
        InputError: if data of a source is missing.
    """

    def __init__(
        self, data: Path, held: bool = False, shares: Mapping[str, float] = SHARES
    ) -> None:
        made: dict[str, Any] = {
            "unipen words": lambda: Written(data, "words", held),
            "unipen texts": lambda: Written(data, "texts", held),
            "paper": lambda: Paper(data, held),
            "hand": lambda: Hands(data, held),
            "crops": lambda: Crops(data, held),
            "fonts": lambda: Fonts(data / "fonts", held),
            "empty": lambda: Empty(data, held),
        }
        self._sources: dict[str, Any] = {
            name: made[name]() for name, share in shares.items() if share > 0
        }
        self._names = list(self._sources)
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
            made = self.ink(rng, name, kind, spacing)
            if made is None:
                continue
            image = strip(made[0]).image
            width = image.shape[1]
            if width <= _LONGEST and frames_needed(made[1]) + 1 <= width // 4:
                return Line(image, made[1], name)

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
        own = self._sources[name]
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
        picture = own.draw(text, rng)
        if picture is None:
            return None
        return through(thickened(warped(picture, rng), rng), rng), text

    def _penned(
        self, path: Pen, text: str, rng: np.random.Generator, through: Sight
    ) -> tuple[Grey, str] | None:
        if not len(path.points):
            return None
        words = self._sources.get("unipen words")
        path = cluttered(bent(path, rng), rng, words.piece if words else None)
        return through(drawn(path, rng), rng), text
