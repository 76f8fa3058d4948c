"""The user's own folders: the platform's, and never a place that depends on where one stands."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from hwr_live.errors import InputError
from hwr_live.system.folders import user_folder

NAMES = ("XDG_DATA_HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "HOME", "USERPROFILE")


@pytest.mark.parametrize(
    ("platform", "env", "data", "cache"),
    [
        ("linux", {}, "/home/u/.local/share/hwr-live", "/home/u/.cache/hwr-live"),
        ("linux", {"XDG_DATA_HOME": "/x"}, "/x/hwr-live", "/home/u/.cache/hwr-live"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/home/u/.local/share/hwr-live", "/x/hwr-live"),
        (
            "linux",
            {"XDG_DATA_HOME": "here", "XDG_CACHE_HOME": "./here"},
            "/home/u/.local/share/hwr-live",
            "/home/u/.cache/hwr-live",
        ),
        (
            "darwin",
            {"XDG_DATA_HOME": "/x", "XDG_CACHE_HOME": "/x"},
            "/home/u/Library/Application Support/hwr-live",
            "/home/u/Library/Caches/hwr-live",
        ),
        ("win32", {"LOCALAPPDATA": "/c/local"}, "/c/local/hwr-live", "/c/local/hwr-live/Cache"),
        (
            "win32",
            {},
            "/home/u/AppData/Local/hwr-live",
            "/home/u/AppData/Local/hwr-live/Cache",
        ),
    ],
)
def test_the_folders_are_the_platform_s(
    platform: str, env: dict[str, str], data: str, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/home/u", **env}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", platform)
    assert user_folder("data", "") == Path(data)
    assert user_folder("cache", "") == Path(cache)


@pytest.mark.parametrize("kind", ["data", "cache"])
def test_without_a_home_it_is_said_what_to_do(
    kind: Literal["data", "cache"], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    with pytest.raises(InputError, match="no home folder; name a folder"):
        user_folder(kind, "name a folder")
