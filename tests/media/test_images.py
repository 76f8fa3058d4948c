"""Picture files: missing, broken and odd ones; orientation, transparency and depth."""

from __future__ import annotations

import io
import os
import re
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.errors import InputError
from hwr_live.media.images import encode_png, pictures_in, read_picture, to_bgr8
from tests.support.commands import run
from tests.support.exif import as_stored, jpeg, png

Image = npt.NDArray[np.uint8]


def picture() -> Image:
    """White, with a blue corner at the top left and a grey bar at the left: no symmetry."""
    image = np.full((48, 80, 3), 255, np.uint8)
    image[:16, :32] = (200, 40, 0)
    image[16:, :16] = 90
    return image


def encoded(suffix: str, image: npt.NDArray[np.generic] | None = None) -> bytes:
    whole: npt.NDArray[Any] = picture() if image is None else image
    return cv2.imencode(suffix, whole)[1].tobytes()


def refusal(path: str | Path) -> str:
    """What is said of a picture that cannot be read: one line with its name."""
    with pytest.raises(InputError) as told:
        read_picture(str(path))
    said = str(told.value)
    assert os.path.basename(path) in said
    assert len(said.splitlines()) == 1
    return said


def feed(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


# Broken ------------------------------------------------------------------------------------------


def test_what_is_no_file(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "gone.png")
    assert "no file" in refusal(tmp_path)
    assert "Not a directory" in refusal(Path(__file__) / "x.png")
    with pytest.raises(InputError):
        read_picture("a\0b.png")
    with pytest.raises(InputError):
        read_picture("x" * 5000)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and pipes")
@pytest.mark.parametrize("kind", ["pipe", "device", "kernel", "circle", "nowhere"])
def test_a_folder_with_links_to_what_waits(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf, pipe = tmp_path / "shelf", tmp_path / "pipe"
    shelf.mkdir()
    os.mkfifo(pipe)
    at: dict[str, str | Path]
    at = {"pipe": pipe, "device": "/dev/tty", "kernel": "/proc/kmsg", "circle": shelf / "b.png"}
    (shelf / "b.png").symlink_to(at.get(kind, tmp_path / "gone"))
    (shelf / "b.pdf").symlink_to(shelf / "b.png")
    for name in ("a.png", "c.png"):
        (shelf / name).write_bytes(encode_png(np.full((30, 40), 255, np.uint8)))
    for options in ([], ["--out", tmp_path / "out"], ["--jobs", 2]):
        status, _, err = run(capsys, "read", shelf, "--model", "mnist", *options)
        assert status == 2
        assert len([line for line in err.splitlines() if "b.p" in line]) >= 2
    assert run(capsys, "camera", "--source", shelf, "--no-window", "--model", "mnist")[0] == 2


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "no file" in refusal(tmp_path / "pipe.png")


def test_a_picture_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "closed.png"
    path.write_bytes(encoded(".png"))
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert "Permission denied" in refusal(path)


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"hello",
        bytes(1000),
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8",
        b"\xff\xd8\xff\xe1\0\0",
        b"P5\n",
    ],
)
def test_what_is_no_picture(data: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "note.png"
    path.write_bytes(data)
    assert "no picture" in refusal(path)
    path.write_bytes(b"")
    assert "empty" in refusal(path)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("share", [0.02, 0.5, 0.97])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp", ".tif", ".ppm"])
def test_a_picture_cut_short(
    suffix: str, share: float, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    image = np.random.default_rng(0).integers(0, 256, (60, 90, 3), np.uint8)
    data = jpeg(image, 1) if suffix == ".jpg" else encoded(suffix, image)
    path = tmp_path / f"short{suffix}"
    path.write_bytes(data[: int(len(data) * share)])
    assert "no picture" in refusal(path)
    assert capfd.readouterr().err == ""  # the libraries keep silent


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((0.0, np.nan), "NaN or infinite"),
        ((0.0, -np.inf), "NaN or infinite"),
        ((0.0, 255.0), "has floats of 0 to 255, where 0 to 1 are known; divide them by 255$"),
        ((-1.0, 1.0), "has floats of -1 to 1, where 0 to 1 are known$"),
        ((0.0, 65535.0), "has floats of 0 to 6.554e.04, where 0 to 1 are known$"),
    ],
)
def test_floats_of_another_range(values: tuple[float, float], told: str, tmp_path: Path) -> None:
    image = np.full((30, 40, 3), values[0], np.float32)
    image[9:12, 9:30] = values[1]
    with pytest.raises(InputError, match=told):
        to_bgr8(image)
    path = tmp_path / "page.tif"
    # OpenCV 4 would keep floats as logarithms, which are others.
    assert cv2.imwrite(str(path), image, [cv2.IMWRITE_TIFF_COMPRESSION, 1])
    assert re.search(told, refusal(path))


def test_floats_a_little_beyond_their_range_are_clipped() -> None:
    image = np.array([[-0.3, 0.0, 0.5, 1.0, 1.3]], np.float64)
    assert to_bgr8(image)[0, :, 0].tolist() == [0, 0, 127, 255, 255]


@pytest.mark.parametrize("size", [(60_000, 60_000), (11_586, 11_586), (400_000, 400)])
@pytest.mark.parametrize("suffix", [".bmp", ".pgm"])
def test_a_picture_of_too_many_pixels(suffix: str, size: tuple[int, int], tmp_path: Path) -> None:
    data = bytearray(encoded(".bmp"))
    data[18:26] = struct.pack("<ii", *size)
    path = tmp_path / f"huge{suffix}"
    path.write_bytes(data if suffix == ".bmp" else b"P5\n%d %d\n255\n" % size + bytes(99))
    assert "pixels" in refusal(path)


@pytest.mark.parametrize("at", [33, 8])
def test_a_piece_of_a_png_that_claims_gigabytes_is_not_decoded(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(".png")
    (tmp_path / "page.png").write_bytes(data[:at] + b"\xff\xff\xff\xff" + data[at + 4 :])
    monkeypatch.delattr(cv2, "imdecode")
    assert "broken" in refusal(tmp_path / "page.png")


# Sound -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".ppm", ".webp", ".jpg"])
def test_formats(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"page{suffix}"
    path.write_bytes(encoded(suffix))
    out = read_picture(path)
    assert out.dtype == np.uint8
    assert np.abs(out.astype(int) - picture()).mean() < 5  # JPEG and WebP are lossy


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("write", [jpeg, png])
def test_pictures_are_turned_upright(
    write: Callable[[Image, int, str], bytes], orientation: int, order: str, tmp_path: Path
) -> None:
    path = tmp_path / "turned"
    path.write_bytes(write(as_stored(picture(), orientation), orientation, order))
    out = read_picture(path)
    assert out.shape == picture().shape
    assert np.abs(out.astype(int) - picture()).mean() < 5


@pytest.mark.parametrize("orientation", range(1, 9))
def test_see_through_pictures_are_turned_upright_too(orientation: int, tmp_path: Path) -> None:
    black = np.zeros((48, 80, 4), np.uint8)
    black[:, :, 3] = 255 - picture()[:, :, 2]
    path = tmp_path / "turned.png"
    path.write_bytes(png(as_stored(black, orientation), orientation))
    np.testing.assert_allclose(read_picture(path)[:, :, 0].astype(int), picture()[:, :, 2], atol=1)


def test_a_nonsense_orientation_turns_nothing(tmp_path: Path) -> None:
    for name, data in (("a.jpg", jpeg(picture(), 0)), ("b.png", png(picture(), 77))):
        (tmp_path / name).write_bytes(data)
        assert read_picture(tmp_path / name).shape == picture().shape


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_see_through_is_white_paper(
    suffix: str, depth: type[np.unsignedinteger], tmp_path: Path
) -> None:
    top = int(np.iinfo(depth).max)
    image = np.zeros((20, 30, 4), depth)
    image[:10, :, 3] = top  # the upper half is black ink
    image[:, 20:, 3] = top // 2  # the right third is half there
    path = tmp_path / f"clear{suffix}"
    path.write_bytes(encoded(suffix, image))
    out = read_picture(path)
    assert out.shape == (20, 30, 3)
    assert (out[:10, :20] == 0).all()
    assert (out[10:, :20] == 255).all()
    np.testing.assert_allclose(out[:, 20:], 128, atol=2)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_sixteen_bits_are_made_eight(channels: int, suffix: str, tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 300).astype(np.uint16).reshape(10, 30)
    path = tmp_path / f"deep{suffix}"
    path.write_bytes(encoded(suffix, np.dstack([ramp] * channels)))
    out = read_picture(path)
    assert out.shape == (10, 30, 3)
    np.testing.assert_allclose(out[:, :, 1].astype(int), ramp // 257, atol=1)


@pytest.mark.parametrize("bits", [10, 12])
@pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
def test_fewer_than_sixteen_bits_fill_eight(bits: int, suffix: str, tmp_path: Path) -> None:
    ramp = np.linspace(0, 2**bits - 1, 300).astype(np.uint16).reshape(10, 30)
    path = tmp_path / f"deep{suffix}"
    path.write_bytes(encoded(suffix, ramp))
    np.testing.assert_array_equal(read_picture(path)[:, :, 1], ramp >> (bits - 8))


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_under_white_ink_see_through_is_black(
    depth: type[np.unsignedinteger], tmp_path: Path
) -> None:
    image = np.zeros((40, 60, 4), depth)
    image[10:14, 5:50] = np.iinfo(depth).max
    (tmp_path / "chalk.png").write_bytes(encoded(".png", image))
    out = read_picture(tmp_path / "chalk.png")
    assert (out[10:14, 5:50] == 255).all()
    assert (out[:10] == 0).all()
    image[..., 3] = np.iinfo(depth).max  # nothing of it is see-through: a black picture
    image[:, :5, 3] = 0
    (tmp_path / "page.png").write_bytes(encoded(".png", image))
    assert (read_picture(tmp_path / "page.png")[:, :5] == 255).all()


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    feed(encoded(".png"), monkeypatch)
    np.testing.assert_array_equal(read_picture("-"), picture())
    with pytest.raises(InputError, match="standard input is empty"):
        read_picture("-")
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        read_picture("-")


def test_what_is_encoded_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(encode_png(picture()))
    np.testing.assert_array_equal(read_picture(tmp_path / "x.png"), picture())


# Finding -----------------------------------------------------------------------------------------


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    (tmp_path / ".hidden.png").touch()
    with pytest.raises(InputError, match="no pictures"):
        pictures_in(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        pictures_in(tmp_path / "gone")


def test_a_folder_is_listed_in_natural_order(tmp_path: Path) -> None:
    names = ["a.txt", "page10.png", "page9.JPG", "Page1.jpeg", "z.webp"]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in pictures_in(tmp_path)] == [
        "Page1.jpeg",
        "page9.JPG",
        "page10.png",
        "z.webp",
    ]
