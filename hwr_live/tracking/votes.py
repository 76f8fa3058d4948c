"""Votes over whole lines: a line of a page, as its frames read it.

In joined writing the reader cuts glyphs out of one piece of ink, each frame at other places and not
always as many, so their tracks come and go, and what single tracks agree on is no text that any
frame has read. The text of such a line is the one that agrees best with those of all its frames.
Where glyphs stand apart the text that their tracks agree on is that already, and stays.

The numbers were chosen by ``python -m tests.measure.settling --joined 6``, on script of people whom
training leaves out: errors of settled text first, then how often it changes.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hwr_live.reading import Glyph
from hwr_live.tracking.align import Floats, Ints
from hwr_live.tracking.medians import alignment, cost, improved, median

_VOTE_S = 4.0  # time constant of the votes, as of those of tracks
_MOST = 24  # texts of a line that are kept; the weakest gives way
_CANDIDATES = 8  # of them, the strongest, that may become the line's text
_LATEST = 32  # frames that can be told from those before when a line was written on
_LEAD = 0.2  # edits a frame that a text must agree better by than the one that is shown
_LEAD_OF_TRACKS = 0.35  # and than the one that the tracks agree on
_DISPUTED = 0.7  # and by which it is told without waiting
_UNSTEADY = 0.4  # share of frames with another number of glyphs than the one before, likewise
_UNHEARD_S = 1.2  # a line that is not heard for so long is another when it is heard again


@dataclass(frozen=True)
class Heard:
    """A line as one frame read it.

    Attributes:
        text: its characters, a space between words.
        glyphs: of each of them; None for a space.
        matrix: (2, 3) page → frame.
        weight: of its vote, 0 to 1.
        time_s: of the page's clock.
    """

    text: str
    glyphs: tuple[Glyph | None, ...]
    matrix: Floats
    weight: float
    time_s: float

    @classmethod
    def of(cls, words: Sequence[Sequence[Glyph]], matrix: Floats, time_s: float) -> Heard:
        """Of the words of a line; glyphs that are no characters have no vote."""
        chars: list[str] = []
        glyphs: list[Glyph | None] = []
        for word in words:
            readable = [glyph for glyph in word if glyph.char]
            if readable and chars:
                chars.append(" ")
                glyphs.append(None)
            for glyph in readable:
                char = glyph.char or ""
                chars.append(char)
                glyphs += [_plain(glyph)] * len(char)
        sure = [glyph.confidence for glyph in glyphs if glyph is not None]
        weight = sum(sure) / len(sure) if sure else 0.5
        return cls("".join(chars), tuple(glyphs), matrix, weight, time_s)


def _plain(glyph: Glyph) -> Glyph:
    """The glyph without how it came about: of earlier frames nobody asks, and it takes memory."""
    char, sure, box, likely = glyph.char, glyph.confidence, glyph.box, glyph.candidates
    return Glyph(char, sure, box, likely, glyph.crop, glyph.ink)


@dataclass(frozen=True)
class Spot:
    """A glyph of an earlier frame, and that frame's matrix, page → frame."""

    glyph: Glyph
    matrix: Floats


@dataclass(frozen=True)
class Elected:
    """What a line is taken for.

    Attributes:
        text: of it.
        spots: of each character; None for a space, or where no frame had the character.
    """

    text: str
    spots: tuple[Spot | None, ...]


class LineVotes:
    """What the frames of a page read one of its lines as."""

    def __init__(self) -> None:
        self._heard: dict[str, Heard] = {}  # text → when it was last heard
        self._votes: dict[str, float] = {}  # text → weight
        self._latest: deque[Heard] = deque(maxlen=_LATEST)
        self._time_s = 0.0
        self._shown: Elected | None = None
        self._tracks = ""  # the text that the tracks agreed on when it was last asked for

    @property
    def heard_s(self) -> float:
        """When the line was last heard."""
        return self._time_s

    @property
    def unsteady(self) -> bool:
        """Whether the number of its glyphs often changes from frame to frame."""
        counts = [len(heard.text) - heard.text.count(" ") for heard in self._latest]
        changes = sum(a != b for a, b in pairwise(counts))
        return changes > _UNSTEADY * max(1, len(counts) - 1)

    def hear(self, heard: Heard) -> None:
        """Counts a frame's reading of the line."""
        fade = math.exp(-max(0.0, heard.time_s - self._time_s) / _VOTE_S)
        self._time_s = heard.time_s
        self._latest.append(heard)
        self._votes = {text: weight * fade for text, weight in self._votes.items()}
        self._count(heard)

    def forget(self, before_s: float) -> None:
        """Drops what was heard before a time, as the line was written on or wiped since."""
        latest = [heard for heard in self._latest if heard.time_s >= before_s]
        self._heard, self._votes, self._shown = {}, {}, None
        self._latest.clear()
        for heard in latest:
            self._latest.append(heard)
            self._count(heard)

    def elect(self, tracks: str) -> Elected | None:
        """The line's text, if it is better than the one that the tracks agree on.

        Args:
            tracks: that text.
        """
        shown, self._tracks = self._shown, tracks
        before, lead = (tracks, _LEAD_OF_TRACKS) if shown is None else (shown.text, _LEAD)
        if not self._votes or (shown is None and not self.unsteady):
            return shown
        best, worth = before, cost(before, self._votes)
        if worth >= lead:  # else no text can be so much better
            strongest = sorted(self._votes, key=lambda text: -self._votes[text])[:_CANDIDATES]
            better = median([tracks, before, *strongest], self._votes)
            better = improved(better, self._votes)
            best = better if worth - cost(better, self._votes) >= lead else before
        if best == tracks:
            self._shown = None
        elif shown is None or best != shown.text or best in self._heard:
            self._shown = Elected(best, self._spots(best))
        return self._shown

    def disputed(self) -> bool:
        """Whether another text has become clearly better than the one that is shown."""
        if not self._votes or not (self._shown or self.unsteady):
            return False
        told = self._tracks if self._shown is None else self._shown.text
        strongest = max(self._votes, key=lambda text: self._votes[text])
        lead = cost(told, self._votes) - cost(strongest, self._votes)
        return lead > _DISPUTED

    def _count(self, heard: Heard) -> None:
        self._heard[heard.text] = heard
        self._votes[heard.text] = self._votes.get(heard.text, 0.0) + heard.weight
        if len(self._votes) > _MOST:
            others = (text for text in self._votes if text != heard.text)
            weakest = min(others, key=lambda text: self._votes[text])
            del self._votes[weakest], self._heard[weakest]

    def _spots(self, text: str) -> tuple[Spot | None, ...]:
        """A glyph for each character: of the frame that read this text, or of the strongest that
        has the character at this place. Its confidence is the share of the votes for it."""
        order = sorted(self._heard, key=lambda one: (one != text, -self._votes[one]))
        spots: list[Spot | None] = [None] * len(text)
        agree = [0.0] * len(text)
        for other in order:
            heard = self._heard[other]
            for place, at, before in alignment(text, other):
                if before or at is None or other[at] != text[place]:
                    continue
                agree[place] += self._votes[other]
                glyph = heard.glyphs[at]
                if spots[place] is None and glyph is not None:
                    spots[place] = Spot(glyph, heard.matrix)
        total = sum(self._votes.values())
        return tuple(
            spot and replace(spot, glyph=replace(spot.glyph, confidence=min(1.0, share / total)))
            for spot, share in zip(spots, agree, strict=True)
        )


class Ballots:
    """The votes on all lines of a page, by the page's numbers of them.

    Attributes:
        elected: of lines that were last taken for what their frames read on the whole.
    """

    def __init__(self) -> None:
        self.elected: dict[int, Elected] = {}
        self._lines: dict[int, LineVotes] = {}
        self._told: list[int] = []  # lines that were last asked for
        self._since_s: dict[int, float] = {}  # when a line was last written on or wiped

    def hear(
        self,
        lines: Sequence[Sequence[Sequence[Glyph]]],
        numbers: Sequence[int | None],
        starts: Sequence[float],
        matrix: Floats,
        time_s: float,
    ) -> None:
        """Counts a frame.

        Args:
            lines: the words of its lines.
            numbers: of its lines; those with the same number are parts of one line.
            starts: where each begins along the page's lines.
            matrix: (2, 3) page → frame.
            time_s: of the page's clock.
        """
        parts: dict[int, list[int]] = {}
        for place, number in enumerate(numbers):
            if number is not None:
                parts.setdefault(number, []).append(place)
        for number, places in parts.items():
            in_order = sorted(places, key=lambda place: starts[place])
            words = [word for place in in_order for word in lines[place]]
            self._lines.setdefault(number, LineVotes()).hear(Heard.of(words, matrix, time_s))
        for number, votes in list(self._lines.items()):
            if time_s - votes.heard_s > _UNHEARD_S:
                del self._lines[number]
                self.elected.pop(number, None)

    def elect(self, tracks: Sequence[tuple[int, str]]) -> list[str]:
        """The texts of a page's lines, without those of which nothing is read.

        Args:
            tracks: number and text of each line, as its tracks agree on it.
        """
        for number, since_s in self._since_s.items():
            if number in self._lines:
                self._lines[number].forget(since_s)
        self._since_s, self.elected = {}, {}
        self._told = [number for number, _ in tracks]
        texts = []
        for number, text in tracks:
            found = self._lines[number].elect(text) if number in self._lines else None
            if found is not None:
                self.elected[number] = found
            texts.append(text if found is None else found.text)
        return [text for text in texts if text]

    def unsteady(self) -> set[int]:
        """Lines whose glyphs come and go, as their ink is cut otherwise from frame to frame."""
        return {number for number, votes in self._lines.items() if votes.unsteady}

    def rewritten(self, numbers: Ints, times_s: Floats) -> None:
        """Lines were written on or wiped at these times: what was heard before is forgotten."""
        for number, time_s in zip(numbers.tolist(), times_s.tolist(), strict=True):
            self._since_s[number] = max(time_s, self._since_s.get(number, 0.0))

    def disputed(self) -> bool:
        """Whether a line has become clearly something else than it was last taken for."""
        told = (self._lines[number] for number in self._told if number in self._lines)
        return any(votes.disputed() for votes in told)
