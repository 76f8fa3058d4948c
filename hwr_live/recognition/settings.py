"""All that the search for the best reading was tuned by: one frozen object for each stage.

These numbers weigh a model's answers against size, place and neighbours, so they are right for
models that doubt as ours do; a model's card may carry its own (``"decoder"`` in ``card.json``:
stage → field → number), all others use the defaults.

How they were chosen is told with each field. *By hand* means: set when the stage was built, on
drawn pages and photographs, and no figure is recorded. ``python -m tests.measure.settings`` reads
composed pages of validation hands with half and with twice of each: of 16 pages with 6.55 % errors
none took away more than 0.3 points; the most was lost with half of ``widest`` (2.9), and with twice
of ``narrowest`` (2.0), of ``apart`` and of ``top_spread`` (1.7 each).

Costs are natural logarithms of probabilities; lengths are in usual heights of a glyph on the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


def _number(default: float, low: float, high: float) -> Any:
    """A field of a number from ``low`` to ``high``, both included; whole where the default is."""
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True)
class Settings:
    """Numbers with ranges.

    Raises:
        ValueError: for what is no number of its kind, or out of range.
    """

    def __post_init__(self) -> None:
        for one in fields(self):
            value, low, high = getattr(self, one.name), one.metadata["low"], one.metadata["high"]
            whole = isinstance(one.default, int)
            kind: Any = int if whole else (int, float)
            if isinstance(value, bool) or not isinstance(value, kind):
                wanted = "a whole number" if whole else "a number"
                raise ValueError(f"{one.name} must be {wanted}: {value!r}")
            if not (math.isfinite(value) and low <= value <= high):
                raise ValueError(f"{one.name} must lie within {low:g} and {high:g}: {value:g}")


@dataclass(frozen=True)
class VocabularySettings(Settings):
    """What a model's outputs mean.

    Attributes:
        stop: probability added to the full stop, or the comma, where one may stand: the smallest
            ink has no shape. By hand.
        dirt: how often ink where a full stop may be is none: its probability of being no character
            is multiplied by this. By hand.
        mark_likeness: how much less a mark looks like a glyph than a character does, as parts of
            broken characters are lines and dots too; a factor. By hand, when marks were added.
        mark_prior: how much rarer a mark is than a character; a factor of its probability. Chosen
            on composed pages of validation hands when the kinds of words were weighed anew.
        sign_prior: likewise of a sign that is none of the common marks. Chosen on composed pages of
            validation hands.
        line_glyphs: glyphs of a line from which it tells what its doubtful ink is. By hand.
        line_written: share of them that must surely be characters for that. By hand.
        among_chars: probability of being none up to which ink of such a line is a character; what
            is alone is judged by the card's ``reject_above``. By hand, on lines of which single
            glyphs were left out.
    """

    stop: float = _number(0.3, 0, 1)
    dirt: float = _number(0.01, 0, 1)
    mark_likeness: float = _number(0.9, 0, 1)
    mark_prior: float = _number(0.3, 1e-3, 10)
    sign_prior: float = _number(0.2, 1e-3, 10)
    line_glyphs: int = _number(3, 1, 1000)
    line_written: float = _number(0.45, 0, 1)
    among_chars: float = _number(0.75, 0, 1)


@dataclass(frozen=True)
class ViewSettings(Settings):
    """Which way up what is seen is, and whether it is writing.

    Attributes:
        upright: mean likeness of the glyphs from which they are surely the right way up. By hand,
            on pages and their turned copies.
        told: mean probability of the line network's signs from which they are so as well. Of words
            and lines of validation people nine in ten have less than 0.74 on their head, half have
            more than 0.84 upright; of print on its head a line may have 0.85.
        aside: mean likeness below which they may as well lie on their side. Likewise.
        turned_glyphs: at most as many glyphs are looked at from the other sides; they cost time.
        turned_least: fewer glyphs tell nothing: 6 and 9, M and W. By hand.
        turned_tall: usual heights: only larger glyphs are looked at, marks say nothing. By hand.
        turned_gain: mean likeness that a turn must gain, lowered once as one page in 24 that lay
            on its head was not turned.
        turned_chance: and this divided by the number of glyphs more, as few gain much by chance. By
            hand.
        turned_signs: share of the line network's signs that a turn must leave: joined words of a
            line that is turned on its side are read as a few bars. Of 168 lines of UNIPEN's people
            nine were lost so.
        written: mean probability of a line's signs below which a line that a map of writing tells
            of is none. On diagrams of validation writers.
        texture_pieces: as many pieces may be a texture and not writing. By hand, on noise, weave
            and dense pages.
        texture_sample: so many of them are looked at; they cost time.
        texture_likeness: their median likeness below which they are a texture. By hand.
    """

    upright: float = _number(0.94, 0, 1)
    told: float = _number(0.9, 0, 1)
    aside: float = _number(0.8, 0, 1)
    turned_glyphs: int = _number(40, 1, 10_000)
    turned_least: int = _number(4, 1, 10_000)
    turned_tall: float = _number(0.5, 0, 10)
    turned_gain: float = _number(0.02, 0, 1)
    turned_chance: float = _number(0.6, 0, 10)
    turned_signs: float = _number(0.5, 0, 10)
    written: float = _number(0.45, 0, 1)
    texture_pieces: int = _number(300, 1, 100_000)
    texture_sample: int = _number(100, 1, 100_000)
    texture_likeness: float = _number(0.5, 0, 1)


@dataclass(frozen=True)
class CutSettings(Settings):
    """Where ink may be parted; all by hand, on drawn pairs of letters that touch.

    Attributes:
        margin: usual heights from the ends of a piece that are not cut off.
        ink: usual heights of ink, beyond which no path is a cut.
        apart: usual heights between cuts, and around each where none crosses less ink.
        cuts: of a piece that is not wide.
        width: usual heights: a wide piece has one cut for each.
        narrowest: usual heights: what is narrower is one character.
        aside: pixels of ink that a step aside costs a path as much as.
    """

    margin: float = _number(0.18, 0, 10)
    ink: float = _number(0.6, 0, 10)
    apart: float = _number(0.1, 0, 10)
    cuts: int = _number(3, 0, 100)
    width: float = _number(0.25, 0.01, 100)
    narrowest: float = _number(0.55, 0, 100)
    aside: float = _number(1.0, 0, 1000)


@dataclass(frozen=True)
class LatticeSettings(Settings):
    """What cutting and joining costs.

    Attributes:
        glyph: cost of each glyph more: a path of many weak glyphs must not beat one strong one. By
            hand.
        cut: cost of each cut: most pieces are whole characters. By hand.
        slim_cut: cost of each cut more, for each that a piece's width falls short of ``square``
            times its height. By hand, with the first network trained on cut parts, as slim ink was
            cut too readily.
        square: times its height that two characters are wide. Likewise.
        cut_mark: how much less what was cut or joined looks like a glyph if it looks like a mark; a
            factor: few marks come about so. By hand, when marks were added.
        join: cost of each join of separate ink. By hand.
        join_gap: cost of a join for each usual height of the gap. By hand, on overlapping and
            oddly close strokes.
        join_mark: cost of a join more for what looks like a mark, which often stands narrowly by a
            glyph. By hand, when marks were added.
        spaced: usual heights between glyphs: a line of wider gaps is spaced out. By hand.
        spaced_gain: what a join in such a line gains, for each usual height that the line's gaps
            are wider than ``spaced`` and than the join's own. By hand.
        few_gaps: usual heights taken for the usual gap where few glyphs stand alone, as on the pad.
            By hand, on the pad.
        widest_usual: usual heights: a line's usual gap counts no more. By hand.
        widest_gap: usual heights: ink further apart is never one glyph. By hand.
        widest: usual heights: no glyph that was cut or joined is wider. By hand.
        tallest: usual heights: no glyph that was joined is taller. By hand.
        most_joined: pieces of one glyph; more cost time.
        fit: power of size and place in the line against the look: hands stray more than composed
            pages. By hand, where joined letters were taken for capitals.
        lost: usual heights of width from which on ink that is left unread costs by its width. By
            hand, on letters that touch.
    """

    glyph: float = _number(0.35, 0, 100)
    cut: float = _number(0.5, 0, 100)
    slim_cut: float = _number(2.0, 0, 100)
    square: float = _number(1.4, 0, 100)
    cut_mark: float = _number(0.3, 0, 1)
    join: float = _number(0.5, 0, 100)
    join_gap: float = _number(9.0, 0, 1000)
    join_mark: float = _number(0.8, 0, 100)
    spaced: float = _number(0.25, 0, 10)
    spaced_gain: float = _number(5.0, 0, 100)
    few_gaps: float = _number(0.35, 0, 10)
    widest_usual: float = _number(0.5, 0, 10)
    widest_gap: float = _number(0.22, -10, 10)
    widest: float = _number(1.5, 0.1, 100)
    tallest: float = _number(2.2, 0.1, 100)
    most_joined: int = _number(3, 1, 10)
    fit: float = _number(0.5, 0, 10)
    lost: float = _number(0.4, 0.01, 100)


@dataclass(frozen=True)
class ContextSettings(Settings):
    """What size, place and kind of word weigh.

    The kinds' priors and ``kind_floor`` were chosen on composed pages of validation hands: weighing
    shapes by how many of their characters a kind has, and a kind of capitals with digits, brought
    sentences from 4.3 to 3.8 % errors, codes from 4.9 to 4.1.

    Attributes:
        top_spread, bottom_spread: x-heights that the tops and feet of hand print stray from the
            zones (standard deviation). By hand.
        between: power of zones between shapes; within a shape they count in full. On the
            confusions of composed pages of validation hands: of 211, 138 had the right shape
            second.
        zone_floor: likelihood of a glyph quite out of its zone, against one in it. By hand.
        digits, lower, upper, capital, code, mixed: priors of the kinds of words; a code is capitals
            with digits, and rare, or every 0 among capitals would be one; mixed are all others.
        kind_floor: the least that the kind of a word leaves of a shape's probability.
        sums_among_letters: how much rarer + and = are in words of letters; a factor. By hand, when
            marks were added: a plus was often a t.
        lent: how many words' worth the prior weighs against the line's other words. By hand.
    """

    top_spread: float = _number(0.2, 0.01, 10)
    bottom_spread: float = _number(0.22, 0.01, 10)
    between: float = _number(0.5, 0, 1)
    zone_floor: float = _number(0.03, 1e-6, 1)
    digits: float = _number(0.25, 1e-6, 1)
    lower: float = _number(0.32, 1e-6, 1)
    upper: float = _number(0.24, 1e-6, 1)
    capital: float = _number(0.12, 1e-6, 1)
    code: float = _number(0.01, 1e-6, 1)
    mixed: float = _number(0.06, 1e-6, 1)
    kind_floor: float = _number(0.05, 0, 1)
    sums_among_letters: float = _number(0.1, 0, 1)
    lent: float = _number(2.0, 0, 1000)


@dataclass(frozen=True)
class LanguageSettings(Settings):
    """How far the words of a language are believed; chosen on composed sentences of validation
    hands, with codes beside them, which no language may make worse.

    Attributes:
        prior: probability that a word is one of the language's: more, and codes become words.
        letters: of a word; of fewer nearly all are one, and nothing is told.
        most: how many times likelier one character may become against another: one that the
            picture gives 94 % stays.
        floor: probability of a letter that the picture rules out, times a chance letter's.
        ways: to cut and join a word, of which the language chooses; they cost time.
        open: cost beyond the cheapest way up to which others are looked at.
        worth: the most that being a word is worth, as a cost.
        whole_glyphs: words of fewer glyphs that can all be read are not cut otherwise.
    """

    prior: float = _number(0.05, 1e-6, 0.999)
    letters: int = _number(3, 1, 24)
    most: float = _number(15.0, 1, 1e6)
    floor: float = _number(1e-4, 1e-12, 1)
    ways: int = _number(12, 1, 1000)
    open: float = _number(3.0, 0, 100)
    worth: float = _number(4.0, 0, 100)
    whole_glyphs: int = _number(3, 1, 100)


@dataclass(frozen=True)
class SpellingSettings(Settings):
    """How far letters that often follow each other are believed, where the line network doubts.

    Chosen on pictures of validation people: 160 words on paper, 160 pen words, 60 pen lines, 8
    pages each of nearly touching letters, codes of capitals and digits, codes of all 62. Folded
    errors with a weight of 0.8 and a ``chance`` of 0.1: 23.9/6.9/11.8/3.6/4.4/5.0 %; with 1.0 and
    0.05 22.6/6.8/11.3/3.3/4.3/5.3. Later, of 400 words on paper, 240 pen words and 60 pen lines by
    the line network alone: with a ``beam`` of 8, a ``floor`` of 0.002 and a ``cut`` of 1e-4
    15.8/5.3/8.6, as it stands 14.5/4.9/8.6 in two and a half times the search's time; a beam of 48
    and a cut of 1e-5 14.0/4.9/8.6 in four times; weights of 1.0, 1.2 and 1.4 15.0/4.7/8.4,
    14.0/4.8/8.7 and 14.4/5.2/9.1. ``sure`` at 0.98 reads as 0.995 does in five sixths of the time.
    ``listed`` was chosen with English words: at 0.5 half a point less.

    Attributes:
        weight: the power of the words' probabilities against the network's; 0 asks no words.
        bonus: natural logarithm that a letter of a word gains against any character: as if there
            were so many characters to choose from.
        chance: probability that a word is any characters in any order, such as a code.
        mixed: how much rarer words of letters and digits are than either; a factor.
        listed: of what is not chance, the share that a language's common words have where one is
            named.
        beam: texts that are followed at most.
        cut: share of the likeliest text's probability below which another is not followed.
        floor: probability of a sign in a frame below which it is none.
        sure: probability of the likeliest sign, or of no sign, from which a frame is in no doubt.
        agreed: of several pictures of a word, the power of the mean of what they find it likely,
            against what is known of words. Of 560 words on paper of validation people 11.8 % of the
            letters are wrong with one picture or another, 10.2 with both and 0.7, 10.4 with 1.0. Of
            490 words on diagrams 335 are right with one, 350 with both.
        doubt: logarithm of the share of the likeliest text's probability below which a picture
            finds no text less likely: one of the pictures may be spoilt. Likewise; without it 10.5.
        doubted: mean probability of a line's signs below which it is looked at again, as
            others might have written it. Of 300 each of pen words, pen lines by x-height and all of
            one height, and 8 pages of codes, 8.0/11.7/11.8/8.0 % of the letters are wrong by the
            line network alone without, 6.7/10.8/9.6/7.1 with, and 6.4/10.6/9.4/7.1 where all lines
            are. What the two looks are matters little: any two of slants, widths, heights and pens
            have 6.3 to 6.6 of pen words, one alone 6.4 to 7.4. The second is looked at only where
            the first does not say the same as the line: half of them, and through the reader all
            kinds are read as before, to 0.1 %. Of 400 words on paper, cut out of photographs, of
            which there are two pictures already, 10.0 % without and 9.3 with, of as many pen lines
            9.9 and 9.7.
    """

    weight: float = _number(1.1, 0, 10)
    bonus: float = _number(2.3, 0, 10)
    chance: float = _number(0.05, 1e-6, 1)
    mixed: float = _number(0.5, 0, 10)
    listed: float = _number(0.8, 0, 1)
    beam: int = _number(32, 1, 1000)
    cut: float = _number(1e-3, 0, 1)
    floor: float = _number(5e-4, 1e-9, 0.5)
    sure: float = _number(0.98, 0.5, 1)
    agreed: float = _number(0.7, 0, 10)
    doubt: float = _number(-20.0, -1e6, 0)
    doubted: float = _number(0.95, 0, 1)


@dataclass(frozen=True)
class JointSettings(Settings):
    """How much the line network and the glyph network count where both are asked.

    Chosen on words, lines and codes of people held back from the training of the line network: 160
    words and 120 lines of each kind, 10 to 12 pages of composed lines and of codes. Folded errors
    of words on paper, pen words, pen lines, letters that nearly touch, letters apart, codes of
    capitals and digits, codes of all 62: 33/13/21/7/3/5/5 % as it stands; with the network before
    it, ``cut`` at 1, ``slimmest`` at 0.15, ``unheard_above`` at 0.03 and no line hearing of the
    others they were 38/16/23/10/3/5/5. With ``glyph`` at 0.7 words on paper gain a point and codes
    of all 62 lose 0.3. What is not named there is by hand.

    Attributes:
        line: the power of the line network's probabilities.
        signs: of a page, from which the line network counts in full; of fewer it counts the less,
            as one or two characters tell little that a glyph does not.
        glyph: the power of the glyph network's, for which character a piece is.
        taught: the same where a hand has been learned, which the line network does not know.
        cut: share of these powers for a piece that was cut off from ink that goes on: it looks like
            a character because it was cut so.
        structure: the same, for how many characters ink is, and whether it is any.
        line_floor: probability below which the line network does not rule a character out.
        glyph_floor: the same of the glyph network.
        unknown: what the glyph network is taken to find of a sign that it does not know, where one
            sign stands in one piece.
        pieces_odds: natural logarithm, for each piece: how much likelier than its own text the
            line network may find the signs' where they differ in how many characters the ink is.
        in_words: share of ``glyph`` for signs that are surely of a word, as ``Speller.in_words``
            tells.
        words_odds: the same as ``pieces_odds`` for such signs. Both chosen on 250 pen words, 60 pen
            lines, 160 words on paper, 12 pages of composed lines and 20 of codes of validation
            people: folded errors of words, lines, words on paper, letters that nearly touch and
            apart 7.0/15.8/20.4/3.5/1.9 % as it stands; 7.2/17.1/22.2/4.1/2.4 with 1 and 1, where a
            piece that the line network does not hear of could be a letter of a word, too. Codes are
            the same. Neither holds where a hand has been learned.
        clear_glyph, clear_odds: ``glyph`` and ``pieces_odds`` of a line whose pieces all look like
            characters, where these are less, as in codes and forms; of a word nothing changes.
        clear_from, clear_at: mean likeness of a line's pieces from which these begin to count, and
            from which they count in full. Of codes of validation people nine lines in ten have 0.9
            and more, of words on paper nine in ten less than 0.87. All four on the pictures above
            and on 100 pages of codes of ten of UNIPEN's validation people: exact and folded errors
            of codes of all 62 6.5/5.4 -> 5.8/4.9 %, of capitals and digits 4.3 -> 4.1, of UNIPEN's
            people's codes 13.2/11.9 -> 12.9/11.6; words and lines the same. With ``glyph`` at 1.4
            for all lines words on paper lose a point.
        slimmest: usual heights of ink across: where characters would be slimmer each, ink is not
            parted.
        asked: natural logarithm that a sign which only programmers write gains in the line network
            where it may be read: it was shown few of them, and who asks for them writes them. Of
            14 texts each of ten validation people 64 % with ~ are right without, 79 with it, with a
            backslash 21 and 64, with back quotes 36 and 57, with _ 14 and 36; texts of l, 1, I and
            words beside as before.
        unheard_above: probability of no character, of both, above which a piece at which the line
            network tells no sign is not read; with 1 the glyph network decides of it alone. With
            0.15 words on paper lose two points to crumbs of rules, codes of all 62 gain half a
            point.
        unheard_drawn: the same of a drawing, in which no ink is dirt: a 1 among signs is a bar.
        reach: of a piece's width to each side: how far from it its sign may be told.
        slack: usual heights beside a piece that its sign may be told at most, where the piece has
            none and its neighbour two. By hand, on drawn pages.
        narrow: usual heights: a gap between characters that is narrower is no space, whatever the
            line network tells; less than nothing, as leaning letters hang over each other: with
            0.05 a quarter of the spaces in validation people's lines are missed, so a fifth.
        wide: usual heights: a gap that is wider always is one.
        loose: usual heights: characters whose usual gap is wider stand far apart, as in the boxes
            of a form.
        even: times their usual distance from middle to middle: there a space is wider. Both by
            hand, on digits in boxes.
        parting: usual heights: a sign that is wider and may not be read parts words, as ÷ does
            among digits. By hand.
        about: of the usual distance between signs: as far from its place a sign's ink goes on,
            where much ink is no writing. By hand.
        certainty: the power of the probabilities of what the line network had a say in, once all
            is decided: less than 1 where it is surer than it is right. Chosen as ``words`` are: the
            calibration error of characters is 0.023 with 0.9, 0.015 as it stands.
    """

    line: float = _number(1.0, 0, 10)
    signs: int = _number(3, 1, 100)
    glyph: float = _number(0.85, 0, 10)
    taught: float = _number(1.5, 0, 10)
    cut: float = _number(0.2, 0, 1)
    structure: float = _number(0.7, 0, 10)
    line_floor: float = _number(1e-3, 1e-12, 1)
    glyph_floor: float = _number(1e-3, 1e-12, 1)
    unknown: float = _number(0.1, 1e-12, 1)
    pieces_odds: float = _number(1.0, -100, 100)
    in_words: float = _number(0.2, 0, 1)
    words_odds: float = _number(-1.0, -100, 100)
    clear_glyph: float = _number(1.4, 0, 10)
    clear_odds: float = _number(2.0, -100, 100)
    clear_from: float = _number(0.85, 0, 1)
    clear_at: float = _number(0.95, 0, 1)
    slimmest: float = _number(0.05, 0, 10)
    asked: float = _number(4.0, -100, 100)
    unheard_above: float = _number(0.003, 0, 1)
    unheard_drawn: float = _number(1.0, 0, 1)
    reach: float = _number(0.15, 0, 10)
    slack: float = _number(0.3, 0, 10)
    narrow: float = _number(-0.3, -10, 10)
    wide: float = _number(3.0, 0, 100)
    loose: float = _number(0.35, 0, 100)
    even: float = _number(1.3, 1, 100)
    parting: float = _number(0.4, 0, 100)
    about: float = _number(0.9, 0.1, 100)
    certainty: float = _number(0.99, 0.01, 100)


@dataclass(frozen=True)
class WordSettings(Settings):
    """What a word's least sure character tells of the word, where a line network reads along.

    Chosen by ``python -m tests.measure.calibration --choose`` on 400 words and lines and 40 pages
    of validation people: with one slope for all, 0.65 and -0.4, the calibration error is 0.071, as
    codes are told too surely and common words too little; with these it is 0.026, of which so many
    words have 0.031 by chance. Chosen on one half of the pictures alone, the other has 0.070.

    Attributes:
        slope, offset: by which the log odds of that character become those of the word, where it is
            of characters in any order.
        of_words: how much steeper they are where it is one of letters as they follow each other in
            words, as far as it is.
    """

    slope: float = _number(0.4, 0.01, 100)
    offset: float = _number(-0.8, -100, 100)
    of_words: float = _number(0.82, 0, 100)


@dataclass(frozen=True)
class KindSettings(Settings):
    """What the line network tells of whether ink is handwriting, print, or no writing.

    Chosen on 2,000 lines of people, drawings and families of fonts that were held back from its
    training, on pages of words, codes and single characters of such people, and on 60 printed
    labels with a word of one behind each. With ``none`` at 0.3 four lines of writing in a thousand
    are lost, of those pages none, and of 200 doodles that stand alone 11 are read as anything; at
    0.6 one in a thousand is lost, and 25 are read. 91 of 100 lines of print are told, and 81 of 100
    words of labels beside handwriting, 48 by ``printed`` alone; of words by hand at most 2 in 100
    are taken for print, mostly single capitals and digits. With ``printed`` at 0 that is 97, 52 and
    5.

    Attributes:
        none: probability of no writing, the mean of a line's frames, above which it is none.
        signless: the same of a line in which the network tells no sign.
        many, poor: of a picture's signs; of so many, whose mean probability is less, none is
            writing: of 60 lines of validation people each has 0.65 and more, leaves and keys seen
            askew have 0.25 to 0.34; lines written with a pen as broad as letters have 0.25 to 0.61,
            and the worst of them are left out.
        lonely, lonely_sure: where a map of writing finds so many times as much ink to be something
            else, only lines of signs that are so sure are writing, as a few leaves of many look
            like letters. By eye, on pictures of leaves.
        company: signs of such lines from which it is a page of writing, on squares or a cloth, and
            the others are read as well. By eye, on diagrams of validation writers.
        unheard: mean confidence of a line's glyphs below which it is no writing, in a picture in
            which the line network hears nothing. Of 400 single characters of validation people it
            hears nothing of 3, whose confidence is 0.98, 1.00 and 0.37; of 45 pictures of shadows,
            leaves and keyboards 3 are read for a glyph of 0.49 to 0.77 alone.
        printed: log odds of print against handwriting, the mean of a word's frames, above which it
            is printed.
        hand: log odds below which a word is surely written by hand.
        beside: log odds above which a word is printed that has such a word in its line.
        several, together: of so many words of a line, the mean log odds above which all are
            printed, if none is beyond ``beside``. By hand, on the letters of keys, whose lines have
            0.3 to 3; of 30 such lines of validation people the highest has -2.
    """

    none: float = _number(0.3, 0, 1)
    signless: float = _number(0.15, 0, 1)
    many: int = _number(15, 1, 10_000)
    poor: float = _number(0.4, 0, 1)
    lonely: float = _number(10.0, 0, 10_000)
    lonely_sure: float = _number(0.75, 0, 1)
    company: int = _number(20, 1, 10_000)
    unheard: float = _number(0.8, 0, 1)
    printed: float = _number(1.5, -1000, 1000)
    hand: float = _number(-9.0, -1000, 1000)
    beside: float = _number(-5.0, -1000, 1000)
    several: int = _number(4, 1, 1000)
    together: float = _number(0.3, -1000, 1000)


@dataclass(frozen=True)
class OtherSettings(Settings):
    """What is no number where digits alone are read, and what is a ring for degrees.

    Attributes:
        floor: probability that either network is never surer of than this, so that no single one
            decides alone.
        surely: log odds of both networks together beyond which a character is surely another.
        word: the same of all characters of a word, beyond which it is none of digits.
        reach: usual heights beside a character that its sign may be told. By hand.
        tall: share of a line's tallest character from which one is tall.
        ring: of the usual height of these: a ring is smaller.
        foot: of that, from the top down: a ring ends above.
        beside: of that: the parts of a percent sign stand no further apart. By hand, as the three
            before, on signs of validation people.
        part: of that: they are taller, a stop is none; a comma hangs lower.
        percent: probability from which the line network tells one. By hand.
        code: how much rarer O and I are than 0 and 1 in a code of capitals and digits; a factor. In
            the hands of UNIPEN's validation people 0 and O are told apart by chance, and of 256 1
            and I 60 are wrong with 1. On codes of validation people 4.2 -> 4.0 % errors; with 0.05
            the same. Of 164 names with a number behind, such as IPV6 and ISO9001, 79 are read
            right without, 75 with it, as GO4IT is taken for a code; where one digit made a word a
            code, 57.
    """

    floor: float = _number(0.01, 1e-6, 0.5)
    surely: float = _number(6.0, 0, 100)
    word: float = _number(6.0, 0, 100)
    reach: float = _number(0.1, 0, 10)
    tall: float = _number(0.65, 0, 1)
    ring: float = _number(0.6, 0, 1)
    foot: float = _number(0.75, 0, 2)
    beside: float = _number(0.3, 0, 10)
    part: float = _number(0.2, 0, 1)
    percent: float = _number(0.5, 0, 1)
    code: float = _number(0.13, 1e-6, 1)


@dataclass(frozen=True)
class PairSettings(Settings):
    """Whether ink is one digit or two that touch, where digits alone are read.

    All were chosen on 712 pairs of touching digits and 269 single ones of MNIST's validation
    part and eight of UNIPEN's validation people: 90.4 % of the pairs and 98.1 of the single digits
    are right by the line network alone, 95.7 and 98.5 by both so; no single digit becomes two.
    With ``odds`` at 2 94.5 % of the pairs are right, with 3.5 95.8 and two single digits are two.
    ``sure`` costs none of the pairs: one in a thousand looks so much like a single digit, of which
    two in three do; without it one of 160 digits of numbers became two.

    Attributes:
        glyph: the power of the glyph network's probabilities, against the line network's.
        floor: probability added to the glyph network's, so that it rules out nothing.
        odds: natural logarithm of how much likelier two digits are than both networks find them.
        sure: the glyph network's probability of a digit, among all that it knows, from which ink is
            left as it is.
    """

    glyph: float = _number(0.2, 0, 10)
    floor: float = _number(1e-3, 1e-12, 1)
    odds: float = _number(3.0, -100, 100)
    sure: float = _number(0.9, 0, 1)


@dataclass(frozen=True)
class DecoderSettings:
    """The settings of all stages."""

    vocabulary: VocabularySettings = field(default_factory=VocabularySettings)
    view: ViewSettings = field(default_factory=ViewSettings)
    cuts: CutSettings = field(default_factory=CutSettings)
    lattice: LatticeSettings = field(default_factory=LatticeSettings)
    context: ContextSettings = field(default_factory=ContextSettings)
    language: LanguageSettings = field(default_factory=LanguageSettings)
    spelling: SpellingSettings = field(default_factory=SpellingSettings)
    joint: JointSettings = field(default_factory=JointSettings)
    kinds: KindSettings = field(default_factory=KindSettings)
    words: WordSettings = field(default_factory=WordSettings)
    others: OtherSettings = field(default_factory=OtherSettings)
    pairs: PairSettings = field(default_factory=PairSettings)

    @classmethod
    def from_dict(cls, given: Mapping[str, Mapping[str, float]]) -> DecoderSettings:
        """The defaults with some numbers of a card in their place: stage → field → number.

        Raises:
            ValueError: for a stage or field that there is not, or a number out of range.
        """
        kinds: dict[str, type[Settings]] = {
            one.name: type(getattr(cls(), one.name)) for one in fields(cls)
        }
        chosen: dict[str, Any] = {}
        for stage, numbers in given.items():
            if stage not in kinds:
                raise ValueError(f"there are no decoder settings {stage!r}")
            names = {one.name for one in fields(kinds[stage])}
            for name in numbers:
                if name not in names:
                    raise ValueError(f"there is no decoder setting {stage}.{name}")
            try:
                chosen[stage] = kinds[stage](**numbers)
            except ValueError as error:
                raise ValueError(f"the decoder setting {stage}.{error}") from None
        return cls(**chosen)


DEFAULTS = DecoderSettings()
"""For models whose card says nothing else."""
