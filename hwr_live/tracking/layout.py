"""A page's layout over many frames: which tracks are one line, where spaces are, and the order.

What the frames' readings say of it is counted, older frames for less, so that a line stays a line
where one frame breaks it, and a space a space. The numbers were chosen like those of
:mod:`hwr_live.tracking.tracks`.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwr_live.tracking.align import Bools, Floats, Ints, Observation, widened

_AHEAD = 3  # glyphs behind each for which gaps are counted: those between may be missed
_LINE_KEPT = 0.95  # share of the votes for lines that a frame leaves
_ALONG_KEPT = 0.9  # share that a frame leaves of what is known of the lines' direction
_ORDER_KEPT = 0.9  # share that a frame leaves of what is known of the order of lines
_ORDER_LEAD = 0.5  # frames by which one order of two lines must lead to be believed
_GAPS_COUNTED = 40  # frames in which a gap was seen: then both counts are halved
_SPACE = 0.5  # share of the frames with a space between two glyphs from which one is shown
_SPACE_KEPT, _SPACE_MADE = 0.35, 0.65  # the same where one is shown already, and where none is
_UNSEEN_SPACE = 0.6  # usual sizes: a space between glyphs that no frame had both of


@dataclass(frozen=True)
class Placed:
    """Tracks where they stand on the page; n of them.

    Attributes:
        ids: (n,) of the tracks.
        centres, sizes: (n, 2) pixels of the page.
        chars: (n,) what they are read as, empty for no character.
        usual: the usual size of a glyph, pixels.
    """

    ids: Ints
    centres: Floats
    sizes: Floats
    chars: Sequence[str]
    usual: float


class Layout:
    """Lines, spaces and reading order of a page's tracks."""

    def __init__(self) -> None:
        self._line_votes = np.zeros((0, 1))  # (tracks, lines)
        self._gaps: dict[tuple[int, int], list[float]] = {}  # ids → weight of no space, of a space
        self._spaces: dict[tuple[int, int], bool] = {}  # ids → whether a space is shown
        self._before: dict[tuple[int, int], float] = {}  # lines → weight of this order
        self._along = np.array([1e-9, 0.0])  # where lines run, as the frames have them

    def begin(self, count: int) -> None:
        """So many tracks more."""
        more = np.zeros((count, self._line_votes.shape[1]))
        self._line_votes = np.concatenate([self._line_votes, more])

    def keep(self, kept: Bools, gone: set[int]) -> None:
        """Forgets tracks.

        Args:
            kept: (n,) of all tracks.
            gone: ids of the others.
        """
        self._line_votes = self._line_votes[kept]
        for ids in [ids for ids in self._gaps if ids[0] in gone or ids[1] in gone]:
            del self._gaps[ids]
            self._spaces.pop(ids, None)

    def count(
        self, seen: Observation, row_of: Ints, all_ids: Ints, centres: Floats
    ) -> list[int | None]:
        """Counts a frame's gaps between neighbours, its lines and their order.

        Args:
            seen: the frame.
            row_of: (m,) the track of each of its glyphs.
            all_ids: (n,) of all tracks.
            centres: (n, 2) of all tracks.

        Returns:
            The page's number of each of the frame's lines; None for one without glyphs.
        """
        ids = all_ids[row_of].tolist()
        spaces = seen.gaps.tolist()
        self._line_votes *= _LINE_KEPT
        self._along *= _ALONG_KEPT
        order: list[int] = []
        numbers: list[int | None] = []
        for line in seen.lines:
            if not line:
                numbers.append(None)
                continue
            order.append(self._line_number(row_of[line]))
            numbers.append(order[-1])
            self._along += centres[row_of[line[-1]]] - centres[row_of[line[0]]]
            for place, a in enumerate(line):
                space = False
                for b in line[place + 1 : place + 1 + _AHEAD]:
                    space = space or spaces[b]
                    counts = self._gaps.setdefault((ids[a], ids[b]), [0.0, 0.0])
                    counts[space] += 1.0
                    if counts[0] + counts[1] > _GAPS_COUNTED:
                        counts[0], counts[1] = counts[0] / 2, counts[1] / 2
        for place, first in enumerate(order):
            for second in order[place + 1 :]:
                if first != second:
                    ahead = self._before.get((first, second), 0.0)
                    behind = self._before.get((second, first), 0.0)
                    self._before[first, second] = _ORDER_KEPT * ahead + 1
                    self._before[second, first] = _ORDER_KEPT * behind
        return numbers

    def lines(self, rows: Ints, tracks: Placed) -> list[tuple[int, str]]:
        """Number and text of each line of the tracks ``rows``, in reading order."""
        of_line: dict[int, list[int]] = {}
        for row, number in zip(rows, self.numbers(rows).tolist(), strict=True):
            of_line.setdefault(number, []).append(int(row))
        upright = self._upright(tracks.centres)
        order = self._in_order(of_line, upright)
        return [(number, self._line_text(of_line[number], upright, tracks)) for number in order]

    def numbers(self, rows: Ints | Bools) -> Ints:
        """(n,) the lines that tracks belong to."""
        return np.asarray(self._line_votes[rows].argmax(1), np.int64)

    def along(self, points: Floats) -> Floats:
        """(n,) how far points of the page, (n, 2), lie along its lines."""
        return self._upright(points)[:, 0]

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

    def _in_order(self, lines: dict[int, list[int]], upright: Floats) -> list[int]:
        """Line numbers in reading order: as the frames have it, else from top to bottom."""
        middle = {n: float(np.mean(upright[rows, 1])) for n, rows in lines.items()}

        def compare(a: int, b: int) -> int:
            first, second = self._before.get((a, b), 0.0), self._before.get((b, a), 0.0)
            if abs(first - second) > _ORDER_LEAD:
                return -1 if first > second else 1
            return -1 if middle[a] < middle[b] else 1

        return sorted(sorted(lines), key=functools.cmp_to_key(compare))

    def _line_text(self, rows: list[int], upright: Floats, tracks: Placed) -> str:
        rows = sorted(rows, key=lambda row: float(upright[row, 0]))
        for i, (a, b) in enumerate(itertools.pairwise(rows)):
            # The reader may order overlapping glyphs by other means than their centres.
            ids = int(tracks.ids[a]), int(tracks.ids[b])
            if rows[i] == a and self._seen_in_order(ids[::-1]) > self._seen_in_order(ids):
                rows[i], rows[i + 1] = b, a
        text = tracks.chars[rows[0]]
        for left, right in itertools.pairwise(rows):
            char = tracks.chars[right]
            text += " " + char if self._space(left, right, tracks) else char
        return text

    def _seen_in_order(self, ids: tuple[int, ...]) -> float:
        left, right = ids
        return sum(self._gaps.get((left, right), ()))

    def _space(self, left: int, right: int, tracks: Placed) -> bool:
        """Whether there is a space between two tracks; what is shown has an advantage."""
        pair = (int(tracks.ids[left]), int(tracks.ids[right]))
        counts = self._gaps.get(pair)
        if counts is None:  # never seen together: two parts of glyphs that come and go
            gap = self._upright(tracks.centres[[right]] - tracks.centres[[left]])[0, 0]
            both = tracks.sizes[[left]] + tracks.sizes[[right]]
            gap -= np.abs(self._upright(both))[0, 0] / 2
            return bool(gap > _UNSEEN_SPACE * tracks.usual)
        share = counts[1] / (counts[0] + counts[1])
        shown = self._spaces.get(pair)
        space = share > (_SPACE if shown is None else _SPACE_KEPT if shown else _SPACE_MADE)
        self._spaces[pair] = space
        return space

    def _upright(self, points: Floats) -> Floats:
        """(n, 2) points of the page, turned by quarters so that its lines run to the right."""
        x, y = self._along
        if abs(x) >= abs(y):
            return points if x > 0 else -points
        turned = np.stack([points[:, 1], -points[:, 0]], 1)
        return turned if y > 0 else -turned
