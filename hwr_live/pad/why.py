"""Why a glyph or a word was read as it was, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hwr_live.reading import Glyph, Step

_WHO: dict[Step, str] = {
    "ink": "its shape alone",
    "place": "and size, place, word",
    "line": "and the whole line",
    "language": "and the language",
}

_OF_WORDS: dict[Step, str] = {"ink": "its shapes alone", "place": "and sizes, places"}


@dataclass(frozen=True)
class Reason:
    """Who was heard, and what was held likeliest then.

    Attributes:
        who: in a few words.
        char: the likeliest character, or the word of them; None for no character.
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


def word_reasons(
    as_read: Sequence[Glyph], glyphs: Sequence[Glyph], profile: str = ""
) -> list[Reason]:
    """Who had a say in what a word is: after each step the word as far as it was decided then.

    A glyph of which a step says nothing stands as it was after the step before, or before all as
    the first that tells of it has it. ``p`` is that of the least sure character.

    Args:
        as_read: the word's glyphs, as the reader had them.
        glyphs: the same as they are shown, with what the user put right.
        profile: as for :func:`reasons`.
    """
    final = _text((glyph.char, 1.0) for glyph in glyphs)
    told = []
    for step, who in _WHO.items():
        heard = [_heard(glyph, step) for glyph in as_read]
        if any(new for _, new in heard):
            after = [said for said, _ in heard]
            name = _OF_WORDS.get(step, who)
            name += f", as {profile} writes" if step == "ink" and profile else ""
            text = _text(after)
            told.append(Reason(name, text, min(p for _, p in after), text == final))
    read = _text((glyph.char, 1.0) for glyph in as_read)
    if not told or told[-1].char != read:
        sure = min((glyph.confidence for glyph in as_read), default=0.0)
        told.append(Reason("the reader", read, sure, read == final))
    if read != final or any(
        (a.char, a.confidence) != (b.char, b.confidence)
        for a, b in zip(as_read, glyphs, strict=True)
    ):
        told.append(Reason("you", final, 1.0, True))
    return told


def _heard(glyph: Glyph, step: Step) -> tuple[tuple[str | None, float], bool]:
    """What a glyph was held for after a step, and whether that step told of it."""
    order = list(_WHO)
    if glyph.char is None or glyph.decision is None or not glyph.decision.steps:
        return (glyph.char, glyph.confidence), False
    steps = [name for name, _ in glyph.decision.steps]
    before = [n for n, name in enumerate(steps) if order.index(name) <= order.index(step)]
    return glyph.decision.after(before[-1] if before else 0), step in steps


def _text(chars: Iterable[tuple[str | None, float]]) -> str:
    return "".join(char or "?" for char, _ in chars)


def decided_by(told: Sequence[Reason]) -> str:
    """Who made it what it is: from whom on it was nothing else; empty where nobody did."""
    who = ""
    for reason in reversed(told):
        if not reason.agrees:
            break
        who = reason.who
    return f"decided: {who.removeprefix('and ')}" if who else ""
