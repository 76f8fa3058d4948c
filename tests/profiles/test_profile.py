"""Profiles: kept, read with distrust, and never damaged by who uses them."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.chars import ALL, SIGNS
from hwr_live.crop import crop
from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import encode_png
from hwr_live.profiles.corrections import folder_of
from hwr_live.profiles.files import LONGEST, GlyphInk
from hwr_live.profiles.locate import locate, profile_names, profiles_folder
from hwr_live.profiles.profile import Profile


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def ink(seed: int = 0, height: int = 40, width: int = 30) -> GlyphInk:
    """Something like a character: a bar and a blot."""
    picture = np.zeros((height, width), np.uint8)
    picture[:, : max(1, width // 6)] = 255
    rng = np.random.default_rng(seed)
    y, x = int(rng.integers(height // 2)), int(rng.integers(width // 2))
    picture[y : y + height // 2, x : x + width // 2] = 200
    picture[-1, -1] = 90
    return picture


def filled(where: str = "ann") -> Profile:
    """A profile of four samples."""
    profile = Profile.open(where, new=True)
    for number, char in enumerate("7Aaq"):
        profile.add(char, ink(number), "pad")
    return profile


def listed(profile: Profile) -> Any:
    return json.loads((profile.folder / "profile.json").read_text())


# Where they are


@pytest.mark.parametrize(
    ("platform", "env", "expected"),
    [
        ("linux", {"XDG_DATA_HOME": "/x/data"}, "/x/data/hwr-live/profiles"),
        ("linux", {"XDG_DATA_HOME": "relative"}, "/home/u/.local/share/hwr-live/profiles"),
        ("linux", {}, "/home/u/.local/share/hwr-live/profiles"),
        (
            "darwin",
            {"XDG_DATA_HOME": "/x"},
            "/home/u/Library/Application Support/hwr-live/profiles",
        ),
        ("win32", {"LOCALAPPDATA": "/c/local"}, "/c/local/hwr-live/profiles"),
        ("win32", {}, "/home/u/AppData/Local/hwr-live/profiles"),
    ],
)
def test_the_folder_is_the_platform_s(
    platform: str, env: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/u")
    monkeypatch.setattr("sys.platform", platform)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert profiles_folder() == Path(expected)


@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", ".hidden", "-ann", "a\0b", "a:b", "nul", "COM1.x", "x" * 65, "ann."],
)
def test_what_can_be_no_name_is_refused(name: str, tmp_path: Path) -> None:
    if name in (".", ".."):  # those are paths
        assert locate(name) == Path(name)
        return
    with pytest.raises(InputError, match="cannot have the name"):
        locate(name)


def test_names_and_paths(tmp_path: Path) -> None:
    assert locate("Jörg 2") == profiles_folder() / "Jörg 2"
    assert locate("./ann") == Path("ann")
    assert locate(str(tmp_path / "ann")) == tmp_path / "ann"
    assert profile_names() == []
    filled("zoe")
    filled("ann")
    (profiles_folder() / "other").mkdir()
    assert profile_names() == ["ann", "zoe"]


# Empty, missing, no profile


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


# Keeping


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


# Damage


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


# Taking away


def test_an_export_is_a_profile_where_it_is_unpacked(tmp_path: Path) -> None:
    profile = filled()
    (profile.folder / profile.samples[0].file).write_text("broken")
    Profile.open("ann").export(tmp_path / "ann.zip")
    with zipfile.ZipFile(tmp_path / "ann.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "there")
    there = Profile.open(tmp_path / "there" / "ann")
    assert there.problems == ()
    assert [sample.char for sample in there.samples] == list("Aaq")
    with pytest.raises(InputError, match="there already"):
        profile.export(tmp_path / "ann.zip")


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
