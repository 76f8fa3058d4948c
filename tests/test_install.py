"""What is installed: a wheel from the checkout and from the sdist, used somewhere else."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.media.images import encode_png
from hwr_live.recognition.models import shipped_folder

ROOT = Path(__file__).parents[1]
CONTENTS = ("hwr_live", "train", "models", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
TRAINING = ("tensorflow", "keras", "jax", "PIL", "wordfreq")
"""What is imported by training alone, and not installed without its extra."""
BUILD = (
    "from setuptools import build_meta; import sys; getattr(build_meta, sys.argv[1])(sys.argv[2])"
)


def python(*arguments: str, cwd: Path, path: Path | str | None = None) -> tuple[int, str, str]:
    """Runs Python away from the checkout; ``path`` is what it may import besides."""
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    if path is not None:
        env["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def build(tree: Path, what: str, out: Path) -> Path:
    """Builds ``build_sdist`` or ``build_wheel`` of a tree, as pip does, without the network."""
    out.mkdir()
    status, _, said = python("-c", BUILD, what, str(out), cwd=tree)
    assert status == 0, said
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, with a network as training leaves it."""
    if importlib.util.find_spec("setuptools") is None:
        pytest.skip("building needs setuptools")
    version = importlib.metadata.version("setuptools")
    if tuple(map(int, version.split(".")[:2])) < (70, 1) and (
        importlib.util.find_spec("wheel") is None
    ):
        pytest.skip("building needs setuptools 70.1, or wheel")
    copy = tmp_path_factory.mktemp("checkout")
    for name in CONTENTS:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__", "*.keras")
            shutil.copytree(ROOT / name, copy / name, ignore=ignore)
        else:
            shutil.copyfile(ROOT / name, copy / name)
    for folder in (copy / "models").glob("*/"):
        (folder / "model.keras").write_bytes(b"large")
    return copy


@pytest.fixture(scope="module")
def wheel(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tree, "build_wheel", tmp_path_factory.mktemp("wheel") / "out")


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel is installed to."""
    if importlib.util.find_spec("pip") is None:
        pytest.skip("installing needs pip")
    target = tmp_path_factory.mktemp("site")
    options = ("--no-deps", "--no-index", "--no-compile", "--disable-pip-version-check")
    status, _, said = python(
        *("-m", "pip", "install", "-q", *options, "--target", str(target), str(wheel)), cwd=target
    )
    assert status == 0, said
    return target


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def test_the_wheel_holds_all_modules_and_of_models_what_is_used(wheel: Path) -> None:
    found = names(wheel)
    models = {name for name in found if name.startswith("hwr_live/models/")}
    expected = {
        f"hwr_live/models/{folder.name}/{name}"
        for folder in (card.parent for card in shipped_folder().glob("*/card.json"))
        for name in ("card.json", json.loads((folder / "card.json").read_text("utf-8"))["file"])
    }
    assert models == expected | {"hwr_live/models/__init__.py"}
    for package in ("hwr_live", "train"):
        modules = {str(path.relative_to(ROOT)) for path in (ROOT / package).rglob("*.py")}
        assert modules <= found
    assert "hwr_live/py.typed" in found
    assert {name.split("/")[0] for name in found} == {"hwr_live", "train"}


def test_the_sdist_makes_the_same_wheel(tree: Path, wheel: Path, tmp_path: Path) -> None:
    sdist = build(tree, "build_sdist", tmp_path / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.name.startswith("hwr"))
    assert (unpacked / "LICENSE").is_file()
    assert not list(unpacked.rglob("*.keras"))
    assert names(build(unpacked, "build_wheel", tmp_path / "wheel")) == names(wheel)


def test_an_installed_copy_reads_a_picture(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "page.png").write_bytes(encode_png(draw_sample()))
    code = "import hwr_live; print(hwr_live.__file__)"
    status, out, said = python("-c", code, cwd=tmp_path, path=installed)
    assert (status, said) == (0, "")
    assert Path(out.strip()).is_relative_to(installed)
    read = python("-m", "hwr_live", "read", "page.png", cwd=tmp_path, path=installed)
    assert read == (0, "\n".join(TEXT) + "\n", "")


def test_the_entry_point_is_the_command(installed: Path, tmp_path: Path) -> None:
    (points,) = installed.glob("*.dist-info/entry_points.txt")
    assert "hwr-live = hwr_live.__main__:main" in points.read_text()


def others(folder: Path) -> Path:
    """A folder with a script and, in it, a folder that are called as our training is."""
    (folder / "below" / "train").mkdir(parents=True)
    (folder / "train.py").write_text("print('another one')")
    return folder


@pytest.mark.parametrize("here", ["", "below"], ids=["train.py", "train/"])
@pytest.mark.parametrize("given", [True, False], ids=["PYTHONPATH", "current folder"])
def test_the_command_that_trains_is_not_another_one(
    here: str, given: bool, installed: Path, tmp_path: Path
) -> None:
    place = others(tmp_path) / here
    path = f"{place}{os.pathsep}{installed}" if given else installed
    (script,) = installed.glob("*/hwr-live*")
    for command in ((str(script),), ("-m", "hwr_live")):
        status, out, said = python(*command, "train", "--help", cwd=place, path=path)
        assert (status, said) == (0, "")
        assert "28×28" in out


def test_python_m_train_works_wherever_it_is_installed(installed: Path, tmp_path: Path) -> None:
    status, out, said = python("-m", "train", "--help", cwd=tmp_path, path=installed)
    assert (status, said) == (0, "")
    assert "28×28" in out


def test_an_editable_install_has_both_commands(tree: Path, tmp_path: Path) -> None:
    editable = build(tree, "build_editable", tmp_path / "out")
    with zipfile.ZipFile(editable) as archive:
        archive.extractall(tmp_path / "site")
    place = others(tmp_path / "place")
    begin = (  # what this environment has installed so is not meant
        "import os, runpy, site, sys; "
        "sys.path[:] = [one for one in sys.path if not os.path.isdir(one + '/hwr_live')]; "
        "sys.meta_path[:] = [one for one in sys.meta_path if 'editable' not in repr(one)]; "
        "[sys.modules.pop(one) for one in list(sys.modules) if one.startswith('__editable__')]; "
        f"sys.path.insert(0, {str(tmp_path / 'site')!r}); site.addsitedir(sys.path[0]); "
        "sys.argv[1:] = sys.argv[2:]; import hwr_live; assert hwr_live.__file__.startswith("
        f"{str(tree)!r}), hwr_live.__file__; "
    )
    for where, module, command in (
        (place, "hwr_live", ["train", "--help"]),
        (place / "below", "hwr_live", ["train", "--help"]),
        (tmp_path, "train", ["--help"]),
    ):
        run = f"runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
        status, out, said = python("-c", begin + run, "-", *command, cwd=where)
        assert (status, said) == (0, "")
        assert "28×28" in out


@pytest.mark.parametrize("module", ["train", "hwr_live"])
def test_training_without_its_extra_says_which(
    module: str, installed: Path, tmp_path: Path
) -> None:
    command = ["train", "mnist"] if module == "hwr_live" else ["mnist"]
    code = (
        f"import runpy, sys; sys.modules.update(dict.fromkeys({TRAINING!r})); "
        f"sys.argv[1:] = {command}; runpy.run_module({module!r}, run_name='__main__')"
    )
    status, out, said = python("-c", code, cwd=tmp_path, path=installed)
    assert (status, out) == (1, "")
    assert "hwr-live[train]" in said
    assert len(said.splitlines()) == 1
