"""Profiles: kept, read with distrust, and never damaged by who uses them."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from hwr_live.chars import ALL, SIGNS
from hwr_live.crop import crop
from hwr_live.errors import HwrError, InputError
from hwr_live.profiles.archive import write_archive
from hwr_live.profiles.corrections import folder_of
from hwr_live.profiles.files import LONGEST, GlyphInk
from hwr_live.profiles.locate import LIST, LOCK, profile_names
from hwr_live.profiles.profile import Profile
from hwr_live.system.lock import locked
from tests.support.profiles import filled, ink, listed


def test_a_profile_that_is_not_there_is_told_with_those_that_are() -> None:
    filled("ann")
    with pytest.raises(InputError, match=r"no profile 'bob'; there are: ann"):
        Profile.open("bob")


def test_a_new_profile_is_made_with_its_first_sample(tmp_path: Path) -> None:
    profile = Profile.open("ann", new=True)
    assert (profile.samples, profile.problems, profile.exists) == ((), (), False)
    assert not (tmp_path / "data").exists(), "nothing is written before it is asked for"
    profile.add("g", ink(), "teach")
    assert Profile.open("ann").counts() == {"g": 1}


@pytest.mark.parametrize("content", [None, "{}", '{"name": "mine"}', "folder", "pipe", "link"])
def test_other_folders_are_left_alone(content: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "letter.txt").write_text("mine")
    path = folder / "profile.json"
    if content == "folder":
        path.mkdir()
    elif content == "pipe":
        os.mkfifo(path)
    elif content == "link":
        path.symlink_to(filled().folder / "profile.json")
    elif content is not None:
        path.write_text(content)
    before = sorted(os.listdir(folder))
    with pytest.raises(InputError, match="is no profile"):
        Profile.open(folder, new=True)
    with pytest.raises(InputError, match="is no profile"):
        Profile(folder).add("a", ink(), "pad")
    with pytest.raises(InputError, match="is no profile"):
        Profile(folder).delete()
    assert sorted(os.listdir(folder)) == before


def test_a_file_is_no_profile(tmp_path: Path) -> None:
    (tmp_path / "ann").write_text("mine")
    with pytest.raises(InputError, match="is no profile"):
        Profile.open(tmp_path / "ann", new=True)


def test_samples_come_back_as_they_were_added() -> None:
    profile = filled()
    again = Profile.open("ann")
    assert again.problems == ()
    assert again.samples == profile.samples
    assert [sample.char for sample in again.samples] == list("7Aaq")
    assert [s.file.split("/")[0] for s in again.samples] == [
        "digit_7",
        "upper_A",
        "lower_a",
        "lower_q",
    ]
    for number, sample in enumerate(again.samples):
        np.testing.assert_array_equal(sample.ink, ink(number))
        np.testing.assert_array_equal(sample.crop, crop(ink(number)))
        assert sample.source == "pad"
    entry = listed(again)["samples"][0]
    assert list(entry) == ["char", "source", "date", "file"]
    assert listed(again)["version"] == 1
    assert not list(again.folder.rglob("*.part"))


def test_margins_are_cut_and_huge_ink_is_shrunk_without_another_crop() -> None:
    large = np.asarray(np.kron(ink(3, 90, 60), np.ones((12, 12))), np.uint8)
    kept = Profile.open("ann", new=True).add("k", np.pad(large, 50), "page").ink
    assert max(kept.shape) <= LONGEST
    difference = np.abs(crop(kept).astype(int) - crop(np.pad(large, 50)))
    assert difference.mean() < 4


@pytest.mark.parametrize(
    ("char", "picture", "source"),
    [
        ("é", ink(), "pad"),
        ("ab", ink(), "pad"),
        ("", ink(), "pad"),
        ("a", ink(), "../pad"),
        ("a", np.zeros((5, 5), np.uint8), "pad"),
        ("a", np.zeros((0, 5), np.uint8), "pad"),
    ],
)
def test_what_is_no_sample_is_not_kept(char: str, picture: GlyphInk, source: str) -> None:
    with pytest.raises(InputError):
        Profile.open("ann", new=True).add(char, picture, source)
    assert profile_names() == []


def test_samples_are_forgotten() -> None:
    profile = filled()
    other = Profile.open("ann")
    first = profile.samples[0]
    profile.delete_sample(first)
    assert not (profile.folder / first.file).exists()
    assert [s.char for s in Profile.open("ann").samples] == list("Aaq")
    other.delete_sample(other.samples[0])  # gone already
    assert [s.char for s in other.samples] == list("Aaq")


def _add_many(folder: str, char: str) -> None:
    profile = Profile.open(folder, new=True)
    for number in range(12):
        profile.add(char, ink(number), "teach")


def test_programs_at_once_lose_nothing_of_each_other(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    folder = str(tmp_path / "both")
    others = [context.Process(target=_add_many, args=(folder, char)) for char in "xy"]
    for other in others:
        other.start()
    for other in others:
        other.join(60)
        assert other.exitcode == 0
    profile = Profile.open(folder)
    assert profile.problems == ()
    assert profile.counts() == {"x": 12, "y": 12}


def test_a_full_disk_is_told_and_nothing_is_by_half(monkeypatch: pytest.MonkeyPatch) -> None:
    profile = filled()
    before = sorted(p for p in profile.folder.rglob("*"))
    calls = 0

    def full(file: int) -> None:
        nonlocal calls
        calls += 1
        if calls % 2 == 0:  # the ink goes, the list does not
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(HwrError, match="No space left"):
        profile.add("a", ink(9), "pad")
    with pytest.raises(HwrError, match="No space left"):
        Profile.open("bob", new=True).add("a", ink(9), "pad")
    assert Profile.open("bob", new=True).samples == ()
    assert sorted(p for p in profile.folder.rglob("*")) == before
    assert len(profile.samples) == 4
    monkeypatch.undo()
    monkeypatch.setenv("XDG_DATA_HOME", str(profile.folder.parents[2]))
    assert Profile.open("ann").samples == profile.samples


def test_an_export_is_a_profile_where_it_is_unpacked(tmp_path: Path) -> None:
    profile = filled()
    (profile.folder / profile.samples[0].file).write_text("broken")
    write_archive(Profile.open("ann"), tmp_path / "ann.zip")
    with zipfile.ZipFile(tmp_path / "ann.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "there")
    there = Profile.open(tmp_path / "there" / "ann")
    assert there.problems == ()
    assert [sample.char for sample in there.samples] == list("Aaq")
    with pytest.raises(InputError, match="there already"):
        write_archive(profile, tmp_path / "ann.zip")


def test_deleting_takes_the_profile_and_nothing_else(tmp_path: Path) -> None:
    profile = filled(str(tmp_path / "ann"))
    assert profile.delete()
    assert not profile.folder.exists()
    profile = filled(str(tmp_path / "ann"))
    (profile.folder / "letter.txt").write_text("mine")
    (profile.folder / "lower_a" / "holiday.jpg").write_text("mine")
    (profile.folder / "lower_z").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "z.png").write_text("mine")
    assert not profile.delete()
    assert sorted(os.listdir(profile.folder)) == ["letter.txt", "lower_a", "lower_z"]
    assert os.listdir(profile.folder / "lower_a") == ["holiday.jpg"]
    assert (tmp_path / "elsewhere" / "z.png").exists()


def test_every_character_that_can_be_read_has_a_folder_of_its_own() -> None:
    folders = [folder_of(char) for char in ALL + SIGNS]
    assert len({folder.casefold() for folder in folders}) == len(folders), "on any file system"
    assert all(folder.isidentifier() for folder in folders)


def test_the_newest_samples_are_learnt_from() -> None:
    profile = filled()
    for number in range(4):
        profile.add("q", ink(10 + number), "teach")
    crops = profile.crops(2)
    assert [char for char, _ in crops] == list("7Aaqq")
    for (_, one), sample in zip(crops[-2:], profile.samples[-2:], strict=True):
        assert one is sample.crop
    assert len(profile.crops()) == 8


@pytest.mark.skipif(sys.platform == "win32", reason="links, and folders that are in use")
@pytest.mark.parametrize("way", ["link", "link to a link", "here", "here/"])
def test_a_profile_is_deleted_by_any_way_to_it(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = filled(str(tmp_path / "ann")).folder
    (tmp_path / "link").symlink_to(folder)
    (tmp_path / "link to a link").symlink_to("link")
    monkeypatch.chdir(folder if way.startswith("here") else tmp_path)
    path = f"./{way}" if way.startswith("link") else "./" if way.endswith("/") else "."
    assert Profile.open(path).delete()
    assert not folder.exists()
    assert not os.path.lexists(tmp_path / way.removesuffix("/"))


def test_a_folder_that_cannot_be_removed_stays(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile = filled(str(tmp_path / "ann"))

    real = os.rmdir

    def refused(path: str | Path, **given: int) -> None:
        if Path(path).name == "ann":
            raise PermissionError(13, "Permission denied", str(path))
        real(path, **given)

    monkeypatch.setattr(os, "rmdir", refused)
    assert not profile.delete()
    assert list(profile.folder.iterdir()) == []


def test_one_that_is_opened_in_its_first_write_is_whole(tmp_path: Path) -> None:
    """The list comes after the samples: until then who opens it waits."""
    made = filled(str(tmp_path / "ann"))
    content = (made.folder / LIST).read_bytes()
    (made.folder / LIST).unlink()
    waiting = threading.Event()

    def finish() -> None:
        with locked(made.folder / LOCK):
            waiting.set()
            time.sleep(0.1)
            (made.folder / LIST).write_bytes(content)

    writer = threading.Thread(target=finish)
    writer.start()
    waiting.wait()
    opened = Profile.open(made.folder)
    writer.join()
    assert opened.problems == ()
    assert len(opened.samples) == len(made.samples)


def test_a_list_that_is_lost_is_told_as_before(tmp_path: Path) -> None:
    made = filled(str(tmp_path / "ann"))
    (made.folder / LIST).unlink()
    (told,) = Profile.open(made.folder).problems
    assert "is damaged" in told
