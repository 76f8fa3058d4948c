"""Who was heard of a character, for whoever asks why it was read so."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwr_live.reading import Step
from hwr_live.recognition.joint import Character

Floats = npt.NDArray[np.float64]


def heard_of(
    one: Character, alone: Floats, placed: Floats, in_words: Floats | None
) -> tuple[tuple[Step, Floats], ...]:
    """The steps of a :class:`hwr_live.reading.Decision`.

    Args:
        one: the character.
        alone: (pieces, chars) probabilities of the line's pieces, each by itself.
        placed: the same with what the line's guides and words tell.
        in_words: (chars,) of the character, its word heard by a language; None without one.
    """
    steps: list[tuple[Step, Floats]] = []
    if one.whole and len(one.pieces) == 1 and one.by != "line":
        steps += [("ink", alone[one.pieces[0]]), ("place", placed[one.pieces[0]])]
    if one.by != "glyph":
        steps.append(("line", one.p))
    if in_words is not None:
        steps.append(("language", in_words))
    return tuple(steps)
