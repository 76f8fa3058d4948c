"""The reader: frame → ink → glyphs → crops → classes → reading; pad, camera and files use it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from itertools import compress, islice

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.canvas import Canvas
from hwr_live.chars import MARKS, SHAPES, parse_chars
from hwr_live.errors import InputError
from hwr_live.reading import Glyph, Line, Reading
from hwr_live.recognition import context
from hwr_live.recognition.adapt import NEAR, NEAR_LOGITS, Adaptation, newest
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.cuts import Cuts
from hwr_live.recognition.ink import Ink
from hwr_live.recognition.language import Language
from hwr_live.recognition.lattice import Paths, best_paths
from hwr_live.recognition.models import DEFAULT, find_model
from hwr_live.recognition.rectify import Sight, see, turned
from hwr_live.recognition.segment import Piece, low_marks, split_words

Frame = npt.NDArray[np.generic]
Crop = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
_CANDIDATES = 5
_STOP = 0.3  # added where a full stop may be: the smallest ink has no shape
_DIRT = 0.01  # how often a dot where a full stop may be is none
_MARK_LIKENESS = 0.9  # and so much less a glyph than a character, to be left as it is
_CUT_MARK = 0.3  # and what was cut off so much less again
_MARK_PRIOR = 0.3  # a mark is so much rarer than a character
_SURE = 0.94  # mean likeness from which a page is the right way up,
_DOUBTFUL = 0.8  # and below which it may as well lie on its side
_TURNED = 40  # glyphs that are looked at from the other sides then
_FEW = 4  # fewer tell nothing: 6 and 9, M and W
_BETTER = 0.02  # mean likeness that a turn must gain, …
_CHANCE = 0.6  # … and this divided by the number of glyphs
_WAYS = 12  # to cut and join a word, of which a language chooses,
_OPEN = 3.0  # where they cost no more than this beyond the cheapest …
_TOLD = 4.0  # … and words are worth no more;
_SHORT = 3  # glyphs: of fewer that can be read, nearly all are a word
_LINE = 3  # glyphs from which, if so large a share of them are characters, …
_WRITTEN = 0.6
_AMONG_CHARS = 0.75  # … ink of up to this probability of none is one too
_TEXTURE = 300  # pieces: as many that look like no characters are a texture, not writing;
_SAMPLE = 100  # so many of them tell


class Reader:
    """Reads frames and canvases with one model.

    Args:
        classifier: the model.
        chars: which characters may be read: a set's name or the characters themselves.
        adaptation: what is known of the hand that writes.
        language: whose words are likelier than others; None for any.

    Attributes:
        known: the characters that are read, in the order of their probabilities.

    Raises:
        InputError: if the model knows none of ``chars``.
    """

    def __init__(
        self,
        classifier: Classifier,
        chars: str = "all",
        adaptation: Adaptation | None = None,
        language: Language | None = None,
    ) -> None:
        self.classifier = classifier
        self.adaptation = adaptation
        self.language = language
        self.chars = chars
        wanted = set(parse_chars(chars))
        labels = classifier.card.labels
        self._marks = np.array([label in tuple(MARKS) for label in labels], np.bool_)
        # Marks that may not be read are no characters: they are never read as letters.
        self._unwanted = [i for i in np.flatnonzero(self._marks) if labels[i] not in wanted]
        self._columns = [i for i, label in enumerate(labels) if label in wanted]
        self._none = labels.index(None) if None in labels else None
        stops = [mark for mark in ".," if mark in labels and None in labels]
        self._stops = {mark: labels.index(mark) for mark in stops}
        self.known = tuple(str(labels[i]) for i in self._columns)
        if not self._columns:
            raise InputError(
                f"the model {classifier.card.name} knows none of the characters {chars!r}"
            )
        # The network's choice between look-alikes follows how often each was shown in training;
        # divided out, all characters are as likely, marks less so, and the line decides.
        shares = [classifier.card.class_shares[i] for i in self._columns]
        self._even = np.where(self._marks[self._columns], _MARK_PRIOR, 1.0) / np.array(shares)
        # Which shape each output of the model has; what is no character has none. A bar is one,
        # upright or aslant: it does not look the less like a glyph for being nearly a slash.
        looks = {**SHAPES, "/": SHAPES["1"]}
        shapes = [looks.get(label or "", label) for label in labels]
        names = dict.fromkeys(shape for shape in shapes if shape is not None)
        self._shapes = np.array([[a == b for b in names] for a in shapes], np.float64)
        # Parts of broken characters are lines and dots too.
        self._shapes[self._marks] *= _MARK_LIKENESS

    @classmethod
    def load(
        cls,
        model: str = DEFAULT,
        chars: str = "all",
        profile: str | os.PathLike[str] | None = None,
        language: str | None = None,
    ) -> Reader:
        """Loads a model by name or path, learns a profile's hand by name or path, and a language's
        words by its code, such as "en".

        Raises:
            InputError: for a missing or broken model, characters that it does not know, a profile
                that is not there, or a language that is not known.
        """
        parse_chars(chars)
        words = None if language is None else Language.load(language)
        reader = cls(Classifier(find_model(model)), chars, language=words)
        if profile is None:
            return reader
        from hwr_live.profiles.profile import Profile  # most readings need none

        return reader.with_samples(Profile.open(profile).crops())

    def with_chars(self, chars: str) -> Reader:
        """A reader of other characters with the same model and of the same hand."""
        return Reader(self.classifier, chars, self.adaptation, self.language)

    def remembering(self, tolerance: float = 0) -> Reader:
        """The same reader with a memory for crops that come again, for many readings of one thing.

        Args:
            tolerance: as of ``Memory``: with 0, nothing is read otherwise than without a memory.
        """
        remembering = self.classifier.remembering(tolerance)
        return Reader(remembering, self.chars, self.adaptation, self.language)

    def with_samples(self, samples: Sequence[tuple[str, Crop]]) -> Reader:
        """A reader that has learned a hand from these samples, and from no others.

        Args:
            samples: characters with their crops, uint8 (28, 28); those that the model does not
                know are passed over. None of them: a reader of any hand.
        """
        card = self.classifier.card
        known = newest([sample for sample in samples if sample[0] in card.labels])
        if not known:
            return Reader(self.classifier, self.chars, language=self.language)
        p, embeddings = self.classifier.look(np.stack([one for _, one in known]))
        near = NEAR if self.classifier.embeds else NEAR_LOGITS
        learned = Adaptation.learn(p, embeddings, [char for char, _ in known], card.labels, near)
        return Reader(self.classifier, self.chars, learned, self.language)

    def read(self, frame: Frame | Canvas) -> Reading:
        """Reads a picture or a canvas.

        Args:
            frame: (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA, uint8, uint16 or float of 0 to 1;
                or a Canvas.

        Raises:
            InputError: for an array that is no picture.
        """
        drawn = isinstance(frame, Canvas)  # on the pad, by someone who sees which way is up
        sight = see(frame.image, drawn=True) if isinstance(frame, Canvas) else see(frame)
        began = time.perf_counter()
        page = _Page(self, sight)
        lines = page.lines()
        if not drawn and page.doubtful:
            lines = self._upright(page, lines)
        ms = {**sight.ms, "classify": 1000 * (time.perf_counter() - began)}
        return Reading(lines, sight.size, {**ms, "total": sum(ms.values())})

    def _upright(self, page: _Page, lines: tuple[Line, ...]) -> tuple[Line, ...]:
        """The lines of a page that hardly looks like writing, turned if that looks better."""
        ways = page.ways_up()
        aside: _Page | None = None
        if page.likeness < _DOUBTFUL:
            aside = _Page(self, turned(page.sight, 1))
            ways = {**ways, **{quarters + 1: p for quarters, p in aside.ways_up().items()}}
        best = max(ways, key=lambda quarters: ways[quarters], default=0)
        needed = ways.get(0, 0.0) + _BETTER + _CHANCE / max(1, len(page.sample))
        if not best or ways[best] < needed:
            return lines
        other = aside if aside and best == 1 else _Page(self, turned(page.sight, best))
        found = other.lines()
        return found if other.likeness > page.likeness else lines

    def probabilities(self, crops: Crop) -> Floats:
        """(n, classes) of crops (n, 28, 28), as ``Classifier.probabilities``, of this hand."""
        if self.adaptation is None:
            return self.classifier.probabilities(crops)
        return self.adaptation.apply(*self.classifier.look(crops))

    def none_and_chars(self, p: Floats) -> tuple[Floats, Floats]:
        """Parts a model's probabilities.

        What is no character is decided first; then the other classes are dropped and the rest
        is made to sum to 1.

        Args:
            p: (n, classes) of the model.

        Returns:
            (n,) probability of no character, and (n, chars) of each character that may be read.
        """
        none = p[:, self._unwanted].sum(1)
        if self._none is not None:
            none = none + p[:, self._none]
        chars = p[:, self._columns] * self._even
        return none, chars / np.maximum(chars.sum(1, keepdims=True), 1e-300)

    def as_stops(self, p: Floats, marks: Sequence[str]) -> Floats:
        """(n, classes) of small ink that stands where full stops and commas do, and by its size is
        rather these ``marks``: dirt seldom does."""
        known = [i for i, mark in enumerate(marks) if mark in self._stops]
        if not known:
            return p
        p = p.copy()
        p[known, self._none] *= _DIRT
        p[known, [self._stops[marks[i]] for i in known]] += _STOP
        return np.asarray(p / p.sum(1, keepdims=True), np.float64)

    def are_marks(self, p: Floats) -> npt.NDArray[np.bool_]:
        """(n,) whether the likeliest class of each glyph is punctuation."""
        return np.asarray(self._marks[p.argmax(1)], np.bool_)

    def likeness(self, p: Floats) -> Floats:
        """(n,) how much each glyph looks like a character, whether it may be read or not: the
        probability of its likeliest shape."""
        return np.asarray((p @ self._shapes).max(1), np.float64)

    def frame_of(self, chars: Floats, places: Floats) -> tuple[float, float] | None:
        """``context.frame_of`` over this reader's characters."""
        return context.frame_of(chars, places, self.known)

    def in_frames(self, p: Floats, frames: Floats, places: Floats) -> Floats:
        """(n, classes), of which each character is the less likely, the worse size and place fit
        it in a line of this x-height and baseline, (n, 2); rows sum to less than 1. Where there is
        no line, not a number, nothing changes."""
        known = np.flatnonzero(~np.isnan(frames[:, 0]))
        if not len(known):
            return p
        p = p.copy()
        p[np.ix_(known, np.array(self._columns))] *= context.fit_in(
            frames[known], places[known], self.known
        )
        return p

    def is_char(self, none: Floats) -> npt.NDArray[np.bool_]:
        """Whether ink with these probabilities of being no character is one."""
        return np.asarray(none <= self.classifier.card.reject_above, np.bool_)

    def are_chars(self, none: Floats) -> npt.NDArray[np.bool_]:
        """The same of all ink of a line: among characters, what may as well be one is one."""
        sure = self.is_char(none)
        if len(none) < _LINE or sure.mean() < _WRITTEN:
            return sure
        return np.asarray(sure | (none <= _AMONG_CHARS), np.bool_)

    def decide(self, words: Sequence[Floats], places: Sequence[Floats]) -> list[Floats]:
        """``context.decide`` over this reader's characters."""
        return context.decide(words, places, self.known)

    def candidates(self, chars: Floats) -> list[tuple[tuple[str, float], ...]]:
        """The likeliest characters of each glyph, by its row of probabilities (n, chars)."""
        best = np.argsort(-chars, axis=1, kind="stable")[:, :_CANDIDATES]
        chances = np.take_along_axis(chars, best, axis=1)
        return [
            tuple((self.known[i], chance) for i, chance in zip(*row, strict=True))
            for row in zip(best.tolist(), chances.tolist(), strict=True)
        ]


class _Page:
    """One frame while it is being read: what has been classified of it is kept."""

    def __init__(self, reader: Reader, sight: Sight) -> None:
        self.reader, self.sight = reader, sight
        self.ink, self.segmented = sight.ink, sight.segmented
        self.cuts = Cuts(self.segmented.labels)
        self.likeness = 0.0  # of what was read: the mean over its glyphs
        self.seen: dict[Piece, tuple[Crop, Crop, Floats]] = {}  # ink, crop, class probabilities
        self.frames = np.empty((0, 2))  # x-height and baseline of each line
        self.stops: dict[Piece, str] = {}  # pieces that stand where full stops and commas do

    def lines(self) -> tuple[Line, ...]:
        lines, height = self.segmented.lines, self.segmented.height
        if not lines:
            return ()
        pieces = [piece for line in lines for piece in line]
        if len(pieces) > _TEXTURE:
            some = pieces[:: len(pieces) // _SAMPLE]
            self.look(some)
            if np.median(self.reader.likeness(self.probabilities(some))) < 0.5:
                return ()
        self.stops = {
            piece: mark for line in lines for piece, mark in low_marks(line, height).items()
        }
        self.look(pieces)
        looks = self.in_lines(lines)
        marks = list(compress(pieces, self.marks(pieces)))
        slack = 0.0 if self.reader.language is None else _OPEN
        paths = best_paths(lines, looks, self.cuts, height, self.look_closer, marks, slack)
        chosen = [self.spelt(one) for one in paths]
        if seen := [piece for line in chosen for piece in line]:
            self.likeness = float(self.reader.likeness(self.probabilities(seen)).mean())
        return tuple(self.line(split_words(line, height)) for line in chosen)

    def spelt(self, paths: Paths) -> list[Piece]:
        """A line's pieces; each word's are cut and joined so that it is rather a word, where there
        is a language."""
        language = self.reader.language
        if language is None:
            return paths.best
        out: list[Piece] = []
        for word in split_words(paths.best, self.segmented.height):
            ways = paths.ways(word, _WAYS)
            if len(word) < _SHORT and all(self.chars_of(word).sum(1) > 0.5):
                ways = ways[:1]
            costs = [
                cost - min(_TOLD, language.evidence(self.chars_of(way), self.reader.known))
                for cost, way in ways
                if cost < ways[0][0] + _OPEN
            ]
            out += ways[int(np.argmin(costs))][1]
        return out

    def probabilities(self, pieces: Sequence[Piece]) -> Floats:
        """(n, classes) of pieces that were looked at."""
        return np.stack([self.seen[piece][2] for piece in pieces])

    def chars_of(self, pieces: Sequence[Piece]) -> Floats:
        """(n, chars) probabilities of pieces that were looked at; rows sum to less than 1 by what
        may be no character."""
        none, chars = self.reader.none_and_chars(self.probabilities(pieces))
        return chars * (1 - none)[:, None]

    @property
    def doubtful(self) -> bool:
        """Whether there is ink that may be writing the other way up."""
        return bool(self.segmented.lines) and self.likeness < _SURE

    @property
    def sample(self) -> list[Piece]:
        """Some pieces that are no marks, for a look at them from other sides."""
        pieces = [piece for line in self.segmented.lines for piece in line]
        usual = [p for p in pieces if max(p.box[2:]) > 0.5 * self.segmented.height]
        return usual[:: max(1, -(-len(usual) // _TURNED))]

    def ways_up(self) -> dict[int, float]:
        """Mean likeness of the sample as it stands, 0, and upside down, 2; none of too few."""
        some = self.sample
        if len(some) < _FEW:
            return {}
        if any(piece not in self.seen for piece in some):
            self.look(some)
        crops = np.stack([self.seen[piece][1] for piece in some])
        ways = np.concatenate([crops, np.rot90(crops, 2, (1, 2))])
        likeness = self.reader.likeness(self.reader.probabilities(ways)).reshape(2, -1).mean(1)
        return {0: float(likeness[0]), 2: float(likeness[1])}

    def look(self, pieces: Sequence[Piece]) -> None:
        """Asks the network what pieces are."""
        inks = cut_inks(self.ink, self.cuts, pieces)
        crops = self.reader.classifier.crops(inks)
        p = self.reader.probabilities(crops)
        stops = [i for i, piece in enumerate(pieces) if piece in self.stops]
        if stops:
            p = p.copy()
            p[stops] = self.reader.as_stops(p[stops], [self.stops[pieces[i]] for i in stops])
        self.seen.update(zip(pieces, zip(inks, crops, p, strict=True), strict=True))

    def in_lines(self, lines: Sequence[Sequence[Piece]]) -> list[Floats]:
        """Of each line (n, 2) as of ``lattice.Look``, of its pieces, that were looked at."""
        pieces = [piece for line in lines for piece in line]
        none, chars = self.reader.none_and_chars(self.probabilities(pieces))
        places = _places(pieces, self.segmented.tilt)
        ends = np.cumsum([len(line) for line in lines])
        frames = []
        for of in np.split(np.arange(len(pieces)), ends[:-1]):
            own = of[self.reader.are_chars(none[of])]
            frame = self.reader.frame_of(chars[own], places[own])
            frames.append((np.nan, np.nan) if frame is None else frame)
        self.frames = np.array(frames)
        of_line = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
        return np.split(self.fitting(pieces, of_line), ends[:-1])

    def fitting(self, pieces: Sequence[Piece], of: npt.ArrayLike) -> Floats:
        """The same, for pieces of lines of these numbers."""
        p = self.probabilities(pieces)
        places = _places(pieces, self.segmented.tilt)
        likeness = self.reader.likeness(p)
        fitting = self.reader.likeness(
            self.reader.in_frames(p, self.frames[np.asarray(of)], places)
        )
        return np.stack([likeness, fitting / np.maximum(likeness, 1e-12)], axis=1)

    def look_closer(self, pieces: Sequence[Piece], of: Sequence[int]) -> Floats:
        """Looks at pieces that were cut or joined, for ``lattice``: few marks come about so."""
        self.look(pieces)
        looks = self.fitting(pieces, of)
        looks[self.marks(pieces), 0] *= _CUT_MARK
        return looks

    def marks(self, pieces: Sequence[Piece]) -> npt.NDArray[np.bool_]:
        """(n,) which pieces, that were looked at, are likeliest punctuation."""
        return self.reader.are_marks(self.probabilities(pieces))

    def line(self, words: Sequence[Sequence[Piece]]) -> Line:
        """Decides a line's characters; ink that is none has no say in it."""
        pieces = [piece for word in words for piece in word]
        nones, chars = self.reader.none_and_chars(self.probabilities(pieces))
        readable = self.reader.are_chars(nones)
        ends = np.cumsum([len(word) for word in words])[:-1]
        heard = [k for k in np.split(np.arange(len(pieces)), ends) if readable[k].any()]
        heard = [k[readable[k]] for k in heard]
        places = _places(pieces, self.segmented.tilt)
        decided = self.reader.decide([chars[k] for k in heard], [places[k] for k in heard])
        if self.reader.language is not None:
            decided = self.reader.language.decide(decided, self.reader.known)
        for k, rows in zip(heard, decided, strict=True):
            chars[k] = rows
        glyphs = map(self.glyph, pieces, nones.tolist(), self.reader.candidates(chars), readable)
        return Line(tuple(tuple(islice(glyphs, len(word))) for word in words))

    def glyph(
        self, piece: Piece, none: float, candidates: tuple[tuple[str, float], ...], readable: bool
    ) -> Glyph:
        char, confidence = candidates[0]
        ink, one, _ = self.seen[piece]
        box = self.sight.box(piece, ink)
        if not readable:
            return Glyph(None, none, box, candidates, one, ink)
        return Glyph(char, confidence * (1 - none), box, candidates, one, ink)


def cut_inks(ink: Ink, cuts: Cuts, pieces: Sequence[Piece]) -> list[Crop]:
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


def _places(word: Sequence[Piece], tilt: float) -> Floats:
    """(n, 2): top and bottom of each piece in pixels, with the line made level."""
    x, y, w, h = np.array([piece.box for piece in word], np.float64).T
    drop = np.tan(tilt) * (x + w / 2)
    return np.stack([y - drop, y + h - drop], axis=1)
