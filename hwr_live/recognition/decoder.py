"""The search over what is seen in a frame: its ink is classified, cut, joined, and read by lines.

:func:`decode` is the way down from a view to lines of characters. It asks the model once for all
pieces as they stand, once for all that they may be cut and joined into, and, where a page hardly
looks like writing, once more from its other sides.

Longer than other modules: all of it is the one search, whose steps share what was classified.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.middle import median
from hwr_live.reading import Decision, Glyph, Line
from hwr_live.recognition.adapt import Adaptation
from hwr_live.recognition.again import LinesRead, Read, line_key
from hwr_live.recognition.aside import Aside
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.context import Guides
from hwr_live.recognition.ctc import certainty
from hwr_live.recognition.cuts import Cuts
from hwr_live.recognition.heard import heard_of
from hwr_live.recognition.joint import (
    Alphabet,
    Character,
    Seen,
    Told,
    as_told,
    decide,
    of_pieces,
    word_spans,
)
from hwr_live.recognition.kinds import are_written, in_print, no_writing
from hwr_live.recognition.language import Language
from hwr_live.recognition.lattice import Paths, best_paths, union
from hwr_live.recognition.line_network import LineNetwork
from hwr_live.recognition.others import (
    for_digits,
    heard_at,
    heard_beyond,
    in_codes,
    numbers_only,
    with_degrees,
    with_percents,
)
from hwr_live.recognition.pairs import Component, only_alike, sights, with_pairs
from hwr_live.recognition.settings import DecoderSettings
from hwr_live.recognition.spelling import Speller
from hwr_live.recognition.vocabulary import Bools, Floats, Vocabulary, candidates
from hwr_live.segmentation.ink import Ink
from hwr_live.segmentation.lines import split_words
from hwr_live.segmentation.pieces import Piece, low_marks
from hwr_live.segmentation.rectify import View, turned
from hwr_live.segmentation.tick_boxes import is_tick_box

Crop = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Recognizer:
    """Who says what ink is.

    Attributes:
        classifier: the model.
        adaptation: what is known of the hand that writes.
        vocabulary: the characters that may be read.
        language: whose words are likelier than others; None for any.
        lines: the network that reads whole lines, with the characters that it and the model know;
            None where the glyphs are all there is.
        speller: searches for the text of what this network tells; None to take its best path.
        lines_read: what was read of the lines of a drawing, for those that come again; None to
            read all of them anew.
    """

    classifier: Classifier
    adaptation: Adaptation | None
    vocabulary: Vocabulary
    language: Language | None
    lines: tuple[LineNetwork, Alphabet] | None = None
    speller: Speller | None = None
    lines_read: LinesRead | None = None

    @property
    def settings(self) -> DecoderSettings:
        """What the search was tuned by, for this model."""
        return self.classifier.card.decoder

    def probabilities(self, crops: Crop) -> Floats:
        """(n, classes) of crops (n, 28, 28), as ``Classifier.probabilities``, of this hand."""
        if self.adaptation is None:
            return self.classifier.probabilities(crops)
        return self.adaptation.apply(*self.classifier.look(crops))


def decode(view: View, recognizer: Recognizer, *, upright: bool) -> tuple[tuple[Line, ...], View]:
    """Reads what is seen in a frame.

    Args:
        view: of the frame.
        recognizer: says what ink is.
        upright: whether the writing surely stands upright; else the page may be turned.

    Returns:
        The lines in reading order, and the view that they were read in: turned, if the page lies
        on its side or its head.
    """
    search = _Search(view, recognizer)
    memory = recognizer.lines_read
    lines = search.lines() if memory is None or not upright else search.lines_again(memory)
    if search.no_writing:
        left_out = dict(view.segmented.left_out)
        left_out["drawing"] = left_out.get("drawing", 0) + search.no_writing
        view = replace(view, segmented=replace(view.segmented, left_out=left_out))
    settings = recognizer.settings.view
    sure = search.likeness >= settings.upright or search.certainty >= settings.told
    if upright or not view.lines or sure:
        return lines, view
    return _turned_upright(search, lines)


def _turned_upright(first: _Search, lines: tuple[Line, ...]) -> tuple[tuple[Line, ...], View]:
    """The lines of what hardly looks like writing, turned if that looks better."""
    settings = first.recognizer.settings.view
    sample = first.sample()
    ways = first.ways_up(sample)
    aside: _Search | None = None
    if first.likeness < settings.aside:
        aside = _Search(turned(first.view, 1), first.recognizer)
        aside_ways = aside.ways_up(aside.sample())
        ways = {**ways, **{quarters + 1: p for quarters, p in aside_ways.items()}}
    best = max(ways, key=lambda quarters: ways[quarters], default=0)
    needed = ways.get(0, 0.0) + settings.turned_gain + settings.turned_chance / max(1, len(sample))
    if not best or ways[best] < needed:
        return lines, first.view
    other = aside if aside and best == 1 else _Search(turned(first.view, best), first.recognizer)
    found = other.lines()
    # Joined words on their side are few bars, each of them surely a 1.
    fewer = other.signs < settings.turned_signs * first.signs
    if fewer or other.sense <= first.sense:
        return lines, first.view
    return found, other.view


@dataclass(frozen=True)
class _Found:
    """A line as it was found, before its characters are decided.

    Attributes:
        words: its pieces, cut and joined.
        as_it_stood: characters and places of its pieces before, with its guide lines.
        told: what the line network tells.
        beyond: what it would tell if all signs might be told, where digits alone are read.
        signs: how many it tells.
        written: whether it is writing at all.
        ticks: boxes to tick, where digits alone are read.
        whole: its pieces as they were found.
    """

    words: tuple[tuple[Piece, ...], ...]
    as_it_stood: tuple[Floats, Floats, Guides | None]
    told: Told | None
    beyond: Told | None
    signs: int
    written: bool
    ticks: tuple[Piece, ...]
    whole: Sequence[Piece]


class _Search:
    """The search over one view: what has been classified of its ink is kept.

    Attributes:
        likeness: how much the glyphs that were read look like characters: their mean, 0 to 1.
        certainty: how sure the line network is of its signs: their mean, 0 to 1; 0 without one. Of
            joined writing it tells far better which way up it is than glyphs do, which are cut from
            it by chance.
        no_writing: pieces of lines that were left out, as they are no writing.
        signs: how many the line network tells of all lines; 0 without one.
    """

    def __init__(self, view: View, recognizer: Recognizer) -> None:
        self.view, self.recognizer = view, recognizer
        self.likeness = self.certainty = 0.0
        self.no_writing = self.signs = 0
        self._vocabulary, self._settings = recognizer.vocabulary, recognizer.settings
        self._cuts = Cuts(view.segmented.labels, self._settings.cuts)
        self._seen: dict[Piece, tuple[Crop, Crop, Floats]] = {}  # ink, crop, class probabilities
        self._guides = np.empty((0, 2))  # x-height and baseline of each line; not a number: none
        # Characters and places of each line as it stands, with its guide lines.
        self._heard: list[tuple[Floats, Floats, Guides | None]] = []
        self._stops: dict[Piece, str] = {}  # pieces that stand where full stops and commas do

    def lines(self) -> tuple[Line, ...]:
        """Cuts, joins and reads the ink of all lines."""
        if self._nothing():
            return ()
        found = self._found(self.view.lines)
        # Of a line's picture the line network reads alone: where it tells nothing, nothing is.
        alone = bool(self.view.pictures)
        written = [one.written and (one.signs > 0 or not alone) for one in found]
        signs = self.signs = sum(one.signs for one in found)
        read = [
            self._line(one, signs - one.signs) if own else None
            for one, own in zip(found, written, strict=True)
        ]
        if not (signs or self.view.ink.drawn or self.recognizer.lines is None):
            # Shadows and grain leave strokes, which look like a 1 or a hyphen.
            read = [line if line and self._is_sure(line) else None for line in read]
        left_out = compress(self.view.lines, [line is None for line in read])
        self.no_writing = sum(map(len, left_out))
        return tuple(line for line in read if line is not None)

    def _is_sure(self, line: Line) -> bool:
        """Whether glyphs are sure of a line of which the line network hears nothing."""
        told = [glyph.confidence for glyph in line.glyphs]
        return sum(told) >= self._settings.kinds.unheard * len(told)

    def lines_again(self, memory: LinesRead) -> tuple[Line, ...]:
        """The same of a drawing, with lines that came before read as they were then."""
        lines, view = self.view.lines, self.view
        if view.rows or len(view.pieces) > self._settings.view.texture_pieces:
            return self.lines()
        keys = [line_key(view, line) for line in lines]
        read = [memory.find(key) for key in keys]
        new = [number for number, one in enumerate(read) if one is None]
        found = dict(zip(new, self._found([lines[number] for number in new]), strict=True))
        kept = [one or Read(found[number].signs) for number, one in enumerate(read)]
        signs = sum(one.signs for one in kept)
        # As many signs elsewhere make a line's networks count in full, and more change nothing.
        others = [min(self._settings.joint.signs, signs - one.signs) for one in kept]
        more = [
            n for n, one in enumerate(kept) if n not in found and others[n] not in one.by_others
        ]
        found.update(zip(more, self._found([lines[number] for number in more]), strict=True))
        for number, one in found.items():
            kept[number].by_others[others[number]] = self._line(one, others[number])
            memory.keep(keys[number], kept[number])
        return tuple(one.by_others[count] for one, count in zip(kept, others, strict=True))

    def _nothing(self) -> bool:
        """Whether nothing is seen that may be writing."""
        pieces = self.view.pieces
        many = len(pieces) > self._settings.view.texture_pieces
        return not pieces or (many and self._is_texture(pieces))

    def _found(self, lines: Sequence[Sequence[Piece]]) -> list[_Found]:
        """Cuts and joins the ink of some lines, and has both networks tell what it is."""
        if not lines:
            return []
        if self.view.ink.drawn:
            # Of a drawing with one new line all else is done while the network reads it.
            aside = Aside(lambda: self._chosen(lines))
            told = self._told(lines)
            chosen = aside.result()
        else:
            chosen, told = self._chosen(lines), self._told(lines)
        written = [True] * len(lines)
        if self.recognizer.lines is not None:
            tells = [one for one, _ in told if one is not None]
            self.certainty = certainty([one.spelling for one in tells])
            if not self.view.ink.drawn:  # of a drawing nothing is left out: it is no character
                written = self._written(tells, [n for _, n in told], list(map(len, lines)))
        height = self.view.segmented.height
        beyond, ticks = self._beyond(lines), self._ticks(lines)
        return [
            _Found(
                tuple(split_words(line, height)),
                heard,
                one,
                all_signs,
                signs,
                is_written,
                own,
                whole,
            )
            for line, heard, (one, signs), all_signs, is_written, own, whole in zip(
                chosen, self._heard, told, beyond, written, ticks, lines, strict=True
            )
        ]

    def _written(
        self, told: Sequence[Told], signs: Sequence[int], pieces: Sequence[int]
    ) -> list[bool]:
        """Which of some lines, each with so many signs and pieces, are writing at all."""
        around = None
        if self.view.rows:  # a map has told of them
            around = self.view.left_out.get("drawing", 0), pieces
        nones = [no_writing(one.kinds) for one in told]
        sure = [certainty([one.spelling]) for one in told]
        settings = self._settings
        return are_written(nones, signs, sure, around, settings.kinds, settings.view.written)

    def _chosen(self, lines: Sequence[Sequence[Piece]]) -> list[list[Piece]]:
        """The pieces of each of some lines, cut and joined as they look most like characters."""
        height = self.view.segmented.height
        pieces = [piece for line in lines for piece in line]
        stops = [low_marks(line, height) for line in lines]
        self._stops.update(mark for marks in stops for mark in marks.items())
        self._classify(pieces)
        looks = self._in_lines(lines)
        marks = list(compress(pieces, self._are_marks(pieces)))
        slack = 0.0 if self.recognizer.language is None else self._settings.language.open
        paths = best_paths(
            lines,
            looks,
            self._cuts,
            height,
            self._look_closer,
            marks,
            slack,
            self._settings.lattice,
        )
        chosen = [self._spelt(one) for one in paths]
        if seen := [piece for line in chosen for piece in line]:
            self.likeness = float(self._vocabulary.likeness(self._probabilities(seen)).mean())
        return chosen

    def _told(self, lines: Sequence[Sequence[Piece]]) -> list[tuple[Told | None, int]]:
        """What the line network tells of each of some lines, and how many signs; nothing if there
        is none."""
        if self.recognizer.lines is None:
            return [(None, 0)] * len(lines)
        network, alphabet = self.recognizer.lines
        speller = self.recognizer.speller
        # On the pad a stroke must be on the screen at once.
        doubts = None if speller is None or self.view.ink.drawn else speller.doubts
        tells = network.told_with_looks(self.view, lines, alphabet.weights, doubts)
        return [(one, int(np.count_nonzero(one.spelling.signs != alphabet.space))) for one in tells]

    def _beyond(self, lines: Sequence[Sequence[Piece]]) -> Sequence[Told | None]:
        """What the line network would tell of each line if all signs might be told, where digits
        alone are read; else nothing."""
        if self.recognizer.lines is None or not len(self.recognizer.lines[1].foreign):
            return [None] * len(lines)
        return self.recognizer.lines[0].tell(self.view, lines)

    def _ticks(self, lines: Sequence[Sequence[Piece]]) -> Sequence[tuple[Piece, ...]]:
        """The boxes to tick of each line, where digits alone are read; else none."""
        if self.recognizer.lines is None or not len(self.recognizer.lines[1].foreign):
            return [()] * len(lines)
        # Two digits that touch may look like one where they stand alone.
        beside = [line for line in lines if len(line) > 1]
        masks = ((piece, self._cuts.mask(piece)) for line in beside for piece in line)
        boxes = {piece for piece, mask in masks if is_tick_box(mask)}
        return [tuple(piece for piece in line if piece in boxes) for line in lines]

    @property
    def sense(self) -> float:
        """How much what was read looks like writing, to all networks that were asked: 0 to 1."""
        if self.recognizer.lines is None:
            return self.likeness
        return (self.likeness + self.certainty) / 2

    def sample(self) -> list[Piece]:
        """Glyphs that tell which way is up: marks and dirt say nothing."""
        settings = self._settings.view
        least = settings.turned_tall * self.view.segmented.height
        usual = [p for p in self.view.pieces if max(p.box[2:]) > least]
        return usual[:: max(1, -(-len(usual) // settings.turned_glyphs))]

    def ways_up(self, sample: Sequence[Piece]) -> dict[int, float]:
        """Mean likeness of the sample as it stands, 0, and upside down, 2; none of too few."""
        if len(sample) < self._settings.view.turned_least:
            return {}
        if any(piece not in self._seen for piece in sample):
            self._classify(sample)
        crops = np.stack([self._seen[piece][1] for piece in sample])
        ways = np.concatenate([crops, np.rot90(crops, 2, (1, 2))])
        p = self.recognizer.probabilities(ways)
        likeness = self._vocabulary.likeness(p).reshape(2, -1).mean(1)
        return {0: float(likeness[0]), 2: float(likeness[1])}

    def _is_texture(self, pieces: Sequence[Piece]) -> bool:
        """Whether some of very many pieces look like no characters."""
        some = pieces[:: len(pieces) // self._settings.view.texture_sample]
        self._classify(some)
        likeness = median(self._vocabulary.likeness(self._probabilities(some)))
        return bool(likeness < self._settings.view.texture_likeness)

    def _classify(self, pieces: Sequence[Piece]) -> None:
        """Asks the network what pieces are."""
        inks = _cut_inks(self.view.ink, self._cuts, pieces)
        crops = self.recognizer.classifier.crops(inks)
        p = self.recognizer.probabilities(crops)
        stops = [i for i, piece in enumerate(pieces) if piece in self._stops]
        if stops:
            p = p.copy()
            marks = [self._stops[pieces[i]] for i in stops]
            p[stops] = self._vocabulary.as_stops(p[stops], marks)
        self._seen.update(zip(pieces, zip(inks, crops, p, strict=True), strict=True))

    def _probabilities(self, pieces: Sequence[Piece]) -> Floats:
        """(n, classes) of pieces that were classified."""
        return np.stack([self._seen[piece][2] for piece in pieces])

    def _chars_of(self, pieces: Sequence[Piece]) -> Floats:
        """(n, chars) probabilities of pieces that were classified; rows sum to less than 1 by what
        may be no character."""
        none, chars = self._vocabulary.none_and_chars(self._probabilities(pieces))
        return chars * (1 - none)[:, None]

    def _are_marks(self, pieces: Sequence[Piece]) -> Bools:
        """(n,) which pieces, that were classified, are likeliest punctuation."""
        return self._vocabulary.are_marks(self._probabilities(pieces))

    def _in_lines(self, lines: Sequence[Sequence[Piece]]) -> list[Floats]:
        """Of each line (n, 2) as of ``lattice.Look``, of its pieces, that were classified."""
        pieces = [piece for line in lines for piece in line]
        none, chars = self._vocabulary.none_and_chars(self._probabilities(pieces))
        places = _places(pieces, self.view.segmented.tilt)
        ends = np.cumsum([len(line) for line in lines])
        self._heard = []
        for of in np.split(np.arange(len(pieces)), ends[:-1]):
            own = of[self._vocabulary.are_chars(none[of])]
            guides = self._vocabulary.guides(chars[own], places[own])
            self._heard.append((chars[own], places[own], guides))
        self._guides = np.array([guides or (np.nan, np.nan) for _, _, guides in self._heard])
        of_line = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        return np.split(self._fitting(pieces, of_line), ends[:-1])

    def _fitting(self, pieces: Sequence[Piece], of: npt.ArrayLike) -> Floats:
        """The same, for pieces of lines of these numbers."""
        p = self._probabilities(pieces)
        places = _places(pieces, self.view.segmented.tilt)
        likeness = self._vocabulary.likeness(p)
        fitting = self._vocabulary.likeness(
            self._vocabulary.in_guides(p, self._guides[np.asarray(of)], places)
        )
        return np.stack([likeness, fitting / np.maximum(likeness, 1e-12)], axis=1)

    def _look_closer(self, pieces: Sequence[Piece], of: Sequence[int]) -> Floats:
        """Classifies pieces that were cut or joined, for ``lattice``: few marks come about so."""
        self._classify(pieces)
        looks = self._fitting(pieces, of)
        looks[self._are_marks(pieces), 0] *= self._settings.lattice.cut_mark
        return looks

    def _spelt(self, paths: Paths) -> list[Piece]:
        """A line's pieces; each word's are cut and joined so that it is rather a word, where there
        is a language."""
        language, settings = self.recognizer.language, self._settings.language
        if language is None:
            return paths.best
        out: list[Piece] = []
        for word in split_words(paths.best, self.view.segmented.height):
            ways = paths.ways(word, settings.ways)
            if len(word) < settings.whole_glyphs and all(self._chars_of(word).sum(1) > 0.5):
                ways = ways[:1]
            costs = [
                cost - min(settings.worth, self._evidence(language, way))
                for cost, way in ways
                if cost < ways[0][0] + settings.open
            ]
            out += ways[int(np.argmin(costs))][1]
        return out

    def _evidence(self, language: Language, pieces: Sequence[Piece]) -> float:
        """How much likelier these glyphs are for what is known of words, as a logarithm."""
        known, settings = self._vocabulary.known, self._settings.language
        return language.evidence(self._chars_of(pieces), known, settings)

    def _line(self, found: _Found, others: int) -> Line:
        """Decides a line's characters, where other lines have so many signs; ink that is none has
        no say in it."""
        words, told = found.words, found.told
        pieces = [piece for word in words for piece in word]
        nones, chars = self._vocabulary.none_and_chars(self._probabilities(pieces))
        readable = self._vocabulary.are_chars(nones)
        begins = np.cumsum([0, *map(len, words)])[:-1]
        heard = [k for k in np.split(np.arange(len(pieces)), begins[1:]) if readable[k].any()]
        heard = [k[readable[k]] for k in heard]
        places = _places(pieces, self.view.segmented.tilt)
        decided = self._vocabulary.decide(
            [chars[k] for k in heard], [places[k] for k in heard], found.as_it_stood
        )
        alone, in_words = chars.copy(), self.recognizer.language is not None
        for k, rows in zip(heard, decided, strict=True):
            chars[k] = rows
        spaced = np.zeros(len(pieces), np.bool_)
        spaced[begins[1:]] = True
        height = self.view.segmented.height
        likeness = self._vocabulary.readable(self._probabilities(pieces))
        cut = np.array([min(piece.parts) < 0 for piece in pieces], np.bool_)
        known, among = self._vocabulary.known, chars
        if told is not None and self.recognizer.lines is not None:
            among = self.recognizer.lines[1].widened(chars)
        seen = Seen(_edges(pieces), among, nones, likeness, readable, spaced, height, cut)
        if told is None or self.recognizer.lines is None:
            characters = of_pieces(seen)
        else:
            _, alphabet = self.recognizer.lines
            known = alphabet.chars
            settings = self._settings.joint
            if self.recognizer.adaptation is not None:
                odds = settings.pieces_odds
                settings = replace(settings, glyph=settings.taught, in_words=1.0, words_odds=odds)
            if self.view.ink.drawn:
                settings = replace(settings, unheard_above=settings.unheard_drawn)
            if self.recognizer.speller is not None:
                given = told.looks, told.otherwise
                spelling = self.recognizer.speller.spell(told.logp, told.spelling, *given)
                of_words = self.recognizer.speller.in_words(spelling.signs)
                told = replace(told, spelling=spelling, words=of_words)
            if self.view.pictures:  # the pieces may be boxes, arrows, squares as well
                characters = as_told(told, seen, alphabet, settings)
            else:
                characters = decide(told, seen, alphabet, settings, others)
            characters = self._with_signs(characters, places, alphabet, found.beyond or told)
            if found.beyond is not None:
                if not self.view.pictures:
                    components = self._components(pieces, found, alphabet)
                    own = self._settings.pairs
                    characters = with_pairs(characters, components, told, alphabet, own)
                characters = self._numbers(characters, pieces, cut, found, found.beyond)
            if (none := no_writing(told.kinds)) > self._settings.kinds.none:
                characters = [
                    replace(one, none=max(one.none, none), readable=False) for one in characters
                ]
        rows, characters = self._as_sure(self._in_language(characters, known), characters)
        out: list[list[Glyph]] = []
        for one, row, likely in zip(characters, rows, candidates(known, rows), strict=True):
            if one.spaced or not out:
                out.append([])
            decision = Decision(known, heard_of(one, alone, chars, row if in_words else None))
            out[-1].append(self._glyph(one, pieces, likely, decision))
        sure = () if told is None else tuple(map(self._calibration, out))
        return Line(tuple(map(tuple, out)), sure, self._in_print(told, characters))

    def _calibration(self, word: Sequence[Glyph]) -> tuple[float, float]:
        """Slope and offset of a word's confidence."""
        settings, speller = self._settings.words, self.recognizer.speller
        text = "".join(glyph.char or "" for glyph in word)
        known = 0.0 if speller is None else speller.as_word(text)
        return settings.slope + settings.of_words * known, settings.offset

    def _with_signs(
        self, characters: Sequence[Character], places: Floats, alphabet: Alphabet, told: Told
    ) -> list[Character]:
        """A line's characters with the signs that small rings are or belong to."""
        settings = self._settings.others
        reach = settings.reach * self.view.segmented.height
        logp = told.logp[:, alphabet.percent]
        percent = heard_at(characters, logp, told.centres, reach)
        whole = with_percents(characters, places, alphabet.chars, percent, settings)
        raised = with_degrees(whole, places, alphabet.chars, settings)
        return in_codes(raised, alphabet.chars, settings)

    def _components(
        self, pieces: Sequence[Piece], found: _Found, alphabet: Alphabet
    ) -> list[Component]:
        """What may be two digits of a line's ink, of its pieces as they were found and as they are
        cut."""
        assert found.told is not None
        assert found.beyond is not None
        height, whole = self.view.segmented.height, found.whole
        ways: list[tuple[int, frozenset[int], list[tuple[Piece, Piece]]]] = []
        for number, one in enumerate(whole):
            own = frozenset(k for k, piece in enumerate(pieces) if _is_of(piece, one))
            atoms = self._cuts.cut(one, height)
            if own and len(atoms) > 1:
                sides = [(union(atoms[:n]), union(atoms[n:])) for n in range(1, len(atoms))]
                ways.append((number, own, sides))
        parts = dict.fromkeys(part for *_, sides in ways for both in sides for part in both)
        if new := [part for part in parts if part not in self._seen]:
            self._classify(new)
        out, edges = [], _edges(whole)
        seen = sights(found.told, edges)
        for number, own, sides in ways:
            inks = [whole[number], *(part for both in sides for part in both)]
            p = self._vocabulary.among_all(self._probabilities(inks))
            columns = np.array([(a.box[0] + a.box[2] + b.box[0]) / 2 for a, b in sides])
            halves = p[1:].reshape(len(sides), 2, -1)
            (left, right), (first, last) = edges[number].tolist(), seen[number].tolist()
            clear = only_alike(found.beyond, left, right, alphabet)
            out.append(Component(own, left, right, (first, last), columns, p[0], halves, clear))
        return out

    def _numbers(
        self,
        characters: Sequence[Character],
        pieces: Sequence[Piece],
        cut: Bools,
        found: _Found,
        beyond: Told,
    ) -> list[Character]:
        """A line's characters where digits alone are read, without those that are none."""
        assert self.recognizer.lines is not None
        _, alphabet = self.recognizer.lines
        boxed = [any(_is_of(piece, box) for box in found.ticks) for piece in pieces]
        characters = [
            replace(one, none=1.0, readable=False) if all(boxed[k] for k in one.pieces) else one
            for one in characters
        ]
        settings, p = self._settings.others, self._probabilities(pieces)
        looks = for_digits(self._vocabulary.readable(p), self._vocabulary.unreadable(p), settings)
        looks[cut] = 0  # a part of a character looks like another
        own = [
            looks[one.pieces[0]] if one.whole and len(one.pieces) == 1 else 0.0
            for one in characters
        ]
        reach = settings.reach * self.view.segmented.height
        sides = heard_beyond(characters, beyond.logp, beyond.centres, alphabet, reach)
        return numbers_only(characters, np.array(own) + for_digits(*sides, settings), settings)

    def _in_print(self, told: Told | None, characters: Sequence[Character]) -> tuple[bool, ...]:
        """Which words of a line are printed; of a drawing none is."""
        spans = word_spans(characters)
        if told is None or told.kinds is None or self.view.ink.drawn:
            return (False,) * len(spans)
        words = [(characters[a].left, max(one.right for one in characters[a:b])) for a, b in spans]
        return in_print(told.kinds, told.centres, words, self._settings.kinds)

    def _as_sure(
        self, rows: Floats, characters: Sequence[Character]
    ) -> tuple[Floats, list[Character]]:
        """Rows (n, chars) of a line's characters, and these, as sure as they mostly are right,
        where the line network had a say."""
        power = self._settings.joint.certainty
        heard = np.array([one.by != "glyph" for one in characters], np.bool_)
        if power == 1 or not heard.any():
            return rows, list(characters)
        rows = rows.copy()
        rows[heard] **= power
        rows[heard] /= rows[heard].sum(1, keepdims=True)
        return rows, [
            replace(one, p=one.p**power / (one.p**power).sum()) if by_line else one
            for one, by_line in zip(characters, heard.tolist(), strict=True)
        ]

    def _in_language(self, characters: Sequence[Character], known: Sequence[str]) -> Floats:
        """(n, chars) probabilities of a line's characters among those known, its words heard by
        the language."""
        rows = np.array([one.p for one in characters], np.float64).reshape(-1, len(known))
        if self.recognizer.language is None:
            return rows
        begins = [k for k, one in enumerate(characters) if one.spaced and k]
        words = [
            np.array([k for k in word if characters[k].readable], np.intp)
            for word in np.split(np.arange(len(characters)), begins)
        ]
        words = [word for word in words if len(word)]
        settings = self._settings.language
        decided = self.recognizer.language.decide([rows[word] for word in words], known, settings)
        for word, own in zip(words, decided, strict=True):
            rows[word] = own
        return rows

    def _glyph(
        self,
        one: Character,
        pieces: Sequence[Piece],
        likely: tuple[tuple[str, float], ...],
        decision: Decision,
    ) -> Glyph:
        """A character with the ink that it is written with."""
        char, confidence = likely[0]
        whole = pieces[one.pieces[0]]
        if len(one.pieces) == 1 and one.whole:
            ink, crop, _ = self._seen[whole]
        else:
            whole = self._cuts.between([pieces[k] for k in one.pieces], one.left, one.right)
            (ink,) = _cut_inks(self.view.ink, self._cuts, [whole])
            (crop,) = self.recognizer.classifier.crops([ink])
        box = self.view.box(whole, ink)
        if not one.readable:
            return Glyph(None, one.none, box, likely, crop, ink, decision)
        return Glyph(char, confidence * (1 - one.none), box, likely, crop, ink, decision)


def _cut_inks(ink: Ink, cuts: Cuts, pieces: Sequence[Piece]) -> list[Crop]:
    """The ink of each piece without that of its neighbours: uint8 (h, w), at working scale."""
    out = []
    kernel = np.ones((3, 3), np.uint8)
    for piece in pieces:
        x, y, w, h = piece.box
        top, left = max(0, y - 1), max(0, x - 1)
        # One pixel around the mask: the soft edge of the strokes.
        near = np.asarray(cv2.dilate(cuts.mask(piece, 1).astype(np.uint8), kernel), np.uint8)
        out.append(ink.grey[top : y + h + 1, left : x + w + 1] * near)
    return out


def _is_of(piece: Piece, whole: Piece) -> bool:
    """Whether a piece is another one, or was cut off from it."""
    if piece == whole:
        return True
    x, y, w, h = piece.box
    left, top, wide, high = whole.box
    inside = left <= x and x + w <= left + wide and top <= y and y + h <= top + high
    return min(piece.parts) < 0 and inside


def _edges(pieces: Sequence[Piece]) -> Floats:
    """(n, 2): left and right edge of each piece in pixels."""
    x, _, w, _ = np.array([piece.box for piece in pieces], np.float64).T
    return np.stack([x, x + w], axis=1)


def _places(pieces: Sequence[Piece], tilt: float) -> Floats:
    """(n, 2): top and bottom of each piece in pixels, with the line made level."""
    x, y, w, h = np.array([piece.box for piece in pieces], np.float64).T
    drop = np.tan(tilt) * (x + w / 2)
    return np.stack([y - drop, y + h - drop], axis=1)
