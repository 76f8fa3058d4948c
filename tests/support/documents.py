"""Pages of documents, with known words in known places, and files of several pages."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.documents.model import Page
from hwr_live.reading import Glyph, Line, Reading

Image = npt.NDArray[np.uint8]

SIZE = 20
"""Pixels of a glyph's box, high and wide, in :func:`page_of`."""


def reading_of(lines: Sequence[str], confidence: float = 0.9) -> Reading:
    """A reading of typed lines: glyphs of ``SIZE`` side by side from (SIZE, SIZE) on, a box's width
    for a space, each line two boxes below the one before. ``~`` is ink that is no character."""

    def glyph(char: str, row: int, column: int) -> Glyph:
        box = (SIZE * (1 + column), SIZE * (1 + 2 * row), SIZE, SIZE)
        other = "l" if char != "l" else "1"
        sure = ((char, confidence), (other, round(1 - confidence, 4)))
        return Glyph(None if char == "~" else char, confidence, box, sure)

    made = []
    for row, text in enumerate(lines):
        words, column = [], 0
        for word in text.split(" "):
            words.append(tuple(glyph(char, row, column + i) for i, char in enumerate(word)))
            column += len(word) + 1
        made.append(Line(tuple(words)))
    width = SIZE * (2 + max((len(text) for text in lines), default=0))
    return Reading(tuple(made), (width, SIZE * (2 + 2 * len(lines))), {"total": 1.5})


def page_of(
    lines: Sequence[str], source: str = "page.png", number: int = 1, count: int = 1
) -> Page:
    """A page of typed lines with its picture, white."""
    reading = reading_of(lines)
    white = np.full((reading.size[1], reading.size[0], 3), 255, np.uint8)
    picture = cv2.imencode(".jpg", white)[1].tobytes()
    return Page(source, reading, number, count, None, picture)


def program(
    name: str, *arguments: str, package: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs a program that somebody else wrote, with more variables in its environment; where it is
    missing, the test is skipped."""
    beside = Path(sys.executable).parent / name  # of Python packages
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed: {package}")
    return subprocess.run(
        [found, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **(env or {})},
    )


def pdf_of(pictures: Sequence[Image], path: Path, password: str = "") -> None:
    """Writes a PDF with a picture on each page, at 100 pixels an inch, as scanners do."""
    pikepdf = pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    document = pikepdf.new()
    for picture in pictures:
        height, width = picture.shape[:2]
        image = document.make_stream(cv2.imencode(".jpg", picture)[1].tobytes())
        image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        image.Filter, image.BitsPerComponent = pikepdf.Name.DCTDecode, 8
        image.Width, image.Height = width, height
        image.ColorSpace = pikepdf.Name.DeviceGray if picture.ndim == 2 else pikepdf.Name.DeviceRGB
        size = (0.72 * width, 0.72 * height)
        page = document.add_blank_page(page_size=size)
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
        page.Contents = document.make_stream(b"%f 0 0 %f 0 0 cm /Im0 Do" % size)
    encryption = pikepdf.Encryption(owner=password, user=password) if password else None
    document.save(path, encryption=encryption)


def frames_of(pictures: Sequence[Image], suffix: str) -> bytes:
    """A TIFF, GIF or WebP file of several pictures, grey or BGR."""
    pillow = pytest.importorskip("PIL.Image", reason="files of several pictures need pillow")
    frames = [pillow.fromarray(p if p.ndim == 2 else p[:, :, ::-1]) for p in pictures]
    data = io.BytesIO()
    options = {"lossless": True} if suffix == ".webp" else {}
    form = {".tif": "TIFF", ".gif": "GIF", ".webp": "WEBP"}[suffix]
    frames[0].save(data, form, save_all=True, append_images=frames[1:], **options)
    return data.getvalue()
