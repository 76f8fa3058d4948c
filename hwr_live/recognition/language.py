"""A light language prior: common words, where the picture leaves letters or their cuts open.

A word is believed to be one of a language's commonest words, each as likely as it is common, or any
characters in any order: a code, a name, another language. How much each is believed follows from
what its glyphs look like (Bayes), so what is no word is left as it was read; and a clear glyph is
never overruled. Case stays what the line says. The words come from the package wordfreq.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from heapq import nlargest
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from hwr_live.chars import LOWER
from hwr_live.errors import InputError
from hwr_live.recognition.languages import language_code
from hwr_live.recognition.lexicon import Lexicon
from hwr_live.recognition.settings import DEFAULTS, LanguageSettings

Floats = npt.NDArray[np.float64]

_WORDS = 30_000  # the commonest of a language; rarer ones are names and misspellings
_LONGEST = 24  # letters: longer words are compounds that no two lists share


class Language:
    """The words of a language.

    Args:
        words: words of the letters a to z with how often each occurs, in any unit.

    Attributes:
        lexicon: the same words, for the search for a line's text.
    """

    def __init__(self, words: Iterable[tuple[str, float]]) -> None:
        listed = dict(words)
        self.lexicon = Lexicon(listed)
        by_length: dict[int, list[tuple[list[int], float]]] = defaultdict(list)
        for word, often in listed.items():
            by_length[len(word)].append(([LOWER.index(char) for char in word], often))
        # Of each length: the words, int (m, n), and the logarithm of each one's share.
        self._words: dict[int, tuple[npt.NDArray[np.intp], Floats]] = {}
        for length, some in by_length.items():
            share = np.array([often for _, often in some])
            letters = np.array([word for word, _ in some], np.intp)
            self._words[length] = letters, np.log(share / share.sum())

    @classmethod
    def load(cls, language: str) -> Language:
        """The words of a language by its code, such as "en", or its English name, in any case.

        Raises:
            InputError: if it is none of ``LANGUAGES``, or the package wordfreq is not there or
                does not know it.
        """
        return cls._load(language_code(language))

    @classmethod
    @lru_cache(maxsize=4)
    def _load(cls, code: str) -> Language:
        try:
            import wordfreq
        except ImportError:
            raise InputError(
                'a language needs the package wordfreq: pip install "hwr-live[language]"'
            ) from None
        if code not in wordfreq.available_languages():
            raise InputError(
                f"this wordfreq has no words of the language {code}; "
                'pip install -U "hwr-live[language]" gets a newer one'
            )
        words: dict[str, float] = defaultdict(float)
        common = nlargest(_WORDS, wordfreq.get_frequency_dict(code).items(), key=itemgetter(1))
        for word, often in common:
            plain = unicodedata.normalize("NFKD", word.casefold())
            plain = "".join(char for char in plain if not unicodedata.combining(char))
            if 0 < len(plain) <= _LONGEST and all(char in LOWER for char in plain):
                # Square roots: else a hundred words would be most of the language.
                words[plain] += often**0.5
        return cls(words.items())

    def evidence(
        self, p: Floats, chars: Sequence[str], settings: LanguageSettings = DEFAULTS.language
    ) -> float:
        """How much likelier glyphs are for all that is known of words, as a natural logarithm.

        Args:
            p: (n, classes) probabilities of the glyphs of a word.
            chars: (classes,) the characters.
            settings: how far words are believed.
        """
        prior = settings.prior
        fold = _fold(tuple(chars))
        part = _letters(p, fold)
        if part is None:
            return 0.0
        heard = np.log(prior) + self._heard(p[part] @ fold, settings)[1]
        return float(np.logaddexp(np.log(1 - prior), heard) - np.log(1 - prior))

    def decide(
        self,
        words: Sequence[Floats],
        chars: Sequence[str],
        settings: LanguageSettings = DEFAULTS.language,
    ) -> list[Floats]:
        """Moves probability between the characters of words.

        Args:
            words: for each word (n, classes) probabilities of its glyphs, rows of sum 1.
            chars: (classes,) the characters.
            settings: how far words are believed.

        Returns:
            Probabilities in the form of ``words``.
        """
        fold = _fold(tuple(chars))
        out = [p.copy() for p in words]
        for p in out:
            part = _letters(p, fold)
            if part is not None and part.stop - part.start >= settings.letters:
                p[part] = self._decide(p[part], fold, settings)
        return out

    def _decide(self, p: Floats, fold: Floats, settings: LanguageSettings) -> Floats:
        seen, prior = p @ fold, settings.prior
        posterior, evidence = self._heard(seen, settings)
        believed = 1 / (1 + (1 - prior) / prior * np.exp(-evidence))
        ratio = believed * posterior / np.maximum(seen, 1e-9) + 1 - believed
        # What is no letter is in no word.
        factor = np.where(fold.any(1), ratio @ fold.T, 1 - believed)
        own = np.take_along_axis(factor, p.argmax(1)[:, None], 1)
        moved = p * np.clip(factor, own / settings.most, own * settings.most)
        return np.asarray(moved / moved.sum(1, keepdims=True), np.float64)

    def _heard(self, seen: Floats, settings: LanguageSettings) -> tuple[Floats, float]:
        """Each glyph's letters (n, 26), if it is a word that is known; and the logarithm of how
        much likelier these glyphs are then than as any characters."""
        n = len(seen)
        if n not in self._words:
            return seen, -np.inf
        words, shares = self._words[n]
        at = np.arange(n)
        logs = np.log(len(LOWER) * seen + settings.floor)
        fits = logs[at, words].sum(1) + shares
        most = float(fits.max())
        weights = np.exp(fits - most)
        posterior = np.zeros_like(seen)
        np.add.at(posterior, (np.broadcast_to(at, words.shape), words), weights[:, None])
        return posterior / weights.sum(), most + float(np.log(weights.sum()))


@lru_cache(maxsize=16)
def _fold(chars: tuple[str, ...]) -> Floats:
    """(classes, 26), 1 where a character is that letter in either case."""
    return np.array([[char.lower() == letter for letter in LOWER] for char in chars], np.float64)


def _letters(p: Floats, fold: Floats) -> slice | None:
    """The letters of a word without what stands before and after them; None where there are none,
    or something between them, as in codes."""
    lettered = np.flatnonzero((p @ fold).sum(1) >= 0.5)
    if not len(lettered) or np.ptp(lettered) >= len(lettered):
        return None
    return slice(int(lettered[0]), int(lettered[-1]) + 1)
