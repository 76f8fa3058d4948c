"""Damaged profiles: what is wrong is told and left out, the rest is used."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.media.images import encode_png
from hwr_live.profiles.files import LONGEST
from hwr_live.profiles.profile import Profile
from tests.support.profiles import filled, ink, listed


def _entry(change: Callable[[dict[str, Any]], None]) -> Callable[[Profile], None]:
    def damage(profile: Profile) -> None:
        data = listed(profile)
        change(data["samples"][0])
        (profile.folder / "profile.json").write_text(json.dumps(data))

    return damage


def _first(change: Callable[[Path], object]) -> Callable[[Profile], None]:
    def damage(profile: Profile) -> None:
        change(profile.folder / profile.samples[0].file)

    return damage


def _to_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _to_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _to_link(path: Path) -> None:
    path.rename(path.parents[2] / "moved.png")
    path.symlink_to(path.parents[2] / "moved.png")


def _folder_to_link(path: Path) -> None:
    path.parent.rename(path.parents[2] / "moved")
    path.parent.symlink_to(path.parents[2] / "moved")


def _huge(path: Path) -> None:
    path.write_bytes(encode_png(np.full((LONGEST + 1, 8), 255, np.uint8)))


DAMAGES: dict[str, Callable[[Profile], None]] = {
    "unknown character": _entry(lambda e: e.update(char="é")),
    "no character": _entry(lambda e: e.pop("char")),
    "a number": _entry(lambda e: e.update(char=7, file=5)),
    "another's folder": _entry(lambda e: e.update(char="8")),
    "up and out": _entry(lambda e: e.update(file="../../secret.png")),
    "absolute": _entry(lambda e: e.update(file="/etc/hostname")),
    "hidden way out": _entry(lambda e: e.update(file="digit_7/../../secret.png")),
    "missing": _first(os.unlink),
    "empty": _first(lambda path: path.write_bytes(b"")),
    "cut short": _first(lambda path: path.write_bytes(path.read_bytes()[:60])),
    "no PNG": _first(lambda path: path.write_text("hello" * 20)),
    "black": _first(lambda path: path.write_bytes(encode_png(np.zeros((9, 9), np.uint8)))),
    "huge": _first(_huge),
    "a pipe": _first(_to_pipe),
    "a link": _first(_to_link),
    "a linked folder": _first(_folder_to_link),
    "a folder": _first(_to_folder),
}


def test_a_list_that_another_program_is_just_writing_makes_it_no_other_folder(home: Path) -> None:
    folder = home / "ann"
    folder.mkdir()
    (folder / ".profile.json.4321.part").write_text("{")
    Profile.open(folder, new=True).add("7", ink(), "pad")
    assert [sample.char for sample in Profile.open(folder).samples] == ["7"]
    (folder / "profile.json").unlink()
    (folder / ".profile.json.bak").touch()
    with pytest.raises(InputError, match="no profile"):
        Profile.open(folder, new=True)


def test_a_piece_that_claims_gigabytes_is_not_decoded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenCV 5 would take as much memory."""
    profile = Profile.open("ann", new=True)
    sample = profile.add("7", np.full((40, 30), 255, np.uint8), "pad")
    assert sample is not None
    path = profile.folder / sample.file
    data = bytearray(path.read_bytes())
    data[33:37] = b"\x7f\xff\xff\xff"
    path.write_bytes(data)
    monkeypatch.setattr("hwr_live.profiles.files.cv2.imdecode", lambda *_: pytest.fail("decoded"))
    (problem,) = Profile.open("ann").problems
    assert "broken PNG" in problem


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_sample_is_told_and_the_others_are_used(name: str, home: Path) -> None:
    (home / "data" / "hwr-live" / "secret.png").parent.mkdir(parents=True)
    shutil.copy(_secret(home), home / "data" / "hwr-live" / "secret.png")
    DAMAGES[name](filled())
    profile = Profile.open("ann")
    assert [sample.char for sample in profile.samples] == list("Aaq")
    assert len(profile.problems) == 1
    assert "is left out" in profile.problems[0]
    assert "\n" not in profile.problems[0]
    profile.add("z", ink(5), "pad")
    assert [sample.char for sample in Profile.open("ann").samples] == list("Aaqz")


def _secret(home: Path) -> Path:
    path = home / "secret.png"
    path.write_bytes(encode_png(ink()))
    return path


@pytest.mark.parametrize("keep", [0, 10, 60, 300])
def test_a_list_cut_short_leaves_the_samples(keep: int) -> None:
    path = filled().folder / "profile.json"
    path.write_bytes(path.read_bytes()[:keep])
    profile = Profile.open("ann")
    assert sorted(sample.char for sample in profile.samples) == list("7Aaq")
    assert [sample.source for sample in profile.samples] == ["pad"] * 4
    assert len(profile.problems) == 1
    assert "profile.json is damaged" in profile.problems[0]
    profile.add("z", ink(5), "pad")
    again = Profile.open("ann")
    assert again.problems == ()
    assert sorted(sample.char for sample in again.samples) == list("7Aaqz")
    assert (again.folder / "profile.json.damaged").stat().st_size == keep


def test_a_lost_list_leaves_the_samples() -> None:
    profile = filled()
    (profile.folder / "profile.json").unlink()
    again = Profile.open("ann")
    assert sorted(sample.char for sample in again.samples) == list("7Aaq")
    assert len(again.problems) == 1
    again.add("z", ink(5), "pad")
    assert len(Profile.open("ann").samples) == 5
    (profile.folder / "profile.json").unlink()
    assert again.delete()


@pytest.mark.parametrize("text", ["[" * 100_000, '"samples"', "null", "\xff", '{"samples": {}}'])
def test_a_list_of_nonsense_is_damaged(text: str) -> None:
    profile = filled()
    data = '{"format": "hwr-live profile", "version": 1, "samples": ' + text
    (profile.folder / "profile.json").write_text(data, encoding="latin-1")
    assert len(Profile.open("ann").samples) == 4


def test_a_later_version_is_neither_used_nor_written() -> None:
    profile = filled()
    path = profile.folder / "profile.json"
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    before = path.read_bytes()
    later = Profile.open("ann")
    assert later.samples == ()
    assert "later version" in later.problems[0]
    with pytest.raises(InputError, match="later version"):
        later.add("a", ink(), "pad")
    assert path.read_bytes() == before


def test_many_problems_are_few_lines() -> None:
    profile = filled()
    data = listed(profile)
    data["samples"] += [{"char": "a", "file": f"x{n}"} for n in range(50)]
    (profile.folder / "profile.json").write_text(json.dumps(data))
    again = Profile.open("ann")
    assert len(again.samples) == 4
    assert len(again.problems) == 6
    assert "45 more" in again.problems[-1]


def test_what_a_profile_may_hold_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    filled()
    monkeypatch.setattr("hwr_live.profiles.profile.MOST", 3)
    profile = Profile.open("ann")
    assert len(profile.samples) == 3
    assert "4 samples" in profile.problems[0]
    with pytest.raises(InputError, match="full"):
        profile.add("a", ink(), "pad")
    monkeypatch.setattr("hwr_live.profiles.profile.MOST_PIXELS", 2500)
    assert len(Profile.open("ann").samples) == 2
