"""What a line most likely says, by the line network and by what is known of words.

Where the network is sure, its best path is the text. Where it doubts, the word is searched for
with the letters that often follow each other in words (shallow fusion in a CTC prefix beam search:
Graves and Jaitly 2014; Hannun, Maas, Jurafsky and Ng 2014). A word is one of two kinds: letters as
they follow each other in words, or any characters in any order, a code or a name. How much each is
believed follows from all of the word (Bayes), so random characters lose next to nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import exp, log

import numpy as np
import numpy.typing as npt

from hwr_live.chars import DIGITS
from hwr_live.recognition.ctc import (
    BLANK,
    Floats,
    Spelling,
    align,
    certainty,
    log_likelihood,
    spell,
    told_of,
)
from hwr_live.recognition.joint import SPACE
from hwr_live.recognition.letters import SYMBOLS, Letters
from hwr_live.recognition.lexicon import Lexicon, Range
from hwr_live.recognition.settings import DEFAULTS, SpellingSettings

_LEVELS = 256
_KEPT = 192  # looks at lines: those of a camera's page come again with each frame
_WORDS = 0.5  # of a line's signs are likely of words: it is no code
_FEWEST = 3  # signs of a line: fewer are no words yet, on the pad above all
_SILENCE = [BLANK]
_IMPOSSIBLE = -1e20  # the logarithm of the probability of what does not fit into the frames
_MARK, _DIGIT = 0, -1  # what is no letter, among the symbols of letters
# What kind of word a beginning is of; of any text nothing is known.
_WORD, _NUMBER, _MIXED, _ANY = range(4)


class _Text:
    """A text while it is searched for: the one before it, and a sign more.

    Attributes:
        before: the text without its last sign; None if this is empty.
        sign: the last.
        kind: of the last word.
        place: where the model of letters is.
        among: where the language's words are.
        word: the letters of the last word.
        likely: how likely these are as a word's, against any characters.
        listed: the same as those of a word of the language, if one is named.
        closed: the same of all words before, as mixed with chance.
        prior: of all.
        longer: texts of a sign more.
    """

    __slots__ = (
        "among", "before", "closed", "kind", "likely", "listed", "longer", "place", "prior",
        "sign", "word",
    )  # fmt: skip

    def __init__(self, before: _Text | None, sign: int, kind: int, place: int, closed: float):
        self.before, self.sign = before, sign
        self.kind, self.place, self.closed = kind, place, closed
        self.among: Range = (0, 0)
        self.word = ""
        self.likely = self.listed = self.prior = 1.0
        self.longer: dict[int, _Text] = {}

    def signs(self) -> list[int]:
        """All signs, from left to right."""
        out, one = [], self
        while one.before is not None:
            out.append(one.sign)
            one = one.before
        return out[::-1]


class Speller:
    """Searches for the text of a line.

    Args:
        labels: of the line network's outputs.
        letters: which letters follow each other.
        lexicon: words of a language, if one is named.
        settings: how far these are believed.
    """

    def __init__(
        self,
        labels: Sequence[str | None],
        letters: Letters,
        lexicon: Lexicon | None = None,
        settings: SpellingSettings = DEFAULTS.spelling,
    ) -> None:
        self._letters, self._lexicon, self._settings = letters, lexicon, settings
        self._labels = labels
        self._numbers = {label: number for number, label in enumerate(labels) if label}
        self._space = self._numbers[SPACE]
        symbols = {char: number for number, char in enumerate(SYMBOLS) if char}
        self._symbols = [
            _DIGIT if label and label in DIGITS else symbols.get((label or "").lower(), _MARK)
            for label in labels
        ]
        weight, bonus = settings.weight, settings.bonus
        self._gains = [exp(weight * (bonus - letters.step * n)) for n in range(_LEVELS)]
        self._gain = exp(weight * bonus)
        self._known: OrderedDict[tuple[int, int], Spelling] = OrderedDict()

    def spell(
        self,
        logp: Floats,
        plain: Spelling,
        looks: Sequence[Floats] = (),
        otherwise: Sequence[Floats] = (),
    ) -> Spelling:
        """The likeliest text of a line, its signs as sure as network and words together are.

        Of a number or a sum it is the text that is likeliest by the network alone: all ways to
        spread it over the frames together, where the best path is the likeliest of the ways. Where
        digits touch, each of many ways has little. Of all others without words the best path stays:
        what is left of a rule becomes letters otherwise.

        Args:
            logp: (frames, outputs) logarithms of probabilities; what may not be read has none.
            plain: the best path.
            looks: of other pictures of the line, as ``logp``. Of the texts that are found by each,
                it is then the one that all find likeliest, with what is known of words; a number
                stays as it is found.
            otherwise: the same of the line as others might have written it. Of codes the best path
                of each is one of these texts, as a search for words would find nothing else.
        """
        found = self._found(logp, plain)
        if not (looks or otherwise) or not self._worded(found):
            return found
        told = [found, plain]
        for look in looks:
            told += [self._found(look, path := spell(look)), path]
        signs = found.signs
        words = bool(otherwise) and float(self.in_words(signs).sum()) > _WORDS * len(signs)
        for look in otherwise:
            told.append(path := spell(look))
            if words:
                told.append(self._found(look, path))
        return self._agreed(found, told, (logp, *looks, *otherwise))

    def doubts(self, plain: Spelling) -> bool:
        """Whether a line is worth more looks, by its best path: it is no number, and not sure.
        Where nothing is believed of words, no looks are heard, and none are worth it."""
        settings = self._settings
        sure = not settings.weight or certainty([plain]) >= settings.doubted
        return len(plain.signs) > 0 and not sure and self._worded(plain)

    def _worded(self, spelling: Spelling) -> bool:
        """Whether a text is no number."""
        symbols = {self._symbols[sign] for sign in spelling.signs.tolist()}
        return _DIGIT not in symbols or max(symbols) > _MARK

    def _agreed(
        self, found: Spelling, told: Sequence[Spelling], looks: Sequence[Floats]
    ) -> Spelling:
        """The text that all pictures of a line, the first of which it was found in, agree on best,
        of those that are told."""
        settings, logp = self._settings, looks[0]
        texts = list(dict.fromkeys(tuple(one.signs.tolist()) for one in told if len(one.signs)))
        if not settings.weight or len(texts) < 2:
            return found
        likely = np.stack([log_likelihood(one, texts) for one in looks])
        worth = [log(self._worth(text, self._empty())) for text in texts]
        floor = likely.max(1, keepdims=True) + settings.doubt
        agreed = settings.agreed * np.maximum(likely, floor).mean(0) + np.array(worth)
        agreed[likely[0] < _IMPOSSIBLE] = -np.inf  # it must have its frames in this picture
        best = list(texts[int(agreed.argmax())])
        if best == found.signs.tolist() or not np.isfinite(agreed).any():
            return found
        spelling = told_of(logp, np.array(best, np.intp), *align(logp, best))
        rows = spelling.p.copy()
        self._weigh(rows, best, self._empty())
        return Spelling(spelling.signs, spelling.first, spelling.last, rows)

    def _found(self, logp: Floats, plain: Spelling) -> Spelling:
        """The likeliest text of one picture of a line."""
        symbols = [self._symbols[sign] for sign in plain.signs.tolist()]
        signs = len(symbols) - int(np.count_nonzero(plain.signs == self._space))
        letters = max(symbols, default=_MARK) > _MARK
        words = letters and signs >= _FEWEST
        if not self._settings.weight or (not words and (letters or _DIGIT not in symbols)):
            return plain
        key = len(logp), hash(logp.tobytes())
        found = self._known.get(key)
        if found is None:
            found = self._searched(logp, plain, words)
            self._known[key] = found
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def in_words(self, signs: npt.NDArray[np.intp]) -> Floats:
        """(n,) how likely each of a line's signs belongs to a word, and not to characters in any
        order. A word has capitals nowhere, at its beginning, or everywhere."""
        out = np.zeros(len(signs))
        begin = 0
        for end, sign in enumerate([*signs.tolist(), self._space]):
            if self._symbols[sign] == _MARK:  # a space is one
                out[begin:end] = self._as_word(signs[begin:end].tolist())
                begin = end + 1
        return out

    def as_word(self, text: str) -> float:
        """How likely a text is a word, and not characters in any order; of one with marks in it,
        the least likely of what they part. Nothing but marks is no word."""
        signs = np.array([self._numbers[char] for char in text if char in self._numbers], np.intp)
        words = self.in_words(signs)[[self._symbols[sign] != _MARK for sign in signs.tolist()]]
        return float(words.min()) if len(words) else 0.0

    def _as_word(self, signs: Sequence[int]) -> float:
        """How likely some signs without marks are a word."""
        cases = "".join(self._labels[sign] or "" for sign in signs)
        if not cases.isalpha() or not (cases[1:].islower() or cases.isupper()):
            return 0.0
        text = self._empty()
        for sign in signs:
            text = self._longer(text, sign)
        chance = self._settings.chance
        likely = (1 - chance) * self._whole(text)
        return likely / (chance + likely)

    def _searched(self, logp: Floats, plain: Spelling, words: bool) -> Spelling:
        """The same of a line that may have words, or has none."""
        p = np.exp(logp)
        searched: list[tuple[int, list[int], _Text]] = []
        parts: list[tuple[npt.NDArray[np.intp], ...]] = []
        absent: dict[int, Floats] = {}
        count, changed = 0, False
        for begin, end, own in self._stretches(p, plain, 1 + words):
            at = plain.signs[own], plain.first[own], plain.last[own]
            if end > begin:
                root = self._empty() if words else _Text(None, -1, _ANY, 0, 1.0)
                found = self._search(p[begin:end], root)
                searched.append((count, found, root))
                if found != at[0].tolist():
                    changed = True
                    first, last = align(logp[begin:end], found)
                    at = np.array(found, np.intp), first + begin, last + begin
                    if not words:
                        absent[count] = _absent(logp[begin:end], found)
            parts.append(at)
            count += len(at[0])
        if not searched:
            return plain
        if changed:
            plain = told_of(logp, *map(np.concatenate, zip(*parts, strict=True)))
        rows = plain.p.copy()
        for start, odds in absent.items():
            some = rows[start : start + len(odds)]
            signs = plain.signs[start : start + len(odds)]
            some[:, BLANK] = some[np.arange(len(odds)), signs] * odds
            some /= some.sum(1, keepdims=True)
        for start, found, root in searched if words else ():
            self._weigh(rows[start : start + len(found)], found, root)
        return Spelling(plain.signs, plain.first, plain.last, rows)

    def _stretches(
        self, p: Floats, plain: Spelling, least: int
    ) -> Iterator[tuple[int, int, slice]]:
        """The line in parts: frames from which to which are in doubt, and the signs that the best
        path has there; no frames where the signs stay as they are, as fewer than ``least`` do."""
        settings = self._settings
        sure = p.max(1)
        begin = start = 0
        spaces = np.flatnonzero(plain.signs == self._space).tolist()
        for k in [*spaces, len(plain.signs)]:
            end = int(plain.first[k]) if k < len(plain.signs) else len(p)
            if k < len(plain.signs) and sure[end : plain.last[k] + 1].max() < settings.sure:
                continue  # this may be no space
            if k - start >= least and sure[begin:end].min() < settings.sure:
                yield begin, end, slice(start, k)
            else:
                yield 0, 0, slice(start, k)
            if k < len(plain.signs):
                yield 0, 0, slice(k, k + 1)
                begin, start = int(plain.last[k]) + 1, k + 1

    def _search(self, p: Floats, root: _Text) -> list[int]:
        """The likeliest text of frames (frames, outputs), from a sure space to the next."""
        settings = self._settings
        cut = settings.cut
        beam: list[tuple[_Text, float, float]] = [(root, 1.0, 0.0)]
        for signs, likely in _heard(p, settings.floor):
            if signs == _SILENCE:
                beam = [(text, blank + told, 0.0) for text, blank, told in beam]
                continue
            # Of each text: the probability of all paths that end in blank, and of the others.
            new: dict[_Text, list[float]] = {}
            least = 0.0  # what a text must have, by the likeliest so far, to be followed
            for text, blank, told in beam:
                both, before, longer = blank + told, text.sign, text.longer
                for sign, q in zip(signs, likely, strict=True):
                    if sign == BLANK:
                        new.setdefault(text, [0.0, 0.0])[0] += both * q
                        continue
                    further = both * q
                    if sign == before:
                        new.setdefault(text, [0.0, 0.0])[1] += told * q
                        further = blank * q
                    one = longer.get(sign)
                    if one is None:
                        if further * self._most(text, sign) <= least:
                            continue
                        longer[sign] = one = self._lengthened(text, sign)
                    new.setdefault(one, [0.0, 0.0])[1] += further
                    if further * one.prior * cut > least:
                        least = further * one.prior * cut
            scored = [((b + t) * text.prior, text, b, t) for text, (b, t) in new.items()]
            scored.sort(key=_score, reverse=True)
            least = scored[0][0] * cut
            scored = [one for one in scored[: settings.beam] if one[0] >= least]
            scale = 1 / max(b + t for _, _, b, t in scored)  # thousands of frames stay numbers
            beam = [(text, b * scale, t * scale) for _, text, b, t in scored]
        best = max(beam, key=lambda one: (one[1] + one[2]) * self._ended(one[0]))
        return best[0].signs()

    def _weigh(self, rows: Floats, signs: Sequence[int], root: _Text) -> None:
        """Moves probability, in place, between what could stand in each sign's place, as the whole
        word is likelier with the one or the other; the signs themselves stay the likeliest."""
        ends = [k for k, sign in enumerate(signs) if sign == self._space]
        for begin, end in zip([0, *(k + 1 for k in ends)], [*ends, len(signs)], strict=True):
            word = list(signs[begin:end])
            whole = self._worth(word, root)
            for k, own in enumerate(word):
                row = rows[begin + k]
                if row[own] >= self._settings.sure:
                    continue
                for other in np.flatnonzero(row >= self._settings.floor).tolist():
                    if other != own:
                        instead = [] if other == BLANK else [other]
                        row[other] *= self._worth(word[:k] + instead + word[k + 1 :], root) / whole
                np.minimum(row, row[own], out=row)
                row /= row.sum()

    def _worth(self, signs: Sequence[int], text: _Text) -> float:
        """How much likelier signs are for what is known of words."""
        for sign in signs:
            text = self._longer(text, sign)
        return self._ended(text)

    def _empty(self) -> _Text:
        out = _Text(None, -1, _WORD, self._letters.begin, 1.0)
        if self._lexicon is not None:
            out.among = self._lexicon.every
        return out

    def _longer(self, text: _Text, sign: int) -> _Text:
        """The text with a sign more."""
        found = text.longer.get(sign)
        if found is None:
            text.longer[sign] = found = self._lengthened(text, sign)
        return found

    def _most(self, text: _Text, sign: int) -> float:
        """What the prior of the text with a sign more is at the most."""
        symbol = self._symbols[sign]
        if text.kind == _ANY:
            return 1.0
        if symbol == _MARK:
            return self._ended(text)
        if symbol == _DIGIT or text.kind != _WORD:
            return text.closed * self._mixed(max(1.0, self._settings.mixed))
        likely = self._followed(text, symbol)
        listed = likely if self._lexicon is None else text.listed * self._gain
        return text.closed * self._mixed(likely, listed)

    def _lengthened(self, text: _Text, sign: int) -> _Text:
        if text.kind == _ANY:
            return _Text(text, sign, _ANY, 0, 1.0)
        symbol = self._symbols[sign]
        if symbol == _MARK:
            out = self._empty()
            out.before, out.sign = text, sign
            out.closed = out.prior = self._ended(text)
            return out
        if symbol == _DIGIT or text.kind != _WORD:
            number = symbol == _DIGIT and (text.kind == _NUMBER or not text.word)
            out = _Text(text, sign, _NUMBER if number else _MIXED, 0, text.closed)
            out.likely = 1.0 if number else self._settings.mixed
            out.prior = text.closed * self._mixed(out.likely)
            return out
        out = _Text(text, sign, _WORD, self._letters.after(text.place, symbol), text.closed)
        out.likely = self._followed(text, symbol)
        out.word = text.word + (SYMBOLS[symbol] or "")
        out.listed = out.likely
        if self._lexicon is not None:
            out.among = self._lexicon.beginning(out.word, text.among)
            out.listed = self._listed(self._lexicon.share(out.among), len(out.word))
        out.prior = text.closed * self._mixed(out.likely, out.listed)
        return out

    def _whole(self, text: _Text) -> float:
        """How much likelier than any characters the last word is, if it ends here."""
        return self._followed(text, _MARK)

    def _followed(self, text: _Text, symbol: int) -> float:
        """How much likelier than any characters the last word is with a letter more, or its end."""
        return text.likely * self._gains[self._letters.level(text.place, symbol)]

    def _ended(self, text: _Text) -> float:
        """How likely a text's words are if the last ends here."""
        likely = listed = text.likely
        if text.word:
            likely = self._whole(text)
            listed = likely
            if self._lexicon is not None:
                share = self._lexicon.whole(text.word, text.among)
                listed = self._listed(share, len(text.word) + 1)
        return text.closed * self._mixed(likely, listed)

    def _mixed(self, likely: float, listed: float | None = None) -> float:
        """What is known of a word, believed as far as the settings say."""
        settings = self._settings
        if self._lexicon is not None and listed is not None:
            likely += settings.listed * (listed - likely)
        return settings.chance + (1 - settings.chance) * likely

    def _listed(self, share: float, count: int) -> float:
        """How much likelier a share of a language's words is than any characters."""
        weight: float = share**self._settings.weight
        return weight * self._gain**count


def _absent(logp: Floats, signs: Sequence[int]) -> Floats:
    """(n,) how much likelier a text is without each of its signs than with it, 1 at the most."""
    texts = [list(signs), *([*signs[:k], *signs[k + 1 :]] for k in range(len(signs)))]
    whole, *without = log_likelihood(logp, texts).tolist()
    odds = np.minimum(0.0, np.array(without, np.float64) - whole)
    return np.asarray(np.exp(odds), np.float64)


def _score(one: tuple[float, _Text, float, float]) -> float:
    return one[0]


def _heard(p: Floats, floor: float) -> Iterator[tuple[list[int], list[float]]]:
    """The signs of each frame that are not ruled out, with their probabilities; of frames next to
    each other in which only blank is not, one."""
    silent = np.delete(p, BLANK, axis=1).max(1, initial=0.0) < floor
    kept = p[~(silent & np.append(False, silent[:-1]))]
    frames, signs = np.nonzero(kept >= floor)
    borders = np.searchsorted(frames, np.arange(len(kept) + 1)).tolist()
    numbers, likely = signs.tolist(), kept[frames, signs].tolist()
    for begin, end in pairwise(borders):
        yield numbers[begin:end], likely[begin:end]
