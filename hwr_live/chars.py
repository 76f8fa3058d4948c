"""The characters that can be read, sets of them by name, and which have the same shape.

A crop holds no size and no place, so some characters cannot be told apart by it: ``c`` and ``C``,
``0`` and ``O``. ``MERGED`` are EMNIST ByMerge's 47 classes; ``SHAPES`` are the 44 that remain when
0 and O, and 1, I and L, are one as well.
"""

from __future__ import annotations

import re

from hwr_live.errors import InputError
from hwr_live.system.nearest import nearest, suggestion

DIGITS = "0123456789"
UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = "abcdefghijklmnopqrstuvwxyz"
LETTERS = UPPER + LOWER
ALL = DIGITS + LETTERS
"""The classes of EMNIST ByClass, in its order."""

MARKS = ".,-:/+=()!?"
"""Punctuation that labels, scores and forms need."""

RARE = "\\^_`{|}~"
"""Signs of ASCII that only programmers use, and that look like letters or strokes."""

SIGNS = "!\"#$%&'()*+,-./:;<=>?@[]" + RARE + "°×÷"
"""All signs of a keyboard: ASCII's and those for degrees, times and divided by."""

SETS = {
    "digits": DIGITS,
    "upper": UPPER,
    "lower": LOWER,
    "letters": LETTERS,
    "marks": MARKS,
    "signs": SIGNS,
    "ascii": ALL + "".join(sign for sign in SIGNS if sign.isascii()),
    "all": ALL + "".join(sign for sign in SIGNS if sign not in RARE),
}
"""Sets of characters by name. A model reads those of a set that it knows; "all" is what most people
write, without ``RARE``."""

# EMNIST ByMerge: the lower-case letters that are written like their capitals.
MERGED = {char: char.upper() if char in "cijklmopsuvwxyz" else char for char in ALL}
SHAPES = {
    char: {"O": "0", "L": "1", "I": "1"}.get(merged, merged) for char, merged in MERGED.items()
}


def parse_chars(chars: str) -> str:
    """The characters that ``--chars`` names.

    A set's name in any case, ``digits``; sets with ``+`` between them, ``digits+marks``; a set
    with characters behind it that are no letters or of the other case, ``digits.,-`` or
    ``digitsX``; or the characters themselves, ``0123456789X``. Parts may have spaces between
    them, and a letter that stands alone is always that letter. Other letters alone, such as
    ``numbers``, are a name that does not exist, unless they come in the order of the alphabet, as
    in ``XYZ``.

    Returns:
        The characters, each once, in the order given.

    Raises:
        InputError: if nothing is left, a name is no set's, or a character is none that a model can
            know.
    """
    chosen = "".join(dict.fromkeys("".join(some for some, _ in _parts(chars))))
    if not chosen:
        raise InputError(f"--chars is empty; give characters or {_SETS}")
    known = ALL + SIGNS
    unknown = "".join(char for char in chosen if char not in known)
    if unknown:
        raise InputError(
            f"--chars {chars!r}: {unknown!r} cannot be read; "
            f"give characters of a keyboard or {_SETS}"
        )
    return chosen


def chars_alone(chars: str) -> str:
    """Of what :func:`parse_chars` finds, the characters that were given themselves, in no set: who
    names a character must be told if it cannot be read."""
    return "".join(dict.fromkeys("".join(some for some, by_name in _parts(chars) if not by_name)))


_SETS = f"one of the sets {', '.join(SETS)}"
_NAMES = "|".join(sorted(SETS, key=len, reverse=True))
# Names of sets with + between them, and what is behind them.
_SETS_FIRST = re.compile(rf"((?:{_NAMES})(?:\+(?:{_NAMES}))*)(.*)", re.IGNORECASE | re.DOTALL)
_SETS_LAST = re.compile(rf"(.+)\+({_NAMES})", re.IGNORECASE | re.DOTALL)


def _parts(chars: str) -> list[tuple[str, bool]]:
    """What was given, piece by piece: characters, and whether a set's name stood for them."""
    return [piece for part in chars.split(" ") for piece in _pieces(part, chars)]


def _pieces(part: str, chars: str) -> list[tuple[str, bool]]:
    """The pieces of a part without spaces of what was given, ``chars``."""
    if found := _SETS_FIRST.fullmatch(part):
        names, rest = found.groups()
        if not rest or not rest[0].isalpha() or rest[0].isupper() != names[-1].isupper():
            sets = "".join(SETS[name] for name in names.casefold().split("+"))
            return [(sets, True), *_pieces(rest, chars)]
    if found := _SETS_LAST.fullmatch(part):  # characters, and a set behind them
        return [*_pieces(found[1], chars), (SETS[found[2].casefold()], True)]
    if ranges := re.findall("0-9|A-Z|a-z", part):
        raise InputError(f"--chars {chars!r}: for {ranges[0]} give digits, upper or lower")
    for word in re.findall("[A-Za-z]{3,}", part):
        if word.casefold() in SETS:
            raise InputError(f"--chars {chars!r}: sets have a + between them, as digits+{word}")
        in_order = list(word.casefold()) == sorted(word.casefold())
        if nearest(word, SETS) is not None or (word == part and not in_order):
            raise InputError(
                f"--chars {chars!r}: {word} is none of the sets {', '.join(SETS)}"
                f"{suggestion(word, SETS)} (the letters themselves: {' '.join(word[:3])} …)"
            )
    return [(part, False)]
