"""Why a glyph was read as it was, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwr_live.reading import Glyph, Step

_WHO: dict[Step, str] = {
    "ink": "its shape alone",
    "place": "and size, place, word",
    "line": "and the whole line",
    "language": "and the language",
}


@dataclass(frozen=True)
class Reason:
    """Who was heard, and what was held likeliest then.

    Attributes:
        who: in a few words.
        char: the likeliest character; None for no character.
        p: how likely it was, 0 to 1.
        agrees: whether the glyph is that in the end.
    """

    who: str
    char: str | None
    p: float
    agrees: bool


def reasons(as_read: Glyph, glyph: Glyph | None, profile: str = "") -> list[Reason]:
    """Who had a say in what a glyph is, in the order in which they were heard.

    Args:
        as_read: as the reader had it.
        glyph: as it is shown, with what the user put right; None if it is not there any more.
        profile: name of the profile that the shape is compared with, if any.
    """
    shown = as_read if glyph is None else glyph
    found: list[tuple[str, str | None, float]] = []
    decision = as_read.decision
    for number, (step, _) in enumerate(() if decision is None else decision.steps):
        assert decision is not None
        who = _WHO[step] + (f", as {profile} writes" if step == "ink" and profile else "")
        found.append((who, *decision.after(number)))
    if as_read.char is None:
        found.append(("not like a character", None, as_read.confidence))
    elif decision is None:
        found.append(("the reader", as_read.char, as_read.confidence))
    if (shown.char, shown.confidence) != (as_read.char, as_read.confidence):
        found.append(("you", shown.char, 1.0))
    return [Reason(who, char, p, char == shown.char) for who, char, p in found]


def decided_by(told: Sequence[Reason]) -> str:
    """Who made it what it is: from whom on it was nothing else; empty where nobody did."""
    who = ""
    for reason in reversed(told):
        if not reason.agrees:
            break
        who = reason.who
    return f"decided: {who.removeprefix('and ')}" if who else ""
