"""Documents in: files of one page or many, opened page by page."""

from __future__ import annotations

import io
import math
import os
from abc import ABC, abstractmethod
from typing import Any, NamedTuple

import cv2
import numpy as np

from hwr_live.documents.remote import is_remote, name_of_url, read_remote
from hwr_live.errors import HwrError, InputError
from hwr_live.media.headers import MOST_PAGES, Header, check, first_header, headers_of
from hwr_live.media.images import (
    NO_MEMORY,
    STDIN,
    Image,
    decode_picture,
    name_of,
    read_bytes,
    to_bgr8,
)
from hwr_live.system.files import is_plain_file
from hwr_live.system.limits import MOST_PIXELS, has_room
from hwr_live.system.missing import need
from hwr_live.system.silence import silence

PDF_DPI = 200.0
"""Pixels an inch at which pages of PDF are drawn. Seven photographs of pages, each as wide as A4,
have 3.5 % errors at 100, 200 and 300, as have the photographs themselves, and 3.9 at 150. 200 keeps
small writing, at half of the work of 300."""

_POINTS = 72.0  # an inch
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_GIF = b"GIF8"
_WEBP = (b"RIFF", b"WEBP")


_PDF_IMAGE = 3  # FPDF_PAGEOBJ_IMAGE
_PDF_DEPTH = 4  # bytes that PDFium takes for a pixel
_HELD = 1 << 26  # pixels of frames that are decoded together, as each is drawn on those before
_MOST_WORK = 2e10  # pixels: some minutes
_SEVERAL = {".pdf", ".tif", ".tiff", ".gif", ".webp"}


class Picture(NamedTuple):
    """A page to be read.

    Attributes:
        image: uint8 (h, w, 3) BGR.
        dpi: pixels an inch; None where the file does not tell.
    """

    image: Image
    dpi: float | None = None


class Document(ABC):
    """An open file of pages.

    Attributes:
        name: what it is called in messages.
        count: of its pages.
    """

    def __init__(self, name: str, count: int) -> None:
        self.name, self.count = name, count

    @abstractmethod
    def page(self, number: int) -> Picture:
        """A page, by its number from 1.

        Raises:
            InputError: if it cannot be read.
        """

    def close(self) -> None:
        """Lets go of the file."""
        return


def open_document(path: str) -> Document:
    """Opens a file as its first bytes tell, whatever its name says: PDF, TIFF, GIF, WebP, or any
    other picture as a document of one page.

    Args:
        path: a file, a URL, or ``-`` for standard input.

    Raises:
        InputError: if it is missing, no file, too large, broken, protected by a password, or needs
            a package that is not installed.
    """
    if is_remote(path):
        return document_of(read_remote(path), path)
    if path != STDIN and _start_of(path).startswith(b"%PDF"):
        return PdfDocument(path, name_of(path))  # as it may be large, it is not read as a whole
    return document_of(read_bytes(path), name_of(path))


def may_have_pages(path: str) -> bool:
    """Whether a file is of a kind that can have several pages: told by its first bytes, or by the
    name of a remote one, so that most need not be opened to know."""
    if is_remote(path):
        return os.path.splitext(name_of_url(path))[1].lower() in _SEVERAL
    start = _start_of(path)
    return start.startswith((b"%PDF", *_TIFF, _GIF)) or (start[:4], start[8:12]) == _WEBP


def document_of(data: bytes, name: str) -> Document:
    """The same of the bytes of a file.

    Args:
        data: the file.
        name: what it is called in messages.
    """
    if data.startswith(b"%PDF"):
        return PdfDocument(data, name)
    several = data.startswith((*_TIFF, _GIF)) or (data[:4], data[8:12]) == _WEBP
    return FramesDocument(data, name) if several else PictureDocument(data, name)


def _start_of(path: str) -> bytes:
    """The first bytes of a file; none where that is no file, which is told when it is read."""
    try:
        if not is_plain_file(path):
            return b""
        with open(path, "rb") as file:
            return file.read(12)
    except (OSError, ValueError):
        return b""


class PictureDocument(Document):
    """A picture file of one page."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(name, 1)
        self._data = data

    def page(self, number: int) -> Picture:
        return Picture(decode_picture(self._data, self.name))


class FramesDocument(Document):
    """A TIFF, GIF or WebP file, each of whose pictures is a page."""

    def __init__(self, data: bytes, name: str) -> None:
        self._headers = headers_of(data)
        super().__init__(name, max(1, len(self._headers)))
        self._data = data
        self._pillow = not data.startswith(_TIFF) and not hasattr(cv2, "imdecodeanimation")
        self._turned: bytearray | None = None
        self._held: dict[int, Any] = {}  # frames of an animation, which were decoded together
        first = self._headers[0] if self._headers else None
        self._together = max(1, _HELD // max(1, first.width * first.height)) if first else 1
        if self.count > MOST_PAGES or (first and self._work(first) > _MOST_WORK):
            raise InputError(f"{name} has more pages than are read of one file of its kind")

    def page(self, number: int) -> Picture:
        if self.count == 1 and not (self._pillow and self._data.startswith(_GIF)):
            return Picture(decode_picture(self._data, self.name))
        name = f"page {number} of {self.name}"
        if not self._headers:
            raise InputError(f"{name} is no picture that can be read")
        header = check(self._headers[number - 1], name)
        try:
            image = self._by_pillow(number) if self._pillow else self._by_opencv(number)
            picture = None if image is None else Picture(to_bgr8(image, name))
        except (cv2.error, OSError, EOFError, ValueError, SyntaxError):
            picture = None
        except MemoryError:
            raise HwrError(f"{name}: {NO_MEMORY}") from None
        if picture is None:
            if not has_room(int(header.width * header.height * max(4, header.depth))):
                raise HwrError(f"{name}: {NO_MEMORY}")
            raise InputError(f"{name} is no picture that can be read")
        return picture

    def _work(self, first: Header) -> float:
        """Pixels that are decoded until all pages are read: of an animation, those before too."""
        if self._data.startswith(_TIFF):
            return 0
        return first.width * first.height * self.count * (self.count / self._together + 1) / 2

    def _open(self) -> Any:
        return need("PIL.Image", f"{self.name}: this kind of file").open(io.BytesIO(self._data))

    def _by_pillow(self, number: int) -> Any:
        opened = self._open()
        opened.seek(number - 1)
        return np.asarray(opened.convert("RGBA"))[:, :, [2, 1, 0, 3]]

    def _beginning_with(self, number: int) -> bytearray:
        """The TIFF file as if a page were its first: OpenCV goes through all those before it."""
        if self._turned is None:
            self._turned = bytearray(self._data)
        wide = 8 if self._data[2:4] in (b"+\0", b"\0+") else 4
        place = self._headers[number - 1].place
        order: Any = "little" if self._data.startswith(b"II") else "big"
        self._turned[wide : 2 * wide] = place.to_bytes(wide, order)
        return self._turned

    def _by_opencv(self, number: int) -> Any:
        with silence():
            if self._data.startswith(_TIFF):
                flags = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
                raw = np.frombuffer(self._beginning_with(number), np.uint8)
                done, found = cv2.imdecodemulti(raw, flags, range=(0, 1))
                return found[0] if done and found else None
            raw = np.frombuffer(self._data, np.uint8)
            if number not in self._held:
                self._held = {}
                many = min(self._together, self.count - number + 1)
                done, animation = cv2.imdecodeanimation(raw, start=number - 1, count=many)
                self._held = dict(enumerate(animation.frames, number)) if done else {}
            return self._held.get(number)


class PdfDocument(Document):
    """A PDF file, whose pages are drawn by PDFium."""

    def __init__(self, source: str | bytes, name: str) -> None:
        self._pdfium = need("pypdfium2", f"{name}: PDF")
        try:
            self._file = self._pdfium.PdfDocument(source)
            count = len(self._file)
        except (self._pdfium.PdfiumError, OSError, ValueError) as error:
            if "password" in str(error).lower():
                told = f"{name} is protected by a password; remove that first"
                raise InputError(told) from None
            raise InputError(f"{name} is no PDF that can be read, or broken") from None
        if not count:
            raise InputError(f"{name} has no pages")
        super().__init__(name, count)

    def page(self, number: int) -> Picture:
        try:
            page = self._file[number - 1]
            width, height = page.get_size()
            dpi = PDF_DPI
            pixels = width * height * (dpi / _POINTS) ** 2
            if not (width > 0 and height > 0 and math.isfinite(pixels)):
                raise ValueError("no size")
            if pixels > MOST_PIXELS:  # a poster, or a file that was made to be a burden
                dpi *= 0.99 * math.sqrt(MOST_PIXELS / pixels)
            _check_images(page, f"page {number} of {self.name}")
            image = page.render(scale=dpi / _POINTS, may_draw_forms=True).to_numpy().copy()
            page.close()
        except MemoryError:
            raise HwrError(f"page {number} of {self.name}: {NO_MEMORY}") from None
        except (self._pdfium.PdfiumError, ValueError, IndexError):
            raise InputError(f"page {number} of {self.name} cannot be drawn") from None
        return Picture(to_bgr8(image), dpi)

    def close(self) -> None:
        self._file.close()


def _check_images(page: Any, name: str) -> None:
    """Looks at the pictures of a page of PDF before they are decoded.

    Raises:
        InputError: if one is too large, or made to be a burden.
    """
    for image in page.get_objects(filter=[_PDF_IMAGE]):
        width, height = image.get_px_size()
        check(Header(width, height, _PDF_DEPTH), f"a picture on {name}")
        if image.get_filters(skip_simple=True)[:1] == ["DCTDecode"]:
            inner = first_header(bytes(image.get_data(decode_simple=True)))
            if inner is not None and inner.whole:
                check(inner, f"a picture on {name}")
