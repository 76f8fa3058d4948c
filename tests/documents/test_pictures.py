"""Whatever holds a picture, as the array that is read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.documents.pictures import as_picture
from hwr_live.errors import InputError
from hwr_live.media.images import encode_png, to_bgr8
from tests.support.documents import Image, frames_of
from tests.support.exif import as_stored, png


def picture() -> Image:
    """White, with a blue corner at the top left and a grey bar at the left: no symmetry."""
    image = np.full((48, 80, 3), 255, np.uint8)
    image[:16, :32] = (200, 40, 0)
    image[16:, :16] = 90
    return image


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (b"", "is empty"),
        (io.BytesIO(), "is empty"),
        (io.StringIO("text"), "'rb'"),
        (b"no picture", "no picture"),
        ("gone.png", "gone.png"),
        (Path("gone.png"), "gone.png"),
        (None, "NoneType"),
        (3, "int"),
        ([[1, 2]], "list"),
    ],
)
def test_what_is_no_picture(source: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        as_picture(source)


def test_several_pages_are_not_one_picture() -> None:
    with pytest.raises(InputError, match=r"2 pages.*read_pages"):
        as_picture(frames_of([picture(), picture()], ".tif"))


def test_a_file_that_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    path.write_bytes(b"x")
    with path.open("rb") as file:
        pass
    with pytest.raises(InputError, match="closed file"):
        as_picture(file)


def test_files_in_every_form(tmp_path: Path) -> None:
    data = encode_png(picture())
    path = tmp_path / "page.png"
    path.write_bytes(data)
    with open(path, "rb") as file:
        for source in (path, str(path), data, bytearray(data), io.BytesIO(data), file):
            np.testing.assert_array_equal(as_picture(source, rgb=True), picture())


def test_arrays_are_bgr_unless_it_is_said() -> None:
    bgr = picture()
    assert as_picture(bgr) is bgr
    np.testing.assert_array_equal(as_picture(bgr[:, :, ::-1], rgb=True), bgr)
    clear = np.dstack([bgr, np.full((48, 80), 7, np.uint8)])
    np.testing.assert_array_equal(as_picture(clear[:, :, [2, 1, 0, 3]], rgb=True), clear)
    grey = bgr[:, :, 0]
    assert as_picture(grey, rgb=True) is grey


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16", "CMYK"])
def test_pillow_images_of_every_mode(mode: str) -> None:
    pillow = pytest.importorskip("PIL.Image", reason="needs pillow")
    whole = pillow.fromarray(np.ascontiguousarray(picture()[:, :, ::-1]))
    image = whole.convert("L").convert(mode) if mode == "I;16" else whole.convert(mode)
    found = as_picture(image, rgb=True)
    colour = mode in ("RGB", "RGBA", "P", "CMYK")
    if colour:
        difference = np.abs(found[:, :, :3].astype(int) - picture()).mean()
        assert difference < (9 if mode == "P" else 1)
    grey = found if found.ndim == 2 else found[:, :, 1]
    assert grey.shape == (48, 80)
    assert grey[20:, 20:].mean() > grey[20:, :16].mean() + 50
    assert found.shape[2:] == {"RGBA": (4,), "LA": (4,), "L": (), "I;16": ()}.get(mode, (3,))


@pytest.mark.parametrize(
    ("dtype", "white"), [(np.int32, 255), (np.int32, 65535), (np.float32, 255), (np.float32, 1)]
)
def test_pillow_images_of_32_bits(dtype: type, white: int) -> None:
    pillow = pytest.importorskip("PIL.Image", reason="needs pillow")
    grey = picture()[:, :, 0].astype(np.float64) / 255
    found = to_bgr8(as_picture(pillow.fromarray((grey * white).astype(dtype))))
    assert np.abs(found[:, :, 0] - 255 * grey).max() <= 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_pillow_images_are_turned_upright(orientation: int) -> None:
    pillow = pytest.importorskip("PIL.Image", reason="needs pillow")
    stored = as_stored(picture(), orientation)
    image = pillow.open(io.BytesIO(png(stored, orientation)))
    np.testing.assert_array_equal(as_picture(image), picture())
