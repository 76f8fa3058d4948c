"""``hwr-live train`` is our training, whatever else is called so."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import hwr_live
from hwr_live.cli.training import find_own

OWN = Path(hwr_live.__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Modules and folders to import from are as before when a test is over."""
    own = {name: one for name, one in sys.modules.items() if name.split(".")[0] == "train"}
    monkeypatch.setattr(sys, "path", list(sys.path))
    for name in own:
        monkeypatch.delitem(sys.modules, name)
    yield
    for name in [name for name in sys.modules if name.split(".")[0] == "train"]:
        del sys.modules[name]


def other(folder: Path, kind: str) -> Path:
    """A folder with something of the name of ours."""
    if kind == "module":
        (folder / "train.py").write_text("raise SystemExit('another one')")
    else:
        (folder / "train").mkdir()
        (folder / "train" / "a.png").touch()
    if kind == "package":
        (folder / "train" / "__init__.py").write_text("raise SystemExit('another one')")
    return folder


@pytest.mark.parametrize("kind", ["module", "package", "folder"])
@pytest.mark.parametrize("entry", ["", "path"])
@pytest.mark.parametrize("behind", [True, False], ids=["before ours", "ours is not there"])
def test_another_one_that_comes_first_is_passed_over(
    kind: str, entry: str, behind: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = other(tmp_path, kind)
    monkeypatch.chdir(folder)
    rest = [one for one in sys.path if behind or not (Path(one) / "train").exists()]
    sys.path[:] = [entry and str(folder), *rest]
    find_own()
    found = importlib.import_module("train.main")
    assert Path(found.__file__ or "") == OWN / "train" / "main.py"


def test_another_one_that_is_loaded_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("train", "train.data"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    find_own()
    assert "train.data" not in sys.modules
    assert importlib.import_module("train").__file__ == str(OWN / "train" / "__init__.py")


def test_nothing_changes_where_ours_comes_first(tmp_path: Path) -> None:
    sys.path[:] = [str(OWN), str(other(tmp_path, "module")), *sys.path]
    before = list(sys.path)
    find_own()
    assert sys.path == before


def test_where_ours_is_not_installed_nothing_is_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hwr_live, "__file__", str(tmp_path / "hwr_live" / "__init__.py"))
    sys.path[:] = before = [str(other(tmp_path, "module")), *sys.path]
    find_own()
    assert sys.path == before
