"""The 62 characters and the marks between them, sets of them, and which have the same shape.

A crop holds no size and no place, so some characters cannot be told apart by it: ``c`` and ``C``,
``0`` and ``O``. ``MERGED`` are EMNIST ByMerge's 47 classes; ``SHAPES`` are the 44 that remain when
0 and O, and 1, I and L, are one as well.
"""

from __future__ import annotations

from hwr_live.errors import InputError

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = "abcdefghijklmnopqrstuvwxyz"
LETTERS = UPPER + LOWER
ALL = DIGITS + LETTERS
"""The classes of EMNIST ByClass, in its order."""

MARKS = ".,-:/+=()!?"
"""Punctuation that labels, scores and forms need."""

SETS = {
    "digits": DIGITS,
    "upper": UPPER,
    "lower": LOWER,
    "letters": LETTERS,
    "marks": MARKS,
    "all": ALL + MARKS,
}

# EMNIST ByMerge: the lower-case letters that are written like their capitals.
MERGED = {char: char.upper() if char in "cijklmopsuvwxyz" else char for char in ALL}
SHAPES = {
    char: {"O": "0", "L": "1", "I": "1"}.get(merged, merged) for char, merged in MERGED.items()
}


def parse_chars(chars: str) -> str:
    """The characters that ``--chars`` names: a set's name or the characters themselves.

    Returns:
        The characters, each once, in the order given.

    Raises:
        InputError: if nothing is left or a character is none that a model can know.
    """
    if chars in SETS:
        return SETS[chars]
    chosen = "".join(dict.fromkeys(chars.replace(" ", "")))
    if not chosen:
        raise InputError(f"--chars is empty; give characters or one of {', '.join(SETS)}")
    unknown = [char for char in chosen if char not in ALL + MARKS]
    if unknown:
        raise InputError(
            f"--chars {chars!r}: {''.join(unknown)!r} cannot be read; "
            f"give 0-9, A-Z, a-z, {MARKS} or one of {', '.join(SETS)}"
        )
    return chosen
