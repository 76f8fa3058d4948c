"""Which characters are asked for, and in what order."""

from __future__ import annotations

from collections.abc import Mapping

from hwr_live.profiles.corrections import FOLDERS, folder_of

ROUNDS = 3
"""How often each character is asked for: three samples of it take a third of its errors away."""
MOST = 26
"""Characters of a round; the next session asks for others."""

_ALIKE = (
    "2Zz 9gq 6Gb 5Ss 1lIi7 0Oo MmnNh r Ff Tt uvUV aDdQ cC eE kK xX yY pP jJ wW L4H 3B8A".split()
)
"""Those first that readers take for one another most, next to what they are taken for."""
_ORDER = {char: i for i, char in enumerate(dict.fromkeys([*"".join(_ALIKE), *FOLDERS.values()]))}
_KINDS = {"digit": "digit", "upper": "capital letter", "lower": "small letter", "mark": "mark:"}
_SAID = {"0": "zero", "1": "one", "I": "as in India", "l": "as in lake", "O": "as in Oslo"}


def plan(chars: str, counts: Mapping[str, int]) -> list[str]:
    """What to ask for: :data:`ROUNDS` rounds of the characters that a profile needs most.

    Args:
        chars: the characters that may be asked for.
        counts: how many samples the profile has of each.

    Returns:
        The characters in the order in which they are asked for: those with the fewest samples; of
        these first the ones that are taken for characters with more, since what is known of a
        user's 9 must not make a g of theirs a 9; and then the ones that are confused most.
    """

    def need(char: str) -> tuple[int, bool, int]:
        count = counts.get(char, 0)
        alike = "".join(group for group in _ALIKE if char in group)
        ahead = any(counts.get(other, 0) > count for other in alike)
        return count, not ahead, _ORDER[char]

    return sorted(chars, key=need)[:MOST] * ROUNDS


def describe(char: str) -> str:
    """What tells a character from those that look like it, such as ``small letter l``."""
    kind, _, name = folder_of(char).partition("_")
    said = f" ({_SAID[char]})" if char in _SAID else ""
    return f"{_KINDS[kind]} {name}{said}"
