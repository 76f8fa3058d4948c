"""Many pictures with one reader: in order, in processes, in threads."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.canvas import Canvas
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.errors import InputError
from hwr_live.media.images import encode_png
from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader
from tests.support.documents import frames_of

ROOT = Path(__file__).parents[2]


def a_seven() -> Canvas:
    canvas = Canvas()
    canvas.stroke([(120, 70), (220, 70), (150, 240)])
    return canvas


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_pictures_are_no_readings(jobs: int, reader: Reader) -> None:
    assert list(reader.read_many([], jobs=jobs)) == []


def test_the_first_error_ends_it_unless_errors_are_wanted(reader: Reader) -> None:
    sources = [draw_sample(), b"broken", draw_sample()]
    readings = reader.read_many(sources)
    assert next(readings).text == "\n".join(TEXT)
    with pytest.raises(InputError, match="broken"):
        next(readings)
    found = list(reader.read_many(sources, errors="yield"))
    assert [type(one) for one in found] == [Reading, InputError, Reading]


def type_of(value: object) -> str:
    """A name that is the same in every process, as a test's must be."""
    return type(value).__name__


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"jobs": 0}, "jobs is a whole number of at least 1, not 0"),
        ({"jobs": 1.5}, "not 1.5"),
        ({"errors": "ignore"}, "not 'ignore'"),
        ({"sources": "page.png"}, "read takes one"),
        ({"sources": Path("page.png")}, "read takes one"),
        ({"sources": b"page"}, "read takes one"),
        ({"sources": io.BytesIO(b"page")}, "read takes one"),
        ({"sources": np.zeros((20, 30, 3), np.uint8)}, "read takes one"),
        ({"sources": np.zeros((20, 30), np.uint8)}, "read takes one"),
        ({"sources": Canvas()}, "read takes one"),
        ({"sources": None}, "read takes one"),
    ],
    ids=lambda given: " ".join(map(type_of, given.values())) if isinstance(given, dict) else given,
)
def test_what_is_asked_for_is_looked_at_at_once(
    arguments: dict[str, Any], told: str, reader: Reader
) -> None:
    with pytest.raises(InputError, match=told):
        reader.read_many(**{"sources": [draw_sample()], **arguments})


def test_arrays_of_several_pictures(reader: Reader) -> None:
    page = draw_sample()[:210]
    for several in (np.stack([page, page]), np.stack([np.dstack([page] * 3)] * 2)):
        assert [one.text for one in reader.read_many(several)] == [TEXT[0]] * 2


def test_processes_read_what_one_reads(reader: Reader, tmp_path: Path) -> None:
    page = draw_sample()
    path = tmp_path / "page.png"
    path.write_bytes(encode_png(page[:210]))
    pillow = pytest.importorskip("PIL.Image", reason="needs pillow")

    def sources() -> Iterator[object]:
        yield page
        yield path
        yield b"broken"
        yield a_seven()
        yield io.BytesIO(encode_png(page[210:]))
        yield pillow.fromarray(page)
        yield io.BytesIO(b"broken too")

    alone, together = (
        list(reader.read_many(sources(), jobs=jobs, errors="yield")) for jobs in (1, 2)
    )
    for one, two in zip(alone, together, strict=True):
        assert one == two or str(one) == str(two)  # errors are not equal to each other
    assert [type(one) for one in together].count(InputError) == 2
    texts = [one.text for one in together if isinstance(one, Reading)]
    assert texts == ["\n".join(TEXT), TEXT[0], "7", TEXT[1], "\n".join(TEXT)]


def test_a_script_without_a_guard_reads_in_processes(tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(encode_png(draw_sample()[:210]))
    script = tmp_path / "script.py"
    script.write_text(
        "from hwr_live import Reader\n"
        "for reading in Reader.load('mnist', language='en').read_many(['page.png'] * 3, jobs=2):\n"
        "    print(reading.size[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning", str(script)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "210\n" * 3), done.stderr


def test_pictures_are_taken_as_they_are_needed(reader: Reader) -> None:
    taken = []

    def sources() -> Iterator[object]:
        for number in range(100):
            taken.append(number)
            yield np.full((40, 40), 255, np.uint8)

    next(reader.read_many(sources()))
    assert taken == [0]


def test_every_page_of_a_document(reader: Reader) -> None:
    page = draw_sample()
    data = frames_of([page, page[:210]], ".tif")
    assert [one.text for one in reader.read_pages(data)] == ["\n".join(TEXT), TEXT[0]]
    with pytest.raises(InputError, match="empty"):
        next(reader.read_pages(b""))


def test_a_reader_goes_to_other_processes_with_what_it_learned(reader: Reader) -> None:
    crops = [(g.char, g.crop) for g in reader.read(draw_sample()).glyphs]
    taught = reader.with_chars("letters").with_samples(
        [(char, crop) for char, crop in crops if char is not None and crop is not None]
    )
    again = pickle.loads(pickle.dumps(taught.remembering()))
    assert again.chars == "letters"
    assert again.read(draw_sample()) == taught.read(draw_sample())


@pytest.mark.parametrize("remembering", [False, True])
def test_several_threads_read_with_one_reader(remembering: bool, reader: Reader) -> None:
    if remembering:
        reader = reader.remembering()
    page = draw_sample()
    pages = [page, page[:210], page[210:], a_seven(), page[::-1].copy()]
    expected = [reader.read(one) for one in pages]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(reader.read, pages * 4))
    assert found == expected * 4
