"""Settled text: glyphs are followed from frame to frame, and vote; of joined writing, whole lines.

A single frame of a hand-held camera is misread here and there, each time elsewhere, so the frames
of one page vote on every glyph (:mod:`hwr_live.tracking.tracks`), and on whole lines where glyphs
are not the same from frame to frame (:mod:`hwr_live.tracking.votes`). A frame that does not agree
with the page in view starts a rival page; when the rival has frames of its own and the page in view
has none any more, the rival takes its place. So text is steady on one page, and a new page need not
outvote the old one.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from hwr_live.reading import Glyph, Line, Reading
from hwr_live.tracking.align import Floats, apply, inverse, observe
from hwr_live.tracking.tracks import Composition, Match, Page
from hwr_live.tracking.votes import Elected

# Chosen like the numbers of tracks.py: steady text first, then the delay that one can bear.
_SHOW_AFTER_S = 0.28  # age at which a page is shown
_SHOW_AFTER_FRAMES = 3  # frames that it must have by then
_SLOW_S, _SLOW_FRAMES = 0.5, 2
"""Age from which fewer frames are enough, and how many: where reading is slow."""
_RIVAL_AFTER_S = 0.18  # a page without a frame for this long gives way to a rival
_LOST_AFTER_S = 0.6  # a page without a frame for this long, rival or not, is no longer shown
_REFINE_AT_S = 0.85  # age at which a page's first corrections come together
_REFINE_TIMES = 6.0  # times its age at which the next come, as votes grow ever steadier
_OVERRULE_EVERY_S = 2.0  # what is clearly wrong is put right so soon after the last change
_REWRITE_EVERY_S = 0.25  # writing and wiping are followed this closely


@dataclass(frozen=True)
class Settled:
    """What is known after a frame.

    Attributes:
        text: the settled text; that of the last page until a new one has settled.
        settled: whether ``text`` stands for the page that is in view now.
        changed: whether ``text`` differs from that after the frame before.
        reading: this frame's reading with the settled characters in place of its own; of a line
            that frames vote on as a whole, with the settled glyphs, where they are in this frame.
    """

    text: str
    settled: bool
    changed: bool
    reading: Reading


class Settler:
    """Follows the glyphs of one source; :meth:`reset` when what is read changes in kind."""

    def __init__(self) -> None:
        self._classes: dict[str | None, int] = {None: 0}
        self.reset()

    def reset(self) -> None:
        """Forgets everything seen."""
        self._page: Page | None = None
        self._rival: Page | None = None
        self._text = ""
        self._shown = frozenset[int]()  # tracks in the text
        self._shown_page: Page | None = None
        self._shown_s = -np.inf  # when the text was last brought up to date
        self._changed_s = -np.inf
        self._refine_age_s = _REFINE_AT_S
        self._clock_s = 0.0
        self._time_s: float | None = None

    def update(self, reading: Reading, time_s: float) -> Settled:
        """Takes the reading of the next frame.

        Args:
            reading: of the frame.
            time_s: when the frame was taken, in seconds from any start.
        """
        before = self._text
        step_s = 0.0 if self._time_s is None else time_s - self._time_s
        self._time_s = time_s
        self._clock_s += max(step_s, 1e-3)  # a source whose clock stands still goes on all the same
        page, match = self._follow(reading)
        settled = self._publish()
        return Settled(self._text, settled, self._text != before, _steadied(reading, page, match))

    def finish(self) -> str:
        """The text when nothing more will come: of what was seen last, settled or not."""
        page = self._page
        if self._rival is not None and (page is None or self._rival.seen_s > page.seen_s):
            page = self._rival
        if page is not None:
            self._show(page.compose(), page)
        return self._text

    def _follow(self, reading: Reading) -> tuple[Page, Match]:
        """Gives the frame to the page in view or to its rival."""
        seen, now = observe(reading, self._classes), self._clock_s
        if self._page is None:
            self._page = Page(now, self._classes)
        match = self._page.compare(seen)
        if match.agrees or self._page.frames == 0:
            self._page.absorb(seen, match, now)
            self._rival = None
            return self._page, match
        if self._rival is not None:
            match = self._rival.compare(seen)
        if self._rival is None or not match.agrees:
            self._rival = Page(now, self._classes)
            match = self._rival.compare(seen)
        rival = self._rival
        rival.absorb(seen, match, now)
        if self._old_enough(rival, _RIVAL_AFTER_S) and now - self._page.seen_s >= _RIVAL_AFTER_S:
            self._page, self._rival = rival, None
        return rival, match

    def _old_enough(self, page: Page, age_s: float) -> bool:
        age = self._clock_s - page.first_s
        enough = _SLOW_FRAMES if age >= _SLOW_S else _SHOW_AFTER_FRAMES
        return page.frames >= enough and age >= age_s

    def _publish(self) -> bool:
        """Brings the text up to date where that is due; returns whether it has settled."""
        page, now = self._page, self._clock_s
        assert page is not None
        unseen_s = now - page.seen_s
        if unseen_s > _LOST_AFTER_S:
            self._show(Composition("", frozenset()), None)
            return False
        if not self._old_enough(page, _SHOW_AFTER_S):
            return False
        if page is not self._shown_page:
            self._show(page.compose(), page)
            self._refine_age_s = _REFINE_AT_S
        elif page.clock_s >= self._refine_age_s:
            if self._show(page.compose(), page):
                self._refine_age_s = _REFINE_TIMES * page.clock_s
        elif (now - self._shown_s >= _REWRITE_EVERY_S and page.rewritten(self._shown)) or (
            now - self._changed_s >= _OVERRULE_EVERY_S and page.overruled()
        ):
            self._show(page.compose(), page)
        return unseen_s < _RIVAL_AFTER_S

    def _show(self, composition: Composition, page: Page | None) -> bool:
        changed = composition.text != self._text
        self._text, self._shown, self._shown_page = composition.text, composition.ids, page
        self._shown_s = self._clock_s
        if changed:
            self._changed_s = self._clock_s
        return changed


def _steadied(reading: Reading, page: Page, match: Match) -> Reading:
    """The reading with the characters that the tracks and the votes on lines have settled on."""
    chars = page.chars_of(match)
    numbers = iter(range(len(reading.glyphs)))

    def settled(glyph: Glyph) -> Glyph:
        char, confidence = chars.get(next(numbers), (glyph.char, glyph.confidence))
        if char == glyph.char:
            return glyph
        return dataclasses.replace(glyph, char=char, confidence=confidence)

    steady = reading.map(settled)
    elected, matrix = page.elected()
    if not any(elected):
        return steady
    lines: list[Line] = []
    done: set[int] = set()
    for line, own, found in zip(steady.lines, reading.lines, elected, strict=True):
        if found is None:
            lines.append(line)
        elif found[0] not in done:  # of a line that the frame has in parts the first is all of it
            done.add(found[0])
            text = found[1].text
            lines.append(own if own.text == text else _placed(found[1], matrix, own))
    return dataclasses.replace(steady, lines=tuple(line for line in lines if line.glyphs))


def _placed(elected: Elected, matrix: Floats, own: Line) -> Line:
    """What a line is taken for, where it is in the frame that the page lies in by ``matrix``; as
    which the frame alone gives ``own``."""
    words: list[list[Glyph]] = [[]]
    for char, spot in zip(elected.text, elected.spots, strict=True):
        if char == " ":
            words.append([])
        elif spot is not None:
            x, y, w, h = spot.glyph.box
            corners = np.array([(x, y), (x + w, y), (x, y + h), (x + w, y + h)], np.float64)
            corners = apply(matrix, apply(inverse(spot.matrix), corners))
            left, top = (round(v) for v in corners.min(0).tolist())
            right, bottom = (round(v) for v in corners.max(0).tolist())
            box = (left, top, max(1, right - left), max(1, bottom - top))
            words[-1].append(dataclasses.replace(spot.glyph, char=char, box=box))
    found = tuple(tuple(word) for word in words if word)
    printed = own.printed if len(found) == len(own.printed) else (own.print,) * len(found)
    sure = own.calibrations  # parted otherwise, no word is believed more than any was
    if sure and len(found) != len(sure):
        sure = (min(sure),) * len(found)
    return Line(found, sure, printed)
