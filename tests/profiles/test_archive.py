"""Profiles in zip files: what is none, damaged or hostile first; then there and back again."""

from __future__ import annotations

import io
import json
import os
import struct
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.media.images import encode_png
from hwr_live.profiles.archive import read_archive, write_archive
from hwr_live.profiles.files import MOST, MOST_PNG, parse_list
from hwr_live.profiles.profile import Profile
from tests.support.profiles import filled, ink

LISTED = {"char": "7", "source": "pad", "date": "2026-11-22", "file": "digit_7/one.png"}
PNG = encode_png(ink())


def packed(files: dict[str, bytes], way: int = zipfile.ZIP_STORED) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", way) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def listing(*entries: object, version: int = 1) -> bytes:
    told = {"format": "hwr-live profile", "version": version, "name": "ann", "samples": entries}
    return json.dumps(told).encode()


def one(name: str = "digit_7/one.png", content: bytes = PNG) -> bytes:
    """An archive of one sample."""
    return packed({"ann/profile.json": listing({**LISTED, "file": name}), f"ann/{name}": content})


def encrypted(data: bytes) -> bytes:
    """The same, said to have a password."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = changed.find(mark)
        while place >= 0:
            changed[place + at] |= 1
            place = changed.find(mark, place + 1)
    return bytes(changed)


def packed_unknown(data: bytes) -> bytes:
    """The same, packed in a way that nobody knows."""
    changed = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = changed.find(mark)
        while place >= 0:
            struct.pack_into("<H", changed, place + at, 77)
            place = changed.find(mark, place + 1)
    return bytes(changed)


NONE: dict[str, bytes] = {
    "empty": b"",
    "no zip": b"hello" * 99,
    "a cut one": one()[:-30],
    "nothing in it": packed({}),
    "no profile": packed({"letter.txt": b"mine"}),
    "too deep": packed({"a/b/profile.json": listing(LISTED)}),
    "two": packed({"a/profile.json": listing(LISTED), "b/profile.json": listing(LISTED)}),
    "another list": packed({"ann/profile.json": b'{"name": "mine"}'}),
    "a list cut short": packed({"ann/profile.json": listing(LISTED)[:50]}),
    "brackets": packed({"ann/profile.json": b"[" * 100_000}, zipfile.ZIP_DEFLATED),
    "a huge list": packed({"ann/profile.json": b" " * 5_000_000}, zipfile.ZIP_DEFLATED),
    "a later version": packed({"ann/profile.json": listing(LISTED, version=2)}),
    "with a password": encrypted(one()),
    "packed unknown": packed_unknown(one()),
    "thousands of files": packed({f"{n}": b"" for n in range(4 * MOST + 1)}),
}


@pytest.mark.parametrize("name", NONE)
def test_what_is_no_profile_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / "ann.zip"
    path.write_bytes(NONE[name])
    with pytest.raises(InputError) as told:
        read_archive(path)
    assert str(told.value).startswith(str(path))
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe"])
def test_what_is_no_file_is_told(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "ann.zip"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    with pytest.raises(InputError, match="no such file"):
        read_archive(path)


def _huge_png() -> bytes:
    return encode_png(np.full((481, 8), 255, np.uint8))


BAD: dict[str, Callable[[], bytes]] = {
    "up and out": lambda: one("../../secret.png"),
    "absolute": lambda: one("/etc/secret.png"),
    "hidden way out": lambda: one("digit_7/../../secret.png"),
    "missing": lambda: packed({"ann/profile.json": listing(LISTED)}),
    "no PNG": lambda: one(content=b"hello" * 20),
    "a cut PNG": lambda: one(content=PNG[:60]),
    "too many pixels": lambda: one(content=_huge_png()),
    "a bomb": lambda: packed(
        {
            "ann/profile.json": listing(LISTED),
            "ann/digit_7/one.png": PNG + bytes(MOST_PNG),
        },
        zipfile.ZIP_DEFLATED,
    ),
    "damaged bytes": lambda: one().replace(PNG[40:60], bytes(20), 1),
    "no entry": lambda: packed({"ann/profile.json": listing(7)}),
    "no character": lambda: packed({"ann/profile.json": listing({**LISTED, "char": "é"})}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_sample_is_told_and_left_out(name: str, tmp_path: Path) -> None:
    path = tmp_path / "ann.zip"
    path.write_bytes(BAD[name]())
    archive = read_archive(path)
    assert archive.samples == ()
    (problem,) = archive.problems
    assert "is left out" in problem
    assert "\n" not in problem
    assert os.listdir(tmp_path) == ["ann.zip"], "nothing is unpacked"


def test_many_problems_are_few_lines(tmp_path: Path) -> None:
    path = tmp_path / "ann.zip"
    path.write_bytes(packed({"ann/profile.json": listing(*range(40))}))
    problems = read_archive(path).problems
    assert len(problems) == 6
    assert "35 more" in problems[-1]


def test_of_more_samples_than_a_profile_holds_the_first_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_archive(filled(), tmp_path / "ann.zip")
    monkeypatch.setattr("hwr_live.profiles.archive.MOST", 3)
    archive = read_archive(tmp_path / "ann.zip")
    assert [sample.char for sample in archive.samples] == list("7Aa")
    assert archive.problems == ("it has 4 samples; the first 3 are taken",)


def test_an_export_comes_back(tmp_path: Path) -> None:
    profile = filled()
    write_archive(profile, tmp_path / "x.zip")
    archive = read_archive(tmp_path / "x.zip")
    assert (archive.name, archive.problems) == ("ann", ())
    assert archive.samples == profile.samples
    bob = Profile.open("bob", new=True)
    assert bob.merge(archive.samples) == list(profile.samples)
    again = Profile.open("bob")
    assert again.samples == profile.samples, "with their dates, sources and files"
    for mine, theirs in zip(again.samples, profile.samples, strict=True):
        np.testing.assert_array_equal(mine.ink, theirs.ink)


def test_at_the_top_of_a_file_it_is_called_as_the_file(tmp_path: Path) -> None:
    (tmp_path / "zoe.zip").write_bytes(
        packed({"profile.json": listing(LISTED), "digit_7/one.png": PNG, "__MACOSX/._x": b"1"})
    )
    archive = read_archive(tmp_path / "zoe.zip")
    assert (archive.name, [s.char for s in archive.samples]) == ("zoe", ["7"])


def test_what_is_there_is_not_added_twice_and_no_file_is_replaced(tmp_path: Path) -> None:
    profile = filled()
    before = {path: path.read_bytes() for path in profile.folder.rglob("*.png")}
    write_archive(profile, tmp_path / "ann.zip")
    samples = read_archive(tmp_path / "ann.zip").samples
    assert profile.merge(samples) == []
    other = Profile.open("bob", new=True)
    other.add("7", ink(9), "teach")
    clash = other.samples[0]
    path = tmp_path / "clash.zip"
    # Other ink under the name of a file that is there.
    entry = {**LISTED, "file": profile.samples[0].file}
    path.write_bytes(packed({"profile.json": listing(entry), entry["file"]: encode_png(clash.ink)}))
    (new,) = profile.merge(read_archive(path).samples)
    assert new.file != profile.samples[0].file
    assert all(path.read_bytes() == data for path, data in before.items())
    again = Profile.open("ann")
    assert (len(again.samples), again.problems) == (5, ())
    assert len(parse_list((again.folder / "profile.json").read_bytes())) == 5


def test_an_export_needs_no_right_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = filled(str(tmp_path / "ann"))
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda *_: real(0))
    write_archive(profile, tmp_path / "ann.zip")
    assert len(read_archive(tmp_path / "ann.zip").samples) == len(profile.samples)
