"""``card.json`` and ``README.md`` of a model of letters."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hwr_live.recognition.letters import SYMBOLS
from train.data.sources import ANYTHING
from train.fit.models import model_of

KIND = "letters"
_LICENCE = "word lists of wordfreq: CC BY-SA 4.0, and so is this model"


def make_card(name: str, counted: Mapping[str, Any], step: float, size: int) -> dict[str, Any]:
    """The card of a finished model.

    Args:
        name: the model's name.
        counted: "words" in all, "most" of a language, "languages", "contexts", "order".
        step: natural logarithm of a level.
        size: bytes of its file.
    """
    return {
        "name": name,
        "kind": KIND,
        "use": ANYTHING,
        "labels": list(SYMBOLS),
        "contexts": counted["contexts"],
        "step": step,
        "file": "letters.bin",
        "bytes": size,
        "order": counted["order"],
        "data": {
            "words": counted["words"],
            "of each language": counted["most"],
            "languages": counted["languages"],
            "licences": {"wordfreq": _LICENCE},
        },
        "versions": {"python": platform.python_version(), "wordfreq": version("wordfreq")},
    }


def letters_model(name: str) -> tuple[Path, dict[str, Any]] | None:
    """Folder and card of a model, by name or path, if it is of letters; else None.

    Raises:
        InputError: if there is no such model, or its card is broken.
    """
    return model_of(name, KIND)


def readme(card: Mapping[str, Any]) -> str:
    """The text of ``README.md``; what a card does not tell is left out."""
    parts = [
        f"# {card['name']}",
        "Says which letters follow which in words, without case and accents: an n-gram of "
        f"{card.get('order', 0)} letters with word ends, by Witten and Bell, of which "
        f"{card['contexts']:,} contexts are kept that tell most. It settles where a line network "
        "doubts; a word may always be any characters instead.",
        f"`{card['file']}` has {card.get('bytes', 0):,} bytes: the contexts' numbers, then minus "
        f"the logarithm of each probability in steps of {card['step']:g}.",
    ]
    if data := card.get("data"):
        parts += [
            "## Data",
            f"{data['words']:,} words of {len(data['languages'])} languages, the "
            f"{data['of each language']:,} commonest of each: {', '.join(data['languages'])}.",
            "\n".join(f"- {text}" for text in data["licences"].values()),
            "`python -m train letters` makes it anew.",
        ]
    return "\n\n".join(parts) + "\n"
