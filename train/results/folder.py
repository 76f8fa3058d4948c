"""Where a trained model goes, and how its folder is replaced whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from hwr_live.errors import InputError
from hwr_live.system.files import place_beside

_INSTALLED = {"site-packages", "dist-packages"}


def model_name(dataset: str, net: str) -> str:
    """What a model is called by default, after the name or path of its data set."""
    return Path(os.path.abspath(dataset)).name + ("" if net == "hwr" else f"-{net}")


def output_folder(dataset: str, net: str, out: Path | None, force: bool) -> Path:
    """The folder that a model is to be written to, absolute.

    Args:
        dataset: name or path of the data set.
        net: name of the network.
        out: the folder asked for; by default ``models/DATASET`` in the current folder, with
            ``-NET`` behind it unless it is the best network's.
        force: whether a model that is there may be replaced.

    Raises:
        InputError: if it must not be written to.
    """
    folder = Path(os.path.abspath(out or Path("models") / model_name(dataset, net)))
    refuse_installed(folder)
    if not folder.name:
        raise InputError(f"{folder} is no folder for a model; give --out")
    recover(folder)
    if not os.path.lexists(folder):
        return folder
    if not (folder / "card.json").is_file():
        if not folder.is_dir() or any(folder.iterdir()):
            raise InputError(f"{folder} is there already and is no model; give --out")
    elif not force:
        raise InputError(f"{folder} is there already; --force replaces it")
    return folder


def checkpoint_file(folder: Path) -> Path:
    """The checkpoint of the training of a model, in a folder of its own beside the model's."""
    return _beside(folder, "training") / "checkpoint.npz"


def refuse_installed(path: Path) -> None:
    """Raises InputError if ``path`` lies where packages are installed."""
    resolved = path.resolve()
    installed = [Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib")]
    if _INSTALLED & set(resolved.parts) or any(
        p in (resolved, *resolved.parents) for p in installed
    ):
        raise InputError(f"{path} belongs to the installed packages; give --out with another place")


def recover(folder: Path) -> None:
    """Puts back the model that was there, if a training was killed while replacing it."""
    old = _beside(folder, "old")
    if old.is_dir() and not os.path.lexists(folder):
        old.rename(folder)


@contextlib.contextmanager
def replaced(folder: Path) -> Iterator[Path]:
    """A new folder to fill, which takes the place of ``folder`` when it is filled.

    At every moment there is the whole old folder or the whole new one, but for the instant between
    two renames, which ``recover`` mends.
    """
    new, old = _beside(folder, "new"), _beside(folder, "old")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise
    recover(folder)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def replace_file(path: Path, data: bytes) -> None:
    """Writes a file of ours, beside and then in its place.

    Raises:
        InputError: if it cannot be written.
    """
    refuse_installed(path)
    beside = place_beside(path)
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror or error})") from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def _beside(folder: Path, suffix: str) -> Path:
    return folder.with_name(f"{folder.name}.{suffix}")
