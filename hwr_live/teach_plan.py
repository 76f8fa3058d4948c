"""Which characters are asked for, and in what order."""

from __future__ import annotations

from collections.abc import Mapping

from hwr_live.correction import FOLDERS, folder_of

ROUNDS = 3
"""How often each character is asked for: three samples of it take a third of its errors away."""
MOST = 26
"""Characters of a round; the next session asks for others."""

_CONFUSED = "2Zz9gq6Gb5Ss1lIi70OoMmnNhrFfTtuvUVaDdQcCeEkKxXyYpPjJwWL4H3B8A"
"""Those first that readers take for one another most, next to what they are taken for."""
_ORDER = {char: i for i, char in enumerate(dict.fromkeys([*_CONFUSED, *FOLDERS.values()]))}
_KINDS = {"digit": "digit", "upper": "capital letter", "lower": "small letter", "mark": "mark:"}
_SAID = {"0": "zero", "1": "one", "I": "as in India", "l": "as in lake", "O": "as in Oslo"}


def plan(chars: str, counts: Mapping[str, int]) -> list[str]:
    """What to ask for: :data:`ROUNDS` rounds of the characters that a profile needs most.

    Args:
        chars: the characters that may be asked for.
        counts: how many samples the profile has of each.

    Returns:
        The characters in the order in which they are asked for: those with the fewest samples,
        and of these the ones that are confused most.
    """
    needed = sorted(chars, key=lambda char: (counts.get(char, 0), _ORDER[char]))[:MOST]
    return needed * ROUNDS


def describe(char: str) -> str:
    """What tells a character from those that look like it, such as ``small letter l``."""
    kind, _, name = folder_of(char).partition("_")
    said = f" ({_SAID[char]})" if char in _SAID else ""
    return f"{_KINDS[kind]} {name}{said}"
