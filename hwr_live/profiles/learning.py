"""What is put right in a window is learnt at once, and kept in a profile."""

from __future__ import annotations

from hwr_live.profiles.corrections import Change, Correction
from hwr_live.profiles.files import Sample
from hwr_live.profiles.profile import Profile
from hwr_live.system.terminal import tell


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
                self._kept[id(new)] = (new, self.profile.add(new.char, new.glyph.ink, self._source))
                if first:
                    tell(f"the profile is kept in {self.profile.folder}")
                learnt.append(new.char)
        told = [f"learnt: {' '.join(learnt)}"] if learnt else []
        # One that is replaced by another is no news of its own.
        told += [f"forgotten: {' '.join(forgotten)}"] if forgotten and not learnt else []
        return ", ".join(told)
