"""``card.json`` and ``README.md`` of a map of writing."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from train import devices
from train.fit.models import model_of
from train.lines.card import licences_of, use_of
from train.pages.network import STRIDE
from train.progress import duration

KIND = "pages"
LABELS = ["hand", "print", "drawing"]


def make_card(
    name: str, plan: Mapping[str, Any], trained: Mapping[str, Any], results: Mapping[str, Any]
) -> dict[str, Any]:
    """The card of a finished map of writing.

    Args:
        name: the model's name.
        plan: the settings; of folders the names alone are kept.
        trained: what there is to say of the training: "pages", "minutes", "parameters".
        results: "validation" by part, "export".
    """
    from train.results.card import versions

    start, licences = str(plan.get("start", "")), str(plan.get("licences", "any"))
    kept = {"start": os.path.basename(os.path.abspath(start)) if start else ""}
    return {
        "name": name,
        "kind": KIND,
        "date": datetime.date.today().isoformat(),
        "use": use_of(licences, start),
        "labels": LABELS,
        "input": {"map": 4, "multiple": STRIDE, "dtype": "float32", "range": [0, 1]},
        "output": "logits",
        "file": "model.tflite",
        "network": {
            "name": "pages",
            "description": "A U-Net over the grey picture; at a quarter of its scale it tells of "
            "two by two places each whether the core of a line of handwriting, of one of print, "
            "or a drawing is there, and which way the line runs.",
            "parameters": trained["parameters"],
        },
        **results,
        "trained": {key: trained[key] for key in ("pages", "minutes")},
        "data": {"licences": licences_of(licences)},
        "plan": {**plan, **kept},
        "versions": versions(),
        "processor": devices.processor(),
        "gpus": devices.gpus(),
    }


def pages_model(name: str) -> tuple[Path, dict[str, Any]] | None:
    """Folder and card of a model, by name or path, if it is a map of writing; else None.

    Raises:
        InputError: if there is no such model, or its card is broken.
    """
    return model_of(name, KIND)


def readme(card: Mapping[str, Any]) -> str:
    """The text of ``README.md``; what a card does not tell is left out."""
    network, trained, export = (card.get(key, {}) for key in ("network", "trained", "export"))
    parts = [
        f"# {card['name']}",
        "Says where in a picture there is handwriting, print, or ink that is neither. "
        f"{network.get('description', '')} {network.get('parameters', 0):,} parameters.",
    ]
    if export:
        parts.append(
            f"`{card['file']}` has {export['weights']} weights and {export['bytes']:,} bytes; it "
            f"takes pictures whose sides are multiples of {STRIDE} and says at "
            f"{export['agreement']:.2%} of the validation pages' places what the network says."
        )
    if valid := card.get("validation"):
        parts += [
            "## Validation",
            "Photographed diagrams of writers, and pages composed of hands, fonts and drawings, "
            "that were held back from training. Of all places where a core or a drawing is, the "
            "share found (recall), and of all places where one was told, the share where it is "
            "(precision); and the share of lines' places whose direction is off by less than 30°. "
            "In `empty` there is no handwriting.",
            told(valid),
        ]
    if trained:
        parts += [
            "## Training",
            f"{trained['pages']:,} pages in {duration(60 * trained['minutes'])} on "
            f"{card.get('processor', 'a processor')}; settings in `card.json`. "
            "`python -m train pages` trains it anew.",
        ]
    licences = card.get("data", {}).get("licences", {})
    if licences:
        rows = "\n".join(f"- {text}" for text in licences.values())
        parts += ["## Data", rows, "The data itself is not part of the project."]
    if use := card.get("use"):
        parts.append(f"What the weights may be used for: **{use}**.")
    return "\n\n".join(parts) + "\n"


def told(parts: dict[str, dict[str, float]]) -> str:
    """A table of figures by part."""
    names = list(next(iter(parts.values()), {}))
    head = "| per cent | " + " | ".join(names) + " |\n|---|" + "--:|" * len(names)
    rows = [
        f"| {part} | " + " | ".join(f"{100 * row[name]:.1f}" for name in names) + " |"
        for part, row in parts.items()
    ]
    return "\n".join([head, *rows])
