"""A model's ``README.md``, for people, made of its ``card.json``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hwr_live.chars import ALL, DIGITS, MARKS, SIGNS
from train.progress import duration
from train.results.figures import CONFUSION, CURVES

CardTable = Mapping[str, Any]

_GROUPS = {
    "accuracy": "each character by itself",
    "merged": "with the two cases of c, i, j, k and so on as one, as in ByMerge",
    "shapes": "with 0 and O, and 1, I and L as one too: what a crop alone can tell",
    "top3": "the right one among the first three",
}


def names_in(folder: Path) -> set[str]:
    """The names of a folder's files."""
    return {path.name for path in folder.iterdir()}


def readme(card: CardTable, files: Collection[str]) -> str:
    """The text of ``README.md``; what a card does not tell is left out.

    Args:
        card: the content of ``card.json``.
        files: names of the files beside it; pictures that are there are shown.
    """
    sections = (
        _summary(card),
        _accuracy(card.get("test", {})),
        _classes(card.get("test", {}).get("by_class", {})),
        _picture(CONFUSION, "Confusion matrix of the test part", files),
        _data(card.get("data", {})),
        _training(card),
        _picture(CURVES, "Loss and accuracy by epoch", files),
        _tried(card.get("tried", ())),
        _use(card, files),
    )
    return "\n\n".join(section for section in sections if section) + "\n"


def _summary(card: CardTable) -> str:
    chars = [label for label in card["labels"] if label is not None]
    network, test, export = (card.get(key, {}) for key in ("network", "test", "export"))
    rejects = ", and tells what is no character" if None in card["labels"] else ""
    lines = [
        f"# {card['name']}",
        "",
        f"Reads {_described(chars)}{rejects}, from 28×28 crops made as EMNIST's were.",
    ]
    if "accuracy" in test:
        lines[-1] += (
            f" Right on **{_percent(test['accuracy'])}** of {test.get('count', 0):,} test images, "
            "which neither training nor any choice has seen."
        )
    if use := card.get("use"):
        lines += ["", f"What the weights may be used for: **{use}**, by what they were trained on."]
    if network:
        lines += ["", f"Network `{network['name']}`, {network['parameters']:,} parameters."]
        if network.get("description"):
            lines[-1] += f" {network['description']}"
    if export:
        lines += ["", _export(export)]
    return "\n".join(lines)


def _described(chars: Sequence[str]) -> str:
    if list(chars) == list(ALL):
        return "0-9, A-Z and a-z"
    if list(chars) == list(ALL + MARKS):
        return f"0-9, A-Z, a-z and `{' '.join(MARKS)}`"
    if set(chars) == set(ALL + SIGNS):
        return f"0-9, A-Z, a-z and all signs of a keyboard, ``{' '.join(SIGNS)}``"
    if list(chars) == list(DIGITS):
        return "0-9"
    return f"{len(chars)} classes: {' '.join(chars)}"


def _export(export: CardTable) -> str:
    text = f"The LiteRT file has {export.get('weights', '8-bit')} weights"
    if "bytes" in export:
        text += f" and {export['bytes'] / 1e6:.2f} MB"
    told = []
    for kind, name in (("int8", "8-bit"), ("float32", "float32")):
        if f"{kind}_agreement" in export:
            part = f"{name} {_percent(export[f'{kind}_agreement'])}"
            if f"{kind}_accuracy_loss" in export:
                part += f" at {100 * export[f'{kind}_accuracy_loss']:+.2f} points of accuracy lost"
            told.append(part)
    if told:
        text += f". Share of validation images on which an export agrees: {'; '.join(told)}"
    return text + "."


def _accuracy(test: CardTable) -> str:
    if "accuracy" not in test:
        return ""
    kinds = [kind for kind in _GROUPS if kind in test]
    rows = [["all", test.get("count", 0)] + [_percent(test[kind]) for kind in kinds]]
    for name, row in test.get("by_source", {}).items():
        rows.append([name, row["count"]] + [_percent(row[kind]) for kind in kinds])
    lines = ["## Accuracy on the test part", ""]
    lines += _table(["source", "images", *kinds], rows)
    lines += ["", *(f"- {kind}: {_GROUPS[kind]}" for kind in kinds)]
    if "keras" in test:
        own = test["keras"]
        lines.append(
            f"- the network before its export: {_percent(own['accuracy'])}, loss {own['loss']:.5f}"
        )
    if "calibration_error" in test:
        lines.append(f"- expected calibration error: {_percent(test['calibration_error'])}")
    if "kept_as_characters" in test:
        lines.append(f"- taken for characters: {_percent(test['kept_as_characters'])}")
    if signs := test.get("signs"):
        lines.append(
            f"- {signs['count']:,} signs of UNIPEN's test contributors: "
            f"{_percent(signs['accuracy'])} the likeliest of all ASCII, "
            f"{_percent(signs['taken'])} taken for letters or digits with more than nine tenths"
        )
    return "\n".join(lines)


def _classes(by_class: CardTable) -> str:
    if not by_class:
        return ""
    told = [f"{char} {100 * share:5.1f}" for char, share in by_class.items()]
    lines = ["    " + "   ".join(told[i : i + 10]) for i in range(0, len(told), 10)]
    return "\n".join(["By class, per cent:", "", *lines])


def _data(data: CardTable) -> str:
    if not data:
        return ""
    lines = [
        "## Data",
        "",
        f"`{data.get('name')}`: {data.get('train', 0):,} training images, of which a part was cut "
        f"off for validation, and {data.get('test', 0):,} test images.",
    ]
    if "licence" in data:
        lines[-1] += f" Licence: {data['licence']}."
    if sources := data.get("sources"):
        rows = [[name, source["train"], source["licence"]] for name, source in sources.items()]
        lines += ["", *_table(["source", "images", "licence"], rows)]
    if "note" in data:
        lines += ["", data["note"]]
    if files := data.get("files"):
        lines += ["", "SHA-256 of the files:", ""]
        lines += [f"    {digest}  {name}" for name, digest in files.items()]
    return "\n".join(lines)


def _training(card: CardTable) -> str:
    recipe = card.get("recipe")
    if not recipe:
        return ""
    lines = ["## Training", ""]
    where = ", ".join(card.get("gpus") or []) or card.get("processor", "")
    seconds = card.get("training_seconds")
    if strategy := card.get("strategy"):
        where += f" ({strategy['name']}, {strategy['replicas']} replicas)"
    took = f"{duration(seconds)} on {where}, " if seconds is not None and where else ""
    lines.append(f"{took}finished on {card.get('date', 'an unknown day')}, with these settings:")
    lines += ["", *(f"    {key} = {value}" for key, value in _settings(recipe))]
    if versions := card.get("versions"):
        told = ", ".join(f"{name} {version}" for name, version in versions.items())
        lines += ["", f"Versions: {told}."]
    return "\n".join(lines)


def _settings(recipe: CardTable) -> Iterable[tuple[str, Any]]:
    for key, value in recipe.items():
        if isinstance(value, Mapping):
            yield key, ", ".join(f"{name} {amount}" for name, amount in value.items()) or "none"
        elif isinstance(value, (list, tuple)):
            yield key, ", ".join(map(str, value)) or "none"
        else:
            yield key, "none" if value is None else value


def _tried(tried: Iterable[Mapping[str, str]]) -> str:
    """What was tried, as whoever trained it has written into the card by hand."""
    rows = [[one["change"], one["gave"]] for one in tried]
    if not rows:
        return ""
    return "\n".join(["## What was tried", "", *_table(("change", "what it gave"), rows)])


def _use(card: CardTable, files: Collection[str]) -> str:
    name = card["name"]
    lines = ["## Use", "", f"    hwr-live read page.jpg --model models/{name}"]
    if "model.keras" in files:
        lines.append(f"    python -m train evaluate models/{name} --data DIR")
    lines += ["", "`card.json` says the same to programs; this text is made of it."]
    return "\n".join(lines)


def _picture(name: str, title: str, files: Collection[str]) -> str:
    return f"![{title}]({name})" if name in files else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """A Markdown table; numbers are set right."""
    body = [list(row) for row in rows]
    first = body[0] if body else []
    rule = ["--:" if re.fullmatch(r"[\d.,]+( ?%)?", str(cell)) else ":--" for cell in first]
    told = [[f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row] for row in body]
    return [f"| {' | '.join(row)} |" for row in (list(head), rule, *told)]


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
