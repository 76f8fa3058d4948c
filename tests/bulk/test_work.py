"""Many documents, read in several processes at once and told in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import cv2
import pytest

from hwr_live.bulk.work import Outcome, Wanted, read_each
from hwr_live.cli.sample import draw_sample
from hwr_live.documents.inputs import Source
from hwr_live.errors import InputError
from hwr_live.media.images import encode_png
from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader
from tests.support.documents import frames_of
from tests.support.fake_reader import FakeReader

LOAD = partial(Reader.load, "mnist")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    page = draw_sample()
    for number in (0, 1, 4):
        (folder / f"{number}.png").write_bytes(encode_png(page[: 150 + 60 * number]))
    (folder / "2.png").write_bytes(b"no picture")
    (folder / "3.tif").write_bytes(frames_of([page[:200], page[:300]], ".tif"))
    return folder


def sources(folder: Path) -> list[Source]:
    return [Source(str(path), path.name) for path in sorted(folder.iterdir())]


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_documents_are_no_pages(jobs: int) -> None:
    assert list(read_each([], LOAD, jobs)) == []
    error = InputError("gone")
    assert list(read_each([error], LOAD, jobs)) == [Outcome(None, error=error)]


def test_two_processes_read_what_one_reads_and_in_order(folder: Path) -> None:
    wanted = Wanted(picture=True, overlay=True)
    alone, together = (list(read_each(sources(folder), LOAD, jobs, wanted)) for jobs in (1, 2))
    assert [(one.source and one.source.name, one.number, one.count) for one in together] == [
        ("0.png", 1, 1),
        ("1.png", 1, 1),
        ("2.png", 1, 1),
        ("3.tif", 1, 2),
        ("3.tif", 2, 2),
        ("4.png", 1, 1),
    ]
    assert [one.page for one in together] == [one.page for one in alone]
    assert [one.overlay for one in together] == [one.overlay for one in alone]
    assert isinstance(together[2].error, InputError)
    assert str(together[2].error) == str(alone[2].error)
    assert len({one.overlay for one in together}) == 6
    pages = [one.page for one in together if one.page is not None]
    assert all(page.picture is not None for page in pages)
    assert all(glyph.ink is None for page in pages for glyph in page.reading.glyphs)


def test_a_reader_that_cannot_be_made_is_told(folder: Path) -> None:
    with pytest.raises(InputError, match="gone"):
        list(read_each(sources(folder), partial(Reader.load, "gone"), 2))


class Scarce(FakeReader):
    """A reader that has too little of something for one page."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def read(self, frame: Any) -> Reading:
        if len(frame) == 210:
            raise self.error
        return super().read(frame)


@pytest.mark.parametrize(
    ("error", "missing"),
    [
        (MemoryError(), "memory"),
        (cv2.error("(-4:Insufficient memory) Failed to allocate 9 bytes"), "memory"),
        (RuntimeError("can't start new thread"), "room for threads or processes"),
    ],
)
def test_what_is_scarce_is_told_of_the_picture(
    error: Exception, missing: str, folder: Path
) -> None:
    outcomes = list(read_each(sources(folder), lambda: Scarce(error)))
    assert [one.page is not None for one in outcomes] == [True, False, False, True, True, True]
    told = outcomes[1].error
    assert told is not None
    assert str(told) == f"{folder / '1.png'}: there is not enough {missing} to read it"
    assert told.status == 1


def test_another_error_is_no_want(folder: Path) -> None:
    with pytest.raises(RuntimeError, match="of another kind"):
        list(read_each(sources(folder), lambda: Scarce(RuntimeError("of another kind"))))


def test_a_decoder_without_memory_blames_no_picture(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hwr_live.media.images.has_room", lambda size: False)
    monkeypatch.setattr(cv2, "imdecode", lambda *_: None)
    told = next(read_each(sources(folder), LOAD)).error
    assert told is not None
    assert "there is not enough memory to read it" in str(told)
