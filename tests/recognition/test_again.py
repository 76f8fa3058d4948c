"""Lines that come again: read as without a memory, whatever is drawn, and only where all is the
same to the pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hwr_live.canvas import Canvas
from hwr_live.reading import Glyph, Line, Reading
from hwr_live.recognition.again import LinesRead, Read, line_key
from hwr_live.recognition.reader import Reader
from hwr_live.segmentation.rectify import View, see
from tests.support.stroke_pages import written

PAGE = ["oxl oEx", "lox 5x", "E-o:x"]


def seen(canvas: Canvas) -> View:
    return see(canvas.image, drawn=True)


def with_mark(at: tuple[int, int]) -> Canvas:
    canvas = written(PAGE)
    canvas.stroke([at, (at[0], at[1] + 3)])  # too small to change what is usual on the page
    return canvas


# Keys --------------------------------------------------------------------------------------------


def test_a_line_has_the_same_key_whatever_is_written_elsewhere() -> None:
    before, after = seen(written(PAGE)), seen(with_mark((284, 308)))
    assert line_key(before, before.lines[0]) == line_key(after, after.lines[0])
    assert line_key(before, before.lines[1]) == line_key(after, after.lines[1])
    assert line_key(before, before.lines[2]) != line_key(after, after.lines[2])
    assert len({line_key(before, line) for line in before.lines}) == 3


CHANGES: dict[str, Callable[[View], View]] = {
    "height": lambda view: replace(view, segmented=replace(view.segmented, height=30.25)),
    "tilt": lambda view: replace(view, segmented=replace(view.segmented, tilt=0.01)),
    "way": lambda view: replace(view, matrix=np.diag([1.0, 1.0, 2.0])),
    "size": lambda view: replace(view, size=(901, 600)),
    "pixel": lambda view: replace(view, ink=replace(view.ink, grey=one_greyer(view))),
}


def one_greyer(view: View) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    grey = view.ink.grey.copy()
    x, y, _, _ = view.lines[0][0].box
    grey[y, x - 1] ^= 1
    return grey


@pytest.mark.parametrize("change", CHANGES)
def test_another_key_where_anything_is_another(change: str) -> None:
    view = seen(written(PAGE))
    other = CHANGES[change](view)
    assert line_key(view, view.lines[0]) != line_key(other, other.lines[0])


def test_another_key_for_the_same_ink_in_other_pieces() -> None:
    view = seen(written(["oxo"]))
    (line,) = view.lines
    first, second, third = line
    assert line_key(view, line) != line_key(view, (first, third))
    swapped = (replace(first, parts=second.parts), replace(second, parts=first.parts), third)
    assert line_key(view, line) != line_key(view, swapped)


def test_only_so_many_lines_are_kept_and_those_in_use_stay() -> None:
    memory = LinesRead()
    assert memory.find(b"0") is None
    for number in range(500):
        memory.keep(str(number).encode(), Read(number))
        assert memory.find(b"0") is not None
    assert memory.find(b"1") is None
    assert sum(memory.find(str(number).encode()) is not None for number in range(500)) < 200


def test_lines_with_much_ink_are_kept_as_far_as_there_is_room() -> None:
    memory = LinesRead()
    for number in range(40):
        scribble = Glyph("x", 0.9, (0, 0, 9, 9), ink=np.zeros((1000, 1000), np.uint8))
        memory.keep(str(number).encode(), Read(1, {3: Line(((scribble,),))}))
    kept = [number for number in range(40) if memory.find(str(number).encode()) is not None]
    assert 3 < len(kept) < 20
    assert kept == list(range(40 - len(kept), 40))
    huge = Glyph("x", 0.9, (0, 0, 9, 9), ink=np.zeros((9000, 9000), np.uint8))
    memory.keep(b"huge", Read(1, {3: Line(((huge,),))}))
    assert memory.find(b"huge") is None, "what is larger than all room is read again"
    assert memory.find(b"39") is not None, "and drives out no others"


# Readings ----------------------------------------------------------------------------------------


def same(ours: Reading, theirs: Reading) -> None:
    """Both tell the same: text, words, boxes, crops, and all that is likely, but for what the
    networks' sums differ by where they are asked for another number at once."""
    assert ours.text == theirs.text
    assert [[[g.box for g in w] for w in line.words] for line in ours.lines] == [
        [[g.box for g in w] for w in line.words] for line in theirs.lines
    ]
    for one, other in zip(ours.glyphs, theirs.glyphs, strict=True):
        assert one.char == other.char
        np.testing.assert_array_equal(one.crop, other.crop)
        np.testing.assert_array_equal(one.ink, other.ink)
        assert one.confidence == pytest.approx(other.confidence, abs=2e-3)
        theirs_likely = dict(other.candidates)
        for char, p in one.candidates:
            assert p == pytest.approx(theirs_likely.get(char, p if p < 2e-3 else -1), abs=2e-3)
        assert one.decision is not None
        assert other.decision is not None
        assert [who for who, _ in one.decision.steps] == [who for who, _ in other.decision.steps]
    assert (ours.layout, ours.left_out, ours.lost) == (theirs.layout, theirs.left_out, theirs.lost)


def drawings(seed: int) -> list[Canvas]:
    """One drawing after each of some acts: strokes here and there, taken back, erased, cleared."""
    rng = np.random.default_rng(seed)
    canvas = written(PAGE, size=(700, 420))
    out = [canvas.snapshot()]
    for _ in range(14):
        act = rng.integers(0, 9)
        x, y = rng.uniform(20, (680, 400))
        if act < 5:  # mostly in one of the lines
            y = 150 + 80 * rng.integers(0, 3) if act < 4 else y
            turns = rng.uniform((-14, -34), (14, 6), (int(rng.integers(1, 5)), 2))
            canvas.stroke([(x + dx, y + dy) for dx, dy in turns])
        elif act < 7:
            canvas.undo()
        elif act < 8:
            canvas.erase([(x, y - 30), (x + 5, y)], width=12)
        else:
            canvas.clear()
            canvas.stroke([(x, y), (x, y + 30)])
            canvas.undo()
            canvas.undo()
        out.append(canvas.snapshot())
    return out


@pytest.mark.parametrize("seed", range(3))
def test_drawings_are_read_as_without_a_memory(seed: int, reader: Reader) -> None:
    remembering = reader.remembering()
    for drawing in drawings(seed):
        same(remembering.read(drawing), reader.read(drawing))


@pytest.mark.parametrize("lines", [["l"], ["-", "l"], ["l", "l", "l"], ["-", "l", "-", "lo"]])
def test_few_signs_count_those_of_other_lines(lines: list[str], reader: Reader) -> None:
    """Of a drawing of few signs a line is decided anew when other lines get more of them."""
    remembering = reader.remembering()
    for count in (*range(1, len(lines) + 1), 1, len(lines)):
        drawing = written(lines[:count])
        same(remembering.read(drawing), reader.read(drawing))


def test_a_line_that_comes_again_is_the_very_same(reader: Reader) -> None:
    remembering = reader.remembering()
    first, again = remembering.read(written(PAGE)), remembering.read(with_mark((284, 308)))
    kept = [a is b for a, b in zip(first.lines, again.lines, strict=True)]
    assert kept == [True, True, False]
    plain = [reader.read(written(PAGE)).lines[0] for _ in range(2)]
    assert plain[0] is not plain[1], "without a memory nothing is kept"


def test_another_reader_has_another_memory(reader: Reader) -> None:
    remembering, drawing = reader.remembering(), written(PAGE)
    remembering.read(drawing)
    digits = remembering.with_chars("digits")
    same(digits.read(drawing), reader.with_chars("digits").read(drawing))
    crop = reader.read(drawing).glyphs[0].crop
    assert crop is not None
    taught = [("k", crop)] * 6
    same(remembering.with_samples(taught).read(drawing), reader.with_samples(taught).read(drawing))


def test_pictures_are_not_read_from_memory(reader: Reader) -> None:
    """A photograph may be turned, and what its lines say then hangs on all of it."""
    remembering, page = reader.remembering(), written(PAGE).image
    lines: list[tuple[Line, ...]] = [remembering.read(page).lines for _ in range(2)]
    assert lines[0][0] is not lines[1][0]
