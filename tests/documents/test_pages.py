"""Documents in: pages of PDF, TIFF, GIF, WebP and HEIC; broken and protected ones."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from hwr_live.documents.pages import PDF_DPI, document_of, open_document
from hwr_live.errors import InputError
from hwr_live.media.images import encode_png, read_picture
from tests.support.documents import Image, frames_of, pdf_of

SHADES = (20, 120, 220)


def pictures() -> list[Image]:
    """Three pictures, each with a bar of its own shade at the left of a white ground."""
    made = []
    for shade in SHADES:
        picture = np.full((60, 90), 255, np.uint8)
        picture[:, :30] = shade
        made.append(picture)
    return made


def bar(image: Image) -> float:
    height, width = image.shape[:2]
    return float(image[height // 4 : height // 2, width // 12 : width // 4].mean())


@pytest.mark.parametrize("start", [b"%PDF-1.7\n", b"II*\0", b"GIF89a", b"RIFF\x20\0\0\0WEBPVP8X"])
@pytest.mark.parametrize("length", [0, 500])
def test_a_broken_document_is_told_in_one_line(start: bytes, length: int, tmp_path: Path) -> None:
    if start.startswith(b"%PDF"):
        pytest.importorskip("pypdfium2", reason="PDF needs pypdfium2: the extra documents")
    path = tmp_path / "broken"
    path.write_bytes(start + bytes(length))
    with pytest.raises(InputError, match="broken") as told:
        open_document(str(path)).page(1)
    assert len(str(told.value).splitlines()) == 1


def test_what_is_no_file() -> None:
    with pytest.raises(InputError, match="No such file"):
        open_document("gone.pdf")
    with pytest.raises(InputError, match="no file"):
        open_document(".")
    with pytest.raises(InputError, match="null"):
        open_document("a\0.pdf")


def test_a_picture_is_a_document_of_one_page(tmp_path: Path) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(encode_png(pictures()[0]))
    document = open_document(str(path))
    assert document.count == 1
    np.testing.assert_array_equal(document.page(1).image, read_picture(path))
    assert document.page(1).dpi is None


@pytest.mark.parametrize("suffix", [".tif", ".gif", ".webp"])
@pytest.mark.parametrize("count", [1, 3])
def test_every_picture_of_a_file_is_a_page(suffix: str, count: int) -> None:
    data = frames_of(pictures()[:count], suffix)
    document = document_of(data, "frames")
    assert document.count == count
    shades = [bar(document.page(number).image) for number in range(1, count + 1)]
    assert shades == pytest.approx(SHADES[:count], abs=8)
    assert {document.page(n).image.shape for n in range(1, count + 1)} == {(60, 90, 3)}


def test_pages_of_pdf(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason="PDF needs pypdfium2: the extra documents")
    pdf_of(pictures(), tmp_path / "scan.pdf")
    for document in (
        open_document(str(tmp_path / "scan.pdf")),
        document_of((tmp_path / "scan.pdf").read_bytes(), "scan.pdf"),
    ):
        assert document.count == 3
        drawn = [document.page(number) for number in (1, 3, 2)]
        assert [bar(page.image) for page in drawn] == pytest.approx([20, 220, 120], abs=8)
        size = [side * PDF_DPI / 100 for side in (60, 90)]
        assert drawn[0].image.shape[:2] == pytest.approx(size, abs=1)
        assert drawn[0].dpi == PDF_DPI
        with pytest.raises(InputError, match="page 4"):
            document.page(4)
        document.close()


def test_a_pdf_as_large_as_a_house_is_drawn_smaller(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason="PDF needs pypdfium2: the extra documents")
    pikepdf = pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    document = pikepdf.new()
    document.add_blank_page(page_size=(14400, 14400))
    document.save(tmp_path / "large.pdf")
    page = open_document(str(tmp_path / "large.pdf")).page(1)
    assert page.image.shape[0] * page.image.shape[1] <= 1 << 27
    assert page.dpi is not None
    assert page.dpi < PDF_DPI


def test_a_protected_pdf_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2", reason="PDF needs pypdfium2: the extra documents")
    pdf_of(pictures()[:1], tmp_path / "closed.pdf", password="secret")
    with pytest.raises(InputError, match="password"):
        open_document(str(tmp_path / "closed.pdf"))


@pytest.mark.parametrize(
    ("data", "module"),
    [(b"%PDF-1.4", "pypdfium2"), (b"\0\0\0\x18ftypheic" + bytes(9), "pillow_heif")],
)
def test_what_needs_an_extra_names_it(
    data: bytes, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=r"hwr-live\[documents\]") as told:
        document_of(data, "file").page(1)
    assert module.replace("_", "-") in str(told.value)


def test_heic(tmp_path: Path) -> None:
    heif = pytest.importorskip("pillow_heif", reason="HEIC needs pillow-heif: the extra documents")
    picture = np.full((64, 96, 3), 255, np.uint8)
    picture[:, :32] = (200, 40, 0)  # blue, as read_picture gives it
    path = tmp_path / "phone.heic"
    made = heif.from_bytes(mode="BGR", size=(96, 64), data=picture.tobytes())
    made.save(path, quality=90)
    assert np.abs(read_picture(path).astype(int) - picture).mean() < 6
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(InputError, match="broken"):
        read_picture(path)
