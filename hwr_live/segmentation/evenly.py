"""Rules that stand evenly: where one is missing among them, behind letters that hide most of it, it
is looked for at its place.

What is written runs along the rules of the paper, so that the one behind a line's letters is in
pieces, and none of them tells that it is a part of a rule. Its neighbours do.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.straight import Rule, holders

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# By hand: on the families of tests.measure.finding and composed pages, all of validation hands.
_WHOLE = 0.6  # of the longest: shorter rules say nothing of where others stand
_LEAST = 4  # rules that may stand evenly
_EVEN = 0.2  # of the usual step: a step may differ by as much
_MOSTLY = 0.6  # of the steps are such that none is missing
_MOST = 3  # rules in a row that may be missing
_ASIDE = 3  # pixels: a rule may stand so far from its place
_INKED = 0.75  # of a rule's length has ink
_THIN = 0.3  # and as much has no more ink across than a rule


def with_missing(rules: Sequence[Rule], ink: Grey) -> list[Rule]:
    """Rules, and those that are missing where they stand evenly.

    Args:
        rules: as of ``find_rules``.
        ink: uint8 (h, w), 1 where there is ink.
    """
    out = list(rules)
    for level in (True, False):
        side = ink if level else ink.T
        for rule in _missing([rule for rule in rules if rule.level == level], side):
            out = [one for one in out if not any(holders(one, [rule]))]
            out.append(rule)
    return out


def _missing(rules: Sequence[Rule], ink: Grey) -> Iterator[Rule]:
    """Of rules along x those that are missing among them, where there is ink."""
    longest = max((len(rule.centre) for rule in rules), default=0)
    whole = [rule for rule in rules if len(rule.centre) >= _WHOLE * longest]
    if len(whole) < _LEAST:
        return
    place = float(np.median([(rule.start + rule.end) / 2 for rule in whole]))
    whole.sort(key=lambda rule: rule.at(place))
    steps = np.diff([rule.at(place) for rule in whole])
    usual = float(np.median(steps))
    if usual <= 2 * _ASIDE:
        return
    counts = np.rint(steps / usual)
    even = (np.abs(steps - counts * usual) < _EVEN * usual) & (counts > 0)
    if not even.all() or (counts == 1).mean() < _MOSTLY:
        return
    for one, other, count in zip(whole, whole[1:], counts.astype(int).tolist(), strict=False):
        for number in range(1, min(count, _MOST + 1)):
            rule = _there(_between(one, other, number / count), ink)
            if rule is not None:
                yield rule


def _between(one: Rule, other: Rule, share: float) -> Rule:
    """The rule that stands so far on the way from one to the other."""
    start, end = min(one.start, other.start), max(one.end, other.end)
    along = np.arange(start, end)
    a, b = (
        rule.centre[np.clip(along - rule.start, 0, len(rule.centre) - 1)] for rule in (one, other)
    )
    return Rule(one.level, start, (1 - share) * a + share * b, min(one.thick, other.thick))


def _there(rule: Rule, ink: Grey) -> Rule | None:
    """A rule along x where its ink is, if it is there."""
    columns = np.arange(rule.start, min(rule.end, ink.shape[1]))
    reach = math.ceil(rule.thick) + 2
    offsets = np.arange(-_ASIDE - reach, _ASIDE + reach + 1)
    rows = np.round(rule.centre[: len(columns)]).astype(np.intp) + offsets[:, None]
    inside = (rows >= 0) & (rows < len(ink))
    band = (ink[np.clip(rows, 0, len(ink) - 1), columns] > 0) & inside
    shares = [band[reach + aside].mean() for aside in range(2 * _ASIDE + 1)]
    best = int(np.argmax(shares))
    middle = reach + best
    inked = band[middle - 1 : middle + 2].any(0)
    thin = inked & ~band[middle - reach] & ~band[middle + reach]
    if inked.mean() < _INKED or thin.mean() < _THIN:
        return None
    return Rule(rule.level, rule.start, rule.centre + best - _ASIDE, rule.thick)
