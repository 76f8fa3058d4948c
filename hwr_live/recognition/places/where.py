"""Where in a frame there is writing, and which way up: the map of writing and the line network
together."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.joint import Alphabet
from hwr_live.recognition.line_network import LineNetwork
from hwr_live.recognition.places.map_network import MapNetwork
from hwr_live.recognition.places.way_up import Sureness, righted
from hwr_live.segmentation.by_lines import are_upright, see_lines, wants_lines
from hwr_live.segmentation.ink import to_grey
from hwr_live.segmentation.rectify import View, see
from hwr_live.segmentation.writing import TextLine, lines_in

Grey = npt.NDArray[np.uint8]

CORE = 0.5
"""How likely a place must be the core of a line to be taken for it."""
SURELY = 0.7
"""How likely it must be somewhere in each line."""


def see_writing(
    frame: npt.NDArray[np.generic],
    pages: MapNetwork | None,
    along: tuple[LineNetwork, Alphabet] | None,
) -> tuple[View, bool]:
    """A frame as it is best seen, and whether it surely stands upright so.

    Args:
        frame: a picture, as of ``see``; no drawing.
        pages: the map of writing; None where all ink is taken for writing.
        along: the line network with its alphabet, which is asked where the map is in doubt.
    """
    view = see(frame)
    if pages is None:
        return view, False
    grey = to_grey(frame)
    began = time.perf_counter()
    seen = pages.look(grey, view.segmented.height / view.ink.scale)
    lines = lines_in(seen, CORE, SURELY)
    if along is not None:
        lines = righted(lines, _sureness(grey, view, along))
    ms = {**view.ms, "segment": view.ms["segment"] + 1000 * (time.perf_counter() - began)}
    view = replace(view, ms=ms)
    if wants_lines(view, lines, float(seen.hand.max(initial=0.0))):
        return see_lines(grey, view, lines), True
    return view, are_upright(view, lines)


def _sureness(grey: Grey, view: View, along: tuple[LineNetwork, Alphabet]) -> Sureness:
    """How surely the line network reads lines of a frame."""
    network, alphabet = along

    def sureness(lines: Sequence[TextLine]) -> list[float]:
        out = []
        for line in lines:
            own = see_lines(grey, view, [line])
            told = network.tell(own, own.lines[:1], alphabet.may)
            out += [float(one.logp.max(1).mean()) for one in told] or [-math.inf]
        return out

    return sureness
