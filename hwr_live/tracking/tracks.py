"""A page over many frames: its glyphs as tracks that gather votes.

A track knows its place on the page, the votes of all frames for its class, how often it was seen,
its line and the gaps to its neighbours. Text is read off the tracks, not off any one frame.
"""

from __future__ import annotations

import functools
import itertools
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
    pair,
    scale_of,
    widened,
)

# Times are those of the page's own clock, which goes on by at most this much a frame: where reading
# is slow, it takes as many frames to forget and to believe as where it is fast.
_LONGEST_STEP_S = 0.12
_VOTE_S = 4.0  # time constant of the votes
_PRESENCE_S = 1.2  # time constant of how often a track is seen
_ENTER, _LEAVE = 0.5, 0.3  # presence from which a track is in the text, and below which it leaves
_GONE_S = 0.45  # a steady track not seen for this long has left the page
_MISSED = 10  # frames without it that a new track must make up for, if there were so many
_FADED = 0.15  # presence of what has left the page, steady or not
_WRITTEN_S = 0.36  # what comes later is taken to be written after this long …
_SURE = 0.6  # … and if so large a share of its votes agree
_FORGET_S = 3.0  # any track not seen for this long is dropped
_YOUNG_S = 0.25  # a glyph that comes later is no part of the text for this long
_HISTORY = 32  # frames in which tracks are looked up for having been seen together
_MARGIN = 0.06  # lead, as a share of all votes, that a new class needs over the one shown …
_LATE_MARGIN = 0.2  # … and of a page that has been in view for two seconds
_OVERRULED = 0.25  # and lead with which it is told at once
_AHEAD = 3  # neighbours for which gaps are counted
_AGREE = 0.45  # share of what is in view that must fit for a frame to be of a page
_SPECKS = 0.5  # less than one character's weight: as good as an empty page


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
        self._line_votes = np.zeros((0, 1))  # (n, lines)
        self._next_id = 0
        self._gaps: dict[tuple[int, int], list[float]] = {}  # ids → weight of no space, of a space
        self._spaces: dict[tuple[int, int], bool] = {}  # what is shown
        self._before: dict[tuple[int, int], float] = {}  # lines → weight of this order
        self._along = np.array([1e-9, 0.0])  # where lines run, as the frames have them

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
        agrees = score >= (_AGREE + 0.15 * np.exp(-total / 4)) * total
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
        rate = np.maximum(1 / (self._hits[rows] + 1), 0.1)[:, None]
        self._centres[rows] += rate * (apply(back, points.centres[glyphs]) - self._centres[rows])
        self._sizes[rows] += rate * (points.sizes[glyphs] * scale_of(back) - self._sizes[rows])
        self._looks[rows] += rate * (points.looks[glyphs] - self._looks[rows])
        self._votes[rows] += widened(points.votes, width)[glyphs]
        self._hits[rows] += 1.0
        self._last_s[rows] = self.clock_s
        self._history[rows, 0] = 1.0
        self._count_layout(seen, rows, glyphs)
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

    # Text

    def compose(self) -> Composition:
        """The text of the tracks that are shown."""
        rows = np.flatnonzero(self._shown & (self._chosen != NOTHING))
        self._told = dict(zip(self._ids[rows].tolist(), self._chosen[rows].tolist(), strict=True))
        if not len(rows):
            return Composition("", frozenset())
        of_line: dict[int, list[int]] = {}
        for row, number in zip(rows, self._line_votes[rows].argmax(1), strict=True):
            of_line.setdefault(int(number), []).append(int(row))
        lines = [self._line_text(of_line[number]) for number in self._in_order(of_line)]
        return Composition("\n".join(lines), frozenset(int(i) for i in self._ids[rows]))

    def rewritten(self, shown: frozenset[int]) -> bool:
        """Whether something was written or wiped out since the tracks ``shown`` made the text.

        A glyph that is newly told apart from its neighbour or newly taken for a character does not
        count: that is the reading's business, not the page's.
        """
        if not shown.issubset(int(i) for i in self._ids):
            return True
        old = np.isin(self._ids, list(shown))
        presence = self._presence()
        if (old & (self._gone() | (presence < _FADED))).any():
            return True
        sure = self._votes.max(1, initial=0.0) > _SURE * self._votes.sum(1)
        late = (self._born_s > 0.8) & (self.clock_s - self._born_s >= _WRITTEN_S)
        lived = np.minimum(self.frames - self._born + 1, _HISTORY)
        steady = self._history.sum(1) >= 0.8 * lived
        new = self._shown & ~old & late & sure & steady & (self._chosen != NOTHING)
        return bool(new.any() and (new & ~self._overlaps()[:, old].any(1)).any())

    def overruled(self) -> bool:
        """Whether the votes of a glyph are clearly for another character than was composed."""
        rows = [row for row, number in enumerate(self._ids.tolist()) if number in self._told]
        told = [self._told[number] for number in self._ids[rows].tolist()]
        votes = self._votes[rows]
        lead = votes.max(1, initial=0.0) - votes[np.arange(len(rows)), told]
        return bool((lead > _OVERRULED * votes.sum(1)).any())

    def _in_order(self, lines: dict[int, list[int]]) -> list[int]:
        """Line numbers in reading order: as the frames have it, else from top to bottom."""
        upright = self._upright(self._centres)
        middle = {n: float(np.mean(upright[rows, 1])) for n, rows in lines.items()}

        def compare(a: int, b: int) -> int:
            first, second = self._before.get((a, b), 0.0), self._before.get((b, a), 0.0)
            if abs(first - second) > 0.5:
                return -1 if first > second else 1
            return -1 if middle[a] < middle[b] else 1

        return sorted(sorted(lines), key=functools.cmp_to_key(compare))

    def _line_text(self, rows: list[int]) -> str:
        upright = self._upright(self._centres)
        rows = sorted(rows, key=lambda row: float(upright[row, 0]))
        for i, (a, b) in enumerate(itertools.pairwise(rows)):
            # The reader may order overlapping glyphs by other means than their centres.
            if rows[i] == a and self._seen_in_order(b, a) > self._seen_in_order(a, b):
                rows[i], rows[i + 1] = b, a
        names = list(self._classes)
        text = names[int(self._chosen[rows[0]])] or ""
        for left, right in itertools.pairwise(rows):
            char = names[int(self._chosen[right])] or ""
            text += " " + char if self._space(left, right) else char
        return text

    def _seen_in_order(self, left: int, right: int) -> float:
        return sum(self._gaps.get((int(self._ids[left]), int(self._ids[right])), ()))

    def _space(self, left: int, right: int) -> bool:
        pair = (int(self._ids[left]), int(self._ids[right]))
        counts = self._gaps.get(pair)
        if counts is None:  # never seen together: two parts of glyphs that come and go
            gap = self._upright(self._centres[[right]] - self._centres[[left]])[0, 0]
            gap -= np.abs(self._upright(self._sizes[[left]] + self._sizes[[right]]))[0, 0] / 2
            return bool(gap > 0.6 * np.median(self._sizes[self._shown].max(1)))
        share = counts[1] / (counts[0] + counts[1])
        shown = self._spaces.get(pair)
        space = share > (0.5 if shown is None else 0.35 if shown else 0.65)
        self._spaces[pair] = space
        return space

    def _upright(self, points: Floats) -> Floats:
        """(n, 2) points of the page, turned by quarters so that its lines run to the right."""
        x, y = self._along
        if abs(x) >= abs(y):
            return points if x > 0 else -points
        turned = np.stack([points[:, 1], -points[:, 0]], 1)
        return turned if y > 0 else -turned

    # Decisions

    def _presence(self) -> Floats:
        return self._hits / np.maximum(self._chances, 1e-9)

    def _weights(self) -> Floats:
        """What each track counts for telling pages apart, in the measure of an observation's."""
        total = np.maximum(self._votes.sum(1), 1e-9)
        readable = self._votes.argmax(1) != NOTHING
        return np.where(readable, self._votes.max(1, initial=0.0) / total, 0.2)

    def _gone(self) -> Bools:
        """Tracks that were steadily seen and then no more."""
        long = np.minimum(_HISTORY, np.maximum(1.0, self.frames))
        steady = self._history.sum(1) > 0.5 * long
        return np.asarray(steady & (self.clock_s - self._last_s > _GONE_S))

    def _decide(self) -> None:
        """Which tracks are in the text, and with which class; what is shown has an advantage."""
        presence = self._presence()
        wanted = presence >= np.where(self._shown, _LEAVE, _ENTER)
        young = (self.clock_s - self._born_s < _YOUNG_S) & (self._born_s > _YOUNG_S)
        wanted &= (self._shown | ~young) & ~self._gone()
        rank = presence + 0.2 * self._shown
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
        share = float(np.interp(self.clock_s, (0, 1, 2), (0, _MARGIN, _LATE_MARGIN)))
        margin = share * self._votes.sum(1)
        self._chosen = np.where(known & (lead <= margin), self._chosen, best)

    def _overlaps(self) -> Bools:
        """(n, n): pairs of which one covers much of the other."""
        half = (self._sizes / 2).astype(np.float32)
        area = (4 * half.prod(1)).astype(np.float32)
        half += 0.2 * half.max(1, keepdims=True)  # a torn off part lies beside what remains
        low, high = self._centres.astype(np.float32) - half, self._centres.astype(np.float32) + half
        common = np.minimum.outer(high[:, 0], high[:, 0])
        common -= np.maximum.outer(low[:, 0], low[:, 0])
        down = np.minimum.outer(high[:, 1], high[:, 1])
        down -= np.maximum.outer(low[:, 1], low[:, 1])
        np.maximum(common, 0, out=common)
        common *= np.maximum(down, 0, out=down)
        overlaps = common > 0.45 * np.minimum.outer(area, area)
        np.fill_diagonal(overlaps, False)
        return np.asarray(overlaps)

    def _rivals(self) -> dict[int, list[int]]:
        """Row → rows at the same place that are not seen in the same frames.

        Such are a glyph and its two halves where the reader tears it now and then.
        """
        rivals: dict[int, list[int]] = {}
        seen = self._history.sum(1)
        for a, b in np.argwhere(np.triu(self._overlaps())):
            together = float(self._history[a] @ self._history[b])
            if together < 0.5 * min(seen[a], seen[b]):
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
            _line_votes=np.zeros((k, self._line_votes.shape[1])),
        )

    def _extend(self, **more: npt.NDArray[Any]) -> None:
        for name, rows in more.items():
            setattr(self, name, np.concatenate([getattr(self, name), rows]))

    def _drop(self) -> None:
        """Forgets tracks that have not been seen for long."""
        keep = self.clock_s - self._last_s < np.where(self._shown, _FORGET_S, 0.5 * _FORGET_S)
        if keep.all():
            return
        gone = {int(i) for i in self._ids[~keep]}
        for name in _ARRAYS:
            setattr(self, name, getattr(self, name)[keep])
        for ids in [ids for ids in self._gaps if ids[0] in gone or ids[1] in gone]:
            del self._gaps[ids]
            self._spaces.pop(ids, None)

    def _count_layout(self, seen: Observation, rows: Ints, glyphs: Ints) -> None:
        """Counts gaps between neighbours, lines of glyphs and the order of lines."""
        row_of = np.zeros(len(glyphs), np.int64)
        row_of[glyphs] = rows
        ids = self._ids[row_of].tolist()
        spaces = seen.gaps.tolist()
        self._line_votes *= 0.95
        self._along *= 0.9
        order = []
        for line in seen.lines:
            if not line:
                continue
            order.append(self._line_number(row_of[line]))
            self._along += self._centres[row_of[line[-1]]] - self._centres[row_of[line[0]]]
            for place, a in enumerate(line):
                space = False
                for b in line[place + 1 : place + 1 + _AHEAD]:
                    space = space or spaces[b]
                    counts = self._gaps.setdefault((ids[a], ids[b]), [0.0, 0.0])
                    counts[space] += 1.0
                    if counts[0] + counts[1] > 40:  # older frames count for less and less
                        counts[0], counts[1] = counts[0] / 2, counts[1] / 2
        for place, first in enumerate(order):
            for second in order[place + 1 :]:
                if first != second:
                    self._before[first, second] = 0.9 * self._before.get((first, second), 0.0) + 1
                    self._before[second, first] = 0.9 * self._before.get((second, first), 0.0)

    def _line_number(self, rows: Ints) -> int:
        """The line that most of these tracks belong to, or a new one; they vote for it."""
        votes = self._line_votes[rows].sum(0)
        number = int(votes.argmax())
        if votes[number] == 0:
            unused = np.flatnonzero(self._line_votes.sum(0) < 1e-6)
            number = int(unused[0]) if len(unused) else self._line_votes.shape[1]
            self._line_votes = widened(self._line_votes, number + 1)
            for lines in [lines for lines in self._before if number in lines]:
                del self._before[lines]
        self._line_votes[rows, number] += 1.0
        return number


_ARRAYS = (
    *("_ids", "_centres", "_sizes", "_votes", "_looks", "_hits", "_chances", "_born_s", "_last_s"),
    *("_born", "_shown", "_chosen", "_history", "_line_votes"),
)
