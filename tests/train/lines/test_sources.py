"""Where lines come from: files that are broken, people that are held back, texts, ink."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from hwr_live.errors import InputError
from tests.support.lines_data import WORDS, WRITERS
from train.data.writers import is_held
from train.lines.alphabet import CHARACTERS
from train.lines.sources import held
from train.lines.sources import printed as prints
from train.lines.sources.crops import Crops, Glyphs, read_glyphs
from train.lines.sources.cutouts import without_surroundings
from train.lines.sources.empty import Empty
from train.lines.sources.fonts import Fonts
from train.lines.sources.forms import beside
from train.lines.sources.hands import SPACINGS, Hands
from train.lines.sources.ink import bent, cluttered, drawn, plain, seen, warped
from train.lines.sources.paper import Paper
from train.lines.sources.strokes import EMPTY, Pen, join, read_items
from train.lines.sources.texts import Texts
from train.lines.sources.words import Written, sized, tidy
from train.lines.sources.zones import ZONES, extent

STROKE = Pen(np.array([[0, 0], [3, -1], [6, 0], [9, -1]], np.float32), np.array([0, 2]))


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts()


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_a_broken_stroke_file_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "unipen_words_train.npz"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"unipen_words_train.npz is no stroke file"):
        read_items(path)


@pytest.mark.parametrize("missing", ["points", "symbol", "label"])
def test_a_stroke_file_that_lacks_a_part_is_told(tmp_path: Path, missing: str) -> None:
    whole = {
        "points": np.zeros((4, 2), np.int16),
        "stroke": np.array([0]),
        "symbol": np.array([0]),
        "label": np.array(["a"]),
    }
    del whole[missing]
    np.savez(tmp_path / "x.npz", **whole)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"x.npz is no stroke file"):
        read_items(tmp_path / "x.npz")


@pytest.mark.parametrize("kind", [Written, Hands, Paper, Empty, Fonts])
def test_data_that_is_missing_is_told(tmp_path: Path, kind: type) -> None:
    with pytest.raises(InputError):
        kind(tmp_path, "words", False) if kind is Written else kind(tmp_path, False)


def test_nothing_joins_to_nothing() -> None:
    assert len(join([]).points) == 0


def test_reserved_and_tested_writers_are_nobodys(data: Path) -> None:
    for group in ("crohme-formulaire002", "chars74k-36"):
        assert not held.belongs(group, data, True)
        assert not held.belongs(group, data, False)


def test_trained_and_held_words_are_of_different_writers(data: Path) -> None:
    parts = [Written(data, "words", held) for held in (False, True)]
    counts = [sum(1 for _ in part.every()) for part in parts]
    held_writers = [writer for writer in WRITERS if is_held(writer)]
    assert counts == [20 * (5 - len(held_writers)) // 2, 20 * len(held_writers) // 2]
    assert 0 < len(held_writers) < 5


@pytest.mark.parametrize(
    ("label", "writer", "right"),
    [
        ("How are you ?", "cea001", "How are you?"),
        ("( 914 ) 3", "hpp001", "(914) 3"),
        ("2 : 0 0", "hpb001", ""),
        ("dog - cat", "app001", "dog - cat"),
        ("a\tb", "lex001", "a b"),
    ],
)
def test_labels_get_the_blanks_that_people_set(label: str, writer: str, right: str) -> None:
    assert tidy(label, writer) == right


def test_every_character_has_its_zone() -> None:
    assert all(char in ZONES for char in CHARACTERS if char != " ")
    assert extent("ag") == (1.0, -0.7)


def test_a_word_is_sized_by_what_it_says() -> None:
    tall = Pen(np.array([[0, 0], [400, 500]], np.float32), np.array([0]))
    for text, top, bottom in (("see", 1.0, 0.0), ("HE", 1.65, 0.0), ("gap", 1.0, -0.7)):
        points = sized(tall, text).points
        assert -points[:, 1].min() == pytest.approx(top)
        assert -points[:, 1].max() == pytest.approx(bottom, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "wide", "tall", "high"),
    [
        ("never so soon " * 3, 3333, 100, 1.0),  # a long line is as tall as its letters
        ("- - -", 500, 5, 2.6 * 5 / 100),  # a row of hyphens is not blown up to letters
        ("commons", 600, 1000, 0.45 * 7 / 0.6),  # a word that falls is no row of tiny letters
        ("I", 5, 500, 1.65),
    ],
)
def test_a_line_is_sized_by_height_within_what_people_write(
    text: str, wide: float, tall: float, high: float
) -> None:
    path = Pen(np.array([[0, 0], [wide, tall]], np.float32), np.array([0]))
    points = sized(path, text.strip()).points
    assert np.ptp(points[:, 1]) == pytest.approx(high, rel=0.05)


@pytest.mark.parametrize("kind", [None, "words", "code", "sum", "web", "single", "nonsense"])
def test_texts_hold_only_the_alphabet(texts: Texts, kind: str | None) -> None:
    rng = np.random.default_rng(2)
    drawn_texts = [texts.draw(rng, kind, 30) for _ in range(300)]
    assert all(0 < len(text) <= 30 for text in drawn_texts)
    assert all(char in CHARACTERS for text in drawn_texts for char in text)
    assert not any("  " in text or text != text.strip() for text in drawn_texts)
    assert len(set(drawn_texts)) > 30


def test_texts_are_of_every_character(texts: Texts) -> None:
    rng = np.random.default_rng(3)
    seen_characters = set("".join(texts.draw(rng) for _ in range(4000)))
    assert set(CHARACTERS) <= seen_characters


def test_strokes_become_ink() -> None:
    rng = np.random.default_rng(1)
    for _ in range(30):
        ink = seen(drawn(cluttered(bent(STROKE, rng), rng), rng), rng)
        assert ink.dtype == np.uint8
        assert int(ink.max()) > 60
    assert not drawn(EMPTY, rng).any()


def test_plain_ink_is_the_same_each_time() -> None:
    assert np.array_equal(plain(STROKE), plain(STROKE))
    assert plain(STROKE).any()


def test_a_warped_picture_keeps_about_its_ink() -> None:
    image = np.zeros((60, 200), np.uint8)
    cv2.putText(image, "warp", (20, 44), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 255, 3)
    before = float(image.sum())
    for seed in range(20):
        after = float(warped(image, np.random.default_rng(seed)).sum())
        assert 0.5 * before < after < 2.0 * before


def test_surroundings_of_a_word_go_and_the_word_stays() -> None:
    ink = np.zeros((64, 160), np.uint8)
    cv2.putText(ink, "word", (30, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 2)
    alone = ink.copy()
    cv2.line(ink, (2, 0), (2, 63), 255, 2)
    cv2.line(ink, (40, 0), (60, 5), 255, 2)
    found = without_surroundings(ink > 0)
    assert not found[:, :6].any()
    assert not found[:5].any()
    assert np.array_equal(found[12:50, 20:], alone[12:50, 20:] > 0)


@pytest.mark.parametrize("spacing", [*SPACINGS, None])
def test_a_hand_writes_a_text_from_left_to_right(data: Path, spacing: str | None) -> None:
    hands = Hands(data, False)
    assert hands.has("So 42!")
    assert not hands.has("{")
    path = hands.write("So 42!", np.random.default_rng(4), spacing)
    assert len(path.firsts) >= 10
    assert path.points[:, 0].max() > 2
    assert len(hands.write("", np.random.default_rng(4)).points) == 0


@pytest.mark.parametrize("name", ["crohme_train.npz", "chars74k.json"])
def test_free_hands_need_no_collection_whose_licence_forbids_a_use(
    data: Path, tmp_path: Path, name: str
) -> None:
    free = tmp_path / "free"
    shutil.copytree(data, free)
    (free / "strokes" / name).unlink()
    with pytest.raises(InputError, match=name):
        Hands(free, False)
    assert Hands(free, False, "free").has("a1")


@pytest.mark.parametrize(("number", "there"), [(1, True), (4, False), (99, False)])
def test_free_crops_are_of_collections_that_may_be_used(
    data: Path, monkeypatch: pytest.MonkeyPatch, number: int, there: bool
) -> None:
    def read(folder: Path) -> Glyphs:
        every = read_glyphs(folder)
        return replace(every, sources=np.full_like(every.sources, number))

    monkeypatch.setattr("train.lines.sources.crops.read_glyphs", read)
    rng = np.random.default_rng(2)
    assert (Crops(data, False, "free").draw("ab", rng) is not None) == there
    assert Crops(data, False).draw("ab", rng) is not None


def test_paper_gives_words_of_the_writers_asked_for(data: Path) -> None:
    rng = np.random.default_rng(1)
    assert {Paper(data, False).draw(rng)[1].split()[0] for _ in range(10)} == {"check"}
    assert {Paper(data, True).draw(rng)[1].split()[0] for _ in range(10)} == {"order"}
    assert len(list(Paper(data, None).every())) == 2


def test_words_beside_each_other_are_of_one_writer(data: Path) -> None:
    words = Written(data, "words", False)
    rng = np.random.default_rng(1)
    found = [words.some(rng)[1] for _ in range(60)]
    assert any(" " in text for text in found)
    assert all(word in WORDS for text in found for word in text.split())


def test_fonts_draw_what_they_have(data: Path) -> None:
    fonts = Fonts(data / "fonts", False)
    image = fonts.draw("Abc", np.random.default_rng(1))
    assert image is not None
    assert image.any()
    assert fonts.draw("\u4e2d", np.random.default_rng(1)) is None


def test_what_is_no_writing_is_of_other_things_when_held_back(data: Path) -> None:
    for of in (False, True):
        ink = Empty(data, of).draw(np.random.default_rng(3))
        assert ink.dtype == np.uint8
        assert ink.any()


@pytest.mark.parametrize("held_back", [False, True])
def test_print_is_drawn_on_a_machine_without_fonts(
    held_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "FOLDERS", ())
    prints.families.cache_clear()
    try:
        rng = np.random.default_rng(3)
        assert prints.families(held_back) == ()
        image = prints.printed("Name: 12", rng, held_back)
        assert image is not None
        assert image.any()
        assert prints.printed("÷", rng, held_back) is None
    finally:
        prints.families.cache_clear()


def test_families_that_are_held_back_are_no_others(tmp_path: Path) -> None:
    ours, theirs = (
        {face.name for faces in prints.families(held_back) for face in faces}
        for held_back in (False, True)
    )
    assert not ours & theirs


@pytest.mark.parametrize("much", [0.0, 1.0])
def test_what_is_not_bent_at_all_is_as_it_was(much: float) -> None:
    image = np.zeros((60, 200), np.uint8)
    cv2.putText(image, "stiff", (10, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 255, 2)
    bent_image = warped(image, np.random.default_rng(2), much)
    assert np.array_equal(bent_image[4:64, 4:204], image) == (much == 0)


BAR = np.zeros((40, 90), np.uint8)
BAR[10:30, 20:70] = 255


@pytest.mark.parametrize("empty", [np.zeros((0, 0), np.uint8), np.zeros((30, 30), np.uint8)])
def test_without_ink_there_is_no_form(empty: np.ndarray) -> None:
    rng = np.random.default_rng(1)
    assert beside(empty, BAR, rng) is None
    assert beside(BAR, empty, rng) is None


@pytest.mark.parametrize("seed", range(6))
def test_a_border_parts_label_and_handwriting(seed: int) -> None:
    label = np.where(BAR > 0, 200, 0).astype(np.uint8)
    made = beside(label, BAR, np.random.default_rng(seed))
    assert made is not None
    image, border = made
    left, right = image[:, : abs(border)], image[:, abs(border) :]
    assert (left.max(), right.max()) == ((200, 255) if border > 0 else (255, 200))
    assert not image[:, abs(border)].any()
    assert np.count_nonzero(image == 255) == np.count_nonzero(BAR)
