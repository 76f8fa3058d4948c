"""Which letters follow which in words: a small model of many languages, which needs no lists.

The model is an n-gram of letters: how likely a letter, or the word's end, is after the letters
before it, as many of these as tell more than fewer do. Case is folded and accents are taken off.
``python -m train letters`` makes one.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.recognition.card import card_errors, file_beside, read_card
from hwr_live.system.limits import MOST_MODEL, read_at_most

SYMBOLS = (None, *"abcdefghijklmnopqrstuvwxyz'")
"""What may follow: None is the word's end. Numbers of these are *symbols*."""

BEGIN = len(SYMBOLS)
"""What stands before a word, in contexts only."""

BITS = 5
"""Of each symbol in a context's number; the last one before is in the lowest bits."""

MOST_LETTERS = 6
"""A context has at most so many, so that its number has 30 bits."""

_MOST_CONTEXTS = 1 << 20  # twenty times the shipped model's


@dataclass(frozen=True)
class LettersCard:
    """What the program needs of the ``card.json`` of a model of letters.

    Attributes:
        name: the model's name.
        contexts: how many contexts it knows.
        step: natural logarithm that a level of its probabilities stands for.
        file: the name of the file beside the card.
    """

    name: str
    contexts: int
    step: float
    file: str

    @classmethod
    def load(cls, folder: Path) -> LettersCard:
        """Reads ``folder/card.json``.

        Raises:
            InputError: if it is missing or not that of a model of letters.
        """
        data = read_card(folder)
        with card_errors(folder):
            if data.get("kind") != "letters" or tuple(data["labels"]) != SYMBOLS:
                raise ValueError("it is of no model of letters that is known here")
            contexts, step, file = int(data["contexts"]), float(data["step"]), file_beside(data)
            if not (2 <= contexts <= _MOST_CONTEXTS and 0 < step < 1):
                raise ValueError("its contexts or their step are out of range")
            return cls(str(data["name"]), contexts, step, file)


class Letters:
    """A model of letters: contexts are numbered, and of each it is known what follows.

    Args:
        contexts: (n,) numbers of contexts, ascending; 0, no context, and ``BEGIN`` are among them.
        levels: (n, symbols) uint8: minus the logarithm of each probability, in steps.
        step: natural logarithm of a level.
        folder: the model's, if it comes from one.

    Attributes:
        begin: the place of the context of a word's first letter.

    Raises:
        ValueError: if these do not fit together.
    """

    def __init__(
        self,
        contexts: npt.NDArray[np.uint32],
        levels: npt.NDArray[np.uint8],
        step: float,
        folder: Path | None = None,
    ) -> None:
        if levels.shape != (len(contexts), len(SYMBOLS)) or np.any(contexts[1:] <= contexts[:-1]):
            raise ValueError("its contexts are no ascending numbers, each with its own levels")
        begins = np.searchsorted(contexts, [0, BEGIN])
        if begins[-1] >= len(contexts) or contexts[begins].tolist() != [0, BEGIN]:
            raise ValueError("it does not know how words begin")
        self._contexts = array("I", contexts.astype(np.uintc).tobytes())
        self._levels = levels.tobytes()
        self._next: dict[int, int] = {}
        self.begin = int(begins[1])
        self.step = step
        self.folder = folder

    @classmethod
    def load(cls, folder: Path) -> Letters:
        """Reads a model's folder.

        Raises:
            InputError: if files are missing, broken, or do not fit together.
        """
        card = LettersCard.load(folder)
        path = folder / card.file
        size = card.contexts * (4 + 1 + len(SYMBOLS))
        try:
            packed = zlib.decompressobj()
            # One byte more than is due shows what is too long, whatever it would unpack to.
            content = packed.decompress(read_at_most(path, MOST_MODEL), size + 1)
            if len(content) != size or not packed.eof:
                raise ValueError("its size is not what the card makes due")
            return cls(*unpacked(content, card.contexts), card.step, folder)
        except OSError as error:
            raise InputError(f"cannot read the model {path}: {error.strerror}") from None
        except (ValueError, zlib.error) as error:
            raise InputError(f"{path} is no model of letters: {error}") from None

    def level(self, place: int, symbol: int) -> int:
        """Minus the logarithm of the probability that a symbol follows, in steps: 0 to 255."""
        return self._levels[place * len(SYMBOLS) + symbol]

    def _place(self, context: int) -> int | None:
        """Where a context is; None if it is not known."""
        place = bisect_left(self._contexts, context)
        known = place < len(self._contexts) and self._contexts[place] == context
        return place if known else None

    def after(self, place: int, symbol: int) -> int:
        """The place of the context that a letter leads to from another: the longest known."""
        key = place << BITS | symbol
        found = self._next.get(key)
        if found is None:
            code = (self._contexts[place] << BITS | symbol) & ((1 << BITS * MOST_LETTERS) - 1)
            for count in range(MOST_LETTERS, -1, -1):
                found = self._place(code & ((1 << BITS * count) - 1))
                if found is not None:
                    break
            self._next[key] = found = found or 0
        return found


def packed(contexts: npt.NDArray[np.uint32], levels: npt.NDArray[np.uint8]) -> bytes:
    """The content of a model's file: contexts, as differences and byte by byte, and how a context's
    levels differ from those of the context of one letter less. Of what it has not shown they all
    differ alike, which makes this small.

    Raises:
        ValueError: if a context is not known with a letter less.
    """
    _, shorter = _by_length(contexts)
    more = levels - levels[shorter]  # what is less than nothing wraps around
    more[0] = levels[0]
    usual = np.array([np.bincount(row, minlength=256).argmax() for row in more], np.uint8)
    more -= usual[:, None]
    steps = np.diff(contexts, prepend=np.uint32(0)).astype("<u4")
    columns = steps.view(np.uint8).reshape(-1, 4).T
    return zlib.compress(columns.tobytes() + usual.tobytes() + more.tobytes(), 9)


def unpacked(content: bytes, count: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint8]]:
    """Contexts (n,) and levels (n, symbols) of a file's content, unpacked, of so many contexts.

    Raises:
        ValueError: if a context is not known with a letter less.
    """
    data = np.frombuffer(content, np.uint8)
    steps = np.ascontiguousarray(data[: 4 * count].reshape(4, count).T).view("<u4")[:, 0]
    contexts = np.cumsum(steps, dtype=np.uint32)
    usual, more = data[4 * count : 5 * count], data[5 * count :].reshape(count, -1)
    levels = more + usual[:, None]
    length, shorter = _by_length(contexts)
    for letters in range(1, int(length.max()) + 1):
        own = np.flatnonzero(length == letters)
        levels[own] += levels[shorter[own]]
    return contexts, levels


def _by_length(
    contexts: npt.NDArray[np.uint32],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """(n,) how many letters each context has, and where the one is that has its first letter less;
    of no context, which is the first, this is itself."""
    starts = np.uint64(1) << np.arange(0, BITS * (MOST_LETTERS + 1), BITS, dtype=np.uint64)
    length = np.searchsorted(starts, contexts, side="right")
    less = np.maximum(length - 1, 0).astype(np.uint32) * np.uint32(BITS)
    wanted = contexts & ((np.uint32(1) << less) - np.uint32(1))
    # In a broken file they need not ascend.
    shorter = np.minimum(np.searchsorted(contexts, wanted), len(contexts) - 1)
    if np.any(contexts[shorter] != wanted):
        raise ValueError("a context is not known with a letter less")
    return length, shorter
