"""What arguments come to: files, folders, folders in folders, lists."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from hwr_live.documents.inputs import Source, find, listed_in
from hwr_live.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shelf with pictures, other files, and folders in it."""
    for name in (
        *("page10.png", "page9.JPG", "scan.PDF", "phone.heic", "notes.txt", ".hidden.png"),
        *("box/a.tif", "box/deep/b.gif", "box/deep/c.doc", "empty/x.doc"),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def names(folder: Path, *, recursive: bool) -> list[str]:
    found = find([str(folder)], recursive=recursive)
    return [one.name for one in found.sources if isinstance(one, Source)]


def test_nothing_is_found_in_nothing(tmp_path: Path) -> None:
    assert find([]).sources == []
    (told,) = find([str(tmp_path)]).sources
    assert isinstance(told, InputError)
    assert "no pictures" in str(told)


def test_a_folder_in_natural_order(folder: Path) -> None:
    assert names(folder, recursive=False) == ["page9.JPG", "page10.png", "phone.heic", "scan.PDF"]
    assert names(folder, recursive=True)[4:] == ["box/a.tif", "box/deep/b.gif"]


def test_what_is_passed_over_is_named_and_counted(folder: Path) -> None:
    told = list(find([str(folder)]).remarks())
    assert len(told) == 2
    assert "1 file" in told[0]
    assert "notes.txt" in told[0]
    assert "2 folders" in told[1]
    assert "--recursive" in told[1]
    (told_deep,) = find([str(folder)], recursive=True).remarks()
    assert "3 files" in told_deep
    for number in range(5):
        (folder / f"more{number}.txt").touch()
    assert "and 3 more" in next(iter(find([str(folder)]).remarks()))


def test_files_and_standard_input_are_taken_as_they_are(folder: Path) -> None:
    found = find(["-", str(folder / "notes.txt"), "gone.png"])
    assert found.sources == [
        Source("-", "stdin"),
        Source(str(folder / "notes.txt"), "notes.txt"),
        Source("gone.png", "gone.png"),
    ]
    assert list(found.remarks()) == []


def test_links_to_folders_are_not_followed(folder: Path) -> None:
    try:
        os.symlink(folder, folder / "box" / "round")
    except OSError:
        pytest.skip("this system makes no links")
    assert names(folder, recursive=True)[4:] == ["box/a.tif", "box/deep/b.gif"]


def test_a_list_of_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "list.txt"
    path.write_bytes("a b.png\r\n\n  \nü.png\n".encode())
    assert listed_in(str(path)) == ["a b.png", "ü.png"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x.png\ny.png")))
    assert listed_in("-") == ["x.png", "y.png"]
    for gone in (str(folder / "gone"), str(folder), "a\0b"):
        with pytest.raises(InputError, match="cannot read"):
            listed_in(gone)
