"""Runs into a folder: gone on with, killed, and with what cannot be read."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hwr_live.bulk.folder import Run, summarize
from hwr_live.bulk.manifest import opened
from hwr_live.bulk.work import Wanted
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.documents.formats import FORMATS
from hwr_live.documents.inputs import Source
from hwr_live.media.images import encode_png
from hwr_live.reading import Reading
from tests.support import commands
from tests.support.documents import frames_of
from tests.support.fake_reader import FakeReader

ROOT = Path(__file__).parents[2]
SAMPLE = "\n".join(TEXT) + "\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with three pages in two files, one below, and one that is broken."""
    page = draw_sample()
    shelf = tmp_path / "shelf"
    (shelf / "below").mkdir(parents=True)
    (shelf / "1.png").write_bytes(encode_png(page))
    (shelf / "2.tif").write_bytes(frames_of([page, page[:210]], ".tif"))
    (shelf / "3.png").write_bytes(b"broken")
    (shelf / "below" / "1.png").write_bytes(encode_png(page[210:]))
    return shelf


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of ``hwr-live read``."""
    return commands.run(capsys, "read", *arguments)


def results(out: Path) -> dict[str, bytes]:
    """All files of a folder but those that only runs need."""
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and ".hwr-live" not in path.parts
    }


def test_a_folder_without_pictures_has_no_results(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    status, out, err = run(capsys, tmp_path / "empty", "--out", tmp_path / "o")
    assert (status, out) == (2, "")
    assert "no pictures" in err
    assert list(results(tmp_path / "o")) == ["report.csv"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_result_for_each_document(
    jobs: int, shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    status, printed, err = run(capsys, shelf, "--recursive", "--out", out, "--jobs", jobs)
    assert (status, printed) == (2, "")
    found = results(out)
    report = found.pop("report.csv").decode()
    assert {name: data.decode() for name, data in found.items()} == {
        "1.png.txt": SAMPLE,
        "2.tif.txt": f"{SAMPLE}\n{TEXT[0]}\n",
        "below/1.png.txt": f"{TEXT[1]}\n",
    }
    rows = list(csv.DictReader(report.splitlines()))
    assert [row["state"] for row in rows] == ["failed", *["read"] * 4]
    assert rows[0]["reason"] == "it is no picture that can be read, or broken"
    assert "4 documents, 5 pages: 4 read" in err
    assert str(shelf / "3.png") in err


def test_what_is_done_is_not_done_again(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    first = run(capsys, shelf, "--recursive", "--out", out, "--jobs", 1)
    before = results(out)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("*.txt")}
    (shelf / "below" / "1.png").write_bytes(encode_png(draw_sample()))
    assert run(capsys, shelf, "--recursive", "--out", out, "--jobs", 1)[0] == first[0]
    after = results(out)
    assert after.pop("below/1.png.txt").decode() == SAMPLE
    for name in ("1.png.txt", "2.tif.txt"):
        assert after[name] == before[name]
        assert (out / name).stat().st_mtime_ns == times[out / name]
    run(capsys, shelf, "--out", out, "--jobs", 1, "--chars", "digits")
    assert results(out)["1.png.txt"] != before["1.png.txt"]


def test_formats_share_a_folder(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ("csv", "md", "csv"):
        run(capsys, shelf / "1.png", "--out", tmp_path, "--format", form, "--jobs", 1)
    assert set(results(tmp_path)) >= {"1.png.csv", "1.png.md", "report.csv"}


class Losing(FakeReader):
    """A reader that reads nothing of what is there."""

    def read(self, frame: Any) -> Reading:
        return Reading((), size=(9, 9), left_out={"rule": 4}, lost=1.0)


def test_what_was_left_out_is_told_and_counted(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lost = "nothing was read: the ink was left out, as long lines"
    source = Source(str(shelf / "2.tif"), "2.tif")
    for told in ([1, 2], []):
        with opened(tmp_path / "out") as manifest:
            run = Run(manifest, FORMATS["text"], "settings", lambda error: None)
            run.read([source], Losing, 1, Wanted())
            summarize(run.report, manifest)
        lines = capsys.readouterr().err.splitlines()
        pages = [f"hwr-live: {source.path}, page {number}: {lost}" for number in told]
        assert lines[: len(pages)] == pages
        assert lines[-2] == f"hwr-live: 2 pages: {lost}"
    assert "0 without text, 0 failed, 2 done before (0 words)" in lines[0]


def test_results_beside_the_pictures_are_not_read(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    (shelf / "3.png").unlink()
    arguments = (shelf, "--recursive", "--out", shelf, "--format", "pdf", "--jobs", 1)
    for _ in range(2):
        status, _, err = run(capsys, *arguments)
        assert status == 0
        assert "skipped" not in err
        assert "3 documents, 4 pages" in err
    assert "0 read (0 words), 0 without text, 0 failed, 4 done before (" in err
    assert not list(shelf.rglob("*.pdf.pdf"))


def test_files_of_others_stay(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "1.png.txt").write_text("mine")
    (tmp_path / "out" / "report.csv").write_text("mine")
    status, _, err = run(capsys, shelf / "1.png", "--out", tmp_path / "out", "--jobs", 1)
    assert status == 2
    assert err.count("is there already") == 3  # told when it comes, counted, and of the report
    assert set(results(tmp_path / "out").values()) == {b"mine"}


def test_two_documents_of_one_name_are_told_before_anything_is_read(
    shelf: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(
        capsys, shelf / "1.png", shelf / "below" / "1.png", "--out", tmp_path / "out"
    )
    assert status == 2
    assert "one result" in err
    assert results(tmp_path / "out") == {}


def start(shelf: Path, out: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "hwr_live", "read", str(shelf), "--out", str(out), "--jobs", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="needs kill -9")
def test_a_killed_run_goes_on_to_the_same_end(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    page = draw_sample()
    for number in range(24):
        (shelf / f"{number}.png").write_bytes(encode_png(page[: 200 + 9 * number]))
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert start(shelf, whole).wait(120) == 0
    for many in (1, 6, 13):
        process = start(shelf, broken)
        for _ in range(3000):
            if len(list(broken.glob("*.txt"))) >= many or process.poll() is not None:
                break
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        half = results(broken)
        assert many <= len(half) < 24
        assert half.items() <= results(whole).items()
    assert start(shelf, broken).wait(120) == 0
    assert results(broken) == results(whole)
