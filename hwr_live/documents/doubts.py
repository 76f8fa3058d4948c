"""Words that a reader was not sure of, with their pictures and ink: to be put right by a person and
learnt from, without the pages that they came from."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.documents.formats import REVIEW
from hwr_live.documents.model import Page
from hwr_live.errors import InputError
from hwr_live.media.images import Image, decode_picture, encode_png
from hwr_live.reading import Glyph, Reading, Word
from hwr_live.system.limits import read_at_most

SUFFIX = REVIEW.suffix
"""Of a file with the doubtful words of a document."""
TABLE = "review.csv"
"""The file in which they are put right."""
COLUMNS = ("picture", "read", "correct", "confidence", "source", "page", "line")
"""Of that file; ``correct`` is for the person."""

_MARGIN = 0.5  # of a word's height, around its picture: what is beside it helps a person
_TALLEST = 160  # pixels of a word's picture, by eye: larger ones are no easier to read
_ID = 12  # hexadecimal digits: among a million words, two alike once in 500 archives
_MOST_BYTES = 1 << 28  # of one file


@dataclass(frozen=True)
class Doubt:
    """A word to be put right.

    Attributes:
        source: the document.
        page: its number, from 1.
        line: its number on the page, from 1.
        word: as it was read; its glyphs have their ink.
        picture: of the word and a little around it, a PNG file.
    """

    source: str
    page: int
    line: int
    word: Word
    picture: bytes

    @property
    def id(self) -> str:
        """Tells words apart; the same word of the same picture has the same."""
        return hashlib.sha256(self.picture + self.word.text.encode()).hexdigest()[:_ID]


def doubts_of(
    image: Image, reading: Reading, sure_from: float, source: str, page: int
) -> tuple[Doubt, ...]:
    """The doubtful words of a page.

    Args:
        image: uint8 (h, w, 3) BGR: the page.
        reading: what was read in it, with ink.
        sure_from: confidence of its least sure character from which a word is not doubtful.
        source: the document.
        page: its number, from 1.
    """
    lines = [line for line in reading.lines if line.text]
    return tuple(
        Doubt(source, page, number, word, encode_png(_around(image, word)))
        for number, line in enumerate(lines, 1)
        for word in line.read_words
        if word.least_sure < sure_from
    )


def _around(image: Image, word: Word) -> Image:
    x, y, w, h = word.box
    margin = max(4, round(_MARGIN * min(w, h)))
    top, left = max(0, y - margin), max(0, x - margin)
    part = np.ascontiguousarray(image[top : y + h + margin, left : x + w + margin])
    size = part.shape[1::-1]
    if size[1] > _TALLEST:
        size = (max(1, round(size[0] * _TALLEST / size[1])), _TALLEST)
        part = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)
    return part


def doubts(pages: Iterable[Page]) -> Iterator[str]:
    """The doubtful words of pages as a document, one a line (JSON Lines)."""
    for page in pages:
        for doubt in page.doubts:
            yield json.dumps(record(doubt)) + "\n"


def record(doubt: Doubt) -> dict[str, Any]:
    """A doubtful word as plain types for JSON, with its picture and ink as PNG in base64."""
    return {
        "id": doubt.id,
        "source": doubt.source,
        "page": doubt.page,
        "line": doubt.line,
        "read": doubt.word.text,
        "confidence": round(doubt.word.confidence, 4),
        "picture": base64.b64encode(doubt.picture).decode(),
        "glyphs": [
            {**glyph.to_dict(), "ink": None if glyph.ink is None else _as_text(glyph.ink)}
            for glyph in doubt.word.glyphs
        ],
    }


def _as_text(ink: npt.NDArray[np.uint8]) -> str:
    return base64.b64encode(cv2.imencode(".png", ink)[1].tobytes()).decode()


def words_in(folder: Path) -> dict[str, Word]:
    """All words of a review folder, with their ink, by their ids.

    Raises:
        InputError: if it has none, or one of its files is damaged.
    """
    found: dict[str, Word] = {}
    for path in sorted(folder.rglob(f"*{SUFFIX}")):
        for told in _lines_of(path):
            found[str(told["id"])] = word_of(told["glyphs"], str(path))
    if not found:
        raise InputError(f"{folder} has no words to be put right; hwr-live read --review makes it")
    return found


def records_in(path: Path) -> Iterator[dict[str, Any]]:
    """The doubtful words of a document, as :func:`record` made them.

    Raises:
        InputError: if the file is missing or damaged.
    """
    yield from _lines_of(path)


def _lines_of(path: Path) -> Iterator[dict[str, Any]]:
    try:
        for line in read_at_most(path, _MOST_BYTES).splitlines():
            told = json.loads(line)
            if not isinstance(told, dict) or "id" not in told or "glyphs" not in told:
                raise ValueError
            yield told
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except ValueError:
        raise InputError(f"{path} is damaged; make it anew with hwr-live read --review") from None


def word_of(glyphs: Any, name: str) -> Word:
    """The word of a record's ``glyphs``.

    Args:
        glyphs: as :func:`record` made them.
        name: what they come from, for errors.

    Raises:
        InputError: if they are damaged.
    """
    try:
        return Word(tuple(_glyph_of(glyph, name) for glyph in glyphs))
    except (TypeError, ValueError, KeyError, AttributeError):
        raise InputError(f"{name}: its words are damaged") from None


def _glyph_of(told: Mapping[str, Any], name: str) -> Glyph:
    x, y, w, h = (int(value) for value in told["box"])
    char = None if told["char"] is None else str(told["char"])
    ink = None
    if told["ink"] is not None:
        data = base64.b64decode(told["ink"], validate=True)
        ink = np.ascontiguousarray(decode_picture(data, name)[:, :, 0])
    candidates = tuple((str(other), float(p)) for other, p in told["candidates"])
    return Glyph(char, float(told["confidence"]), (x, y, w, h), candidates, None, ink)


def table(records: Iterable[Mapping[str, Any]], correct: Mapping[str, str]) -> bytes:
    """The file in which words are put right: CSV in UTF-8, with the mark by which spreadsheets know
    it.

    Args:
        records: as :func:`record` made them.
        correct: what is put right already, by ids.
    """
    cells = io.StringIO()
    write = csv.writer(cells, lineterminator="\n")
    write.writerow(COLUMNS)
    for told in records:
        name = f"words/{told['id']}.png"
        right = correct.get(str(told["id"]), "")
        place = (told["source"], told["page"], told["line"])
        write.writerow((name, told["read"], right, told["confidence"], *place))
    return b"\xef\xbb\xbf" + cells.getvalue().encode(errors="replace")


def corrections_in(path: Path) -> dict[str, str]:
    """What a person put right in the file, by ids; spreadsheets may have written it anew, with
    semicolons or tabs.

    Raises:
        InputError: if it is missing, or no such table.
    """
    try:
        text = read_at_most(path, _MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is no text in UTF-8; save it as CSV in UTF-8") from None
    head = text.partition("\n")[0]
    between = max(",;\t", key=head.count)
    rows = csv.DictReader(io.StringIO(text), delimiter=between)
    if not {"picture", "correct"} <= set(rows.fieldnames or ()):
        raise InputError(f"{path} has no columns picture and correct; make it anew with --review")
    found = {}
    for row in rows:
        right = (row["correct"] or "").strip()
        if right:
            found[Path(row["picture"] or "").stem] = right
    return found
