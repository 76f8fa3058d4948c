"""How a frame is best seen: at any angle, and nothing where there is no writing."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.recognition.line_network import LineNetwork
from hwr_live.recognition.reader import Reader

Image = npt.NDArray[np.uint8]


def laid(page: Image, degrees: float) -> Image:
    """A page on a sheet that is turned clockwise."""
    h, w = page.shape
    side = round(float(np.hypot(h, w))) + 20
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), -degrees, 1.0)
    turn[:, 2] += (side - w) / 2, (side - h) / 2
    return np.asarray(cv2.warpAffine(page, turn, (side, side), borderValue=255), np.uint8)


def test_a_blank_frame_is_read_as_nothing(reader: Reader) -> None:
    assert reader.read(np.full((400, 600), 200, np.uint8)).text == ""


@pytest.mark.parametrize("degrees", [0, 28, 45, 75, 105, 135, 160, 195, 225, 300, 340])
def test_a_page_is_read_at_any_angle(degrees: float, reader: Reader) -> None:
    page = draw_sample()
    reading = reader.read(laid(page, degrees))
    assert reading.text == "\n".join(TEXT)
    x, y, w, h = reading.glyphs[0].box
    own = reader.read(page).glyphs[0].box
    shape = laid(page, degrees).shape
    middle = np.array(
        [own[0] + own[2] / 2 - page.shape[1] / 2, own[1] + own[3] / 2 - page.shape[0] / 2]
    )
    turn = np.radians(degrees)
    there = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ middle
    assert (x + w / 2, y + h / 2) == pytest.approx(there + np.array(shape[::-1]) / 2, abs=8)


def test_letters_among_which_digits_are_looked_for_are_not_turned(reader: Reader) -> None:
    digits = reader.with_chars("digits")
    assert digits.read(draw_sample()).lines[-1].text.split()[-1] == "2026"


def test_grain_is_no_writing(reader: Reader) -> None:
    rng = np.random.default_rng(5)
    y, x = np.mgrid[:600, :800].astype(np.float64)
    bend = cv2.resize(rng.random((8, 10)), (800, 600), interpolation=cv2.INTER_CUBIC)
    rings = np.hypot(y * 0.6 + 60 * bend, 0.03 * x + 300) / 9
    wood = 150 + 40 * np.sin(2 * np.pi * rings) + rng.normal(0, 6, x.shape)
    assert reader.read(np.clip(wood, 0, 255).astype(np.uint8)).text == ""


def test_of_a_texture_few_lines_are_read(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(9)
    grass = np.full((720, 960), 170, np.uint8)
    for x, y, w, h in rng.integers((0, 0, -12, -12), (960, 720, 12, 12), (800, 4)).tolist():
        bow = np.array(cv2.ellipse2Poly((x, y), (abs(w) + 4, abs(h) + 4), 15 * w, 0, 140, 20))
        cv2.polylines(grass, [bow], False, int(rng.integers(40, 110)), 2, cv2.LINE_AA)
    soft = cv2.GaussianBlur(grass, (0, 0), 0.7)
    asked = []
    tell, hear = LineNetwork.tell, LineNetwork.hear

    def told(self: LineNetwork, view: Any, lines: Any, may: Any = None) -> Any:
        asked.append(len(lines))
        return tell(self, view, lines, may)

    def heard(self: LineNetwork, pictures: Any) -> Any:
        asked.append(len(pictures))
        return hear(self, pictures)

    monkeypatch.setattr(LineNetwork, "tell", told)
    monkeypatch.setattr(LineNetwork, "hear", heard)
    grainy = np.clip(soft + rng.normal(0, 3, grass.shape), 0, 255).astype(np.uint8)
    assert reader.read(grainy).text == ""
    assert sum(asked) < 100


@pytest.mark.parametrize(
    "drops", [(0, 0, 40, 40, 0, 0), (0, 40, 0, 40, 0, 40), (0, 0, 0, 45, 45, 45)]
)
def test_a_word_whose_letters_dance_is_one_line(drops: tuple[int, ...], reader: Reader) -> None:
    page = np.full((400, 700), 255, np.uint8)
    for place, (char, drop) in enumerate(zip("number", drops, strict=True)):
        at = 80 + 55 * place, 220 + drop
        cv2.putText(page, char, at, cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4, cv2.LINE_AA)
    assert reader.read(page).text == "number"


@pytest.mark.parametrize("word", ["offer", "number", "window"])
def test_a_small_word_is_read_where_lines_around_it_are_cut_by_the_border(
    word: str, reader: Reader
) -> None:
    large = np.full((256, 336), 190, np.uint8)
    for text, y in ((word[::-1], 52), (word, 152), (word[::-1], 264)):
        cv2.putText(large, text, (56, y), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 100, 4, cv2.LINE_AA)
    small = cv2.resize(large, (84, 64), interpolation=cv2.INTER_AREA).astype(np.float64)
    read = []
    for seed in range(10):  # in one grain of ten a word as small is taken for something else
        grain = np.random.default_rng(seed).normal(0, 3, small.shape)
        seen = np.clip(cv2.GaussianBlur(small, (0, 0), 0.7) + grain, 0, 255).astype(np.uint8)
        read.append(reader.read(seen).text)
    assert read.count(word) >= 9, read
