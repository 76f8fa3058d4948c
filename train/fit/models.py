"""Finished models, by name or path, as the commands of training take them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hwr_live.recognition.card import FILE, read_card
from hwr_live.recognition.models import find_model


def folder_of(name: str) -> Path:
    """A model's folder; a path goes before the name of a shipped model, as who trains means what
    has just been written.

    Raises:
        InputError: if there is none.
    """
    return Path(name) if (Path(name) / FILE).is_file() else find_model(name)


def model_of(name: str, kind: str) -> tuple[Path, dict[str, Any]] | None:
    """Folder and card of a model, if it is of a kind, as cards call it; else None.

    Raises:
        InputError: if there is no such model, or its card is broken.
    """
    folder = folder_of(name)
    card = read_card(folder)
    return (folder, card) if card.get("kind") == kind else None
