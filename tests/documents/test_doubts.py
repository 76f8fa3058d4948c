"""Words to be put right: kept with their ink, put right in a table or in Label Studio."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwr_live.documents.doubts import (
    COLUMNS,
    SUFFIX,
    corrections_in,
    doubts,
    doubts_of,
    record,
    table,
    word_of,
    words_in,
)
from hwr_live.documents.label_studio import labelled, tasks
from hwr_live.documents.model import Page
from hwr_live.errors import InputError
from hwr_live.reading import Glyph, Reading
from tests.support.documents import Image, reading_of


def inked(reading: Reading) -> Reading:
    def with_ink(glyph: Glyph) -> Glyph:
        ink = np.full((5, 4), ord(glyph.char or "~"), np.uint8)
        return replace(glyph, ink=ink)

    return reading.map(with_ink)


def page() -> tuple[Image, Reading]:
    reading = inked(reading_of(["ab c~d", "ef"], confidence=0.6))
    width, height = reading.size
    return np.arange(width * height * 3).reshape(height, width, 3).astype(np.uint8), reading


def review(folder: Path, source: str = "page.png") -> list[dict[str, object]]:
    """A review folder's file for a document, and its records."""
    image, reading = page()
    found = doubts_of(image, reading, 0.85, source, 1)
    text = "".join(doubts([Page(source, reading, doubts=found)]))
    (folder / f"{source}{SUFFIX}").write_text(text)
    return [json.loads(line) for line in text.splitlines()]


def test_a_sure_page_has_no_doubts() -> None:
    image, reading = page()
    assert doubts_of(image, reading, 0.5, "page.png", 1) == ()
    assert doubts_of(image, Reading(), 0.85, "page.png", 1) == ()


def test_doubtful_words_keep_their_ink(tmp_path: Path) -> None:
    records = review(tmp_path)
    assert [told["read"] for told in records] == ["ab", "cd", "ef"]
    assert [told["line"] for told in records] == [1, 1, 2]
    words = words_in(tmp_path)
    assert list(words) == [told["id"] for told in records]
    word = words[str(records[1]["id"])]
    assert [glyph.char for glyph in word.glyphs] == ["c", None, "d"]
    first = word.glyphs[0]
    assert first.ink is not None
    assert first.ink.shape == (5, 4)
    assert (first.ink == ord("c")).all()
    _, reading = page()
    assert replace(first, ink=None) == replace(reading.words[1].glyphs[0], ink=None)


def test_ids_tell_words_and_pictures_apart() -> None:
    image, reading = page()
    one = doubts_of(image, reading, 0.85, "a.png", 1)
    two = doubts_of(255 - image, reading, 0.85, "a.png", 1)
    assert len({doubt.id for doubt in (*one, *two)}) == 6
    assert [doubt.id for doubt in one] == [
        doubt.id for doubt in doubts_of(image, reading, 0.85, "b.png", 2)
    ]


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_spreadsheets_may_write_the_table_anew(between: str, encoding: str, tmp_path: Path) -> None:
    records = review(tmp_path)
    path = tmp_path / "review.csv"
    path.write_bytes(table(records, {}))
    assert corrections_in(path) == {}
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))
    assert tuple(rows[0]) == COLUMNS
    rows[1][2], rows[2][2] = " aß;, ", "cd"
    with open(path, "w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=between).writerows(rows)
    expected = {str(records[0]["id"]): "aß;,", str(records[1]["id"]): "cd"}
    assert corrections_in(path) == expected
    path.write_bytes(table(records, expected))
    assert corrections_in(path) == expected


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe\0"])
def test_a_table_that_is_none_is_told(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "review.csv").write_bytes(data)
    with pytest.raises(InputError, match=r"review\.csv"):
        corrections_in(tmp_path / "review.csv")
    with pytest.raises(InputError, match="cannot read"):
        corrections_in(tmp_path / "gone.csv")


@pytest.mark.parametrize("line", ["{", "[]", '{"id": 1}', '{"id": 1, "glyphs": [{}]}'])
def test_damaged_words_are_told(line: str, tmp_path: Path) -> None:
    (tmp_path / f"x{SUFFIX}").write_text(line + "\n")
    with pytest.raises(InputError, match="damaged"):
        words_in(tmp_path)


def test_a_folder_without_words_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no words"):
        words_in(tmp_path)
    with pytest.raises(InputError, match="damaged"):
        word_of([{"box": [1, 2, 3, 4], "char": "a", "ink": "no base64!"}], "x")


def exported(folder: Path) -> list[dict[str, object]]:
    """The tasks as Label Studio gives them back, without annotations."""
    told = json.loads(tasks(review(folder)))
    return [{**task, "annotations": []} for task in told]


def annotation(text: object, cancelled: bool = False) -> dict[str, object]:
    result = {"type": "textarea", "from_name": "text", "value": {"text": text}}
    return {"was_cancelled": cancelled, "result": [{"type": "choices"}, result]}


def test_tasks_come_back_from_label_studio(tmp_path: Path) -> None:
    told = exported(tmp_path)
    assert [task["data"]["read"] for task in told] == ["ab", "cd", "ef"]  # type: ignore[index]
    told[0]["annotations"] = [annotation(["aB"])]
    told[1]["annotations"] = [annotation(["x"]), annotation("c d"), annotation(["y"], True)]
    path = tmp_path / "export.json"
    path.write_text(json.dumps(told))
    found = labelled(path)
    assert [(word.text, text) for word, text in found] == [("ab", "aB"), ("cd", "c d")]
    assert all(glyph.ink is not None for word, _ in found for glyph in word.glyphs)


@pytest.mark.parametrize("data", ["", "{}", "[1]", '[{"data": {}}]'])
def test_an_export_that_is_none_is_told(data: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(data)
    if data == "{}":
        assert labelled(path) == []
        return
    with pytest.raises(InputError, match="no export"):
        labelled(path)
    with pytest.raises(InputError, match="cannot read"):
        labelled(tmp_path / "gone.json")


def test_records_are_plain(tmp_path: Path) -> None:
    image, reading = page()
    (first, *_) = doubts_of(image, reading, 0.85, "page.png", 1)
    told = json.loads(json.dumps(record(first)))
    assert list(told) == [
        *("id", "source", "page", "line", "read", "confidence", "picture", "glyphs")
    ]
