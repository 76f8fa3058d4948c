"""The search: of nothing seen nothing is read, and a page is turned only where it may be."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hwr_live.chars import parse_chars
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.reading import Word, union_box
from hwr_live.recognition.ctc import BLANK, spell
from hwr_live.recognition.decoder import Recognizer, decode
from hwr_live.recognition.joint import Alphabet, Told
from hwr_live.recognition.kinds import HAND, KINDS, NONE, PRINT
from hwr_live.recognition.line_network import LineNetwork, line_ink
from hwr_live.recognition.reader import Reader
from hwr_live.segmentation.pieces import Piece
from hwr_live.segmentation.rectify import View, see

SAMPLE = "\n".join(TEXT)


@pytest.fixture(scope="module")
def recognizer(reader: Reader) -> Recognizer:
    return Recognizer(reader.classifier, None, reader.vocabulary, None)


@pytest.mark.parametrize("upright", [False, True])
def test_of_nothing_seen_nothing_is_read(recognizer: Recognizer, upright: bool) -> None:
    view = see(np.full((300, 400), 255, np.uint8))
    assert decode(view, recognizer, upright=upright) == ((), view)


def test_what_stands_upright_is_read_as_it_was_seen(recognizer: Recognizer) -> None:
    view = see(draw_sample())
    lines, read = decode(view, recognizer, upright=False)
    assert "\n".join(line.text for line in lines) == SAMPLE
    assert read is view


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_view_is_the_one_that_was_read(recognizer: Recognizer, quarters: int) -> None:
    view = see(np.ascontiguousarray(np.rot90(draw_sample(), quarters)))
    lines, read = decode(view, recognizer, upright=False)
    assert "\n".join(line.text for line in lines) == SAMPLE
    assert read is not view
    assert [len(line) for line in read.lines] == [len(line.glyphs) for line in lines]


def test_what_surely_stands_upright_is_never_turned(recognizer: Recognizer) -> None:
    view = see(np.ascontiguousarray(np.rot90(draw_sample(), 2)))
    lines, read = decode(view, recognizer, upright=True)
    assert read is view
    assert "\n".join(line.text for line in lines) != SAMPLE


def test_confidence_is_as_sure_as_the_settings_have_it(reader: Reader) -> None:
    view = see(draw_sample())

    def words(certainty: float, offset: float) -> list[Word]:
        own = reader.classifier.card.decoder
        joint = replace(own.joint, certainty=certainty)
        decoder = replace(own, joint=joint, words=replace(own.words, offset=offset))
        classifier = copy.copy(reader.classifier)
        classifier.card = replace(classifier.card, decoder=decoder)
        changed = Reader(classifier, lines=reader.lines)
        lines, _ = decode(
            view,
            Recognizer(classifier, None, changed.vocabulary, None, _along(changed)),
            upright=True,
        )
        return [word for line in lines for word in line.read_words]

    usual, modest, low = words(1.0, 0.0), words(0.5, 0.0), words(1.0, -2.0)
    assert [w.text for w in usual] == [w.text for w in modest] == [w.text for w in low]
    assert all(b.least_sure <= a.least_sure for a, b in zip(usual, modest, strict=True))
    assert sum(b.least_sure < a.least_sure for a, b in zip(usual, modest, strict=True)) > 3
    assert all(b.least_sure == a.least_sure for a, b in zip(usual, low, strict=True))
    assert all(b.confidence < a.confidence for a, b in zip(usual, low, strict=True))


def _along(reader: Reader) -> tuple[LineNetwork, Alphabet]:
    assert reader.lines is not None
    wanted = parse_chars(reader.chars)
    return reader.lines, Alphabet.of(reader.lines.card.labels, reader.vocabulary.known, wanted)


@pytest.fixture
def told_as(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Recognizer]:
    """Who reads, and has a line network that takes all ink for one kind."""
    network, alphabet = _along(reader)
    tell = LineNetwork.tell

    def surely(kind: int) -> Recognizer:
        def told(self: LineNetwork, *given: Any) -> list[Told]:
            out = []
            for one in tell(self, *given):
                kinds = np.full((len(one.logp), len(KINDS)), -9.0)
                kinds[:, kind] = 0.0
                out.append(replace(one, kinds=kinds))
            return out

        monkeypatch.setattr(LineNetwork, "tell", told)
        return Recognizer(
            reader.classifier, None, reader.vocabulary, None, lines=(network, alphabet)
        )

    return surely


def test_a_pictures_lines_that_are_no_writing_are_left_out(
    told_as: Callable[[int], Recognizer],
) -> None:
    view = see(draw_sample())
    lines, read = decode(view, told_as(NONE), upright=True)
    assert lines == ()
    assert read.left_out["drawing"] == len(view.pieces)


def test_of_a_drawing_that_is_no_writing_all_ink_is_no_character(
    told_as: Callable[[int], Recognizer],
) -> None:
    view = see(draw_sample(), drawn=True)
    lines, read = decode(view, told_as(NONE), upright=True)
    assert {glyph.char for line in lines for glyph in line.glyphs} == {None}
    assert min(glyph.confidence for line in lines for glyph in line.glyphs) > 0.9
    assert "drawing" not in read.left_out


@pytest.mark.parametrize(
    ("least", "drawn", "read"), [(0.0, False, True), (1.0, False, False), (1.0, True, True)]
)
def test_where_the_line_network_hears_nothing_glyphs_must_be_sure(
    least: float, drawn: bool, read: bool, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell = LineNetwork.tell

    def silent(self: LineNetwork, *given: Any) -> list[Told]:
        out = []
        for one in tell(self, *given):
            logp = np.full_like(one.logp, -30.0)
            logp[:, BLANK] = 0.0
            out.append(replace(one, logp=logp, spelling=spell(logp)))
        return out

    monkeypatch.setattr(LineNetwork, "tell", silent)
    decoder = reader.classifier.card.decoder
    classifier = copy.copy(reader.classifier)
    classifier.card = replace(
        reader.classifier.card,
        decoder=replace(decoder, kinds=replace(decoder.kinds, unheard=least)),
    )
    along = Recognizer(classifier, None, reader.vocabulary, None, _along(reader))
    view = see(draw_sample(), drawn=drawn)
    lines, seen = decode(view, along, upright=True)
    assert bool(lines) is read
    assert seen.left_out.get("drawing", 0) == (0 if read else len(view.pieces))


def test_of_a_lines_picture_of_which_nothing_is_told_nothing_is_read(reader: Reader) -> None:
    seen = see(draw_sample())
    boxes = [union_box([piece.box for piece in line]) for line in seen.lines]
    rows = tuple(((y, y + h + 1), np.eye(3)) for _, y, _, h in boxes)
    pictures = [line_ink(seen, line) for line in seen.lines]
    pictures[-1] = np.zeros((40, 200), np.uint8), 0.0
    left_out = {"drawing": 5}
    view = replace(seen, rows=rows, pictures=tuple(pictures), matrix=np.eye(3))
    view = replace(view, segmented=replace(seen.segmented, left_out=left_out))
    along = Recognizer(reader.classifier, None, reader.vocabulary, None, _along(reader))
    lines, read = decode(view, along, upright=True)
    assert [line.text for line in lines] == list(TEXT[:-1])
    assert read.left_out["drawing"] == 5 + len(view.lines[-1])


@pytest.mark.parametrize(("kind", "drawn"), [(HAND, False), (PRINT, False), (PRINT, True)])
def test_print_is_told_of_pictures_only(
    kind: int, drawn: bool, told_as: Callable[[int], Recognizer]
) -> None:
    lines, _ = decode(see(draw_sample(), drawn=drawn), told_as(kind), upright=True)
    assert "\n".join(line.text for line in lines) == SAMPLE
    printed = kind == PRINT and not drawn
    assert [word.print for line in lines for word in line.read_words] == [printed] * len(
        SAMPLE.split()
    )


@pytest.mark.parametrize(
    ("each", "aside", "is_turned"), [(30, 4, False), (4, 4, True), (1, 4, True)]
)
def test_what_is_turned_on_its_side_is_no_less_text(
    each: int, aside: int, is_turned: bool, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joined words on their side are a few bars, each of them surely a 1."""
    view = see(np.ascontiguousarray(np.rot90(draw_sample())))
    network, alphabet = _along(reader)
    sign = network.card.labels.index("m")

    def told(
        self: LineNetwork, seen: View, lines: Sequence[Sequence[Piece]], may: Any
    ) -> list[Told]:
        stands = seen.ink.mask.shape == view.ink.mask.shape
        count, sure = (each * len(TEXT), 0.6) if stands else (aside * len(TEXT), 0.95)
        out = []
        for line in lines:
            p = np.full((2 * count // len(lines) + 1, len(alphabet.may)), 1e-4)
            p[1::2, sign], p[1::2, BLANK], p[::2, BLANK] = sure, 1 - sure, 1.0
            logp = np.log(p / p.sum(1, keepdims=True))
            ends = line[0].box[0], line[-1].box[0] + line[-1].box[2]
            out.append(Told(logp, spell(logp), np.linspace(*ends, len(p))))
        return out

    monkeypatch.setattr(LineNetwork, "tell", told)
    along = Recognizer(reader.classifier, None, reader.vocabulary, None, (network, alphabet))
    _, read = decode(view, along, upright=False)
    assert (read is not view) == is_turned
