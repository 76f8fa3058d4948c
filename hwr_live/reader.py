"""The reader: frame → ink → glyphs → crops → classes → reading; pad, camera and files use it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live import context
from hwr_live.adapt import Adaptation, newest
from hwr_live.canvas import Canvas
from hwr_live.chars import SHAPES, parse_chars
from hwr_live.classify import Classifier
from hwr_live.crop import SIZE, crop
from hwr_live.errors import InputError
from hwr_live.ink import Ink, find_ink, second_scale
from hwr_live.lattice import best_pieces
from hwr_live.modelstore import DEFAULT, find_model
from hwr_live.reading import Box, Glyph, Line, Reading
from hwr_live.segment import Piece, Segmentation, segment, split_words

Frame = npt.NDArray[np.generic]
Crop = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
_CANDIDATES = 5
_SMALL = 24  # pixels: writing of less usual height is looked at enlarged …
_ENLARGED = 40  # … to this
_TEXTURE = 300  # pieces: as many that look like no characters are a texture, not writing;
_SAMPLE = 100  # so many of them tell


class Reader:
    """Reads frames and canvases with one model.

    Args:
        classifier: the model.
        chars: which characters may be read: a set's name or the characters themselves.
        adaptation: what is known of the hand that writes.

    Raises:
        InputError: if the model knows none of ``chars``.
    """

    def __init__(
        self, classifier: Classifier, chars: str = "all", adaptation: Adaptation | None = None
    ) -> None:
        self.classifier = classifier
        self.adaptation = adaptation
        self.chars = chars
        wanted = set(parse_chars(chars))
        labels = classifier.card.labels
        self._columns = [i for i, label in enumerate(labels) if label in wanted]
        self._none = labels.index(None) if None in labels else None
        self._known = tuple(str(labels[i]) for i in self._columns)
        if not self._columns:
            raise InputError(
                f"the model {classifier.card.name} knows none of the characters {chars!r}"
            )
        # The network's choice between look-alikes follows how often each was shown in training;
        # divided out, all characters are as likely, and the line decides.
        self._even = 1 / np.array([classifier.card.class_shares[i] for i in self._columns])
        # Which shape each output of the model has; what is no character has none.
        shapes = [SHAPES.get(label or "", label) for label in labels]
        names = dict.fromkeys(shape for shape in shapes if shape is not None)
        self._shapes = np.array([[a == b for b in names] for a in shapes], np.float64)

    @classmethod
    def load(
        cls,
        model: str = DEFAULT,
        chars: str = "all",
        profile: str | os.PathLike[str] | None = None,
    ) -> Reader:
        """Loads a model by name or path, and learns a profile's hand by name or path.

        Raises:
            InputError: for a missing or broken model, characters that it does not know, or a
                profile that is not there.
        """
        parse_chars(chars)
        reader = cls(Classifier(find_model(model)), chars)
        if profile is None:
            return reader
        from hwr_live.profile import Profile  # most readings need none

        return reader.with_samples(Profile.open(profile).crops())

    def with_chars(self, chars: str) -> Reader:
        """A reader of other characters with the same model and of the same hand."""
        return Reader(self.classifier, chars, self.adaptation)

    def with_samples(self, samples: Sequence[tuple[str, Crop]]) -> Reader:
        """A reader that has learned a hand from these samples, and from no others.

        Args:
            samples: characters with their crops, uint8 (28, 28); those that the model does not
                know are passed over. None of them: a reader of any hand.
        """
        card = self.classifier.card
        known = newest([sample for sample in samples if sample[0] in card.labels])
        if not known:
            return Reader(self.classifier, self.chars)
        p, embeddings = self.classifier.look(np.stack([one for _, one in known]))
        learned = Adaptation.learn(p, embeddings, [char for char, _ in known], card.labels)
        return Reader(self.classifier, self.chars, learned)

    def read(self, frame: Frame | Canvas) -> Reading:
        """Reads a picture or a canvas.

        Args:
            frame: (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA, uint8, uint16 or float of 0 to 1;
                or a Canvas.

        Raises:
            InputError: for an array that is no picture.
        """
        picture = frame.image if isinstance(frame, Canvas) else frame
        started = time.perf_counter()
        ink = find_ink(picture)
        inked = time.perf_counter()
        segmented = segment(ink)
        if segmented.lines and segmented.height < _SMALL:
            ink = find_ink(picture, second_scale(ink, _ENLARGED / segmented.height))
            segmented = segment(ink)
        cut = time.perf_counter()
        lines = _Page(self, ink, segmented).lines() if segmented.lines else ()
        done = time.perf_counter()
        times = {"ink": inked - started, "segment": cut - inked, "classify": done - cut}
        ms = {stage: seconds * 1000 for stage, seconds in times.items()}
        return Reading(lines, ink.size, {**ms, "total": (done - started) * 1000})

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
        none = p[:, self._none] if self._none is not None else np.zeros(len(p))
        chars = p[:, self._columns] * self._even
        return none, chars / np.maximum(chars.sum(1, keepdims=True), 1e-300)

    def likeness(self, p: Floats) -> Floats:
        """(n,) how much each glyph looks like a character, whether it may be read or not: the
        probability of its likeliest shape."""
        return np.asarray((p @ self._shapes).max(1), np.float64)

    def is_char(self, none: Floats) -> npt.NDArray[np.bool_]:
        """Whether ink with these probabilities of being no character is one."""
        return np.asarray(none <= self.classifier.card.reject_above, np.bool_)

    def decide(self, words: Sequence[Floats], places: Sequence[Floats]) -> list[Floats]:
        """``context.decide`` over this reader's characters."""
        return context.decide(words, places, self._known)

    def candidates(self, chars: Floats) -> tuple[tuple[str, float], ...]:
        """The likeliest characters of one glyph's (chars,) probabilities."""
        best = np.argsort(-chars, kind="stable")[:_CANDIDATES]
        return tuple((self._known[i], float(chars[i])) for i in best)


class _Page:
    """One frame while it is being read: what has been classified of it is kept."""

    def __init__(self, reader: Reader, ink: Ink, segmented: Segmentation) -> None:
        self.reader, self.ink, self.segmented = reader, ink, segmented
        self.seen: dict[Piece, tuple[Crop, Crop, Floats]] = {}  # ink, crop, class probabilities

    def lines(self) -> tuple[Line, ...]:
        lines, height = self.segmented.lines, self.segmented.height
        pieces = [piece for line in lines for piece in line]
        if len(pieces) > _TEXTURE:
            some = pieces[:: len(pieces) // _SAMPLE]
            if np.median(self.look(some)) < 0.5:
                return ()
        looks = np.split(self.look(pieces), np.cumsum([len(line) for line in lines])[:-1])
        chosen = best_pieces(lines, looks, self.segmented.labels, height, self.look)
        return tuple(self.line(split_words(line, height)) for line in chosen)

    def look(self, pieces: Sequence[Piece]) -> Floats:
        inks = cut_inks(self.ink, self.segmented, pieces)
        crops = np.array([crop(one) for one in inks], np.uint8).reshape(-1, SIZE, SIZE)
        p = self.reader.probabilities(crops)
        self.seen.update(zip(pieces, zip(inks, crops, p, strict=True), strict=True))
        return self.reader.likeness(p)

    def line(self, words: Sequence[Sequence[Piece]]) -> Line:
        """Decides a line's characters; ink that is none has no say in it."""
        nones, spreads, readable = [], [], []
        for word in words:
            none, chars = self.reader.none_and_chars(np.stack([self.seen[p][2] for p in word]))
            nones.append(none)
            spreads.append(chars)
            readable.append(self.reader.is_char(none))
        heard = [k for k, is_char in enumerate(readable) if is_char.any()]
        tilt = self.segmented.tilt
        places = [_places(words[k], tilt)[readable[k]] for k in heard]
        decided = self.reader.decide([spreads[k][readable[k]] for k in heard], places)
        for k, rows in zip(heard, decided, strict=True):
            spreads[k][readable[k]] = rows
        return Line(
            tuple(
                tuple(map(self.glyph, *word_parts))
                for word_parts in zip(words, nones, spreads, readable, strict=True)
            )
        )

    def glyph(self, piece: Piece, none: float, chars: Floats, readable: bool) -> Glyph:
        candidates = self.reader.candidates(chars)
        char, confidence = candidates[0]
        box, (ink, one, _) = to_frame(piece.box, self.ink), self.seen[piece]
        if not readable:
            return Glyph(None, float(none), box, candidates, one, ink)
        return Glyph(char, confidence * (1 - float(none)), box, candidates, one, ink)


def cut_inks(ink: Ink, segmented: Segmentation, pieces: Sequence[Piece]) -> list[Crop]:
    """The ink of each piece without that of its neighbours: uint8 (h, w), at working scale."""
    out = []
    height, width = ink.mask.shape
    kernel = np.ones((3, 3), np.uint8)
    for piece in pieces:
        x, y, w, h = piece.box
        top, left = max(0, y - 1), max(0, x - 1)
        bottom, right = min(height, y + h + 1), min(width, x + w + 1)
        labels = segmented.labels[top:bottom, left:right]
        own = np.isin(labels, piece.parts) if len(piece.parts) > 1 else labels == piece.parts[0]
        # One pixel around the mask: the soft edge of the strokes.
        near = np.asarray(cv2.dilate(own.astype(np.uint8), kernel), np.uint8)
        out.append(ink.grey[top:bottom, left:right] * near)
    return out


def to_frame(box: Box, ink: Ink) -> Box:
    """A box at working scale in the frame's own pixels, never beyond its edges."""
    if ink.scale == 1:
        return box
    x, y, w, h = (v / ink.scale for v in box)
    left, top = int(x), int(y)
    right = min(ink.size[0], int(np.ceil(x + w)))
    bottom = min(ink.size[1], int(np.ceil(y + h)))
    return (left, top, max(1, right - left), max(1, bottom - top))


def _places(word: Sequence[Piece], tilt: float) -> Floats:
    """(n, 2): top and bottom of each piece in pixels, with the line made level."""
    x, y, w, h = np.array([piece.box for piece in word], np.float64).T
    drop = np.tan(tilt) * (x + w / 2)
    return np.stack([y - drop, y + h - drop], axis=1)
