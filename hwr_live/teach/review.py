"""Teaching from words that a person put right, in a review folder or in Label Studio."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import numpy as np
import numpy.typing as npt

from hwr_live.documents.doubts import TABLE, corrections_in, words_in
from hwr_live.documents.label_studio import labelled
from hwr_live.errors import InputError
from hwr_live.profiles.corrections import FOLDERS
from hwr_live.profiles.files import trimmed
from hwr_live.profiles.profile import Profile, amount
from hwr_live.reading import Glyph, Line, Reading, Word
from hwr_live.teach.align import align_text

SOURCE = "review"
"""The source of samples from words that were put right."""

Ink = npt.NDArray[np.uint8]


def run(profile: Profile, where: str, out: TextIO | None = None) -> int:
    """Keeps the characters of words that were put right.

    Args:
        profile: takes the samples; made with the first.
        where: a review folder, or an export of Label Studio's.
        out: where it is said what was learnt; stdout if None.

    Returns:
        The exit status, 0.

    Raises:
        InputError: if there is nothing that was put right, or it is damaged.
        HwrError: if the samples cannot be written.
    """
    words = _put_right(Path(where))
    if not words:
        raise InputError(f"nothing is put right in {where}: write into the column correct")
    found: list[tuple[str, Ink]] = []
    left: list[str] = []
    for word, text in words:
        pairs = pairs_of(word, text)
        if not pairs:
            left.append(text)
        found += pairs
    new, known = profile.part_known(found)
    if new:
        profile.add_all(new, SOURCE)
    learnt = amount(char for char, _ in new) if new else "nothing new"
    told = [f"learnt {learnt} from {len(words)} word{'s' * (len(words) != 1)}"]
    if known:
        told.append(f"known before: {amount(char for char, _ in known)}")
    if left:
        told.append(f"left out, as they did not align surely: {', '.join(left[:20])}")
    has = amount(sample.char for sample in profile.samples)
    told.append(f"{profile.name} has {has}, in {profile.folder}")
    print("\n".join(told), file=out or sys.stdout, flush=True)
    return 0


def _put_right(where: Path) -> list[tuple[Word, str]]:
    if not where.is_dir():
        return labelled(where)
    correct = corrections_in(where / TABLE)
    words = words_in(where)
    return [(words[name], text) for name, text in correct.items() if name in words]


def pairs_of(word: Word, text: str) -> list[tuple[str, Ink]]:
    """The characters of a text with the ink of the word's glyphs.

    Where there are as many of the one as of the other, they go together in their order: a person
    looked at just this word. Else what surely aligns is taken.
    """
    chars = [char for char in text if not char.isspace()]
    for glyphs in (word.readable, word.glyphs):
        if len(glyphs) == len(chars):
            return _with_ink(zip(chars, glyphs, strict=True))
    return _with_ink(align_text(Reading((Line((word.glyphs,)),)), text).pairs)


def _with_ink(pairs: Iterable[tuple[str, Glyph]]) -> list[tuple[str, Ink]]:
    return [
        (char, trimmed(glyph.ink))
        for char, glyph in pairs
        if char in FOLDERS.values() and glyph.ink is not None and glyph.ink.any()
    ]
