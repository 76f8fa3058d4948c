"""A reading as a picture."""

from __future__ import annotations

import sys
import types
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.documents.showing import own_ink
from hwr_live.errors import InputError
from hwr_live.media.images import to_bgr8
from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader
from hwr_live.ui.marks import draw_reading


def test_an_empty_reading_is_white() -> None:
    assert (Reading(size=(30, 20)).draw() == 255).all()
    assert Reading().draw().shape == (1, 1, 3)


def test_a_reading_over_its_picture(reader: Reader) -> None:
    page = draw_sample()
    reading = reader.read(page)
    before = page.copy()
    painted = reading.draw(page)
    np.testing.assert_array_equal(painted, draw_reading(to_bgr8(page), reading))
    np.testing.assert_array_equal(page, before)
    unlabelled = reading.draw(np.dstack([page] * 3), labels=False)
    assert (unlabelled != painted).any()


@pytest.mark.parametrize(
    "array", [np.zeros((20, 30), np.int64), np.zeros(5), np.zeros((0, 9)), np.full((9, 9), 255.0)]
)
def test_a_reading_is_not_drawn_over_what_is_no_picture(array: npt.NDArray[np.generic]) -> None:
    with pytest.raises(InputError, match="picture"):
        Reading(size=(30, 20)).draw(array)


def test_the_picture_comes_in_every_form_that_is_read(tmp_path: Path) -> None:
    picture = np.full((20, 30, 3), 200, np.uint8)
    path = tmp_path / "p.png"
    cv2.imwrite(str(path), picture)
    for source in (picture, path, str(path), path.read_bytes()):
        assert np.array_equal(Reading(size=(30, 20)).draw(source), picture)
    with pytest.raises(InputError, match="cannot read a float"):
        Reading(size=(30, 20)).draw(1.5)


def test_a_reading_without_its_picture_shows_its_own_ink(reader: Reader) -> None:
    page = draw_sample()
    ink = own_ink(reader.read(page))
    assert ink.shape == (*page.shape, 3)
    wrong = (ink[:, :, 0] < 128) != (page < 128)
    assert wrong.sum() < 0.2 * (page < 128).sum()


def test_what_a_notebook_shows(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    display = types.SimpleNamespace(Image=lambda data: data, display=shown.append)
    running = types.SimpleNamespace(kernel=1)
    shell = types.SimpleNamespace(get_ipython=lambda: running, display=display)
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    reading = reader.read(draw_sample())
    reading.show()
    assert shown == [reading._repr_png_()]
    assert shown[0].startswith(b"\x89PNG")


def test_documents_of_one_reading(reader: Reader) -> None:
    reading = reader.read(draw_sample())
    assert reading.to_text() == reading.text
    assert '"text": "Hello world' in reading.to_json()
    assert 'image "my &lt;page&gt;"' in reading.to_hocr("my <page>").replace("&quot;", '"')
    assert "<fileName>my page</fileName>" in reading.to_alto("my page")
