"""What picture files claim, told before they are decoded; and bombs within all older limits."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.documents.pages import document_of
from hwr_live.errors import InputError
from hwr_live.media.headers import MOST_PAGES, check, first_header, headers_of
from hwr_live.media.images import decode_picture
from tests.support.documents import frames_of

PICTURE = np.full((30, 50, 3), 200, np.uint8)
FORMATS = {
    **{".png": 3, ".jpg": 3, ".tif": 3, ".bmp": 3, ".ppm": 3, ".webp": 4},
    **{".jp2": 12, ".hdr": 12, ".ras": 3, ".gif": 4, ".pam": 3, ".pfm": 12},
}
JP2 = b"\xff\x4f\xff\x51"
FLOATS = (".hdr", ".pfm")


def encoded(suffix: str, picture: npt.NDArray[Any] = PICTURE) -> bytes:
    if suffix in FLOATS:
        picture = picture.astype(np.float32) / 255
    try:
        done, data = cv2.imencode(suffix, picture)
    except cv2.error:
        done = False
    if not done:
        pytest.skip(f"this OpenCV writes no {suffix}")
    return data.tobytes()


@pytest.mark.parametrize(
    "data", [b"", b"BM", b"P5", b"GIF89a", b"RIFF", b"II*\0", b"\x89PNG", b"text"]
)
def test_nothing_is_told_of_what_is_none(data: bytes) -> None:
    with pytest.raises(InputError, match="no picture"):
        decode_picture(data, "it")


@pytest.mark.parametrize("suffix", FORMATS)
def test_sizes_are_those_that_are_decoded(suffix: str) -> None:
    data = encoded(suffix)
    header = first_header(data)
    assert header is not None
    assert (header.width, header.height, header.depth) == (50, 30, FORMATS[suffix])
    assert decode_picture(data, "it").shape == (30, 50, 3)
    for length in range(0, len(data), max(1, len(data) // 50)):  # cut short anywhere
        first_header(data[:length])


@pytest.mark.parametrize(("suffix", "depth"), [(".png", 6), (".tif", 6), (".ppm", 6)])
def test_sixteen_bits_count_twice(suffix: str, depth: int) -> None:
    header = first_header(encoded(suffix, PICTURE.astype(np.uint16) * 256))
    assert header is not None
    assert header.depth >= depth


@pytest.mark.parametrize("suffix", [".tif", ".gif", ".webp"])
@pytest.mark.parametrize("count", [1, 2, 40])
def test_pages_are_counted_without_decoding(suffix: str, count: int) -> None:
    frames = [np.full((20, 30, 3), 5 * number, np.uint8) for number in range(count)]
    data = frames_of(frames, suffix)
    assert len(headers_of(data)) == count
    document = document_of(data, "it")
    for number in (*range(1, count + 1), 1):  # back to the first, too
        image = document.page(number).image
        assert image.shape == (20, 30, 3)
        assert abs(float(image.mean()) - 5 * (number - 1)) < 4


def png(width: int, height: int, bits: int, kind: int, chunks: int = 0) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    sides = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    more = chunk(b"teSt", b"") * chunks
    body = chunk(b"IDAT", zlib.compress(b"")) + more + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", sides) + body


def tiff(
    width: int, height: int, samples: int, bits: int, rows: int, compression: int = 1
) -> bytes:
    tags = {256: width, 257: height, 258: bits, 259: compression, 262: 2, 277: samples, 278: rows}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(tags)) + entries + bytes(4)


def jpeg(scans: int, markers: int, fills: int = 0) -> bytes:
    data = encoded(".jpg")
    start = data.index(b"\xff\xda")
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0\1\2\xff\0\xff\xd0"
    comments = b"\xff\xfe\0\2" * markers + b"\xff" * fills
    return data[:start] + comments + data[start:-2] + scan * scans + b"\xff\xd9"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (png(14000, 9000, 16, 6), "bytes each"),
        (png(40000, 40000, 8, 0), "too many pixels"),
        (png(10, 10, 8, 0, 1 << 17), "chunks"),
        (tiff(14000, 9000, 3, 32, 10), "bytes each"),
        (tiff(14000, 9000, 1, 64, 10), "bytes each"),
        (tiff(12000, 9000, 3, 16, 9000), "bytes each"),  # one strip, held beside the picture
        (tiff(100, 100, 3, 8, 100, 7) + b"\xff\xda" * 300, "passes"),
        (b"P6 14000 9000 65535\n", "no picture"),
        (b"PF 14000 9000 -1\n", "bytes each"),
        (b"#?RADIANCE\n\n-Y 9000 +X 14000\n", "bytes each"),
        (
            b"\xff\x4f\xff\x51" + struct.pack(">HHIIIIIIIIH", 50, 0, 14000, 9000, *[0] * 6, 3),
            "each",
        ),
        (jpeg(3000, 0), "passes"),
        (jpeg(0, 20_000), "markers"),
        (jpeg(0, 0, 20_000), "markers"),
    ],
)
def test_bombs_are_told_before_they_are_decoded(data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told):
        decode_picture(data, "it")


@pytest.mark.parametrize("kind", ["tiff", "gif"])
def test_a_file_of_too_many_pages(kind: str) -> None:
    if kind == "gif":
        frame = b",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
        data = b"GIF89a\1\0\1\0\0\0\0" + frame * (MOST_PAGES + 5) + b";"
    else:
        pages = [tiff(1, 1, 1, 8, 1)[8:-4]] * (MOST_PAGES + 5)
        data = b"II*\0\x08\0\0\0"
        for page in pages:
            data += page + struct.pack("<I", len(data) + len(page) + 4)
    with pytest.raises(InputError, match="more pages"):
        document_of(data, "it")


def test_an_animation_whose_frames_would_take_hours() -> None:
    frame = b",\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
    data = b"GIF89a" + struct.pack("<HH", 11000, 11000) + b"\0\0\0" + frame * 1000 + b";"
    with pytest.raises(InputError, match="more pages"):
        document_of(data, "it")


def test_a_circle_of_directories_ends() -> None:
    data = tiff(5, 5, 1, 8, 5)
    assert len(headers_of(data[:-4] + b"\x08\0\0\0")) == 1


def test_what_is_in_a_pdf_is_looked_at_too() -> None:
    pikepdf = pytest.importorskip("pikepdf")
    pytest.importorskip("pypdfium2")
    import io

    for sides, picture in (((40000, 40000), b""), ((50, 30), jpeg(3000, 0))):
        with pikepdf.new() as file, io.BytesIO() as out:
            stream = file.make_stream(
                picture,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=sides[0],
                Height=sides[1],
                ColorSpace=pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                **({"Filter": pikepdf.Name.DCTDecode} if picture else {}),
            )
            page = file.add_blank_page(page_size=(72, 72))
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(A=stream))
            page.Contents = file.make_stream(b"q 72 0 0 72 0 0 cm /A Do Q")
            file.save(out)
            document = document_of(out.getvalue(), "it")
        with pytest.raises(InputError, match="a picture on page 1 of it has"):
            document.page(1)
        document.close()


def test_what_is_allowed_passes() -> None:
    header = first_header(png(14000, 9000, 16, 2))
    assert check(header, "it") is header
