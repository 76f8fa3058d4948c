"""A page over many frames: its glyphs as tracks that gather votes.

A track knows its place on the page, the votes of all frames for its class and how often it was
seen; :mod:`hwr_live.tracking.layout` knows lines and gaps. Text is read off the tracks, not off any
one frame.

The numbers were chosen, as the module was built, by flicker, delay and errors on simulated readings
of hand-held pages (tests/support/readings.py, tests/tracking/test_settle.py);
``python -m tests.measure.settling`` measures the same on videos of real pages.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.tracking.align import (
    LOOK,
    NOTHING,
    Bools,
    Floats,
    Ints,
    Observation,
    Pairing,
    Points,
    apply,
    inverse,
    overlapping,
    pair,
    scale_of,
    widened,
)
from hwr_live.tracking.layout import Layout, Placed
from hwr_live.tracking.votes import Ballots, Elected

# Times are those of the page's own clock, which goes on by at most this much a frame: where reading
# is slow, it takes as many frames to forget and to believe as where it is fast.
_LONGEST_STEP_S = 0.12
_VOTE_S = 4.0  # time constant of the votes
_PRESENCE_S = 1.2  # time constant of how often a track is seen
_FOLLOWED = 0.1  # least share of a frame in a track's place, size and look: paper bends, views turn
_ENTER, _LEAVE = 0.5, 0.3  # presence from which a track is in the text, and below which it leaves
_STAYS = 0.2  # presence that a track in the text is worth more against one at the same place
_GONE_S = 0.45  # a steady track not seen for this long has left the page
_STEADY = 0.5  # share of the last frames that such a track was seen in
_MISSED = 10  # frames without it that a new track must make up for, if there were so many
_FADED = 0.15  # presence of what has left the page, steady or not
_LATE_S = 0.8  # age of the page from which a new track may be newly written
_WRITTEN_S = 0.36  # age of a late track from which it may be taken to be newly written
_SURE = 0.6  # share of its votes that must agree for that
_SEEN = 0.8  # share of its frames that it must have been seen in for that
_FORGET_S = 3.0  # a track that is in the text is dropped if not seen for this long
_FORGET_OTHERS_S = 1.5  # and one that is not, for this long
_YOUNG_S = 0.25  # a glyph that comes later is no part of the text for this long
_HISTORY = 32  # frames in which tracks are looked up for having been seen together
_TOGETHER = 0.5  # share of the frames of the rarer of two: seen together less, they are rivals
_MARGINS = (0.0, 0.06, 0.2)
"""Lead, as a share of all votes, that a new class needs over the one shown: of a page that has come
into view, after one second, and from two seconds on."""
_OVERRULED = 0.25  # the same lead with which a class is told at once
_AGREE = 0.45  # share of what is in view that must fit for a frame to be of a page
_AGREE_FEW = 0.15  # share that must fit more where hardly a glyph is in view: few fit by chance
_FEW = 4.0  # glyphs in view for which that share is e times less
_SPECKS = 0.5  # less than one character's weight: as good as an empty page
_NOTHING_WEIGHS = 0.2  # what ink that is no character counts for telling pages apart


@dataclass(frozen=True)
class Match:
    """How a frame lies on a page."""

    pairing: Pairing
    ids: Ints  # of the paired tracks
    agrees: bool  # whether the frame is of this page


@dataclass(frozen=True)
class Composition:
    """The text of a page and the tracks that it is made of."""

    text: str
    ids: frozenset[int]


class Page:
    """n tracks as arrays, in coordinates of the page's first frame.

    Args:
        time_s: of the first frame.
        classes: class → column of the votes, from :func:`hwr_live.tracking.align.observe`.

    Attributes:
        frames: how many were of this page.
        first_s, seen_s: times of the first and the last of them.
        clock_s: the page's own clock, from 0.
    """

    def __init__(self, time_s: float, classes: dict[str | None, int]) -> None:
        self.frames = 0
        self.first_s = self.seen_s = time_s
        self.clock_s = 0.0
        self._classes = classes
        self._matrix = np.eye(2, 3)
        self._ids = np.zeros(0, np.int64)
        self._centres, self._sizes = np.zeros((0, 2)), np.zeros((0, 2))
        self._votes, self._looks = np.zeros((0, 1)), np.zeros((0, LOOK))
        self._hits, self._chances = np.zeros(0), np.zeros(0)
        self._born_s, self._last_s = np.zeros(0), np.zeros(0)
        self._born = np.zeros(0, np.int64)  # number of its first frame
        self._shown = np.zeros(0, np.bool_)
        self._chosen = np.zeros(0, np.int64)
        self._told: dict[int, int] = {}  # id → class, as last composed
        self._history = np.zeros((0, _HISTORY), np.float32)
        self._next_id = 0
        self._layout = Layout()
        self._lines: list[int | None] = []  # of the frame that was absorbed last
        self._ballots = Ballots()
        self._cut_anew: set[int] = set()  # tracks in the text whose ink is now cut otherwise

    # What a frame has to do with the page

    def compare(self, seen: Observation) -> Match:
        """Aligns a frame to the page and tells whether it is a frame of this page."""
        points = Points(self._centres, self._sizes, self._votes, self._looks)
        pairing = pair(points, seen.points, self._matrix)
        readable = float(seen.weights.sum())
        there = self._presence() * self._weights()
        if min(readable, float(there.sum())) < _SPECKS:
            agrees = max(readable, float(there.sum())) < _SPECKS
            return Match(pairing, self._ids[pairing.tracks], agrees)
        placed = apply(pairing.matrix, self._centres)
        inside = ((placed >= 0) & (placed < (seen.size if any(seen.size) else np.inf))).all(1)
        total = max(readable, float(there[inside].sum()))
        score = float((pairing.likeness * seen.weights[pairing.glyphs]).sum())
        # Frames of one page score 0.6 and more, of others 0.1, or 0.4 where both have a line in
        # common; of a few glyphs many fit by chance.
        agrees = score >= (_AGREE + _AGREE_FEW * np.exp(-total / _FEW)) * total
        return Match(pairing, self._ids[pairing.tracks], bool(agrees))

    def absorb(self, seen: Observation, match: Match, now_s: float) -> None:
        """Counts the frame's votes; glyphs that fit no track begin one."""
        step_s = min(now_s - self.seen_s, _LONGEST_STEP_S)
        self.clock_s += step_s
        points, pairing = seen.points, match.pairing
        self.frames, self.seen_s, self._matrix = self.frames + 1, now_s, pairing.matrix
        width = max(self._votes.shape[1], points.votes.shape[1])
        self._votes = widened(self._votes, width) * np.exp(-step_s / _VOTE_S)
        self._hits *= np.exp(-step_s / _PRESENCE_S)
        self._chances *= np.exp(-step_s / _PRESENCE_S)
        self._chances += 1.0
        self._history = np.roll(self._history, 1, axis=1)
        self._history[:, 0] = 0.0

        fresh = np.setdiff1d(np.arange(len(points.centres)), pairing.glyphs)
        begun = np.arange(len(self._ids), len(self._ids) + len(fresh))
        self._begin(points, fresh)
        rows = np.concatenate([pairing.tracks, begun])
        glyphs = np.concatenate([pairing.glyphs, fresh])
        back = inverse(self._matrix)
        # A running mean at first, then slowly following, as paper bends and the view turns.
        rate = np.maximum(1 / (self._hits[rows] + 1), _FOLLOWED)[:, None]
        self._centres[rows] += rate * (apply(back, points.centres[glyphs]) - self._centres[rows])
        self._sizes[rows] += rate * (points.sizes[glyphs] * scale_of(back) - self._sizes[rows])
        self._looks[rows] += rate * (points.looks[glyphs] - self._looks[rows])
        self._votes[rows] += widened(points.votes, width)[glyphs]
        self._hits[rows] += 1.0
        self._last_s[rows] = self.clock_s
        self._history[rows, 0] = 1.0
        row_of = np.zeros(len(glyphs), np.int64)
        row_of[glyphs] = rows
        self._lines = self._layout.count(seen, row_of, self._ids, self._centres)
        along = self._layout.along(self._centres)[row_of]
        starts = [float(along[line].min()) if line else 0.0 for line in seen.lines]
        self._ballots.hear(seen.words, self._lines, starts, self._matrix, self.clock_s)
        self._drop()
        self._decide()

    def chars_of(self, match: Match) -> dict[int, tuple[str | None, float]]:
        """Glyph of the frame → the character of its track and that character's share of votes."""
        names = list(self._classes)
        row_of = {int(number): row for row, number in enumerate(self._ids)}
        chars: dict[int, tuple[str | None, float]] = {}
        for number, glyph in zip(match.ids, match.pairing.glyphs, strict=True):
            row = row_of.get(int(number))
            if row is not None and self._shown[row]:
                votes, chosen = self._votes[row], int(self._chosen[row])
                share = float(votes[chosen] / max(float(votes.sum()), 1e-9))
                chars[int(glyph)] = names[chosen], share
        return chars

    def elected(self) -> tuple[list[tuple[int, Elected] | None], Floats]:
        """What each line of the last frame is taken for, with the line's number, where its frames
        have voted on the whole of it; and the matrix (2, 3) page → frame."""
        texts = self._ballots.elected
        found = [None if n is None or n not in texts else (n, texts[n]) for n in self._lines]
        return found, self._matrix

    # Text

    def compose(self) -> Composition:
        """The text of the tracks that are shown."""
        rows = np.flatnonzero(self._shown & (self._chosen != NOTHING))
        self._told = dict(zip(self._ids[rows].tolist(), self._chosen[rows].tolist(), strict=True))
        if not len(rows):
            self._ballots.elect([])
            return Composition("", frozenset())
        names = list(self._classes)
        chars = [names[max(0, number)] or "" for number in self._chosen.tolist()]
        usual = float(np.median(self._sizes[self._shown].max(1)))
        placed = Placed(self._ids, self._centres, self._sizes, chars, usual)
        texts = self._ballots.elect(self._layout.lines(rows, placed))
        return Composition("\n".join(texts), frozenset(int(i) for i in self._ids[rows]))

    def rewritten(self, shown: frozenset[int]) -> bool:
        """Whether something was written or wiped out since the tracks ``shown`` made the text.

        A glyph that is newly told apart from its neighbour or newly taken for a character does not
        count: that is the reading's business, not the page's.
        """
        self._cut_anew &= shown
        if not shown.issubset(self._cut_anew.union(self._ids.tolist())):
            return True
        old = np.isin(self._ids, list(shown))
        gone = old & (self._gone() | (self._presence() < _FADED))
        if gone.any():
            there = self.clock_s - self._last_s <= _GONE_S
            covered = overlapping(self._centres, self._sizes)[:, there & ~gone].any(
                1
            ) & self._in_lines(self._ballots.unsteady())
            self._cut_anew.update(self._ids[gone & covered].tolist())
            wiped = gone & ~covered
            if wiped.any():
                self._ballots.rewritten(self._layout.numbers(wiped), self._last_s[wiped])
                return True
        sure = self._votes.max(1, initial=0.0) > _SURE * self._votes.sum(1)
        late = (self._born_s > _LATE_S) & (self.clock_s - self._born_s >= _WRITTEN_S)
        lived = np.minimum(self.frames - self._born + 1, _HISTORY)
        steady = self._history.sum(1) >= _SEEN * lived
        new = self._shown & ~old & late & sure & steady & (self._chosen != NOTHING)
        if new.any():
            new &= ~overlapping(self._centres, self._sizes)[:, old].any(1)
            self._ballots.rewritten(self._layout.numbers(new), self._born_s[new])
        return bool(new.any())

    def overruled(self) -> bool:
        """Whether the votes of a glyph, or of a line where frames vote on the whole of it, are
        clearly for something else than was composed."""
        if self._ballots.disputed():
            return True
        rows = [
            row
            for row, (number, voted_on) in enumerate(
                zip(self._ids.tolist(), self._in_lines(self._ballots.elected).tolist(), strict=True)
            )
            if number in self._told and not voted_on
        ]
        told = [self._told[number] for number in self._ids[rows].tolist()]
        votes = self._votes[rows]
        lead = votes.max(1, initial=0.0) - votes[np.arange(len(rows)), told]
        return bool((lead > _OVERRULED * votes.sum(1)).any())

    # Decisions

    def _in_lines(self, numbers: Collection[int]) -> Bools:
        """Tracks of the lines of these numbers."""
        if not numbers:
            return np.zeros(len(self._ids), np.bool_)
        own = self._layout.numbers(np.ones(len(self._ids), np.bool_))
        return np.isin(own, list(numbers))

    def _presence(self) -> Floats:
        return self._hits / np.maximum(self._chances, 1e-9)

    def _weights(self) -> Floats:
        """What each track counts for telling pages apart, in the measure of an observation's."""
        total = np.maximum(self._votes.sum(1), 1e-9)
        readable = self._votes.argmax(1) != NOTHING
        return np.where(readable, self._votes.max(1, initial=0.0) / total, _NOTHING_WEIGHS)

    def _gone(self) -> Bools:
        """Tracks that were steadily seen and then no more."""
        long = np.minimum(_HISTORY, np.maximum(1.0, self.frames))
        steady = self._history.sum(1) > _STEADY * long
        return np.asarray(steady & (self.clock_s - self._last_s > _GONE_S))

    def _decide(self) -> None:
        """Which tracks are in the text, and with which class; what is shown has an advantage."""
        presence = self._presence()
        wanted = presence >= np.where(self._shown, _LEAVE, _ENTER)
        young = (self.clock_s - self._born_s < _YOUNG_S) & (self._born_s > _YOUNG_S)
        wanted &= (self._shown | ~young) & ~self._gone()
        rank = presence + _STAYS * self._shown
        shown = wanted.copy()
        rivals = self._rivals()
        for row in np.argsort(-rank, kind="stable"):
            if shown[row] and row in rivals:
                shown[rivals[row]] = False
                shown[row] = True
        self._shown = shown
        rows = np.arange(len(self._ids))
        best = self._votes.argmax(1)
        known = self._chosen >= 0
        lead = self._votes[rows, best] - self._votes[rows, np.where(known, self._chosen, 0)]
        share = float(np.interp(self.clock_s, (0, 1, 2), _MARGINS))
        margin = share * self._votes.sum(1)
        self._chosen = np.where(known & (lead <= margin), self._chosen, best)

    def _rivals(self) -> dict[int, list[int]]:
        """Row → rows at the same place that are not seen in the same frames.

        Such are a glyph and its two halves where the reader tears it now and then.
        """
        rivals: dict[int, list[int]] = {}
        seen = self._history.sum(1)
        for a, b in np.argwhere(np.triu(overlapping(self._centres, self._sizes))):
            together = float(self._history[a] @ self._history[b])
            if together < _TOGETHER * min(seen[a], seen[b]):
                rivals.setdefault(int(a), []).append(int(b))
                rivals.setdefault(int(b), []).append(int(a))
        return rivals

    # Counting

    def _begin(self, points: Points, fresh: Ints) -> None:
        """New tracks for the glyphs ``fresh``."""
        k = len(fresh)
        back = inverse(self._matrix)
        ids = np.arange(self._next_id, self._next_id + k)
        self._next_id += k
        missed = np.full(k, float(min(self.frames - 1, _MISSED)))
        self._extend(
            _ids=ids,
            _centres=apply(back, points.centres[fresh]),
            _sizes=points.sizes[fresh] * scale_of(back),
            _votes=np.zeros((k, self._votes.shape[1])),
            _looks=np.zeros((k, LOOK)),
            _hits=np.zeros(k),
            _chances=1.0 + missed,
            _born_s=np.full(k, self.clock_s),
            _born=np.full(k, self.frames),
            _last_s=np.full(k, self.clock_s),
            _shown=np.zeros(k, np.bool_),
            _chosen=np.full(k, -1),
            _history=np.zeros((k, _HISTORY), np.float32),
        )
        self._layout.begin(k)

    def _extend(self, **more: npt.NDArray[Any]) -> None:
        for name, rows in more.items():
            setattr(self, name, np.concatenate([getattr(self, name), rows]))

    def _drop(self) -> None:
        """Forgets tracks that have not been seen for long."""
        keep = self.clock_s - self._last_s < np.where(self._shown, _FORGET_S, _FORGET_OTHERS_S)
        if keep.all():
            return
        gone = {int(i) for i in self._ids[~keep]}
        for name in _ARRAYS:
            setattr(self, name, getattr(self, name)[keep])
        self._layout.keep(keep, gone)


_ARRAYS = (
    *("_ids", "_centres", "_sizes", "_votes", "_looks", "_hits", "_chances", "_born_s", "_last_s"),
    *("_born", "_shown", "_chosen", "_history"),
)
