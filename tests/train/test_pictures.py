"""A folder of one's own: what is none and what is broken first, then pictures of any kind."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.crop import crop
from hwr_live.errors import InputError
from train.data.datasets import load
from train.data.pictures import glyph_crop, load_pictures, picture_folder

Grey = npt.NDArray[np.uint8]


def letter(seed: int = 0, size: int = 90) -> Grey:
    """An L of varied form, bright on black, with room around it."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((size, size), np.uint8)
    low, high = size // 5, size - size // 5
    bend = int(rng.integers(-size // 12, size // 12 + 1))
    points = np.array([(low, low), (low + bend, high), (high, high - bend)], np.int32)
    cv2.polylines(ink, [points], False, 255, max(2, size // 12), cv2.LINE_AA)
    return ink


def on_paper(ink: Grey) -> Grey:
    """The ink on paper in light from one side, with the camera's noise."""
    rng = np.random.default_rng(1)
    light = np.linspace(150, 230, ink.shape[1])[None]
    noise = rng.normal(0, 2, ink.shape)
    return np.clip(light * (1 - 0.75 * ink / 255) + noise, 0, 255).astype(np.uint8)


def write(folder: Path, count: int, paint: Callable[[int], Grey] = letter) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        cv2.imwrite(str(folder / f"{n}.png"), paint(n))
    return folder


# What is none


def test_a_folder_that_is_nothing_known_says_which_layouts_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine" / "7").mkdir(parents=True)
    (tmp_path / "mine" / "7" / "notes.txt").write_text("no picture")
    assert picture_folder("mine", None) is None
    with pytest.raises(InputError, match=r"mine holds no data set: .*EMNIST.*sub-folder") as told:
        load("mine", None)
    assert "\n" not in str(told.value)


def test_a_name_that_is_nearly_a_data_sets_is_answered_with_it() -> None:
    with pytest.raises(InputError, match=r"no folder minst; .*do you mean mnist\?"):
        load("minst", None)


@pytest.mark.parametrize("name", ["dog", "upper_7", "A1", "digit"])
def test_a_sub_folder_that_is_no_character_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path / "7", 30)
    write(tmp_path / name, 2)
    with pytest.raises(InputError, match=f"{name} is no character: call it by the one"):
        load_pictures(tmp_path)


def test_one_character_or_few_pictures_are_too_few(tmp_path: Path) -> None:
    write(tmp_path / "7", 30)
    with pytest.raises(InputError, match="pictures of 1 characters; 2 to 255"):
        load_pictures(tmp_path)
    write(tmp_path / "few" / "1", 5)
    write(tmp_path / "few" / "2", 5)
    with pytest.raises(InputError, match="10 pictures to train from; 20 are the least"):
        load_pictures(tmp_path / "few")


def test_a_character_whose_pictures_are_all_broken_is_named(tmp_path: Path) -> None:
    write(tmp_path / "1", 30)
    (tmp_path / "2").mkdir()
    (tmp_path / "2" / "0.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match="no picture to train from of 2"):
        load_pictures(tmp_path)


def test_a_character_of_the_test_alone_is_refused(tmp_path: Path) -> None:
    for char in "12":
        write(tmp_path / "train" / char, 20)
    write(tmp_path / "test" / "3", 3)
    with pytest.raises(InputError, match="pictures of 3, of which train has none"):
        load_pictures(tmp_path)


def test_what_cannot_be_read_or_shows_nothing_is_left_out_and_told(tmp_path: Path) -> None:
    for char in "12":
        write(tmp_path / char, 20)
    for n in range(5):
        (tmp_path / "1" / f"broken{n}.png").write_bytes(b"\x89PNG")
    cv2.imwrite(str(tmp_path / "2" / "blank.png"), np.full((40, 30), 250, np.uint8))
    write(tmp_path / "no_character", 3)
    dataset = load_pictures(tmp_path)
    assert len(dataset.train.labels) + len(dataset.test.labels) == 40
    broken, blank, none, no_test = dataset.warnings
    assert "cannot be read" in broken
    assert "broken2.png and 2 more" in broken
    assert "no ink" in blank
    assert "blank.png" in blank
    assert "no_character is left out" in none
    assert "no folder test" in no_test


# Pictures


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (28, 28), (200, 5)])
@pytest.mark.parametrize("grey", [0, 90, 255])
def test_an_even_picture_has_no_ink(shape: tuple[int, int], grey: int) -> None:
    assert not glyph_crop(np.full(shape, grey, np.uint8)).any()


@pytest.mark.parametrize("size", [40, 90, 300])
@pytest.mark.parametrize("form", ["bright", "dark", "faint", "colour", "paper"])
def test_any_picture_of_a_character_has_the_crop_of_its_ink(form: str, size: int) -> None:
    ink = letter(3, size)
    pictures = {
        "bright": ink,
        "dark": 255 - ink,
        "faint": (220 - 0.3 * ink.astype(np.float32)).astype(np.uint8),
        "colour": cv2.merge([255 - ink, 255 - ink, np.full_like(ink, 255)]),
        "paper": on_paper(ink),
    }
    found = glyph_crop(pictures[form]).astype(int)
    apart = np.abs(found - crop(ink)).mean()
    # Another writing of a letter is 30 apart; on uneven paper small strokes come out a pixel wider.
    assert apart < (4 if form != "paper" else 22)


def test_what_is_a_crop_already_stays_as_it_is() -> None:
    made = crop(letter(5))
    np.testing.assert_array_equal(glyph_crop(made), made)


def test_dirt_beside_a_character_on_uneven_paper_is_left_out() -> None:
    ink = letter(2, 120)
    dirty = ink.copy()
    dirty[4:7, 100:103] = 255
    np.testing.assert_allclose(
        glyph_crop(on_paper(dirty)).astype(int), glyph_crop(on_paper(ink)), atol=25
    )


# Folders


def test_characters_come_in_emnists_order_however_their_folders_are_called(tmp_path: Path) -> None:
    for name in ("lower_b", "B", "digit_7", "mark_slash", "é", "0"):
        write(tmp_path / name, 10)
    dataset = load_pictures(tmp_path)
    assert dataset.chars == ("0", "7", "B", "b", "/", "é")
    assert dataset.name == tmp_path.name
    assert dataset.train.images.shape[1:] == (28, 28)
    both = np.bincount(dataset.train.labels) + np.bincount(dataset.test.labels)
    assert both.tolist() == [10] * 6
    assert len(dataset.test.labels) == 9


def test_the_test_part_is_that_of_the_folder_test_or_every_time_the_same(tmp_path: Path) -> None:
    for char in "12":
        write(tmp_path / "own" / "train" / char, 20)
        write(tmp_path / "own" / "test" / char, 4, lambda n: letter(100 + n))
        write(tmp_path / "cut" / char, 30)
    own = load("own", tmp_path)
    assert (len(own.train.labels), len(own.test.labels), own.warnings) == (40, 8, ())
    first, second = (load_pictures(tmp_path / "cut") for _ in range(2))
    np.testing.assert_array_equal(first.test.images, second.test.images)
    assert first.files == second.files
    write(tmp_path / "cut" / "1", 1, lambda n: letter(7))
    assert load_pictures(tmp_path / "cut").files != first.files


def ring(seed: int) -> Grey:
    """An O of varied form, bright on black."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((90, 90), np.uint8)
    axes = (int(rng.integers(20, 32)), int(rng.integers(26, 36)))
    cv2.ellipse(ink, (45, 45), axes, 0, 0, 360, 255, 7, cv2.LINE_AA)
    return ink


def test_a_folder_of_pictures_becomes_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow is not installed (the extra train)")
    from hwr_live.recognition.classify import Classifier
    from train.main import main

    monkeypatch.chdir(tmp_path)
    write(tmp_path / "mine" / "upper_L", 60, lambda n: np.asarray(255 - letter(n), np.uint8))
    write(tmp_path / "mine" / "0", 60, lambda n: on_paper(ring(n)))
    assert main(["mine", "--net", "dense", "--epochs", "8", "--optimizer", "adamw"]) == 0
    assert "dense on mine: 8 times" in capsys.readouterr().err
    classifier = Classifier(tmp_path / "models" / "mine-dense")
    assert classifier.card.labels == ("0", "L")
    unseen = np.array([glyph_crop(255 - ring(99)), glyph_crop(letter(99))])
    assert classifier.probabilities(unseen).argmax(1).tolist() == [0, 1]
    assert main(["evaluate", "models/mine-dense"]) == 0
    assert "card.json says the same" in capsys.readouterr().out
