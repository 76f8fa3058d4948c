"""A folder that is watched: files are read when they are whole, once."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hwr_live.bulk.folder import Run
from hwr_live.bulk.manifest import opened
from hwr_live.bulk.watch import watch
from hwr_live.bulk.work import Wanted
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.documents.formats import FORMATS
from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import encode_png
from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader

ROOT = Path(__file__).parents[2]
PAGE = encode_png(draw_sample())


def watched(
    folder: Path, reader: Reader, *steps: Callable[[], object], errors: list[HwrError] | None = None
) -> None:
    """Watches a folder; before each look something happens."""

    def looks() -> Iterator[None]:
        for step in steps:
            step()
            yield

    told: list[HwrError] = [] if errors is None else errors
    with opened(folder) as manifest:
        run = Run(manifest, FORMATS["text"], "settings", told.append)
        watch(str(folder), run, reader, Wanted(), looks=looks())


def nothing() -> None:
    pass


def test_a_folder_that_is_gone_is_told(tmp_path: Path, reader: Reader) -> None:
    with opened(tmp_path / "out") as manifest:
        run = Run(manifest, FORMATS["text"], "", lambda error: None)
        with pytest.raises(InputError, match="no folder"):
            watch(str(tmp_path / "gone"), run, reader, Wanted(), looks=iter([1]))


def test_an_empty_folder_is_waited_for(tmp_path: Path, reader: Reader) -> None:
    watched(tmp_path, reader, nothing, nothing)
    assert os.listdir(tmp_path) == [".hwr-live"]


def test_a_file_is_read_when_it_has_stopped_growing(tmp_path: Path, reader: Reader) -> None:
    path, result = tmp_path / "a.png", tmp_path / "a.png.txt"
    there: list[bool] = []

    def write(share: float) -> Callable[[], object]:
        def step() -> None:
            there.append(result.exists())
            path.write_bytes(PAGE[: int(share * len(PAGE))])

        return step

    def look() -> None:
        there.append(result.exists())

    watched(tmp_path, reader, write(0.3), write(0.6), write(1.0), look, look)
    assert there == [False, False, False, False, True]
    assert result.read_text() == "\n".join(TEXT) + "\n"


class Counting:
    """Counts what a reader reads."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.count = reader, 0

    def read(self, picture: object) -> Reading:
        self.count += 1
        return self.reader.read(picture)


def test_what_is_read_is_not_read_again(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "a.png"
    counting = Counting(reader)
    path.write_bytes(PAGE)
    watched(tmp_path, counting, *[nothing] * 5)  # type: ignore[arg-type]
    watched(tmp_path, counting, *[nothing] * 3)  # type: ignore[arg-type]
    assert counting.count == 1
    changed = encode_png(draw_sample()[:210])
    watched(tmp_path, counting, lambda: path.write_bytes(changed), *[nothing] * 3)  # type: ignore[arg-type]
    assert counting.count == 2
    assert (tmp_path / "a.png.txt").read_text() == TEXT[0] + "\n"


def test_a_broken_file_is_told_once(tmp_path: Path, reader: Reader) -> None:
    errors: list[HwrError] = []
    (tmp_path / "a.png").write_bytes(b"broken")
    watched(tmp_path, reader, *[nothing] * 5, errors=errors)
    assert len(errors) == 1


def test_other_files_are_told_once(
    tmp_path: Path, reader: Reader, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.txt", "b.doc"):
        (tmp_path / name).touch()
    (tmp_path / "below").mkdir()
    (tmp_path / "page.png.part").write_bytes(PAGE)

    def whole() -> None:
        os.rename(tmp_path / "page.png.part", tmp_path / "page.png")

    watched(tmp_path, reader, nothing, whole, *[nothing] * 3)
    first, second, third = capsys.readouterr().err.splitlines()
    assert first.endswith(
        f"skipped 2 files that are no pictures: {tmp_path}/a.txt, {tmp_path}/b.doc"
    )
    assert "skipped 1 folder; --recursive reads what is in it" in second
    assert third.endswith(f"wrote {tmp_path / 'page.png.txt'}")

    def comes() -> None:
        (tmp_path / "c.odt").touch()

    watched(tmp_path, reader, comes, nothing, comes, nothing)
    first = capsys.readouterr().err.splitlines()[0]
    assert "skipped 3 files" in first


def test_a_folder_that_cannot_be_looked_into_is_told_once(
    tmp_path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a").mkdir()
    look = os.scandir

    def refused(folder: Path) -> object:
        if folder == tmp_path / "a":
            raise PermissionError(errno.EACCES, "Permission denied")
        return look(folder)

    monkeypatch.setattr(os, "scandir", refused)
    errors: list[HwrError] = []
    with opened(tmp_path) as manifest:
        run = Run(manifest, FORMATS["text"], "settings", errors.append)
        watch(str(tmp_path), run, reader, Wanted(), recursive=True, looks=iter(range(4)))
    assert [str(error) for error in errors] == [f"{tmp_path / 'a'}: Permission denied"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_the_command_watches_until_it_is_interrupted(tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "hwr_live", "read", "--watch", str(tmp_path), "--format", "csv"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stderr is not None
    assert "watching" in program.stderr.readline()
    (tmp_path / "a.png").write_bytes(PAGE)
    told = program.stderr.readline()  # the file is there a moment before
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=30)
    assert (program.returncode, out, err) == (130, "", "")
    assert told == f"hwr-live: wrote {tmp_path / 'a.png.csv'}\n"
    assert TEXT[0] in (tmp_path / "a.png.csv").read_text()
