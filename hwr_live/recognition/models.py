"""Where models are: the shipped ones by name, others by path."""

from __future__ import annotations

import json
import os
from pathlib import Path

from hwr_live.errors import InputError
from hwr_live.system.nearest import suggestion

DEFAULT = "hwr62"


def shipped_folder() -> Path:
    """The folder of the shipped models, in a checkout and in an installed package alike."""
    import hwr_live

    # Installed, the models are the package hwr_live.models; in a checkout they lie beside it.
    package = Path(hwr_live.__file__).resolve().parent
    inside = package / "models"
    return inside if inside.is_dir() else package.parent / "models"


def find_model(model: str) -> Path:
    """The folder of a model.

    Args:
        model: a shipped model's name, or the path of a folder with a ``card.json``.

    Raises:
        InputError: if there is none.
    """
    shipped = shipped_folder()
    # os.path tells of no file where pathlib raises: a name too long, a folder closed to us.
    if model and Path(model).name == model and os.path.isfile(shipped / model / "card.json"):
        return shipped / model
    path = Path(model)
    if model and os.path.isfile(path / "card.json"):
        return path
    names = ", ".join(folder.name for folder in shipped_models()) or "none"
    raise InputError(
        f"no model {model!r}; shipped: {names}; or give a model folder's path"
        f"{suggestion(model, [folder.name for folder in shipped_models()])}"
    )


def find_beside(folder: Path, name: str) -> Path:
    """The folder of a model that another one's card names: beside it, or a shipped one.

    Raises:
        InputError: if there is none.
    """
    if Path(name).name == name and os.path.isfile(folder.parent / name / "card.json"):
        return folder.parent / name
    return find_model(name)


def shipped_models() -> list[Path]:
    """The folders, by name, of the shipped models that read characters; what reads along with
    a model whose card names it (a line network, a map of writing, letters) is none to choose."""
    cards = shipped_folder().glob("*/card.json")
    return sorted(card.parent for card in cards if not _reads_along(card))


def _reads_along(card: Path) -> bool:
    """Whether a card is of a network that reads along with another; a broken one is told of by who
    loads it."""
    try:
        table = json.loads(card.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(table, dict) and table.get("kind") in ("lines", "pages", "letters")
