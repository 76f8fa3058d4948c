"""The reader: frame → ink → glyphs → crops → classes → reading; pad, camera and files use it alike."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live import context
from hwr_live.canvas import Canvas
from hwr_live.chars import parse_chars
from hwr_live.classify import Classifier
from hwr_live.crop import crop
from hwr_live.errors import InputError
from hwr_live.ink import Ink, find_ink
from hwr_live.modelstore import DEFAULT, find_model
from hwr_live.reading import Box, Glyph, Line, Reading
from hwr_live.segment import Piece, Segmentation, segment

Frame = npt.NDArray[np.generic]
_CANDIDATES = 5


class Reader:
    """Reads frames and canvases with one model.

    Args:
        classifier: the model.
        chars: which characters may be read: a set's name or the characters themselves.

    Raises:
        InputError: if the model knows none of ``chars``.
    """

    def __init__(self, classifier: Classifier, chars: str = "all") -> None:
        self.classifier = classifier
        self.chars = chars
        wanted = set(parse_chars(chars))
        labels = classifier.card.labels
        self._columns = [i for i, label in enumerate(labels) if label in wanted]
        self._none = labels.index(None) if None in labels else None
        if not self._columns:
            raise InputError(
                f"the model {classifier.card.name} knows none of the characters {chars!r}"
            )
        self._known = tuple(str(labels[i]) for i in self._columns)
        shares = np.array([classifier.card.class_shares[i] for i in self._columns])
        # The network's choice between look-alikes follows how often each was shown; divided out,
        # all characters are as likely and the line decides.
        self._even = 1 / shares

    @classmethod
    def load(cls, model: str = DEFAULT, chars: str = "all") -> Reader:
        """Loads a model by name or path.

        Raises:
            InputError: for a missing or broken model, or characters that it does not know.
        """
        parse_chars(chars)
        return cls(Classifier(find_model(model)), chars)

    def with_chars(self, chars: str) -> Reader:
        """A reader of other characters with the same model."""
        return Reader(self.classifier, chars)

    def read(self, frame: Frame | Canvas) -> Reading:
        """Reads a picture or a canvas.

        Args:
            frame: (h, w) grey, (h, w, 3) BGR or (h, w, 4) BGRA, uint8, uint16 or float of 0 to 1;
                or a Canvas.

        Raises:
            InputError: for an array that is no picture.
        """
        started = time.perf_counter()
        ink = find_ink(frame.image if isinstance(frame, Canvas) else frame)
        inked = time.perf_counter()
        segmented = segment(ink.mask)
        pieces = [p for line in segmented.lines for word in line for p in word]
        crops = cut_crops(ink, segmented, pieces)
        cut = time.perf_counter()
        lines = self._classify(ink, segmented, pieces, crops)
        done = time.perf_counter()
        times = {"ink": inked - started, "segment": cut - inked, "classify": done - cut}
        ms = {stage: seconds * 1000 for stage, seconds in times.items()}
        return Reading(lines, ink.size, {**ms, "total": (done - started) * 1000})

    def _classify(
        self,
        ink: Ink,
        segmented: Segmentation,
        pieces: Sequence[Piece],
        crops: npt.NDArray[np.uint8],
    ) -> tuple[Line, ...]:
        if not pieces:
            return ()
        p = self.classifier.probabilities(crops)
        none = p[:, self._none] if self._none is not None else np.zeros(len(p))
        readable = none <= self.classifier.card.reject_above
        chosen = p[:, self._columns] * self._even
        chosen /= np.maximum(chosen.sum(1, keepdims=True), 1e-12)
        at = 0
        lines = []
        for words in segmented.lines:
            spans = []
            for word in words:
                spans.append(np.arange(at, at + len(word)))
                at += len(word)
            decided = self._decide(spans, pieces, chosen, readable, segmented.tilt)
            lines.append(
                Line(
                    tuple(
                        tuple(
                            self._glyph(ink, pieces[i], crops[i], q, none[i], bool(readable[i]))
                            for i, q in zip(span, rows, strict=True)
                        )
                        for span, rows in zip(spans, decided, strict=True)
                    )
                )
            )
        return tuple(lines)

    def _decide(
        self,
        spans: Sequence[npt.NDArray[np.int64]],
        pieces: Sequence[Piece],
        chosen: npt.NDArray[np.float64],
        readable: npt.NDArray[np.bool_],
        tilt: float,
    ) -> list[npt.NDArray[np.float64]]:
        """Each word's probabilities after the line has been heard; unreadable ink has no say."""
        out = [chosen[span].copy() for span in spans]
        heard = [(k, span[readable[span]]) for k, span in enumerate(spans)]
        heard = [(k, span) for k, span in heard if len(span)]
        if not heard:
            return out
        places = []
        for _, span in heard:
            rows = []
            for i in span:
                x, y, w, h = pieces[i].box
                drop = np.tan(tilt) * (x + w / 2)
                rows.append((y - drop, y + h - drop))
            places.append(np.array(rows, np.float64))
        decided = context.decide([chosen[span] for _, span in heard], places, self._known)
        for (k, span), rows_of_word in zip(heard, decided, strict=True):
            out[k][np.isin(spans[k], span)] = rows_of_word
        return out

    def _glyph(
        self,
        ink: Ink,
        piece: Piece,
        crop_: npt.NDArray[np.uint8],
        p: npt.NDArray[np.float64],
        none: float,
        readable: bool,
    ) -> Glyph:
        best = np.argsort(-p, kind="stable")[:_CANDIDATES]
        candidates = tuple((self._known[i], float(p[i])) for i in best)
        char, confidence = candidates[0] if readable else (None, float(none))
        if char is not None:
            confidence *= 1 - float(none)
        return Glyph(char, confidence, to_frame(piece.box, ink), candidates, crop_)


def cut_crops(ink: Ink, segmented: Segmentation, pieces: Sequence[Piece]) -> npt.NDArray[np.uint8]:
    """The 28×28 crop of each piece, without the ink of its neighbours: uint8 (n, 28, 28)."""
    out = np.zeros((len(pieces), 28, 28), np.uint8)
    height, width = ink.mask.shape
    kernel = np.ones((3, 3), np.uint8)
    for i, piece in enumerate(pieces):
        x, y, w, h = piece.box
        top, left = max(0, y - 1), max(0, x - 1)
        bottom, right = min(height, y + h + 1), min(width, x + w + 1)
        labels = segmented.labels[top:bottom, left:right]
        own = np.isin(labels, piece.parts) if len(piece.parts) > 1 else labels == piece.parts[0]
        # One pixel around the mask: the soft edge of the strokes.
        near = cv2.dilate(own.view(np.uint8), kernel)
        out[i] = crop(ink.grey[top:bottom, left:right] * near)
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


__all__ = ["Frame", "Reader", "cut_crops", "to_frame"]
