"""New files: never over another, never by half, and an error that says where."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hwr_live.errors import HwrError, InputError
from hwr_live.files import make_folder, write_exactly, write_new


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


@pytest.mark.parametrize("folder", ["file", "file/deeper"])
def test_what_cannot_be_a_folder(folder: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HwrError, match="cannot be written to"):
        write_new(tmp_path / folder, "x", {".png": b""})
    with pytest.raises(InputError, match="no folder to write to"):
        make_folder(tmp_path / folder)


@pytest.mark.parametrize("name", ["", ".", "gone/x", "file/x", "a\0b", "x" * 300])
def test_what_cannot_be_a_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    with pytest.raises(InputError):
        write_exactly(Path(name), b"1")
    assert os.listdir() == ["file"]
