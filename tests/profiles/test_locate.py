"""Where profiles are: by name in the user's own folder, or by path."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwr_live.errors import InputError
from hwr_live.profiles.locate import locate, profile_names, profiles_folder
from tests.support.profiles import filled


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
