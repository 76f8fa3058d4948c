"""Where in a frame there is writing, and which way up: the map of writing and the line network
together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, LETTERS
from hwr_live.recognition.joint import Alphabet, Told
from hwr_live.recognition.kinds import no_writing
from hwr_live.recognition.line_network import LineNetwork, line_ink
from hwr_live.recognition.places.best_lines import best_lines, is_any_writing
from hwr_live.recognition.places.map_network import MapNetwork
from hwr_live.recognition.places.way_up import Sureness, righted, turned_like
from hwr_live.recognition.settings import DEFAULTS
from hwr_live.segmentation.by_lines import Base, base_of, is_cut_out, see_lines, wants_lines
from hwr_live.segmentation.ink import to_grey
from hwr_live.segmentation.line_picture import CUTS, line_picture
from hwr_live.segmentation.lines import axis_of, may_be_one
from hwr_live.segmentation.pieces import Piece
from hwr_live.segmentation.rectify import View, at_angle, see, to_frame, turned
from hwr_live.segmentation.writing import TextLine, WritingMap, lines_in

Grey = npt.NDArray[np.uint8]

CORE = 0.7
"""How likely a place must be the core of a line to be taken for it."""
SURELY = 0.8
"""How likely it must be somewhere in each line."""
_ELSE = (0.85, 0.9)
"""The same of other lines that may be meant: of 490 words on diagrams of validation writers 306 are
right without them, 312 with them."""

_AT_A_TIME = 2  # lines that are asked together whether they are writing, one for each processor
_TRIED = 3  # times so many lines, of which none is writing, tell that not all are
_MUCH, _HARDLY = 300, 0.1
"""Pieces from which what is seen may be a texture, and signs that are read for each piece of those
lines, at the most: by hand, on drawn wood, keys and gravel, which have 0 to 0.05; writing has
about 1."""
_ASKED = 24  # lines of a view that are read to find out how well it is seen
_WRITING = 0.75  # mean probability of a line's signs from which it is surely writing; by hand
_NEARLY_ALL = 0.9  # of a view's pieces that stand in such lines
_ASKEW = math.radians(10)  # what is less askew has been made level
_TOLD = 0.64
"""How sure a map is on average which way lines run, from which it is believed: 0.66 and more on
validation people's diagrams and photographs, 0.61 and less on pages on their side that it gets
wrong."""
_READ = 3.0  # the gain of lines above which they read well; those pages gain 2 at the most
_TURNED_GAIN = 0.75
"""How much a view must gain by being turned, as people mostly hold writing upright. Of validation
people's words drawn alone 3.2 in a hundred are turned on their head with 0, 0.8 with this; of such
words on their head 90 are found with 0, 77 with this; of pages it was not measured."""
_PLENTY = 12.0  # gain of lines from which nobody asks whether the page lies on its side
_ONE_LESS = 2.0
"""How much less may be gained of what may be one line, as it mostly is one, and parts of a line may
look like other signs. Of 151 words on paper of validation people that fell into several lines
38.4 % of the letters were wrong, 29.8 with 0.5, are 24.0 with this; with 3 it is 23.6."""
_LEAST_GAIN, _EACH_GAIN = 0.5, 0.3
"""How much must be gained of the lines that a map tells of, in all and for each: of pictures
without writing it is up to 0.44 of one line and 0.2 for each of several, of public photographs 0.9
and more for each."""
_WRITTEN = 0.1  # how surely one line is no writing, at the most, for it to be surely handwriting
_MOST_OF = 0.8
"""Of the signs of one line: a map's lines that tell fewer are parts of it. Of 2,588 letters of long
lines of pens as broad as a third of the x-height 667 are wrong without, 578 with 0.6, 546
with this."""
_ROOM = 1.2
"""x-heights from the middle of a cut-out's word to the picture's border, at the least. Of 400 words
on paper of validation people 15.9 % of the letters are wrong where all lines of a map are read that
more is read of than without it, 14.1 with 0.5, 13.1 with 0.8, 12.3 with this; 16.4 without."""
_SURE = 0.6  # probability of a sign above which it is rather writing than not; by eye, on diagrams


def see_writing(
    frame: npt.NDArray[np.generic],
    pages: MapNetwork | None,
    along: tuple[LineNetwork, Alphabet] | None,
) -> tuple[View, bool]:
    """A frame as it is best seen, and whether it surely stands upright so.

    The map costs more than all the rest of a reading; where the line network is sure of all that is
    seen without it, it is not asked.

    Args:
        frame: a picture, as of ``see``; no drawing.
        pages: the map of writing; None where all ink is taken for writing.
        along: the line network with its alphabet, which is asked where the map is in doubt.
    """
    view = see(frame)
    if along is not None:
        view = _as_one_line(view, along)
    if pages is not None and along is not None and is_cut_out(view):
        return _cut_out(to_grey(frame), view, pages, along)
    if pages is None or (along is not None and _is_all_writing(view, along)):
        return view, False
    texture = along is not None and _is_texture(view, along)
    level, most = None, -math.inf  # a view that more is read of, and how much is read of the whole
    if along is not None and not texture:
        level, most = _righted_whole(view, _gain(view, along), along)
        if level is not None and _is_all_writing(level, along):
            return level, True
    grey = to_grey(frame)
    seen = pages.look(grey, view.segmented.height / view.ink.scale)
    lines = lines_in(seen, CORE, SURELY)
    base = None
    if along is not None and lines:
        base = base_of(grey, view, lines, enlarged=False)
        if texture and not is_any_writing(base.ink.grey, list(map(base.placed, lines)), along[0]):
            return see_lines(grey, view, ()), True
        lines = righted(lines, _sureness(base, along[0]))
    wanted = wants_lines(view, lines, float(seen.hand.max(initial=0.0)))
    if along is None:
        return (see_lines(grey, view, lines), True) if wanted else (view, False)
    gain, by_lines = -math.inf, view
    if wanted:
        others = partial(_others, seen, lines)
        by_lines = _best(grey, view, base, (lines, others), along[0])
        gain = _gain(by_lines, along)
    # What hardly a sign is surely read of is wood, leaves, gravel: no writing.
    written = gain > max(_LEAST_GAIN, _EACH_GAIN * len(by_lines.lines))
    if texture:  # what the map does not read is not looked for all round
        if wanted and not written:
            return see_lines(grey, view, ()), True
        level, most = _righted_whole(view, _gain(view, along), along)
    if gain > most and (gain > _PLENTY or gain > _most(view, lines, gain, along)):
        return by_lines if written else see_lines(grey, view, ()), True
    return (view, False) if level is None else (level, True)


def _others(seen: WritingMap, lines: Sequence[TextLine]) -> list[TextLine]:
    """Lines of a map that may be meant where others are not surely read."""
    return turned_like(lines_in(seen, *_ELSE), lines)


def _are_fragments(by_lines: View, whole: View, network: LineNetwork) -> bool:
    """Whether a map's lines hold but a part of the one line that is seen without it, and this is
    surely handwriting: of a long line of a broad pen few signs are sure."""
    if len(whole.lines) != 1:
        return False
    (told,) = network.tell(whole, whole.lines)
    signs = sum(len(one.spelling.signs) for one in network.tell(by_lines, by_lines.lines))
    return no_writing(told.kinds) < _WRITTEN and signs < _MOST_OF * len(told.spelling.signs)


def _is_number(view: View, along: tuple[LineNetwork, Alphabet]) -> bool:
    """Whether what is seen has digits and no letters."""
    network, alphabet = along
    told = network.tell(view, view.lines, alphabet.weights)
    labels = {network.card.labels[sign] or "" for one in told for sign in one.spelling.signs}
    return bool(labels & set(DIGITS)) and not labels & set(LETTERS)


def _whole(lines: Sequence[TextLine], size: tuple[int, int]) -> Sequence[TextLine]:
    """Those lines of a cut-out that its border does not cut, as it does what stands above and below
    its word; all, if it cuts all."""
    around = [line.outline(_ROOM, _ROOM, 0.0) for line in lines]
    whole = [bool((corners >= 0).all() and (corners <= size).all()) for corners in around]
    return [line for line, is_whole in zip(lines, whole, strict=True) if is_whole] or lines


def _cut_out(
    grey: Grey, view: View, pages: MapNetwork, along: tuple[LineNetwork, Alphabet]
) -> tuple[View, bool]:
    """As ``see_writing``, of a photograph that is a word which was cut out of one: as it is seen
    without a map or by the lines of a map, whichever more is read of. Where either is one line, the
    other's picture of it is read along.

    Args:
        grey: uint8 (h, w), the photograph.
        view: as it is seen without a map.
        pages: the map of writing.
        along: the line network with its alphabet.
    """
    network, _ = along
    sure = _is_all_writing(view, along)
    level, most = (None, 0.0) if sure else _righted_whole(view, _gain(view, along), along)
    as_it_stands = (view, False) if level is None else (level, True)
    if _is_number(view, along):
        return as_it_stands
    seen = pages.look(grey, view.segmented.height / view.ink.scale)
    lines = _whole(lines_in(seen, CORE, SURELY), view.size)
    if not lines:
        return as_it_stands
    base = base_of(grey, view, lines, enlarged=False)
    if not sure:
        word = _best(grey, view, base, (lines, list), network)
        parts = not word.lines or _are_fragments(word, view, network)
        if not parts and _gain(word, along) > most:
            if len(view.lines) == len(word.lines) == 1:
                word = replace(word, looks=(line_ink(view, view.lines[0])[0],))
            return word, True
    if level is None and len(lines) == len(view.lines) == 1:
        picture = line_picture(base.ink.grey, base.placed(lines[0]), CUTS[0])
        return replace(view, looks=(picture,)), False
    return as_it_stands


def _as_one_line(view: View, along: tuple[LineNetwork, Alphabet]) -> View:
    """The same with all lines as one, where they may be and hardly less is read of them so."""
    if not may_be_one(view.lines):
        return view
    pieces = sorted(view.pieces, key=lambda piece: piece.box[0] + piece.box[2] / 2)
    one = replace(view, segmented=replace(view.segmented, lines=(tuple(pieces),)))
    return one if _gain(one, along) > _gain(view, along) - _ONE_LESS else view


def _righted_whole(
    view: View, own: float, along: tuple[LineNetwork, Alphabet]
) -> tuple[View | None, float]:
    """A view made level from any angle, and turned round if it stands on its head, with its gain;
    None, and ``own``, the gain as it stands, if hardly more is read of it so, or nothing that is
    rather writing than not."""
    angle = axis_of(view.pieces, view.segmented.height)
    turns = (math.pi, 0.0) if abs(angle) >= _ASKEW else (math.pi,)
    ways = [at_angle(view, angle + turn) for turn in turns]
    gains = [_gain(way, along) for way in ways]
    best = gains.index(max(gains))
    least = max(own + _TURNED_GAIN, 0)
    return (ways[best], gains[best]) if gains[best] > least else (None, own)


def _is_all_writing(view: View, along: tuple[LineNetwork, Alphabet]) -> bool:
    """Whether the line network is sure of nearly all lines of a view, so that no map is needed.

    Lines from all over the page are asked some at a time: where much of a page is no writing, a
    few tell.
    """
    network, alphabet = along
    total = sum(map(len, view.lines))
    asked = unsure = 0
    for number, some in enumerate(_some_at_a_time(view), 1):
        for line, one in zip(some, network.tell(view, some, alphabet.weights), strict=True):
            asked += len(line)
            unsure += len(line) * (not _is_read(one, _WRITING))
        if unsure > (1 - _NEARLY_ALL) * total or (unsure == asked and number == _TRIED):
            return False
    return total > 0


def _some_at_a_time(view: View) -> Iterator[Sequence[Sequence[Piece]]]:
    """The lines of a view, some from all over it at a time."""
    steps = -(-len(view.lines) // (_TRIED * _AT_A_TIME))
    for first in range(steps):
        some = view.lines[first::steps]
        yield from (some[k : k + _AT_A_TIME] for k in range(0, len(some), _AT_A_TIME))


def _is_texture(view: View, along: tuple[LineNetwork, Alphabet]) -> bool:
    """Whether much is photographed of which, by some lines, hardly any is read as it stands."""
    if not view.ink.photo or len(view.pieces) < _MUCH:
        return False
    network, alphabet = along
    some = [line for lines in islice(_some_at_a_time(view), _TRIED) for line in lines]
    told = network.tell(view, some, alphabet.weights)
    signs = sum(len(one.spelling.p) for one in told if _is_read(one, DEFAULTS.view.written))
    return signs <= _HARDLY * sum(map(len, some))


def _is_read(told: Told, least: float) -> bool:
    """Whether a line is writing whose signs have so high a mean probability."""
    p = told.spelling.p
    return bool(len(p) and p.max(axis=1).mean() >= least and not _is_none(told))


def _most(
    view: View, lines: Sequence[TextLine], gain: float, along: tuple[LineNetwork, Alphabet]
) -> float:
    """The gain of a view turned by quarters, whichever is most; or the first of these that is no
    less than ``gain``, which is that of a map's lines.

    It is turned to where those lines are level, if the map is sure which way they run and they
    read well; else, as letters that stand far apart are taken for lines that run down, any way.
    """
    lengths = [line.length for line in lines]
    told = bool(lines) and float(np.average([line.turn for line in lines], weights=lengths)) > _TOLD
    ways = _quarters(view, lines) if told and gain > _READ else (1, 2, 3)
    most = -math.inf
    for quarters in ways:
        if most < gain:
            most = max(most, _gain(turned(view, quarters), along))
    return most


def _quarters(view: View, lines: Sequence[TextLine]) -> tuple[int, ...]:
    """The quarter turns after which most of a map's lines are level in a view, if any."""
    back = np.linalg.inv(to_frame(view.ink, view.matrix)).astype(np.float64)
    ways = [round(line.moved(back).way / (math.pi / 2)) % 4 for line in lines]
    usual = int(np.bincount(ways, [line.length for line in lines], 4).argmax())
    return (usual,) if usual else ()


def _gain(view: View, along: tuple[LineNetwork, Alphabet]) -> float:
    """How much the line network reads of a view: each sign counts by how much surer it is than of
    what is no writing, so that much of which little is sure is worse than nothing.

    Whatever may be read: letters among which digits are looked for stand the same way up.
    """
    some = sorted(view.lines, key=len)[-_ASKED:]
    told = [one for one in along[0].tell(view, some) if not _is_none(one)]
    signs = [one.spelling.p.max(axis=1, initial=0.0) for one in told]
    if view.rows:  # lines of which hardly anything is sure are not read at all
        signs = [p for p in signs if len(p) and p.mean() >= DEFAULTS.view.written]
    return sum(float((p - _SURE).sum()) for p in signs)


def _is_none(told: Told) -> bool:
    """Whether a line is no writing at all."""
    return no_writing(told.kinds) > DEFAULTS.kinds.none


def _best(
    grey: Grey,
    view: View,
    base: Base | None,
    lines: tuple[Sequence[TextLine], Callable[[], Sequence[TextLine]]],
    network: LineNetwork,
) -> View:
    """A frame seen by those of a map's lines, and of others that may be meant, that are read
    best."""
    if base is None:
        return see_lines(grey, view, ())
    own: dict[TextLine, TextLine] = {}  # by where they are placed in the ink

    def placed(some: Sequence[TextLine]) -> list[TextLine]:
        there = [base.placed(line) for line in some]
        own.update(zip(there, some, strict=True))
        return there

    best = best_lines(base.ink.grey, placed(lines[0]), network, lambda: placed(lines[1]()))
    return see_lines(grey, view, [own[line] for line, _ in best], [cut for _, cut in best], base)


def _sureness(base: Base, network: LineNetwork) -> Sureness:
    """How surely the line network reads lines of a frame."""

    def sureness(lines: Sequence[TextLine]) -> list[float]:
        pictures = [line_picture(base.ink.grey, base.placed(line), CUTS[0]) for line in lines]
        return [
            float(told.logp.max(1).mean()) if picture.any() else -math.inf
            for picture, told in zip(pictures, network.hear(pictures), strict=True)
        ]

    return sureness
