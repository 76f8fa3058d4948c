"""What the outputs of a line network mean, and text from its answers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.kinds import KINDS

STRIDE = 4
"""Columns of a strip per frame of a network's answer."""

BLANK = 0
"""The output that means "no character here" in CTC (Graves et al. 2006)."""

CHARACTERS = " " + "".join(map(chr, range(33, 127))) + "°×÷"
"""Output ``i + 1`` is ``CHARACTERS[i]``: the space, printable ASCII, and three signs of sums."""

CLASSES = len(CHARACTERS) + 1

UNKNOWN = -1
"""The kind of a line that may pass for either: a font that was made from a hand."""

OUTPUTS = CLASSES + len(KINDS)
"""Outputs of each frame: logits of the classes, then those of the kinds."""

_OUTPUT = {char: i + 1 for i, char in enumerate(CHARACTERS)}


def encode(text: str) -> npt.NDArray[np.int32]:
    """The outputs that spell a text: int32 (n,).

    Raises:
        KeyError: for a character that is none of ``CHARACTERS``.
    """
    return np.array([_OUTPUT[char] for char in text], np.int32)


def decode(outputs: Iterable[int]) -> str:
    """The text of the best output of each frame: repeats are one, blanks none."""
    text, last = [], BLANK
    for output in outputs:
        if output not in (last, BLANK):
            text.append(CHARACTERS[output - 1])
        last = output
    return "".join(text)


def frames_needed(text: str) -> int:
    """The frames without which CTC cannot spell a text: one a character, one between equal ones."""
    return len(text) + sum(a == b for a, b in pairwise(text))
