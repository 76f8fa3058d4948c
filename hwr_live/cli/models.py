"""What ``hwr-live models`` tells: what each shipped model reads, and how well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hwr_live.chars import DIGITS, LOWER, UPPER
from hwr_live.recognition.card import card_errors, read_card
from hwr_live.recognition.models import DEFAULT, find_beside, shipped_models

_KINDS = {DIGITS: "0-9", UPPER: "A-Z", LOWER: "a-z"}
_COLUMNS = {
    "accuracy": "{classes} classes",
    "merged": "47 merged",
    "shapes": "44 shapes",
    "top3": "first three",
}
"""Figures of a card, and how they are headed. Merged are EMNIST ByMerge's classes, in which c and C
are one; in shapes 0 and O are one too, and 1, I and L."""


def run() -> int:
    """Prints a paragraph for each shipped model; returns the exit status."""
    folders = sorted(shipped_models(), key=lambda folder: (folder.name != DEFAULT, folder.name))
    print("\n\n".join("\n".join(told(folder)) for folder in folders))
    print(
        "\nBy itself a c looks like a C, and a 0 like an O: merged and shapes count such as one.\n"
        "In a line the neighbours tell them apart. The README explains the figures."
    )
    return 0


def told(folder: Path) -> Iterator[str]:
    """The lines about one model.

    Raises:
        InputError: if its card is not of the form that training writes.
    """
    card = read_card(folder)
    with card_errors(folder):
        test = card["test"]
        chars = [label for label in card["labels"] if label is not None]
        default = ", the default" if folder.name == DEFAULT else ""
        size = card["export"]["bytes"] / 1e3
        yield f"{folder.name}{default}: reads {_named(chars)}; {size:,.0f} kB, {card['date'][:10]}"
        if use := _use(folder, card):
            yield f"  use: {use}"
        heads = {key: head.format(classes=len(test["by_class"])) for key, head in _COLUMNS.items()}
        heads = {key: head for key, head in heads.items() if key in test}
        rows = {"all": test, **test.get("by_source", {})}
        yield "  " + _row("right, per cent", "images", heads.values())
        for name, row in rows.items():
            yield "  " + _row(name, f"{row['count']:,}", _cells(row, heads))


_ALONG = ("lines", "pages", "letters")


def _use(folder: Path, card: Mapping[str, Any]) -> str:
    """In a word what a model's weights may be used for, and which of those that read along with it
    may be used for less; empty where the card does not tell."""
    own = str(card.get("use") or "")
    if own != "anything":
        return own
    less: dict[str, list[str]] = {}
    for name in filter(None, map(card.get, _ALONG)):
        use = str(read_card(find_beside(folder, str(name))).get("use") or own)
        less.setdefault(use, []).append(str(name))
    told = [f"{', '.join(names)}: {use}" for use, names in less.items() if use != own]
    return f"{own} ({'; '.join(told)})" if told else own


def _cells(row: Mapping[str, Any], heads: Mapping[str, str]) -> list[str]:
    return [f"{100 * row[key]:.2f}" if key in row else "" for key in heads]


def _row(name: str, count: str, cells: Any) -> str:
    return f"{name:16}{count:>8}" + "".join(f"{cell:>13}" for cell in cells)


def _named(chars: list[str]) -> str:
    """Characters, whole alphabets in short."""
    text = "".join(chars)
    kinds = [name for kind, name in _KINDS.items() if set(kind) <= set(text)]
    rest = [c for c in text if not any(c in kind and set(kind) <= set(text) for kind in _KINDS)]
    return " and ".join(filter(None, (", ".join(kinds), " ".join(rest))))
