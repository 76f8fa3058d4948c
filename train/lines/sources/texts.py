"""Texts to write: words of many languages, names, codes, sums, dates, prices, addresses, nonsense.

A line network learns a language model of what it is shown. It is shown every kind of text that
people write, and a good share of none, so that it reads what is there.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from pathlib import Path

import numpy as np

from train.lines.alphabet import CHARACTERS

_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da", "pl", "fi", "id")
_WORDS = 12_000  # of each language: beyond that lists hold little but names and errors
_SHARE = {
    "words": 0.34,
    "capitals": 0.09,
    "names": 0.08,
    "code": 0.10,
    "sum": 0.06,
    "number": 0.09,
    "date": 0.05,
    "price": 0.04,
    "address": 0.04,
    "web": 0.03,
    "nonsense": 0.05,
    "single": 0.05,
}
"""Share of each kind of text. By eye: half are words, a third digits and codes."""

_MARKS = string.punctuation
_DIGITS, _UPPER, _LOWER = string.digits, string.ascii_uppercase, string.ascii_lowercase
_STREETS = "Street St. Road Rd Avenue Ave. Lane Str. Weg Platz Via Rue Calle Box Apt Floor".split()
_ENDS = "com org net de fr it es nl uk edu io eu".split()
_MONTHS = "Jan Feb March April May June July Aug Sept Oct Nov Dec Mai Juni Okt Dez".split()
_UNITS = "kg g km m cm mm ml l h min s % kW V A € GB MB C °C ° x".split()


LISTED = Path("words.txt")
"""Where a pack's folder has the words, so that a machine needs no lists of its own."""


def listed_words(data: Path | None = None) -> list[str]:
    """Common words of many languages in Latin letters; those of a pack's folder if it is one."""
    if data is not None and (data / LISTED).is_file():
        return (data / LISTED).read_text(encoding="ascii").split("\n")
    from wordfreq import top_n_list

    words: list[str] = []
    for language in _LANGUAGES:
        listed = top_n_list(language, _WORDS)
        words += [w for w in listed if w.isascii() and w.isalpha()]
        if language == "en":  # apostrophes and hyphens as well
            words += [w for w in listed if w.isascii() and not w.isalpha()]
    return words


class Texts:
    """Draws texts by chance.

    Args:
        words: that they are made of; by default those of :func:`listed_words`.
    """

    def __init__(self, words: list[str] | None = None) -> None:
        self._words = listed_words() if words is None else words
        self._kinds: dict[str, Callable[[np.random.Generator], str]] = {
            "words": self._some_words,
            "capitals": self._capitals,
            "names": self._names,
            "code": _code,
            "sum": _sum,
            "number": _number,
            "date": _date,
            "price": _price,
            "address": self._address,
            "web": self._web,
            "nonsense": _nonsense,
            "single": _single,
        }
        self._order = list(_SHARE)
        self._p = np.array(list(_SHARE.values())) / sum(_SHARE.values())

    def draw(self, rng: np.random.Generator, kind: str | None = None, most: int = 60) -> str:
        """A text of at most ``most`` characters of the alphabet; of one kind if that is named."""
        if kind is None:
            kind = self._order[int(rng.choice(len(self._order), p=self._p))]
        text = " ".join(self._kinds[kind](rng).split())
        text = "".join(c for c in text if c in CHARACTERS)
        if len(text) > most:
            text = text[:most].rsplit(" ", 1)[0].strip()
        return text or str(rng.integers(10))

    def word(self, rng: np.random.Generator) -> str:
        """A word as the lists have it; rare ones as often as common ones."""
        return self._words[int(rng.integers(len(self._words)))]

    def _some_words(self, rng: np.random.Generator) -> str:
        words = [self.word(rng) for _ in range(1 + min(9, int(rng.geometric(0.35)) - 1))]
        if rng.random() < 0.35:
            words[0] = words[0].capitalize()
        if rng.random() < 0.12:
            words = [w.capitalize() for w in words]
        if rng.random() < 0.4:
            at = int(rng.integers(len(words)))
            words[at] += str(rng.choice(list(",.!?:;.,.,")))
            if rng.random() < 0.15:
                mark = str(rng.choice(['""', "''", "()", "[]"]))
                words[at] = mark[0] + words[at] + mark[1]
        if rng.random() < 0.12:
            words.insert(
                int(rng.integers(len(words) + 1)), str(rng.choice(["-", "&", "/", "+", "="]))
            )
        if rng.random() < 0.15:
            words.insert(int(rng.integers(len(words) + 1)), _number(rng))
        return " ".join(words)

    def _capitals(self, rng: np.random.Generator) -> str:
        return self._some_words(rng).upper()

    def _names(self, rng: np.random.Generator) -> str:
        first, last = self.word(rng).capitalize(), self.word(rng).capitalize()
        forms = [f"{first} {last}", f"{first[0]}. {last}", f"{last}, {first}", f"Dr. {last}"]
        forms += [f"{first} {_pick(_UPPER, rng)}. {last}", f"{last}", f"{last}-{first}"]
        return str(rng.choice(forms))

    def _address(self, rng: np.random.Generator) -> str:
        name, number = self.word(rng).capitalize(), int(rng.integers(1, 300))
        street = str(rng.choice(_STREETS))
        post = _some(_DIGITS, 5, rng)
        forms = [f"{number} {name} {street}", f"{name} {street} {number}", f"{post} {name}"]
        forms += [f"{name}, {_some(_UPPER, 2, rng)} {post}", f"{name}{street.lower()} {number}"]
        return str(rng.choice(forms))

    def _web(self, rng: np.random.Generator) -> str:
        a, b = self.word(rng), self.word(rng)
        end = str(rng.choice(_ENDS))
        forms = [f"{a}.{b}@{a}.{end}", f"{a}{rng.integers(100)}@{b}.{end}", f"www.{a}.{end}"]
        forms += [f"https://{a}.{end}/{b}", f"{a}_{b}", f"#{a}", f"@{b}", f"{a}.{end}/{b}?{a}=1"]
        return str(rng.choice(forms))


def _pick(chars: str, rng: np.random.Generator) -> str:
    return chars[int(rng.integers(len(chars)))]


def _some(chars: str, count: int, rng: np.random.Generator) -> str:
    return "".join(chars[int(i)] for i in rng.integers(0, len(chars), count))


def _code(rng: np.random.Generator) -> str:
    chars = (_UPPER + _DIGITS * 2, _UPPER + _LOWER + _DIGITS * 2, _UPPER, _LOWER + _DIGITS)
    of = chars[int(rng.choice(4, p=[0.5, 0.3, 0.1, 0.1]))]
    parts = [_some(of, int(rng.integers(2, 9)), rng) for _ in range(int(rng.integers(1, 4)))]
    return _pick("-- /:.#", rng).join(parts) if rng.random() < 0.6 else parts[0]


def _number(rng: np.random.Generator) -> str:
    digits = _some(_DIGITS, int(rng.integers(1, 9)), rng)
    kind = rng.random()
    if kind < 0.5:
        return digits
    if kind < 0.6:
        return f"{int(digits):,}"
    if kind < 0.75:
        return digits + _pick(".,", rng) + _some(_DIGITS, int(rng.integers(1, 4)), rng)
    if kind < 0.83:
        return f"({digits[:3]}) {_some(_DIGITS, 3, rng)}-{_some(_DIGITS, 4, rng)}"
    if kind < 0.9:
        return f"{digits[:3]} {rng.choice(_UNITS)!s}"
    if kind < 0.95:
        return " ".join(_some(_DIGITS, int(rng.integers(1, 5)), rng) for _ in range(3))
    return _pick("+-#~", rng) + digits


def _sum(rng: np.random.Generator) -> str:
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        number = _some(_DIGITS, int(rng.integers(1, 4)), rng)
        if rng.random() < 0.1:
            number = _pick("abnxyz", rng)
        elif rng.random() < 0.1:
            number = f"{number}{_pick('.,', rng)}{_pick(_DIGITS, rng)}"
        parts += [number, _pick("+++---*×÷/:<>", rng)]
    parts = parts[:-1]
    if rng.random() < 0.7:
        parts += ["=", _some(_DIGITS, int(rng.integers(1, 4)), rng)]
    if rng.random() < 0.1:
        parts = ["(", *parts, ")"]
    return (" " if rng.random() < 0.6 else "").join(parts)


def _date(rng: np.random.Generator) -> str:
    day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(1900, 2040)
    name = str(rng.choice(_MONTHS))
    forms = [f"{day}.{month}.{year}", f"{day:02}/{month:02}/{year % 100:02}", f"{day}. {name}"]
    forms += [f"{year}-{month:02}-{day:02}", f"{name} {day}, {year}", f"{day} {name} {year}"]
    forms += [f"{rng.integers(24)}:{rng.integers(60):02}", f"{rng.integers(1, 13)}:30 pm"]
    return str(rng.choice(forms))


def _price(rng: np.random.Generator) -> str:
    amount = f"{rng.integers(0, 1000)}{_pick('.,', rng)}{rng.integers(100):02}"
    forms = [f"${amount}", f"{amount}", f"{amount} EUR", f"{rng.integers(1, 100)}%", f"$ {amount}"]
    forms += [f"{rng.integers(1, 100)} x {amount}", f"{amount},-", f"No. {rng.integers(1, 1000)}"]
    return str(rng.choice(forms))


def _nonsense(rng: np.random.Generator) -> str:
    every = _UPPER + _LOWER * 2 + _DIGITS + _MARKS
    some = (_LOWER, _UPPER + _LOWER, every, every, _MARKS + _DIGITS)[int(rng.integers(5))]
    parts = [_some(some, int(rng.integers(1, 7)), rng) for _ in range(int(rng.integers(1, 5)))]
    return " ".join(parts)


def _single(rng: np.random.Generator) -> str:
    kind = rng.random()
    chars = _DIGITS if kind < 0.35 else _UPPER + _LOWER if kind < 0.85 else _MARKS
    return _pick(chars, rng)
