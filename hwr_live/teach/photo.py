"""Teaching from a photographed page whose text is known."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from hwr_live.chars import ALL, SHAPES
from hwr_live.errors import InputError
from hwr_live.media.images import read_picture
from hwr_live.profiles.profile import Profile, amount
from hwr_live.readers import AnyReader
from hwr_live.recognition.adapt import MOST
from hwr_live.teach.align import align_text
from hwr_live.teach.app import in_order

SOURCE = "page"
"""The source of samples from a page."""

_MOST_TEXT = 1_000_000  # bytes


def run(
    reader: AnyReader,
    profile: Profile,
    photo: str | os.PathLike[str],
    text: str,
    out: TextIO | None = None,
) -> int:
    """Keeps the glyphs of a page that surely are characters of its text.

    Args:
        reader: reads the page, with what the profile knows already.
        profile: takes the samples; made with the first.
        photo: the page, a picture file.
        text: what is written on it; line ends help.
        out: where it is said what was learnt and what was left out; stdout if None.

    Returns:
        The exit status, 0.

    Raises:
        InputError: if the picture is broken, or the text is not what is on it.
        HwrError: if the samples cannot be written.
    """
    if not any(char in ALL for char in text):
        raise InputError("the text has no letters or digits to learn from")
    taught = reader.with_samples(profile.crops(MOST)) if profile.samples else reader
    reading = taught.read(read_picture(photo))
    aligned = align_text(reading, text)
    if not aligned.fits or not aligned.pairs:
        read = " ".join(reading.text.split())
        read = read if len(read) <= 60 else read[:57] + "..."
        raise InputError(f"the text is not what {photo} says (read: {read!r}); nothing was learnt")
    inks = [(char, glyph.ink) for char, glyph in aligned.pairs if glyph.ink is not None]
    new, known = profile.part_known(inks)
    if new:
        profile.add_all(new, SOURCE)
    told = []
    chars = [char for char, _ in new]
    learnt = f"{amount(chars)}: {' '.join(in_order(chars))}" if chars else "nothing new"
    told.append(f"learnt {learnt}")
    if known:
        told.append(f"known before: {amount(char for char, _ in known)}")
    other = {f"{char} (read {g.char})" for char, g in aligned.pairs if not _same(char, g.char)}
    if other:
        told.append(f"the text was believed, not the reading: {', '.join(sorted(other))}")
    if aligned.left_out:
        lost = " ".join(in_order(aligned.left_out))
        told.append(f"left out, as it did not align surely: {amount(aligned.left_out)}: {lost}")
    if aligned.extra:
        told.append(f"on the page and not surely in the text: {aligned.extra} glyphs")
    if aligned.unknown:
        told.append(f"not learnt: {' '.join(aligned.unknown)}")
    has = amount(sample.char for sample in profile.samples)
    told.append(f"{profile.name} has {has}, in {profile.folder}")
    print("\n".join(told), file=out or sys.stdout, flush=True)
    return 0


def _same(char: str, read: str | None) -> bool:
    """Whether both are one character, or have one shape."""
    return char == read or SHAPES.get(char) == SHAPES.get(read or "", read)


def read_text(path: str) -> str:
    """The text of a file.

    Raises:
        InputError: if it cannot be read or is no text.
    """
    try:
        if not Path(path).is_file():  # a pipe would wait for ever
            raise InputError(f"{path} is no file")
        with open(path, "rb") as file:
            data = file.read(_MOST_TEXT + 1)
        if len(data) > _MOST_TEXT:
            raise InputError(f"{path} is too long for the text of a page")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is no text in UTF-8") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {path}: {getattr(error, 'strerror', error)}") from None
