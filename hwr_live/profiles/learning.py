"""What is put right in a window is learnt at once, and kept in a profile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

import numpy as np

from hwr_live.errors import HwrError
from hwr_live.profiles.corrections import Change, Correction
from hwr_live.profiles.files import GlyphInk, Sample, trimmed
from hwr_live.profiles.profile import Profile
from hwr_live.readers import Samples
from hwr_live.system.terminal import tell
from hwr_live.ui.errands import Errands

_MOST = 1000  # corrections that can be taken back: more than any window keeps


class Learner:
    """Keeps a profile in step with what is put right; for one thread at a time.

    Args:
        profile: may be one that is not there yet; the first correction makes it.
        source: what the samples are said to come from, a word.

    Attributes:
        profile: as given.
    """

    def __init__(self, profile: Profile, source: str) -> None:
        self.profile, self._source = profile, source
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
        new, known = self._parted(change)
        forgotten = []
        for old in change.gone:
            kept = self._kept.pop(id(old), None)
            if kept is not None:
                self.profile.delete_sample(kept[1])
                forgotten.append(kept[1].char)
        learnt = []
        for correction, char, ink in new:
            first = not self.profile.exists
            self._kept[id(correction)] = (correction, self.profile.add(char, ink, self._source))
            if first:
                tell(f"the profile is kept in {self.profile.folder}")
            learnt.append(char)
        for oldest in list(self._kept)[: max(0, len(self._kept) - _MOST)]:
            del self._kept[oldest]
        told = [f"learnt: {' '.join(learnt)}"] if learnt else []
        told += [f"known before: {' '.join(known)}"] if known else []
        # One that is replaced by another is no news of its own.
        told += [f"forgotten: {' '.join(forgotten)}"] if forgotten and not told else []
        return ", ".join(told)

    def _parted(self, change: Change) -> tuple[list[tuple[Correction, str, GlyphInk]], list[str]]:
        """What there is to learn, and the characters whose very ink the profile has already."""
        new, known = [], []
        for correction in change.new:
            char, ink = correction.char, correction.ink
            if char is None or ink is None:
                continue
            again = next((old for old in change.gone if self._is_same(old, correction)), None)
            if again is not None:
                self._kept[id(correction)] = (correction, self._kept.pop(id(again))[1])
            if again is not None or self.profile.part_known([(char, ink)])[1]:
                known.append(char)
            else:
                new.append((correction, char, ink))
        return new, known

    def _is_same(self, old: Correction, new: Correction) -> bool:
        """Whether the sample that was kept of one correction is that of another."""
        if id(old) not in self._kept or new.char != old.char or (ink := new.ink) is None:
            return False
        return np.array_equal(self._kept[id(old)][1].ink, trimmed(ink))


class Learning:
    """Has a profile learn beside a window, whose picture must not wait for files.

    Args:
        learner: keeps what is learnt.
        errands: does it, one after the other.
        most: samples of a character that a reader is given, the newest.
    """

    def __init__(self, learner: Learner, errands: Errands, most: int) -> None:
        self._learner, self._errands, self._most = learner, errands, most
        self._changes: deque[Change] = deque()
        self._learnt: deque[Samples] = deque(maxlen=1)

    def take(self, changes: Iterable[Change]) -> None:
        """Has what was put right or taken back be learnt or forgotten."""
        some = list(changes)
        self._changes += some
        if some:
            self._errands.start(self._learn, instead="learn")

    def learnt(self) -> Samples | None:
        """What a reader is to learn from now on; None where that has not changed."""
        return self._learnt.pop() if self._learnt else None

    def _learn(self) -> str:
        """Takes all changes that wait; returns what was done last.

        Raises:
            HwrError: the first failure, after all else has been taken.
        """
        done, failed = "", None
        while self._changes:
            try:
                done = self._learner.take(self._changes.popleft()) or done
            except HwrError as error:
                failed = failed or error
        if done:
            self._learnt.append(self._learner.profile.crops(self._most))
        if failed is not None:
            raise failed
        return done
