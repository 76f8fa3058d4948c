"""What is put right on the pad is learnt at once, and kept in a profile."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.profiles.corrections import Change, Correction
from hwr_live.profiles.files import Sample
from hwr_live.profiles.profile import Profile
from hwr_live.reading import Reading
from hwr_live.ui.background import Reads

Crop = npt.NDArray[np.uint8]


class Learns(Reads, Protocol):
    """A reader that can learn a hand."""

    def with_chars(self, chars: str, /) -> Learns:
        """The reader for another set of characters."""
        ...

    def with_samples(self, samples: Sequence[tuple[str, Crop]], /) -> Reads:
        """The reader that has learnt from these samples and no others."""
        ...


class TaughtReader:
    """A reader that learns when it first reads, in whichever thread that is: networks are run by
    one thread at a time, and the window must not wait.

    Args:
        reader: as it is without samples.
        samples: characters with their crops.
    """

    def __init__(self, reader: Learns, samples: Sequence[tuple[str, Crop]]) -> None:
        self._plain, self._samples = reader, samples
        self._taught: Reads | None = None

    @property
    def chars(self) -> str:
        """The set of characters."""
        return self._plain.chars

    def read(self, frame: npt.NDArray[np.uint8] | Canvas) -> Reading:
        """Reads a frame or a drawing."""
        if self._taught is None:
            taught = self._plain.with_samples(self._samples) if self._samples else self._plain
            self._taught = taught
        return self._taught.read(frame)

    def with_chars(self, chars: str) -> TaughtReader:
        """The same for another set of characters."""
        return TaughtReader(self._plain.with_chars(chars), self._samples)

    def with_samples(self, samples: Sequence[tuple[str, Crop]]) -> TaughtReader:
        """The same with these samples and no others."""
        return TaughtReader(self._plain, samples)


class Learner:
    """Keeps a profile in step with what is put right; for one thread at a time.

    Args:
        profile: may be one that is not there yet; the first correction makes it.

    Attributes:
        profile: as given.
    """

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        # By the correction itself: equal ones may be of different ink.
        self._kept: dict[int, tuple[Correction, Sample]] = {}

    def take(self, change: Change) -> str:
        """Keeps what is right now, and forgets what is not any more.

        Args:
            change: what the user did.

        Returns:
            What was done, in a few words; empty if nothing.

        Raises:
            HwrError: if it cannot be written.
        """
        forgotten = []
        for old in change.gone:
            kept = self._kept.pop(id(old), None)
            if kept is not None:
                self.profile.delete_sample(kept[1])
                forgotten.append(kept[1].char)
        learnt = []
        for new in change.new:
            if new.char is not None and new.glyph.ink is not None:
                first = not self.profile.exists
                self._kept[id(new)] = (new, self.profile.add(new.char, new.glyph.ink, "pad"))
                if first:
                    where = f"hwr-live: the profile is kept in {self.profile.folder}"
                    print(where, file=sys.stderr, flush=True)
                learnt.append(new.char)
        told = [f"learnt: {' '.join(learnt)}"] if learnt else []
        # One that is replaced by another is no news of its own.
        told += [f"forgotten: {' '.join(forgotten)}"] if forgotten and not learnt else []
        return ", ".join(told)
