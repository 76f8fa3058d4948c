"""Profiles on the command line: reading with one, and the commands about them."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.media.images import read_picture
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.reader import Reader
from tests.support.commands import SAMPLE, run


@pytest.fixture
def ann(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: Reader) -> Profile:
    """A profile by name with the sample page's characters."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    profile = Profile.open("ann", new=True)
    glyphs = reader.read(draw_sample()).glyphs
    pairs = [(g.char, g.ink) for g in glyphs if g.char is not None and g.ink is not None]
    profile.add_all(pairs, "page")
    return profile


def test_reading_with_a_profile(
    ann: Profile, page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "read", page, "--profile", "ann") == (0, SAMPLE, "")
    learnt: list[str] = []

    def learn(reader: Reader, samples: list[tuple[str, Any]]) -> Reader:
        learnt.append("".join(char for char, _ in samples))
        return reader

    monkeypatch.setattr(Reader, "with_samples", learn)
    assert run(capsys, "read", page, "--profile", str(ann.folder)) == (0, SAMPLE, "")
    assert learnt == ["Helloworldreadsyourhand2026"]
    assert run(capsys, "read", page, "--profile", "bob") == (
        2,
        "",
        "hwr-live: no profile 'bob'; there are: ann; hwr-live teach NAME makes one\n",
    )
    assert "do you mean ann?" in run(capsys, "read", page, "--profile", "anna")[2]


@pytest.mark.parametrize("damage", ["empty", "ink", "list", "later"])
def test_a_profile_that_cannot_be_used_is_told_and_reading_goes_on(
    damage: str, ann: Profile, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = ann.folder / "profile.json"
    for sample in ann.samples:
        if damage == "empty":
            ann.delete_sample(sample)
        elif damage == "ink":
            (ann.folder / sample.file).write_bytes(b"")
    if damage == "list":
        path.write_bytes(path.read_bytes()[:50])
    elif damage == "later":
        path.write_text(path.read_text().replace('"version": 1', '"version": 9'))
    status, out, err = run(capsys, "read", page, "--profile", "ann")
    assert (status, out) == (0, SAMPLE)
    lines = err.splitlines()
    assert 1 <= len(lines) <= 6
    assert all(line.startswith("hwr-live: profile ann") for line in lines)
    assert run(capsys, "profile", "list")[0] == 0


def test_profiles_are_listed_shown_exported_and_deleted(
    ann: Profile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    listed = run(capsys, "profile", "list")
    assert listed == (0, "ann              27 samples of 16 characters\n", "")
    sheet = tmp_path / "sheet.png"
    status, out, err = run(capsys, "profile", "show", "ann", "--sheet", str(sheet))
    assert (status, err) == (0, f"wrote {sheet}\n")
    assert out.startswith(f"27 samples of 16 characters in {ann.folder}\n")
    assert len(out.splitlines()) == 17
    assert read_picture(sheet).shape[0] > 16 * 60
    assert run(capsys, "profile", "show", "ann", "--sheet", str(sheet))[0] == 2
    zipped = tmp_path / "ann.zip"
    assert run(capsys, "profile", "export", "ann", str(zipped))[0] == 0
    assert run(capsys, "profile", "export", "ann", str(zipped))[0] == 2
    status, out, err = run(capsys, "profile", "import", str(zipped))
    assert (status, out) == (2, "")
    assert "there is a profile ann already" in err
    status, out, err = run(capsys, "profile", "import", str(zipped), "ann")
    assert (status, err) == (0, "")
    assert out.startswith("nothing new is imported, 27 known before; ann has 27 samples")
    for _ in range(2):
        status, out, err = run(capsys, "profile", "import", str(zipped), "bob")
        assert (status, err) == (0, "")
    assert out.startswith("nothing new is imported, 27 known before; bob has 27 samples")
    assert run(capsys, "profile", "delete", "bob", "--yes")[0] == 0
    for answer, status in (("n\n", 2), ("", 2), ("y\n", 0)):
        assert ann.exists
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        assert run(capsys, "profile", "delete", "ann")[:2] == (status, "")
    assert not ann.folder.exists()
    status, out, err = run(capsys, "profile", "import", str(zipped))
    assert (status, err) == (0, "")
    assert out.startswith("imported 27 samples of 16 characters; ann has 27 samples")
    assert run(capsys, "profile", "delete", "ann", "--yes")[0] == 0
    status, out, err = run(capsys, "profile", "list")
    assert (status, out) == (0, "")
    assert "no profiles in" in err
