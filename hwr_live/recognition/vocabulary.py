"""What a model's outputs mean for the characters that may be read.

A model answers with probabilities of all its classes, one of which may be "no character". Which
of them count, how rare a mark is, and what size and place in a line say is decided here, in the
order of the model's classes, so that the search knows neither labels nor columns.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS, MARKS, SHAPES, SIGNS, parse_chars
from hwr_live.errors import InputError
from hwr_live.recognition.cache import LineCache
from hwr_live.recognition.card import Card
from hwr_live.recognition.context import Context, Guides

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_CANDIDATES = 5  # told of each glyph; the JSON has as many
_LOOKS = {
    "|": "1lI",
    "\\": "1lI",
    "{": "(",
    "}": ")",
    "~": "-",
    "_": "-",
    "`": "'",
    "°": "0oO",
    "×": "xX",
}
"""What signs that hardly anybody writes look like: where they may not be read, they are that."""
_UNREAD = 100.0  # added where a full stop may be and none may be read, so that it is nothing else


class Vocabulary:
    """The characters that may be read with one model.

    Args:
        card: of the model.
        chars: which characters may be read: a set's name or the characters themselves.
        remembering: whether what was made of lines is kept, for lines that come again.

    Attributes:
        known: the characters that are read, in the order of their probabilities.

    Raises:
        InputError: if the model knows none of ``chars``.
    """

    def __init__(self, card: Card, chars: str, *, remembering: bool = False) -> None:
        labels = card.labels
        wanted, known = set(parse_chars(chars)), set(labels)
        self._reject_above = card.reject_above
        self._settings = settings = card.decoder.vocabulary
        self._marks = np.array([label in tuple(SIGNS) for label in labels], np.bool_)
        # Signs that may not be read are no characters: they are never read as letters.
        self._unwanted = [i for i in np.flatnonzero(self._marks) if labels[i] not in wanted]
        looks = dict(_LOOKS)
        if not wanted - set(DIGITS + MARKS):  # a bar that leans is a 1: no slash can be meant
            looks["/"] = "1"
        self._alike = {
            i: own
            for i in self._unwanted
            if (
                own := [
                    labels.index(c) for c in looks.get(str(labels[i]), "") if c in wanted & known
                ]
            )
        }
        self._unwanted = [i for i in self._unwanted if i not in self._alike]
        self._columns = [i for i, label in enumerate(labels) if label in wanted]
        self._none = labels.index(None) if None in labels else None
        stops = [mark for mark in ".," if mark in labels and None in labels]
        self._stops = {mark: labels.index(mark) for mark in stops}
        self.known = tuple(str(labels[i]) for i in self._columns)
        if not self._columns:
            raise InputError(f"the model {card.name} knows none of the characters {chars!r}")
        cache = LineCache() if remembering else None
        self._context = Context(self.known, card.decoder.context, cache)
        # The network's choice between look-alikes follows how often each was shown in training;
        # divided out, all characters are as likely, signs less so, and the line decides.
        shares = [card.class_shares[i] for i in self._columns]
        priors = dict.fromkeys(SIGNS, settings.sign_prior) | dict.fromkeys(
            MARKS, settings.mark_prior
        )
        self._even = np.array([priors.get(c, 1.0) for c in self.known]) / np.array(shares)
        # Which shape each output of the model has; what is no character has none. A bar is one,
        # upright or aslant: it does not look the less like a glyph for being nearly a slash.
        looks = {**SHAPES, **{sign: SHAPES.get(of[0], of[0]) for sign, of in _LOOKS.items()}}
        looks["/"] = SHAPES["1"]
        shapes = [looks.get(label or "", label) for label in labels]
        names = dict.fromkeys(shape for shape in shapes if shape is not None)
        self._shapes = np.array([[a == b for b in names] for a in shapes], np.float64)
        # Parts of broken characters are lines and dots too.
        self._shapes[self._marks] *= settings.mark_likeness

    def none_and_chars(self, p: Floats) -> tuple[Floats, Floats]:
        """Parts a model's probabilities.

        What is no character is decided first; then the other classes are dropped and the rest
        is made to sum to 1.

        Args:
            p: (n, classes) of the model.

        Returns:
            (n,) probability of no character, and (n, chars) of each character that may be read.
        """
        if self._alike:
            p = p.copy()
            for sign, own in self._alike.items():
                # Each as likely as it is beside the others; of none of them the sign tells nothing.
                some = p[:, own] + 1e-6
                p[:, own] += p[:, [sign]] * some / some.sum(1, keepdims=True)
        none = p[:, self._unwanted].sum(1)
        if self._none is not None:
            none = none + p[:, self._none]
        chars = p[:, self._columns] * self._even
        return none, chars / np.maximum(chars.sum(1, keepdims=True), 1e-300)

    def among_all(self, p: Floats) -> Floats:
        """(..., chars) how likely each character that may be read is among all that a model knows,
        by its rows (..., classes)."""
        return p[..., self._columns]

    def as_stops(self, p: Floats, marks: Sequence[str]) -> Floats:
        """(n, classes) of small ink that stands where full stops and commas do, and by its size is
        rather these ``marks``: dirt seldom does."""
        known = [i for i, mark in enumerate(marks) if mark in self._stops]
        if not known:
            return p
        p = p.copy()
        p[known, self._none] *= self._settings.dirt
        columns = [self._stops[marks[i]] for i in known]
        # A mark that may not be read is left out: no letter or digit is so small.
        unread = np.isin(columns, self._unwanted)
        p[known, columns] += np.where(unread, _UNREAD, self._settings.stop)
        return np.asarray(p / p.sum(1, keepdims=True), np.float64)

    def are_marks(self, p: Floats) -> Bools:
        """(n,) whether each glyph's likeliest class, by its row (n, classes), is punctuation."""
        return np.asarray(self._marks[p.argmax(1)], np.bool_)

    def likeness(self, p: Floats) -> Floats:
        """(n,) how much each glyph looks like a character, whether it may be read or not: the
        probability of its likeliest shape, by its row (n, classes)."""
        return np.asarray((p @ self._shapes).max(1), np.float64)

    def readable(self, p: Floats) -> Floats:
        """(n,) how much each glyph looks like a character that may be read, whichever look-alike
        it is: a B is one, but no digit, and rather 1 and 3 where only digits are read."""
        wanted = self._shapes[:, self._shapes[self._columns].any(0)]
        return np.asarray((p @ wanted).max(1), np.float64)

    def unreadable(self, p: Floats) -> Floats:
        """(n,) how much each glyph looks like a character that may not be read."""
        others = self._shapes[:, ~self._shapes[self._columns].any(0)]
        return np.asarray((p @ others).max(1, initial=0.0), np.float64)

    def are_chars(self, none: Floats, *, in_line: bool = True) -> Bools:
        """(n,) whether ink is a character, by its probability (n,) of being none.

        Args:
            none: of each piece of ink.
            in_line: whether it is all ink of one line: among characters, what may as well be one
                is one.
        """
        sure = np.asarray(none <= self._reject_above, np.bool_)
        if (
            not in_line
            or len(none) < self._settings.line_glyphs
            or sure.mean() < self._settings.line_written
        ):
            return sure
        return np.asarray(sure | (none <= self._settings.among_chars), np.bool_)

    def guides(self, chars: Floats, places: Floats) -> Guides | None:
        """``Context.guides`` of a line's characters (n, chars)."""
        return self._context.guides(chars, places)

    def in_guides(self, p: Floats, guides: Floats, places: Floats) -> Floats:
        """(n, classes), of which each character is the less likely, the worse size and place fit
        it between these guide lines, (n, 2); rows sum to less than 1. Where there are none, not a
        number, nothing changes."""
        known = np.flatnonzero(~np.isnan(guides[:, 0]))
        if not len(known):
            return p
        p = p.copy()
        fit = self._context.fit_in(guides[known], places[known])
        p[np.ix_(known, np.array(self._columns))] *= fit
        return p

    def decide(
        self,
        words: Sequence[Floats],
        places: Sequence[Floats],
        known: tuple[Floats, Floats, Guides | None] | None = None,
    ) -> list[Floats]:
        """``Context.decide`` of a line's characters (n, chars), word by word."""
        return self._context.decide(words, places, known)


def candidates(chars: Sequence[str], p: Floats) -> list[tuple[tuple[str, float], ...]]:
    """The likeliest characters of each glyph, by its row of probabilities (n, chars)."""
    best = np.argsort(-p, axis=1, kind="stable")[:, :_CANDIDATES]
    chances = np.take_along_axis(p, best, axis=1)
    return [
        tuple((chars[i], chance) for i, chance in zip(*row, strict=True))
        for row in zip(best.tolist(), chances.tolist(), strict=True)
    ]
