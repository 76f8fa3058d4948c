"""The reader: blank and broken frames, the sample page in any form, and what ``chars`` means."""

from __future__ import annotations

import doctest
import json
import pickle
import shutil
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

import hwr_live
from hwr_live.canvas import Canvas
from hwr_live.chars import ALL, parse_chars
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.crop import crop
from hwr_live.errors import InputError
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.card import Card, read_card
from hwr_live.recognition.classify import Classifier, named_outputs
from hwr_live.recognition.models import find_model
from hwr_live.recognition.places.map_network import MapNetwork
from hwr_live.recognition.reader import Reader

Image = npt.NDArray[np.uint8]
SAMPLE = "\n".join(TEXT)


def sheet(width: int = 1280, degrees: float = 0) -> Image:
    """The sample page on a white sheet of 4 to 3, ``width`` pixels wide."""
    page = np.full((960, 1280), 255, np.uint8)
    sample = draw_sample()
    top, left = (960 - sample.shape[0]) // 2, (1280 - sample.shape[1]) // 2
    page[top : top + sample.shape[0], left : left + sample.shape[1]] = sample
    turn = cv2.getRotationMatrix2D((640, 480), -degrees, 0.95)
    page = np.asarray(cv2.warpAffine(page, turn, (1280, 960), borderValue=255), np.uint8)
    way = cv2.INTER_AREA if width < 1280 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(page, (width, width * 3 // 4), interpolation=way), np.uint8)


def photographed(page: Image) -> Image:
    """Grey paper in light that falls off, with the camera's noise, in colour."""
    light = np.linspace(0.9, 0.4, page.shape[1])[None]
    noise = np.random.default_rng(2).normal(0, 4, page.shape)
    grey = np.clip(page * 0.8 * light + 25 + noise, 0, 255).astype(np.uint8)
    return np.dstack([grey, grey, np.minimum(grey, 240) + np.uint8(10)])


# Nothing and broken ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        Canvas(),
        np.zeros((1, 1), np.uint8),
        np.zeros((480, 640), np.uint8),
        np.full((480, 640, 3), 255, np.uint8),
        np.zeros((480, 640, 4), np.uint8),
        photographed(np.full((480, 640), 255, np.uint8)),
        np.tile(np.linspace(255, 60, 640).astype(np.uint8), (480, 1)),
    ],
    ids="canvas one-pixel black white see-through photographed gradient".split(),
)
def test_a_blank_frame_gives_an_empty_reading(frame: Any, reader: Reader) -> None:
    reading = reader.read(frame)
    assert (reading.text, reading.lines) == ("", ())
    assert set(reading.ms) == {"ink", "segment", "classify", "total"}
    json.dumps(reading.to_dict(), allow_nan=False)


@pytest.mark.parametrize("size", [(60, 150), (300, 400)], ids=["cut-out", "page"])
def test_the_time_that_a_map_takes_is_told(
    size: tuple[int, int], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, asked = MapNetwork.look, []

    def slowly(*arguments: Any) -> Any:
        asked.append(arguments)
        time.sleep(0.2)
        return look(*arguments)

    monkeypatch.setattr(MapNetwork, "look", slowly)
    scribble = np.full(size, 255, np.uint8)
    for n in range(6):
        cv2.ellipse(scribble, (30 + 14 * n, 30), (22, 5 + 3 * n), 25 * n, 0, 320, 0, 2)
    reading = reader.read(photographed(scribble))
    assert len(asked) == 1
    assert reading.ms["segment"] >= 200
    stages = ("ink", "segment", "classify")
    assert reading.ms["total"] == pytest.approx(sum(reading.ms[stage] for stage in stages))


@pytest.mark.parametrize("frame", [None, "page.png", [], np.zeros((4, 4, 7), np.uint8)])
def test_what_is_no_picture(frame: Any, reader: Reader) -> None:
    with pytest.raises(InputError):
        reader.read(frame)


@pytest.mark.parametrize(
    ("model", "chars"), [("gone", "all"), ("hwr62", ""), ("hwr62", "é"), ("", "all")]
)
def test_what_cannot_be_loaded(model: str, chars: str) -> None:
    with pytest.raises(InputError):
        Reader.load(model, chars)


def test_a_texture_is_no_page_of_thousands(reader: Reader) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (240, 320), np.uint8)
    assert len(reader.read(noise).glyphs) <= 1500


# The sample page ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "frame",
    [
        draw_sample(),
        255 - draw_sample(),
        sheet(640),
        sheet(4000),
        sheet(1280, 3),
        sheet(1280, -3),
        photographed(sheet(1600)),
        255 - photographed(sheet(1600)),
        cv2.cvtColor(sheet(), cv2.COLOR_GRAY2BGRA),
        sheet().astype(np.uint16) * 257,
        sheet().astype(np.float32) / 255,
    ],
    ids="plain inverted 640 4000 right-down right-up photo board bgra 16-bit float".split(),
)
def test_the_sample_page_is_read_exactly(frame: npt.NDArray[Any], reader: Reader) -> None:
    before = frame.copy()
    reading = reader.read(frame)
    assert reading.text == SAMPLE
    assert reading.size == frame.shape[1::-1]
    assert [[len(word) for word in line.words] for line in reading.lines] == [
        [len(word) for word in line.split()] for line in TEXT
    ]
    np.testing.assert_array_equal(frame, before)


def test_a_look_tells_what_was_read(reader: Reader) -> None:
    page = photographed(sheet(1280, 3))
    reading, view = reader.look(page)
    assert reading == reader.read(page)
    assert view.size == reading.size
    assert [len(line) for line in view.lines] == [len(line.glyphs) for line in reading.lines]
    assert len(view.pieces) == len(reading.glyphs)


def test_columns_far_apart_leave_words_apart(reader: Reader) -> None:
    beside = np.hstack([draw_sample()] * 4)
    assert reader.read(beside).text == "\n".join(" ".join([line] * 4) for line in TEXT)


@pytest.mark.parametrize("width", [640, 1280, 4000])
def test_boxes_are_pixels_of_the_picture_as_given(width: int, reader: Reader) -> None:
    frame = sheet(width)
    scale = width / 1280
    dark = frame < 128
    for glyph in reader.read(frame).glyphs:
        x, y, w, h = glyph.box
        assert min(x, y) >= 0
        assert min(w, h) >= 1
        assert x + w <= frame.shape[1]
        assert y + h <= frame.shape[0]
        columns = np.flatnonzero(dark[y : y + h, x : x + w].any(0))
        assert columns[0] <= 5 * scale + 1  # the box lies close around the ink
        assert w - columns[-1] <= 5 * scale + 2
        assert 20 * scale < h < 150 * scale


def test_candidates_are_at_most_five_and_sorted(reader: Reader) -> None:
    reading = reader.read(draw_sample())
    assert reading == reader.read(draw_sample())
    for glyph in reading.glyphs:
        chars, p = zip(*glyph.candidates, strict=True)
        assert len(set(chars)) == len(chars) == 5
        assert list(p) == sorted(p, reverse=True)
        assert 0 <= sum(p) <= 1 + 1e-9
        assert glyph.char in (None, chars[0])
        assert 0 <= glyph.confidence <= 1
        assert glyph.crop is not None
        assert glyph.crop.shape == (28, 28)
    json.dumps(reading.to_dict(), allow_nan=False)


def test_the_readme_example() -> None:
    assert doctest.testmod(hwr_live).failed == 0


# Characters --------------------------------------------------------------------------------------


@pytest.mark.parametrize("chars", ["digits", "upper", "lower", "letters", "7", "xyz"])
def test_only_the_wanted_characters_are_read(chars: str, reader: Reader) -> None:
    few = reader.with_chars(chars)
    assert few.chars == chars
    assert few.classifier is reader.classifier
    wanted = set(parse_chars(chars))
    reading = few.read(draw_sample())
    assert reading.glyphs
    for glyph in reading.glyphs:
        assert {char for char, _ in glyph.candidates} <= wanted
        assert len(glyph.candidates) == min(5, len(wanted))
        assert sum(p for _, p in glyph.candidates) <= 1 + 1e-9


def test_digits_are_read_as_digits(reader: Reader) -> None:
    bottom = reader.with_chars("digits").read(draw_sample()).lines[-1]
    assert bottom.words[-1]
    assert "".join(glyph.char or "?" for glyph in bottom.words[-1]) == "2026"


# A hand ------------------------------------------------------------------------------------------


def taught(reader: Reader) -> Reader:
    """A reader that was told that the sample's capitals H are k, as no reader would think."""
    crops = [g.crop for g in reader.read(draw_sample()).glyphs if g.char == "H"]
    assert crops
    assert crops[0] is not None
    return reader.with_samples([("k", crops[0])] * 6)


def test_no_samples_nor_unknown_ones_give_the_plain_reader(reader: Reader) -> None:
    sample = reader.read(draw_sample())
    blank = np.zeros((28, 28), np.uint8)
    for plain in (reader.with_samples([]), taught(reader).with_samples([("é", blank)])):
        assert plain.adaptation is None
        assert plain.read(draw_sample()) == sample


def test_a_hand_is_learned_and_kept_with_other_characters(reader: Reader) -> None:
    hand = taught(reader)
    assert "H" in reader.read(draw_sample()).text
    assert "H" not in hand.read(draw_sample()).text
    assert hand.with_chars("letters").adaptation is hand.adaptation


def test_a_blank_sample_does_no_harm(reader: Reader) -> None:
    blank = reader.with_samples([("x", np.zeros((28, 28), np.uint8))])
    assert blank.read(draw_sample()).text == reader.read(draw_sample()).text


def test_a_profile_is_learned_when_the_reader_is_loaded(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no profile"):
        Reader.load(profile=tmp_path / "gone")
    ink = np.full((30, 20), 255, np.uint8)
    Profile.open(tmp_path / "me", new=True).add("k", ink, "pad")
    assert Reader.load(profile=tmp_path / "me").adaptation is not None


def test_a_model_without_embeddings_learns_by_its_logits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def logits_alone(interpreter: Any) -> dict[str, int]:
        return {"logits": named_outputs(interpreter)["logits"]}

    monkeypatch.setattr("hwr_live.recognition.classify.named_outputs", logits_alone)
    plain = Classifier(find_model("hwr62"))
    assert not plain.embeds
    assert "H" not in taught(Reader(plain)).read(draw_sample()).text


class Fake:
    """A classifier that sees the same in all ink: 40 % nothing, 36 % ``a``, 24 % ``7``."""

    def __init__(self, nothing: float = 0.4, labels: str = ALL) -> None:
        self.card = Card(
            "fake", (*labels, None), 0, 1, (28, 28, 1), 1, 0.5, (1.0,) * (len(labels) + 1), "x"
        )
        self._p = np.zeros(len(labels) + 1)
        self._p[-1] = nothing
        self._p[labels.index("7")] = 0.4 * (1 - nothing)
        self._p[labels.index("a") if "a" in labels else 0] = 0.6 * (1 - nothing)

    @property
    def remembers(self) -> bool:
        return False

    def crops(self, inks: list[Image]) -> Image:
        return np.array([crop(ink) for ink in inks], np.uint8).reshape(-1, 28, 28)

    def probabilities(self, crops: Image) -> npt.NDArray[np.float64]:
        return np.tile(self._p, (len(crops), 1))


def fake(nothing: float, chars: str = "all", labels: str = ALL) -> Reader:
    return Reader(Fake(nothing, labels), chars)  # type: ignore[arg-type]


@pytest.mark.parametrize("chars", ["all", "digits", "7", "a", "lower"])
@pytest.mark.parametrize("nothing", [0.4, 0.6])
def test_what_is_no_character_is_decided_before_classes_are_dropped(
    chars: str, nothing: float
) -> None:
    canvas = Canvas()
    canvas.stroke([(100, 100), (150, 200)])
    (glyph,) = fake(nothing, chars).read(canvas).glyphs
    if nothing > 0.5:
        assert glyph.char is None
        assert glyph.confidence == pytest.approx(nothing)
    else:
        assert glyph.char is not None
        assert glyph.confidence == pytest.approx(glyph.candidates[0][1] * (1 - nothing))


def with_decoder(folder: Path, decoder: Any) -> Path:
    """The shipped model with other decoder settings in its card."""
    card = read_card(find_model("hwr62"))
    shutil.copy(find_model("hwr62") / card["file"], folder)
    # The line network would put right what the settings do.
    (folder / "card.json").write_text(json.dumps({**card, "lines": None, "decoder": decoder}))
    return folder


@pytest.mark.parametrize(
    "decoder",
    [[], 3, {"lattice": [1]}, {"lattice": {"glyph": "x"}}, {"colour": {}}, {"cuts": {"cuts": -1}}],
)
def test_a_card_with_wrong_decoder_settings_ends_in_one_line(tmp_path: Path, decoder: Any) -> None:
    with pytest.raises(InputError, match=r"card\.json is no model card: .") as told:
        Reader.load(str(with_decoder(tmp_path, decoder)))
    assert "\n" not in str(told.value)


def test_a_card_s_own_decoder_settings_change_the_reading(reader: Reader, tmp_path: Path) -> None:
    joining = {"glyph": 9, "join": 0, "join_gap": 0, "widest_gap": 1, "widest": 9, "square": 0}
    other = Reader.load(str(with_decoder(tmp_path, {"lattice": joining})))
    usual = Reader(reader.classifier)
    assert len(other.read(draw_sample()).glyphs) < len(usual.read(draw_sample()).glyphs)
    (tmp_path / "plain").mkdir()
    own = read_card(reader.classifier.folder).get("decoder", {})
    same = Reader.load(str(with_decoder(tmp_path / "plain", own)))
    assert same.read(draw_sample()) == usual.read(draw_sample())


def test_a_model_without_the_wanted_characters() -> None:
    with pytest.raises(InputError, match="fake knows none"):
        fake(0, "abc", "0123456789")
    assert fake(0, "7abc", "0123456789").read(draw_sample()).text.strip("7 \n") == ""


def test_a_glyph_s_ink_is_what_its_crop_was_made_of(reader: Reader) -> None:
    for glyph in reader.read(draw_sample()).glyphs:
        assert glyph.ink is not None
        np.testing.assert_array_equal(crop(glyph.ink), glyph.crop)
        assert abs(glyph.ink.shape[0] - glyph.box[3]) <= 2, "at its natural size"


def test_a_reader_with_a_memory_reads_the_same_again_and_again(reader: Reader) -> None:
    canvas = Canvas(400, 200, pen=6)
    canvas.stroke([(60, 40), (60, 150)])
    remembering = reader.remembering()
    for x in (120, 180, 240):
        canvas.stroke([(x, 40), (x, 150), (x + 35, 150)])
        ours, theirs = remembering.read(canvas), reader.read(canvas)
        assert ours.text == theirs.text
        assert [g.box for g in ours.glyphs] == [g.box for g in theirs.glyphs]
        np.testing.assert_allclose(
            [g.confidence for g in ours.glyphs], [g.confidence for g in theirs.glyphs], atol=2e-3
        )
    assert remembering.with_chars("digits").read(canvas).text == (
        reader.with_chars("digits").read(canvas).text
    )


@pytest.mark.parametrize("drawn", [False, True])
def test_small_writing_in_a_corner_is_where_it_is(reader: Reader, drawn: bool) -> None:
    canvas = Canvas(1200, 800, pen=2)
    places = [(900 + 16 * i, 640) for i in range(6)]
    for x, y in places:
        canvas.stroke([(x, y), (x, y + 14), (x + 7, y + 14)])  # an L
    reading = reader.read(canvas if drawn else canvas.image)
    assert reading.text.upper() == "LLLLLL"
    assert reading.size == (1200, 800)
    for (x, y), glyph in zip(places, reading.glyphs, strict=True):
        np.testing.assert_allclose(glyph.box, (x - 1, y - 1, 10, 17), atol=2)


# Marks -------------------------------------------------------------------------------------------


def test_punctuation_is_read_and_left_out_where_it_is_not_wanted(reader: Reader) -> None:
    canvas = Canvas(700, 240, pen=5)
    for x in (100, 300, 500):
        canvas.stroke([(x, 60), (x + 1, 160)])  # 1
    canvas.stroke([(170, 110), (230, 111)])  # -
    canvas.stroke([(370, 110), (430, 110)])  # +
    canvas.stroke([(400, 80), (400, 140)])
    assert reader.read(canvas).text.replace(" ", "") in ("1-1+1", "l-l+l", "I-I+I")
    text = reader.with_chars("digits").read(canvas).text
    assert text.replace(" ", "") == "111"


def test_a_reader_of_handwriting_alone_stays_one(reader: Reader) -> None:
    alone = Reader.load(handwriting=True)
    others = (alone.with_chars("digits"), alone.remembering(), pickle.loads(pickle.dumps(alone)))
    assert [one.handwriting for one in (alone, *others)] == [True] * 4
    assert not reader.handwriting
    assert alone.read(draw_sample()).text == reader.read(draw_sample()).text
