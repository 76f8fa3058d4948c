"""Common words of many languages, in the letters a to z and the apostrophe, with their weights."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from heapq import nlargest
from operator import itemgetter

from hwr_live.errors import HwrError
from hwr_live.recognition.languages import LANGUAGES
from hwr_live.recognition.letters import SYMBOLS

SHARES = {"en": 0.55, "de": 0.045, "fr": 0.045, "es": 0.045, "it": 0.04, "pt": 0.04, "nl": 0.03}
"""Of all that is counted, a language's part; the others share the rest. By how much is written in
them: about half of what is on the net is English. Of 400 words on paper of validation people, most
of them English, 14.3 % of the letters are wrong with 0.4, 13.5 with this; of 240 pen words in
several languages 5.0 and 4.7. With a quarter both and lines lost 0.7 points more."""

POWER = 0.8
"""Of how often a word occurs: else a hundred words would be most of a language. 0.6 with 0.4 for
English leaves 14.5 and 4.9 % of those letters wrong, 0.8 with that 14.3 and 5.0."""

LONGEST = 24
"""Letters: longer words are compounds that no two lists share."""

_KNOWN = frozenset(char for char in SYMBOLS if char)
# Letters that are no other letter with a mark, and the apostrophe of print.
_PLAIN = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
    | {"’": "'"}
)


def plain(word: str) -> str:
    """A word without case and accents; empty if it has more than letters and apostrophes."""
    apart = unicodedata.normalize("NFKD", word.casefold().translate(_PLAIN))
    out = "".join(char for char in apart if not unicodedata.combining(char))
    return out if len(out) <= LONGEST and _KNOWN.issuperset(out) and out.strip("'") else ""


def weighed(listed: Mapping[str, float]) -> dict[str, float]:
    """Words of one language with their share of it, of its words and how often each occurs."""
    out: dict[str, float] = {}
    for word, often in listed.items():
        if own := plain(word):
            out[own] = out.get(own, 0.0) + often**POWER
    total = sum(out.values())
    return {word: weight / total for word, weight in out.items()}


def common_words(most: int) -> dict[str, float]:
    """Words of all languages that can be preferred, with shares that sum to 1.

    Args:
        most: of each language, the commonest.

    Raises:
        HwrError: if the package wordfreq is not there.
    """
    try:
        import wordfreq
    except ImportError:
        raise HwrError(
            "words come from the package wordfreq: python -m pip install 'hwr-live[language]'"
        ) from None
    rest = (1 - sum(SHARES.values())) / (len(LANGUAGES) - len(SHARES))
    out: dict[str, float] = {}
    for language in LANGUAGES:
        listed = wordfreq.get_frequency_dict(language).items()
        own = weighed(dict(nlargest(most, listed, key=itemgetter(1))))
        for word, share in own.items():
            out[word] = out.get(word, 0.0) + SHARES.get(language, rest) * share
    return out
