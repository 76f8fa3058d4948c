"""Pictures of their own, which the user turns over."""

from __future__ import annotations

from hwr_live.errors import InputError
from hwr_live.media.frames import Frame, FrameSource
from hwr_live.media.sources import PictureSource


class Pages:
    """The pictures of a source, and which of them is shown.

    Args:
        source: of pictures; what else there is has none of their own.

    Attributes:
        told: what there is to say of the last turn; empty if nothing.
        again: whether the picture that is shown was shown before.
    """

    def __init__(self, source: FrameSource) -> None:
        self._source = source if isinstance(source, PictureSource) and source.paged else None
        self._number = -1
        self._seen: set[int] = set()
        self.told, self.again = "", False

    def turned(self, step: int) -> Frame | None:
        """The next picture that can be read, or for a step of -1 the one before; None after the
        last, and before the first. Those that cannot be read are told."""
        self.told = ""
        source, number = self._source, self._number + step
        count = 0 if source is None else source.count or 0
        while source is not None and 0 <= number < count:
            try:
                frame = source.picture(number)
            except InputError as error:
                self.told = str(error)
                number += step
                continue
            self._number, self.again = number, number in self._seen
            self._seen.add(number)
            return frame
        self.told = self.told or f"this is the {'last' if step > 0 else 'first'} picture"
        return None

    def check(self) -> None:
        """Raises what is wrong with pictures that were to be shown.

        Raises:
            InputError: if any of them could not be read.
        """
        if self._source is not None:
            self._source.check()
