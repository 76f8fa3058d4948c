"""Many documents, read in several processes at once and told in order."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from hwr_live.bulk.work import Outcome, Wanted, read_each
from hwr_live.cli.sample import draw_sample
from hwr_live.documents.inputs import Source
from hwr_live.errors import InputError
from hwr_live.media.images import encode_png
from hwr_live.recognition.reader import Reader
from tests.support.documents import frames_of

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
