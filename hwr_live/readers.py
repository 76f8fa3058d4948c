"""What windows need of a reader, so that they do not depend on how it reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.errors import InputError
from hwr_live.reading import Reading

Image = npt.NDArray[np.uint8]
"""uint8 (h, w) grey or (h, w, 3) BGR."""

Samples = Sequence[tuple[str, npt.NDArray[np.uint8]]]
"""Characters with their crops, uint8 (28, 28), bright ink on black."""


class AnyView(Protocol):
    """What was seen in a frame when it was read."""

    def ink_picture(self) -> npt.NDArray[np.uint8]:
        """uint8 (h, w) of the frame's size: the ink that was read, dark on white."""
        ...


class AnyReader(Protocol):
    """A reader; :class:`hwr_live.Reader` is one."""

    @property
    def chars(self) -> str:
        """The set of characters, by its name or one by one."""
        ...

    def read(self, frame: Image | Canvas, /) -> Reading:
        """Reads a frame or a drawing."""
        ...

    def look(self, frame: Image | Canvas, /) -> tuple[Reading, AnyView]:
        """Reads a frame or a drawing, and tells what of it was read."""
        ...

    def with_chars(self, chars: str, /) -> AnyReader:
        """The reader for another set of characters.

        Raises:
            InputError: if its model knows none of them.
        """
        ...

    def with_samples(self, samples: Samples, /) -> AnyReader:
        """The reader that has learnt from these samples and no others."""
        ...


class TaughtReader:
    """A reader that learns when it first reads, in whichever thread that is: networks are run by
    one thread at a time, and the window must not wait.

    Args:
        reader: as it is without samples.
        samples: characters with their crops.
    """

    def __init__(self, reader: AnyReader, samples: Samples) -> None:
        self._plain, self._samples = reader, samples
        self._taught: AnyReader | None = None

    @property
    def chars(self) -> str:
        """The set of characters."""
        return self._plain.chars

    def read(self, frame: Image | Canvas) -> Reading:
        """Reads a frame or a drawing."""
        return self._reader().read(frame)

    def look(self, frame: Image | Canvas) -> tuple[Reading, AnyView]:
        """Reads a frame or a drawing, and tells what of it was read."""
        return self._reader().look(frame)

    def _reader(self) -> AnyReader:
        if self._taught is None:
            taught = self._plain.with_samples(self._samples) if self._samples else self._plain
            self._taught = taught
        return self._taught

    def with_chars(self, chars: str) -> TaughtReader:
        """The same for another set of characters."""
        return TaughtReader(self._plain.with_chars(chars), self._samples)

    def with_samples(self, samples: Samples) -> TaughtReader:
        """The same with these samples and no others."""
        return TaughtReader(self._plain, samples)


def char_sets(reader: AnyReader) -> list[str]:
    """The sets of characters that a key goes through: the reader's own, then the common ones."""
    return list(dict.fromkeys([reader.chars, "all", "digits", "letters"]))


def next_chars(reader: AnyReader, sets: Iterable[str]) -> tuple[AnyReader, str] | None:
    """The reader for the set that follows its own among ``sets``, as far as its model knows any.

    Returns:
        That reader and its set; None if the model reads no other.
    """
    known = list(sets)
    now = known.index(reader.chars)
    for chars in known[now + 1 :] + known[:now]:
        try:
            return reader.with_chars(chars), chars
        except InputError:  # the digits' model knows no letters
            continue
    return None
