"""The camera that is none: without pages there is nothing; with some, they come, move and go."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwr_live.cli.sample import DEMO, TEXT, draw_lines, draw_sample
from hwr_live.errors import DeviceError
from hwr_live.media.demo import FPS, SIZE, DemoCapture, open_demo
from hwr_live.recognition.reader import Reader


def test_without_pages_it_is_no_camera() -> None:
    assert not DemoCapture([]).isOpened()
    with pytest.raises(DeviceError, match="no picture"):
        open_demo([])


def test_it_comes_as_a_camera_does() -> None:
    with open_demo([draw_sample()]) as source:
        assert (source.live, source.name, source.fps) == (True, "demo", FPS)
        frame = next(iter(source))
        assert frame.image.shape == (SIZE[1], SIZE[0], 3)
        assert frame.image.dtype == np.uint8


def test_pages_move_and_follow_each_other() -> None:
    blank = np.full((300, 500), 255, np.uint8)
    dark = np.zeros((300, 500), np.uint8)
    capture = DemoCapture([blank, dark], pace=False)
    assert capture.get(cv2.CAP_PROP_FPS) == FPS
    frames = [capture.read()[1] for _ in range(round(18 * FPS))]
    middle = [float(frame[300:420, 560:720].mean()) for frame in frames]
    assert min(middle[: round(7 * FPS)]) > 150
    assert max(middle[round(10 * FPS) : round(16 * FPS)]) < 100
    assert np.abs(frames[0].astype(int) - frames[25]).mean() > 2
    capture.release()
    assert not capture.isOpened()


def test_what_it_shows_is_read(reader: Reader) -> None:
    capture = DemoCapture([draw_lines(lines, seed) for seed, lines in enumerate(DEMO)], pace=False)
    assert reader.read(capture.read()[1]).text == "\n".join(TEXT)
