"""What somebody meant who wrote something that is not there."""

from __future__ import annotations

from collections.abc import Iterable

_ALIKE = 0.6
"""Share of two words, 0 to 1, from which one may be meant for the other: difflib's own default."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The one of ``known`` that ``word`` is most like in any case, or None if none is like it."""
    from difflib import get_close_matches  # for messages only: it takes a while to load

    by_fold = {one.casefold(): one for one in known}
    found = get_close_matches(word.casefold(), by_fold, n=1, cutoff=_ALIKE)
    return by_fold[found[0]] if found else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; do you mean X?``, or nothing where no word is like it; for the end of a message."""
    meant = nearest(word, known)
    return f"; do you mean {meant}?" if meant is not None else ""
