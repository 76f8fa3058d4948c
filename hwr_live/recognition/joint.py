"""The line network and the glyph network decide together what a line says.

The line network sees a whole line and tells signs one after the other, each at its place along
the line; the glyph network sees pieces of ink, cut and joined as they look most like characters.
Where one sign stands in one piece, both have a say in what it is. Where they differ in how many
characters the ink is, the text that both find likelier in sum is taken: the line network can say
how likely it finds the pieces' text, and the glyph network how much its pieces look like
characters.

Longer than other modules, as what is told, seen and decided of a line is defined beside the
decision: all four are of no use apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, LETTERS, RARE, SHAPES, SIGNS
from hwr_live.middle import median
from hwr_live.recognition.ctc import BLANK, NEVER, Spelling, log_likelihood
from hwr_live.recognition.settings import DEFAULTS, JointSettings

Floats = npt.NDArray[np.float64]
SPACE = " "
"""The label of the space between words."""

_TINY = 1e-12
_FEW = 4  # characters: of fewer nobody can tell whether they stand evenly


@dataclass(frozen=True)
class Alphabet:
    """What the line network's outputs mean for the characters that may be read.

    Attributes:
        chars: those that the glyph network knows, then those that the line network alone knows.
        known: how many the glyph network knows.
        outputs: (chars,) the output of each; -1 for one that the line network does not know.
        space: the output of the space between words.
        may: (outputs,) what may be told: these characters, blank, the space, and other signs, which
            are then no characters: never is a sign that may not be read told as a letter.
        weights: (outputs,) what is added to the logarithm of each one's probability: nothing, or
            what makes it never told, or what signs that hardly anybody writes gain where they are
            asked for.
        none: the outputs of those other signs.
        alike, foreign: the outputs of what looks like one of these characters, and of all other
            characters, where digits are read and no letters; else empty.
        percent: the output of the percent sign, if there is one.
    """

    chars: tuple[str, ...]
    known: int
    outputs: npt.NDArray[np.intp]
    space: int
    may: npt.NDArray[np.bool_]
    weights: Floats
    none: npt.NDArray[np.intp]
    alike: npt.NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))
    foreign: npt.NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))
    percent: npt.NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    @classmethod
    def of(
        cls,
        labels: Sequence[str | None],
        known: Sequence[str],
        wanted: Collection[str],
        settings: JointSettings = DEFAULTS.joint,
    ) -> Alphabet:
        """Of a line network's labels, and what the glyph network knows of the wanted characters."""
        numbers = {label: number for number, label in enumerate(labels)}
        more = [char for char in labels if char and char in wanted and char not in known]
        chars = (*known, *more)
        # A bar is a 1 where no slash can be meant, and none of these is common beside letters.
        bars = RARE + "/" * ("1" in wanted)
        none = [
            number
            for sign, number in numbers.items()
            if sign and sign in SIGNS and sign not in wanted and sign not in bars
        ]
        outputs = np.array([numbers.get(char, -1) for char in chars], np.intp)
        space = numbers[SPACE]
        may = np.zeros(len(labels), np.bool_)
        may[[BLANK, space, *none, *outputs[outputs >= 0].tolist()]] = True
        # Nothing but its place tells a bar from a 1, which it never gains on.
        asked = [numbers[c] for c in RARE if c in wanted and c in numbers and c != "|"]
        weights = np.where(may, 0.0, NEVER)
        weights[asked] = settings.asked
        alike: list[int] = []
        foreign: list[int] = []
        if set(DIGITS) & set(wanted) and not set(LETTERS) & set(wanted):
            shapes = {SHAPES.get(char, char) for char in wanted} | set(bars)
            for sign, number in numbers.items():
                if sign and sign != SPACE:
                    (alike if SHAPES.get(sign, sign) in shapes else foreign).append(number)
        percent = [number for sign, number in numbers.items() if sign == "%"]
        lists = (none, alike, foreign, percent)
        return cls(
            chars, len(known), outputs, space, may, weights, *(np.array(n, np.intp) for n in lists)
        )

    def widened(self, p: Floats) -> Floats:
        """Rows (n, known) of the glyph network with a column of 0 for each other character."""
        out = np.zeros((len(p), len(self.chars)))
        out[:, : self.known] = p
        return out


@dataclass(frozen=True)
class Told:
    """What the line network tells of a line.

    Attributes:
        logp: (frames, outputs) logarithms of probabilities.
        spelling: the best path.
        centres: (frames,) where each frame's middle is, in the unit of the pieces' edges.
        kinds: (frames, 3) logarithms of the probabilities of ``recognition.kinds.KINDS``; None of a
            network that does not tell.
        words: (signs,) how likely each sign is of a word, as ``Speller.in_words``; None where
            nothing is known of words.
        looks: of other pictures of the same line, as ``logp``.
        otherwise: of the line's strip as others might have written it, likewise.
        strip: uint8 (48, w), what the network was given; None where that is not known.
    """

    logp: Floats
    spelling: Spelling
    centres: Floats
    kinds: Floats | None = None
    words: Floats | None = None
    looks: tuple[Floats, ...] = ()
    otherwise: tuple[Floats, ...] = ()
    strip: npt.NDArray[np.uint8] | None = None


@dataclass(frozen=True)
class Seen:
    """What the glyph network and the line's geometry tell of the pieces of a line.

    Attributes:
        edges: (n, 2) left and right edge of each piece; they are sorted by the left one.
        p: (n, chars) probabilities among the alphabet's characters, rows of sum 1.
        none: (n,) probability that each piece is no character.
        likeness: (n,) how much each looks like one character that may be read, whichever look-alike
            it is.
        readable: (n,) whether each piece is taken for a character.
        spaced: (n,) whether a gap between words stands before each piece.
        height: the usual height of a glyph, in the unit of the edges.
        cut: whether each piece was cut off from ink that goes on.
    """

    edges: Floats
    p: Floats
    none: Floats
    likeness: Floats
    readable: npt.NDArray[np.bool_]
    spaced: npt.NDArray[np.bool_]
    height: float
    cut: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Character:
    """One character of a line, or ink that is none.

    Attributes:
        pieces: numbers of the pieces that it is written with; several where they are joined.
        left, right: edges of its part of them, in the unit of the pieces' edges.
        whole: whether that part is the whole of them.
        p: (chars,) probabilities; they sum to 1.
        none: probability that it is no character.
        readable: whether it is read.
        spaced: whether a word begins with it.
        by: who told it: "both", "line" or "glyph".
    """

    pieces: tuple[int, ...]
    left: float
    right: float
    whole: bool
    p: Floats
    none: float
    readable: bool
    spaced: bool
    by: str

    @property
    def middle(self) -> float:
        """The middle of its part of the pieces."""
        return (self.left + self.right) / 2


def word_spans(characters: Sequence[Character]) -> list[tuple[int, int]]:
    """The first character of each word of a line, and the one behind its last."""
    begins = [k for k, one in enumerate(characters) if one.spaced or not k]
    return list(pairwise([*begins, len(characters)])) if begins else []


def decide(
    told: Told,
    seen: Seen,
    alphabet: Alphabet,
    settings: JointSettings = DEFAULTS.joint,
    others: int = 0,
) -> list[Character]:
    """The characters of a line, from left to right.

    What the line network tells of a word is worth more than what glyphs look like: of joined and
    leaning letters they are cut by chance. In a code glyphs know better, the more so where a line's
    pieces all look like characters.

    Args:
        told: what the line network says.
        seen: what is known of the line's pieces.
        alphabet: the characters.
        settings: how much each network counts.
        others: how many signs the line network tells of the page's other lines.
    """
    places = _places(told)
    spaces = told.spelling.signs == alphabet.space
    signs = np.flatnonzero(~spaces)
    full = min(1.0, max(1, len(signs) + others) / settings.signs)
    if full < 1:
        settings = replace(settings, line=settings.line * full)
    line = _Line(told, seen, alphabet, settings, full < 1, _clear(seen, settings))
    groups = _groups(places[signs], seen, settings)
    pairs = [
        (members[0], pieces[0]) for pieces, members in groups if len(pieces) == len(members) == 1
    ]
    alone, piece = np.array(pairs, np.intp).reshape(-1, 2).T
    heard = iter(line.both(signs[alone], piece))
    out: list[Character] = []
    for pieces, members in groups:
        if len(pieces) == len(members) == 1:
            out.append(next(heard))
        elif members:
            out += line.either(signs[members], np.array(pieces, np.intp))
        else:
            out += [line.unheard(one) for one in pieces]
    return _with_spaces(out, places[spaces], seen, settings)


def as_told(
    told: Told, seen: Seen, alphabet: Alphabet, settings: JointSettings = DEFAULTS.joint
) -> list[Character]:
    """The characters of a line that the line network reads alone, as much of its ink is none.

    Each has the ink about the place at which it is told, halfway to those beside it, but not much
    further than usual.
    """
    places = _places(told)
    spaces = told.spelling.signs == alphabet.space
    signs = np.flatnonzero(~spaces)
    if not len(signs) or not len(seen.edges):
        return []
    line = _Line(told, seen, alphabet, settings, False, 0.0)
    out = line.cut_up(signs, np.arange(len(seen.edges)))
    return _with_spaces(_close(out, places[signs], settings), places[spaces], seen, settings)


def of_pieces(seen: Seen) -> list[Character]:
    """The characters of a line that the glyph network reads alone: one for each piece."""
    out = []
    for k, (left, right) in enumerate(seen.edges.tolist()):
        none, read, spaced = float(seen.none[k]), bool(seen.readable[k]), bool(seen.spaced[k])
        out.append(Character((k,), left, right, True, seen.p[k], none, read, spaced, "glyph"))
    return out


def _clear(seen: Seen, settings: JointSettings) -> float:
    """How clear a line's pieces are, 0 to 1."""
    if not len(seen.likeness):
        return 0.0
    span = max(_TINY, settings.clear_at - settings.clear_from)
    return min(1.0, max(0.0, (float(seen.likeness.mean()) - settings.clear_from) / span))


def _places(told: Told) -> Floats:
    """(signs,) where each sign of the best path is told along the line."""
    spelling = told.spelling
    if not len(spelling.signs):
        return np.empty(0)
    return np.asarray((told.centres[spelling.first] + told.centres[spelling.last]) / 2, np.float64)


def _groups(
    places: Floats, seen: Seen, settings: JointSettings
) -> list[tuple[list[int], list[int]]]:
    """Pieces with the signs that are told at them, from left to right.

    Each sign belongs to the piece that it stands in, or else to the nearest. Signs of one piece
    stay together, and so do pieces that a sign stands between, each within reach of it. A piece
    without a sign gets one from a piece that has two, all signs between them moving on by one
    piece, if none moves further than ``slack`` beyond the piece's edges: the network tells a sign
    near its ink, not always in it. What was cut off and has no sign yet stays with what it was cut
    off from: a cut that the network does not hear of may be wrong.
    """
    edges = seen.edges
    n = len(edges)
    if not n:
        return []
    parent = np.arange(n)
    left, right = edges[:, 0], edges[:, 1]
    x = places[:, None]
    away = np.maximum(0, np.maximum(left - x, x - right))
    inside = away <= 0
    within = inside.any(1)
    # Of pieces over each other the one whose middle is nearest.
    nearest = np.where(inside, np.abs((left + right) / 2 - x), np.inf).argmin(1)
    home = np.where(within, nearest, away.argmin(1))
    margin = settings.reach * (right - left)
    for s in np.flatnonzero(~within).tolist():
        near = np.flatnonzero(away[s] <= margin)
        if len(near) == 2 and near[1] == near[0] + 1:
            _join(parent, near[0], near[1])
    _spread(home, places, edges, settings.slack * seen.height)
    unheard = np.bincount(home, minlength=n) == 0
    cut_through = seen.cut[:-1] & seen.cut[1:] & (left[1:] <= right[:-1] + 1)
    for k in np.flatnonzero(cut_through & (unheard[:-1] | unheard[1:])).tolist():
        _join(parent, k, k + 1)
    _put_together(parent, home)
    groups: dict[int, tuple[list[int], list[int]]] = {}
    for k, root in enumerate(parent.tolist()):
        groups.setdefault(root, ([], []))[0].append(k)
    for s, root in enumerate(parent[home].tolist()):
        groups[root][1].append(s)
    # A piece may begin before another whose signs come first.
    told = iter(sorted((one for one in groups.values() if one[1]), key=lambda one: one[1][0]))
    return [next(told) if one[1] else one for one in groups.values()]


def _join(parent: npt.NDArray[np.intp], one: int, other: int) -> None:
    """Puts the pieces of two groups into one, in place."""
    parent[parent == parent[other]] = parent[one]


def _put_together(parent: npt.NDArray[np.intp], home: npt.NDArray[np.intp]) -> None:
    """Joins pieces where a sign of one is told between signs of another, in place: the dot of an i
    stands over a word that was written in one stroke, and the i is a letter of that."""
    roots = parent[home].tolist()
    last = {root: s for s, root in enumerate(roots)}
    first, end = -1, -1  # of the run of signs that pieces share
    for s, root in enumerate(roots):
        if s > end:
            first = s
        _join(parent, home[first], home[s])
        end = max(end, last[root])


def _spread(home: npt.NDArray[np.intp], places: Floats, edges: Floats, slack: float) -> None:
    """Moves signs on from pieces that have several to those that have none, in place."""
    counts = np.bincount(home, minlength=len(edges))
    for empty in np.flatnonzero(counts == 0).tolist():
        for step in (-1, 1):  # the piece before, then the piece behind
            full = empty + step
            while 0 <= full < len(edges) and counts[full] == 1:
                full += step
            if not 0 <= full < len(edges) or counts[full] < 2:
                continue
            # The sign of each piece on the way that is nearest to the empty one, moved by one.
            chain = range(full, empty, -step)
            moved = [
                (np.flatnonzero(home == k).min() if step > 0 else np.flatnonzero(home == k).max())
                for k in chain
            ]
            targets = [k - step for k in chain]
            away = [
                max(edges[k, 0] - places[s], places[s] - edges[k, 1])
                for s, k in zip(moved, targets, strict=True)
            ]
            if max(away) <= slack:
                home[moved] = targets
                counts[full] -= 1
                counts[empty] += 1
                break


@dataclass(frozen=True)
class _Line:
    """One line while it is decided; the fields are the arguments of ``decide``, whether it has few
    signs, and how clear its pieces are."""

    told: Told
    seen: Seen
    alphabet: Alphabet
    settings: JointSettings
    short: bool
    clear: float

    def both(self, signs: npt.NDArray[np.intp], pieces: npt.NDArray[np.intp]) -> list[Character]:
        """Pieces with one sign each: each network's probabilities to its power, multiplied."""
        settings, seen, known = self.settings, self.seen, slice(0, self.alphabet.known)
        a = np.maximum(self.among(signs), _TINY)
        a[:, known] = np.maximum(a[:, known], settings.line_floor)
        a = a**settings.line
        b = np.full(a.shape, settings.unknown)
        b[:, known] = np.maximum(seen.p[pieces, known], settings.glyph_floor)
        words = self.in_words(signs)
        alone = _towards(settings.glyph, settings.clear_glyph, self.clear)
        counts = alone * (1 - words) + settings.glyph * settings.in_words * words
        counts = counts * np.where(seen.cut[pieces], settings.cut, 1.0)
        p = a * b ** counts[:, None]
        p /= p.sum(1, keepdims=True)
        nones = self.none(self.nothing(signs), seen.none[pieces], seen.cut[pieces]).tolist()
        return [
            self.character(piece, row, none, none <= 0.5, "both")
            for piece, row, none in zip(pieces.tolist(), p, nones, strict=True)
        ]

    def unheard(self, piece: int) -> Character:
        """A piece where the line network tells no sign: read only if it is surely a character.

        In a short line the glyph network decides alone: a tall bar that nothing stands beside is a
        1, but hardly anything to the line network.
        """
        told, seen = self.told, self.seen
        if self.short or self.settings.unheard_above >= 1:
            none, read = float(seen.none[piece]), bool(seen.readable[piece])
            return self.character(piece, seen.p[piece], none, read, "glyph")
        left, right = seen.edges[piece]
        inside = np.flatnonzero((told.centres >= left) & (told.centres <= right))
        if not len(inside):
            inside = np.abs(told.centres - (left + right) / 2).argsort()[:1]
        empty = np.exp(told.logp[inside][:, [BLANK, self.alphabet.space]]).sum(1)
        none = float(self.none(empty.min(initial=1.0), seen.none[piece], False))
        least = self.settings.unheard_above * (1 - self.in_word_at((left + right) / 2))
        read = bool(seen.readable[piece]) and none < least
        return self.character(piece, seen.p[piece], none, read, "glyph")

    def either(self, signs: npt.NDArray[np.intp], pieces: npt.NDArray[np.intp]) -> list[Character]:
        """Pieces with another number of signs: the pieces' text or the signs', whichever is
        likelier."""
        told, seen, settings = self.told, self.seen, self.settings
        heard = pieces[seen.readable[pieces]]
        theirs = self.alphabet.outputs[seen.p[heard].argmax(1)].tolist()
        if theirs and min(theirs) >= 0:
            rows = told.logp[_span(told, signs)]
            others, own = log_likelihood(rows, [theirs, told.spelling.signs[signs].tolist()])
            looks = seen.likeness[heard]
            gain = settings.line * (others - own)
            gain += settings.structure * float(np.log(np.maximum(_TINY, looks)).sum())
            width = float(np.diff(seen.edges[pieces]).sum())
            slim = len(signs) > len(heard) and width < settings.slimmest * seen.height * len(signs)
            in_words = float(self.in_words(signs).mean())
            # What was cut off is clear because it was cut so.
            clear = self.clear * float(np.mean(~seen.cut[heard]))
            alone = _towards(settings.pieces_odds, settings.clear_odds, clear)
            odds = (1 - in_words) * alone + in_words * settings.words_odds
            if slim or gain > -odds * len(heard):
                return [
                    self.character(
                        int(k), seen.p[k], float(seen.none[k]), bool(seen.readable[k]), "glyph"
                    )
                    for k in pieces
                ]
        return self.cut_up(signs, pieces)

    def cut_up(self, signs: npt.NDArray[np.intp], pieces: npt.NDArray[np.intp]) -> list[Character]:
        """The signs' characters, each with its part of the pieces' ink, parted halfway between
        signs."""
        told, edges = self.told, self.seen.edges[pieces]
        places = _places(told)[signs]
        left, right = float(edges[:, 0].min()), float(edges[:, 1].max())
        cuts = np.clip((places[:-1] + places[1:]) / 2, left, right)
        borders = [left, *cuts.tolist(), right]
        out = []
        nones, rows = self.nothing(signs).tolist(), self.among(signs)
        for none, p, (a, b) in zip(nones, rows, pairwise(borders), strict=True):
            overlap = np.minimum(edges[:, 1], b) - np.maximum(edges[:, 0], a)
            inked = pieces[overlap > 0] if (overlap > 0).any() else pieces[[overlap.argmax()]]
            whole = len(signs) == 1
            read = none <= 0.5
            out.append(Character(tuple(inked.tolist()), a, b, whole, p, none, read, False, "line"))
        return out

    def among(self, signs: npt.NDArray[np.intp]) -> Floats:
        """(n, chars) probabilities of the line network for signs among the characters."""
        rows, outputs = self.told.spelling.p[signs], self.alphabet.outputs
        p = np.where(outputs >= 0, rows[:, np.maximum(outputs, 0)], 0.0)
        return np.asarray(p / np.maximum(_TINY, p.sum(1, keepdims=True)), np.float64)

    def in_words(self, signs: npt.NDArray[np.intp]) -> Floats:
        """(n,) how likely signs are of words."""
        words = self.told.words
        return np.zeros(len(signs)) if words is None else words[signs]

    def in_word_at(self, place: float) -> float:
        """How likely the sign nearest to a place is of a word."""
        words = self.told.words
        if words is None or not len(words):
            return 0.0
        return float(words[np.abs(_places(self.told) - place).argmin()])

    def nothing(self, signs: npt.NDArray[np.intp]) -> Floats:
        """(n,) the line network's probability that signs are no characters that may be read."""
        rows = self.told.spelling.p[signs]
        return np.asarray(rows[:, BLANK] + rows[:, self.alphabet.none].sum(1), np.float64)

    def none(self, blank: npt.ArrayLike, none: npt.ArrayLike, cut: npt.ArrayLike) -> Floats:
        """The probability of no character, of the two networks' own: what was cut off at the wrong
        place looks like none."""
        a = self.settings.line
        b = self.settings.structure * np.where(cut, self.settings.cut, 1.0)
        against = np.maximum(blank, _TINY) ** a * np.maximum(none, _TINY) ** b
        in_favour = np.maximum(np.subtract(1, blank), _TINY) ** a
        in_favour = in_favour * np.maximum(np.subtract(1, none), _TINY) ** b
        return np.asarray(against / (against + in_favour), np.float64)

    def character(self, piece: int, p: Floats, none: float, readable: bool, by: str) -> Character:
        left, right = self.seen.edges[piece].tolist()
        return Character((piece,), left, right, True, p, none, readable, False, by)


def _towards(least: float, most: float, share: float) -> float:
    """A number with so much of what it falls short of another."""
    return least + share * max(0.0, most - least)


def _close(
    characters: Sequence[Character], places: Floats, settings: JointSettings
) -> list[Character]:
    """Characters without ink that lies far from the places at which they are told."""
    if len(places) < 2:
        return list(characters)
    room = settings.about * float(median(np.diff(places).tolist()))
    return [
        replace(one, left=max(one.left, place - room), right=min(one.right, place + room))
        for one, place in zip(characters, places.tolist(), strict=True)
    ]


def _span(told: Told, signs: npt.NDArray[np.intp]) -> slice:
    """The frames that belong to some signs next to each other: halfway to those around them."""
    spelling = told.spelling
    first, last = int(signs[0]), int(signs[-1])
    start, stop = 0, len(told.logp)
    if first:
        start = int(spelling.last[first - 1] + spelling.first[first]) // 2 + 1
    if last + 1 < len(spelling.signs):
        stop = int(spelling.last[last] + spelling.first[last + 1]) // 2 + 1
    return slice(min(start, int(spelling.first[first])), max(stop, int(spelling.last[last]) + 1))


def _with_spaces(
    characters: Sequence[Character], breaks: Floats, seen: Seen, settings: JointSettings
) -> list[Character]:
    """The same with words parted: where the line network tells a space, or, between characters
    that it did not tell, where a gap is wide among the line's; but never in a narrow gap, and
    always in a very wide one. Characters that stand far apart at an even pitch, as in the boxes of
    a form, are one word. A sign that may not be read parts what stands around it, if it is no
    small mark."""
    out: list[Character] = []
    right = -np.inf  # of what stands before
    even = _even_pitch(characters, seen.height, settings)
    told = breaks.tolist()  # from left to right
    for one in characters:
        begins = False
        if out:
            before = out[-1]
            gap = (one.left - right) / seen.height
            # There is one between the middles of both.
            here = bisect_right(told, before.middle) < bisect_left(told, one.middle)
            unheard = one.by == before.by == "glyph" and bool(seen.spaced[one.pieces[0]])
            told_here = (here or unheard) and gap >= settings.narrow
            begins = gap > settings.wide or (told_here and one.middle - before.middle > even)
            unread = before.by == "both" and not before.readable
            begins |= unread and before.right - before.left > settings.parting * seen.height
        right = max(right, one.right)
        out.append(one if one.spaced == begins else replace(one, spaced=begins))
    return out


def _even_pitch(characters: Sequence[Character], height: float, settings: JointSettings) -> float:
    """The distance from one middle to the next up to which characters that stand far apart are of
    one word; 0 where they do not."""
    if len(characters) < _FEW:
        return 0.0
    gaps = [b.left - a.right for a, b in pairwise(characters)]
    if median(gaps) < settings.loose * height:
        return 0.0
    return settings.even * float(median([b.middle - a.middle for a, b in pairwise(characters)]))
