"""New files: never over another, never by half, and an error that says where."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import encode_png
from hwr_live.system.files import make_folder, replace_file, write_exactly, write_new
from tests.support.videos import write_video
from tests.test_install import ROOT


def test_nothing_to_write_writes_nothing(tmp_path: Path) -> None:
    assert write_new(tmp_path / "made", "x", {}) == []
    assert os.listdir(tmp_path / "made") == []


@pytest.mark.parametrize("taken", ["x.png", "x.json"])
def test_a_taken_name_gets_a_number_for_all_that_belongs_together(
    taken: str, tmp_path: Path
) -> None:
    (tmp_path / taken).write_text("the user's")
    written = write_new(tmp_path, "x", {".png": b"1", ".json": b"2"})
    assert [path.name for path in written] == ["x-2.png", "x-2.json"]
    assert [path.read_bytes() for path in written] == [b"1", b"2"]
    assert (tmp_path / taken).read_text() == "the user's"
    assert len(os.listdir(tmp_path)) == 3


def test_a_link_to_nowhere_is_a_taken_name(tmp_path: Path) -> None:
    (tmp_path / "x.png").symlink_to(tmp_path / "gone")
    assert [path.name for path in write_new(tmp_path, "x", {".png": b"1"})] == ["x-2.png"]
    with pytest.raises(InputError):
        write_exactly(tmp_path / "x.png", b"2")
    assert not (tmp_path / "gone").exists()


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    write_exactly(tmp_path / "x", b"1")
    with pytest.raises(InputError, match="there already"):
        write_exactly(tmp_path / "x", b"2")
    assert (tmp_path / "x").read_bytes() == b"1"
    assert os.listdir(tmp_path) == ["x"]


@pytest.mark.parametrize("folder", ["file", "file/deeper", "a\0b", "x" * 300])
def test_what_cannot_be_a_folder(folder: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HwrError, match="cannot be written to"):
        write_new(tmp_path / folder, "x", {".png": b""})
    with pytest.raises(InputError, match="no folder to write to"):
        make_folder(tmp_path / folder)


def test_a_folder_that_may_not_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
    with pytest.raises(InputError, match="no folder to write to"):
        make_folder(tmp_path)
    make_folder(tmp_path / "below")


@pytest.mark.parametrize("name", ["", ".", "gone/x", "file/x", "a\0b", "x" * 300])
def test_what_cannot_be_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(InputError):
        write_exactly(Path(name), b"1")
    assert os.listdir() == ["file"]


LONGEST = ["x" * 255, "x" * 236, "é" * 127 + "x"]


@pytest.mark.parametrize("name", LONGEST)
def test_the_longest_names(name: str, tmp_path: Path) -> None:
    write_exactly(tmp_path / name, b"1")
    replace_file(tmp_path / name, b"2")
    for suffix in (".png", ""):
        write_new(tmp_path / "all", name[: len(name) - len(suffix)], {suffix: b"3"})
    assert (tmp_path / name).read_bytes() == b"2"
    assert sorted(os.listdir(tmp_path)) == sorted([name, "all"])
    assert len(os.listdir(tmp_path / "all")) == 2


@pytest.mark.parametrize("stem", ["x" * 252, "é" * 127, "a\0b"])
def test_a_name_that_cannot_be_one_is_no_fault_of_the_folder(stem: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        write_new(tmp_path, stem, {".png": b"1", ".json": b"2"})
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_nothing_of_what_belongs_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if data == b"2":
            write(path, b"")
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(HwrError, match="No space left on device"):
        write_new(tmp_path, "x", {".png": b"1", ".json": b"2"})
    with pytest.raises(HwrError, match="No space left on device") as told:
        write_exactly(tmp_path / "x.png", b"2")
    assert told.value.status == 1
    assert os.listdir(tmp_path) == []


def without_room(code: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs Python code in a process whose files may have 4,000 bytes."""
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))\n"
    return subprocess.run(
        [sys.executable, "-c", limit + code, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as Unix does")
def test_a_drawing_that_has_no_room_is_told_of_and_stays_on_the_pad(tmp_path: Path) -> None:
    code = (
        "import random; from pathlib import Path\n"
        "from hwr_live.pad.program import Pad\n"
        "from tests.support.fake_reader import FakeReader\n"
        "from tests.support.pads import draw, settle\n"
        "scribble = [(random.randint(20, 380), random.randint(20, 380)) for _ in range(300)]\n"
        "with Pad(FakeReader(), (960, 600), json=False, folder=Path(), out=sys.stdout) as pad:\n"
        "    draw(pad, scribble)\n"
        "    pad.on_key(ord('s'))\n"
        "    settle(pad)\n"
        "    print(len(pad.state.canvas.strokes))\n"
    )
    done = without_room(code, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("hwr-live: ")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as Unix does")
@pytest.mark.parametrize(
    "command",
    [
        "sample --out page.png",
        "read ../page.png --overlay .",
        "camera --no-window --source ../page.avi --record r.avi",  # not even a frame has room
    ],
)
def test_a_command_that_has_no_room(command: str, tmp_path: Path) -> None:
    """Files may have 4,000 bytes here, and end there as they do on a full disk."""
    page = draw_sample()
    (tmp_path / "page.png").write_bytes(encode_png(page))
    write_video(tmp_path / "page.avi", [np.dstack([page[:200, :200]] * 3)] * 3)
    (tmp_path / "here").mkdir()
    code = "from hwr_live.cli import main as cli; sys.exit(cli.main(sys.argv[1:]))"
    done = without_room(code, *command.split(), cwd=tmp_path / "here")
    assert done.returncode == 1, done.stderr
    lines = done.stderr.splitlines()
    assert len(lines) == 1 + ("--record" in command)  # that it has ended is told when it does
    assert all(line.startswith("hwr-live: ") for line in lines)
    assert os.listdir(tmp_path / "here") == []
