"""A page of known text: what is aligned surely is learnt, and the rest is said."""

from __future__ import annotations

import io
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.errors import InputError
from hwr_live.media.images import encode_png
from hwr_live.profiles.profile import Profile
from hwr_live.reading import Glyph, Line, Reading
from hwr_live.recognition.reader import Reader
from hwr_live.teach.align import align_text
from hwr_live.teach.photo import read_text, run

INK = np.full((9, 9), 255, np.uint8)


def glyph(char: str | None, *others: str, sure: float = 0.9) -> Glyph:
    """A glyph read as ``char``, with other candidates that share a tenth."""
    rest = [(other, (1 - sure) / len(others)) for other in others]
    first = [(char, sure)] if char is not None else []
    return Glyph(char, sure, (0, 0, 9, 9), tuple(first + rest), INK, INK)


def page(*lines: str, **instead: Glyph) -> Reading:
    """Lines of words as they are read; each character is read as itself, or as it is said."""
    return Reading(
        tuple(
            Line(
                tuple(
                    tuple(instead.get(char) or glyph(char) for char in word)
                    for word in line.split(" ")
                )
            )
            for line in lines
        )
    )


def chars(reading: Reading, text: str) -> str:
    return "".join(char for char, _ in align_text(reading, text).pairs)


# Empty and broken


def test_without_glyphs_or_text_nothing_is_aligned() -> None:
    assert align_text(Reading(), "abc").pairs == ()
    assert not align_text(Reading(), "abc").fits
    assert align_text(page("abc"), "").pairs == ()
    assert align_text(page("abc"), " \n .,").unknown == ".,"
    assert align_text(page("abc"), "abc\n\n").left_out == ""


def test_another_text_does_not_fit() -> None:
    aligned = align_text(page("the quick brown fox", "jumps"), "Lorem ipsum dolor sit amet\nwas")
    assert not aligned.fits


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(InputError, match="in parts"):
        align_text(page("a" * 3000), "a" * 3000)


# What is sure


@pytest.mark.parametrize(
    "text", ["the quick\nbrown fox", "the quick brown fox", "thequickbrown\nfox"]
)
def test_a_page_that_is_read_well_is_learnt_whatever_its_line_ends(text: str) -> None:
    aligned = align_text(page("the quick", "brown fox"), text)
    assert "".join(char for char, _ in aligned.pairs) == "thequickbrownfox"
    assert (aligned.left_out, aligned.unknown, aligned.extra, aligned.fits) == ("", "", 0, True)


def test_a_character_that_is_read_as_another_is_what_is_wanted_most() -> None:
    reading = page("the quick", "brown fox", q=glyph("9", "g", "a", sure=0.98))
    pairs = align_text(reading, "the quick\nbrown fox").pairs
    assert [(char, g.char) for char, g in pairs if char == "q"] == [("q", "9")]


def test_the_text_tells_what_the_shape_cannot() -> None:
    reading = page("COO1 ISLAND", I=glyph("l"), O=glyph("0"), C=glyph("c"))
    assert chars(reading, "COO1 ISLAND") == "COO1ISLAND"


@pytest.mark.parametrize(
    ("read", "text", "sure"),
    [
        ("the quick brown fox", "the quiick brown fox", "thebrownfox"),  # one is missing
        ("the quilck brown fox", "the quick brown fox", "thebrownfox"),  # one is extra, or torn
        ("the quick browm fox", "the quick browrn fox", "thequickox"),  # two are joined
        ("the quick fox", "the quick brown fox", "thequi"),  # a word is missing
        ("the quick brown fox", "the brown fox", "townfox"),  # a word is extra
    ],
)
def test_around_what_does_not_align_nothing_is_learnt(read: str, text: str, sure: str) -> None:
    learnt = chars(page(read), text)
    assert set(sure) <= set(learnt), "and the rest is"
    aligned = align_text(page(read), text)
    for char, seen in aligned.pairs:
        assert char == seen.char, "no glyph is taken for its neighbour"
    assert len(aligned.pairs) + len(aligned.left_out) == len(text.replace(" ", ""))
    assert len(aligned.pairs) < len(text.replace(" ", ""))


def test_marks_and_dirt_are_in_nobody_s_way() -> None:
    dirt = glyph(None, "i", "l", sure=0.8)
    reading = page("Dear Ann, it is. done", **{",": dirt, ".": dirt})
    aligned = align_text(reading, "Dear Ann, it is… done")
    assert "".join(char for char, _ in aligned.pairs) == "DearAnnitisdone"
    assert aligned.unknown == ",…"


def test_many_that_are_read_otherwise_are_not_believed() -> None:
    reading = page("the quick", q=glyph("9"), u=glyph("W"), i=glyph("5"), c=glyph("B"))
    assert "q" not in chars(reading, "the quick")


def test_a_full_page_is_aligned_quickly() -> None:
    line = "the quick brown fox jumps over the lazy dog 0123456789"
    started = time.process_time()
    aligned = align_text(page(*[line] * 8), "\n".join([line] * 8))
    assert len(aligned.pairs) == 8 * len(line.replace(" ", ""))
    assert time.process_time() - started < 20


# The command


def photo(tmp_path: Path, shade: bool = True) -> str:
    """The sample page as a photograph."""
    sample = draw_sample()
    light = np.linspace(0.5, 0.9, sample.shape[1])[None, :] if shade else 1.0
    soft = cv2.GaussianBlur(sample, (0, 0), 1.0) * light
    path = tmp_path / "photo.png"
    path.write_bytes(encode_png(np.asarray(soft, np.uint8)))
    return str(path)


def test_a_photographed_page_is_learnt_once(reader: Reader, tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "ann", new=True)
    told = []
    for _ in range(2):
        out = io.StringIO()
        assert run(reader, profile, photo(tmp_path), "\n".join(TEXT) + "!", out) == 0
        told.append(out.getvalue())
        profile = Profile.open(tmp_path / "ann")
        text = "".join(TEXT).replace(" ", "")
        assert len(profile.samples) >= 0.9 * len(text)
        assert not set(profile.counts()) - set(text)
        assert all(profile.counts()[char] <= text.count(char) for char in profile.counts())
    assert told[0].startswith("learnt ")
    assert "not learnt: !" in told[0]
    assert told[1].startswith("learnt nothing new\n")
    assert "known before" in told[1]
    assert {sample.source for sample in profile.samples} == {"page"}


def test_nothing_is_learnt_from_another_page(reader: Reader, tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "ann", new=True)
    with pytest.raises(InputError, match=r"is not what .* says"):
        run(reader, profile, photo(tmp_path), "Something quite different\nis written there")
    assert not profile.exists


def test_the_text_may_be_a_file(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"\xef\xbb\xbfHello\r\nworld")
    assert read_text(str(path)).split() == ["Hello", "world"]
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_text(str(path))
    for missing in (tmp_path, tmp_path / "gone"):
        with pytest.raises(InputError, match="is no file"):
            read_text(str(missing))
