"""A profile: labelled ink of one hand, in a folder that the user owns.

    profile.json                      what there is: format, version, name, samples
    digit_7/20261122-090501-pad-3fa2.png    the ink of one character: bright on black, no margin
    upper_A/…  lower_a/…              folders as those of corrections, by character

It holds ink and no numbers of a model, so any model can learn from it. Whatever is damaged is told
of and left out. Programs may write at once: each reads the list anew, under a lock.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hwr_live.errors import HwrError, InputError
from hwr_live.profiles.corrections import FOLDERS, folder_of
from hwr_live.profiles.files import (
    BROKEN,
    FILE,
    MOST,
    GlyphInk,
    LaterVersion,
    Sample,
    as_list,
    entry_of,
    find_samples,
    is_folder,
    iso,
    key_of,
    read_list,
    read_sample,
    reason,
    remove,
    state_of,
    trimmed,
)
from hwr_live.profiles.locate import LIST, LOCK, locate, profile_names
from hwr_live.system.files import replace_file
from hwr_live.system.lock import locked
from hwr_live.system.nearest import suggestion

MOST_PIXELS = 64_000_000
"""Of all samples together: what a profile may take of memory."""
TOLD = 5
"""Problems that are told one by one."""


class Profile:
    """The samples of one hand. Made by :meth:`open`.

    Attributes:
        folder: where it is.
        name: the folder's name.
        problems: what could not be used, a line each.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name or os.path.basename(os.path.abspath(folder))
        self.problems: tuple[str, ...] = ()
        self._samples: list[Sample] = []
        self._closed = ""  # why nothing may be written to it

    @classmethod
    def open(cls, where: str | os.PathLike[str], *, new: bool = False) -> Profile:
        """Opens a profile; nothing is written yet.

        Args:
            where: a name or a path, see :func:`hwr_live.profiles.locate.locate`.
            new: whether it need not be there; it is made when the first sample is added.

        Raises:
            InputError: if it is not there, or is no profile.
        """
        profile = cls(locate(where))
        state = state_of(profile.folder)
        if state == "none" and not new:
            names = profile_names()
            raise InputError(
                f"no profile {os.fspath(where)!r}; there are: {', '.join(names) or 'none'}"
                f"{suggestion(os.fspath(where), names)}; hwr-live teach NAME makes one"
            )
        if state == "other":
            raise InputError(f"{profile.folder} is no profile; give another name or path")
        if state == "profile":
            profile._load()
        return profile

    @property
    def exists(self) -> bool:
        """Whether there is such a folder."""
        return state_of(self.folder) == "profile"

    @property
    def writable(self) -> bool:
        """Whether samples may be added: not to one of a later version."""
        return not self._closed

    @property
    def samples(self) -> tuple[Sample, ...]:
        """The good samples, oldest first: those found when it was opened and those added since."""
        return tuple(self._samples)

    def counts(self) -> Counter[str]:
        """How many samples each character has."""
        return Counter(sample.char for sample in self._samples)

    def crops(self, most: int = MOST) -> list[tuple[str, GlyphInk]]:
        """Each sample's character and crop, uint8 (28, 28), as a reader learns from them.

        Args:
            most: how many of a character, the newest.
        """
        counts: Counter[str] = Counter()
        crops = []
        for sample in reversed(self._samples):
            counts[sample.char] += 1
            if counts[sample.char] <= most:
                crops.append((sample.char, sample.crop))
        return crops[::-1]

    # Writing

    def add(self, char: str, ink: GlyphInk, source: str) -> Sample:
        """Keeps one sample.

        Args:
            char: one that has a folder.
            ink: uint8 (h, w), bright on black.
            source: a word that says where it comes from, a to z.

        Raises:
            InputError: for anything else, or a profile that may not be written to.
            HwrError: if it cannot be written.
        """
        return self.add_all([(char, ink)], source)[0]

    def add_all(self, pairs: Sequence[tuple[str, GlyphInk]], source: str) -> list[Sample]:
        """Keeps samples, all or none of them; see :meth:`add`."""
        now = datetime.now().astimezone()
        samples = []
        for char, ink in pairs:
            stem = f"{now:%Y%m%d-%H%M%S}-{source}-{secrets.token_hex(4)}"
            file = f"{folder_of(char)}/{stem}.png" if char in FOLDERS.values() else ""
            if not FILE.fullmatch(file) or not source.isalpha():
                raise InputError(f"{char!r} from {source!r} is no sample that a profile can hold")
            try:
                samples.append(Sample.of(char, trimmed(ink), source, iso(now), file))
            except ValueError as error:
                raise InputError(f"no sample of {char}: {error}") from None
        self._keep(samples)
        return samples

    def merge(self, samples: Sequence[Sample]) -> list[Sample]:
        """Keeps samples of another profile with their dates and sources, all or none of them.

        Returns:
            The new ones, as they are kept: without those whose very ink is here already.

        Raises:
            InputError, HwrError: as :meth:`add`.
        """
        known, files = {sample.key for sample in self._samples}, set[str]()
        new: list[Sample] = []
        for sample in samples:
            if sample.key in known:
                continue
            known.add(sample.key)
            if sample.file in files or os.path.lexists(self.folder / sample.file):
                own, _, name = sample.file.partition("/")
                file = f"{own}/{name[: -len('.png')][:60]}-{secrets.token_hex(4)}.png"
                sample = replace(sample, file=file)
            files.add(sample.file)
            new.append(sample)
        if new:
            self._keep(new)
        return new

    def part_known(
        self, pairs: Iterable[tuple[str, GlyphInk]]
    ) -> tuple[list[tuple[str, GlyphInk]], list[tuple[str, GlyphInk]]]:
        """Parts samples that would be new from those whose very ink is here already.

        Args:
            pairs: characters with their ink, uint8 (h, w), bright on black.

        Returns:
            The new ones, each once, and the known ones; all without margin.
        """
        known = {sample.key for sample in self._samples}
        new: list[tuple[str, GlyphInk]] = []
        old: list[tuple[str, GlyphInk]] = []
        for char, ink in pairs:
            cut = trimmed(ink)
            key = key_of(char, cut)
            (old if key in known else new).append((char, cut))
            known.add(key)
        return new, old

    def _keep(self, samples: Sequence[Sample]) -> None:
        """Writes samples, all or none of them."""

        def put(entries: list[Any]) -> list[Any]:
            if len(entries) + len(samples) > MOST:
                raise InputError(f"the profile {self.name} is full: it holds {MOST} samples")
            for sample in samples:
                path = self.folder / sample.file
                path.parent.mkdir(exist_ok=True)
                if not is_folder(path.parent):
                    raise InputError(f"{path.parent} leads out of the profile; nothing is written")
                replace_file(path, sample.png)
            return entries + [entry_of(sample) for sample in samples]

        try:
            self._change(put)
        except BaseException:
            for sample in samples:
                remove(self.folder / sample.file)
            raise
        self._samples += samples

    def delete_sample(self, sample: Sample) -> None:
        """Forgets a sample; one that is not there any more is no mistake.

        Raises:
            HwrError: if that cannot be written.
        """

        def drop(entries: list[Any]) -> list[Any]:
            return [
                e for e in entries if not (isinstance(e, dict) and e.get("file") == sample.file)
            ]

        self._change(drop)
        remove(self.folder / sample.file)
        self._samples = [other for other in self._samples if other.file != sample.file]

    def delete(self) -> bool:
        """Deletes the samples and the list, and nothing else.

        Returns:
            Whether the folder is gone too, and the link to it where it was opened by one; it stays
            where there is anything else in it, or it cannot be removed.

        Raises:
            InputError: if it is no profile.
            HwrError: if a file cannot be deleted.
        """
        if not self.exists:
            raise InputError(f"{self.folder} is no profile; nothing is deleted")
        try:
            with locked(self.folder / LOCK):
                for own in (self.folder / name for name in FOLDERS):
                    if not is_folder(own):
                        continue
                    for name in os.listdir(own):
                        if FILE.fullmatch(f"{own.name}/{name}") or name.endswith(".part"):
                            os.unlink(own / name)
                    if not os.listdir(own):
                        own.rmdir()
                (self.folder / LIST).unlink(missing_ok=True)
                for name in os.listdir(self.folder):
                    if name.startswith(f".{LIST}.") or name == f"{LIST}.damaged":
                        os.unlink(self.folder / name)
            os.unlink(self.folder / LOCK)
            self._samples = []
        except OSError as error:
            raise HwrError(f"{self.folder}: cannot be deleted ({reason(error)})") from None
        try:
            os.rmdir(os.path.realpath(self.folder))  # a link, or "." itself, is no folder to it
            if self.folder.is_symlink():
                self.folder.unlink()
        except OSError:
            return False
        return True

    def _change(self, change: Callable[[list[Any]], list[Any]]) -> None:
        """Reads the list anew, changes it and writes it, while no other program does."""
        if self._closed:
            raise InputError(self._closed)
        if state_of(self.folder) == "other":
            raise InputError(f"{self.folder} is no profile; nothing is written to it")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with locked(self.folder / LOCK):
                path = self.folder / LIST
                try:
                    entries = read_list(path)
                except FileNotFoundError:
                    entries = find_samples(self.folder)
                except BROKEN:  # kept for who would mend it by hand
                    entries = find_samples(self.folder)
                    os.replace(path, path.with_name(f"{LIST}.damaged"))
                replace_file(path, as_list(self.name, change(entries)))
        except OSError as error:
            raise HwrError(f"{self.folder}: cannot be written ({reason(error)})") from None

    # Reading

    def _listed(self) -> list[Any]:
        """The entries of the list; where another program is at its first write, of its result."""
        path, lock = self.folder / LIST, self.folder / LOCK
        with contextlib.suppress(FileNotFoundError):
            return read_list(path)
        if lock.exists():  # samples are written before the list, while this is held
            with locked(lock):
                return read_list(path)
        return read_list(path)

    def _load(self) -> None:
        problems: list[str] = []
        try:
            entries = self._listed()
        except LaterVersion as error:
            self._closed = f"the profile {self.name} is of a later version, {error}; it is not used"
            problems.append(self._closed)
            entries = []
        except (OSError, *BROKEN) as error:
            entries = find_samples(self.folder)
            problems.append(
                f"{LIST} is damaged ({reason(error)}); what lies in the folders is used"
            )
        seen: set[str] = set()
        pixels = 0
        for entry in entries[:MOST]:
            try:
                sample = read_sample(self.folder, entry)
                if sample.file in seen:
                    raise ValueError("it is listed twice")
            except (OSError, *BROKEN) as error:
                file = entry.get("file") if isinstance(entry, dict) else None
                problems.append(f"{str(file or 'an entry')[:80]!r} is left out: {reason(error)}")
                continue
            seen.add(sample.file)
            pixels += sample.pixels
            if pixels > MOST_PIXELS:
                problems.append(f"it is too large; {len(self._samples)} samples are used")
                break
            self._samples.append(sample)
        if len(entries) > MOST:
            problems.append(f"it has {len(entries)} samples; the first {MOST} are used")
        if len(problems) > TOLD:
            problems[TOLD:] = [f"and {len(problems) - TOLD} more are left out"]
        self.problems = tuple(problems)


def amount(chars: Iterable[str]) -> str:
    """How many samples of how many characters, in words."""
    counts = Counter(chars)
    samples, kinds = sum(counts.values()), len(counts)
    if not samples:
        return "no samples"
    return f"{samples} sample{'s' * (samples != 1)} of {kinds} character{'s' * (kinds != 1)}"
