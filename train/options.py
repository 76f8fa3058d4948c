"""Command-line options made from the recipe's fields, and their help from its documentation."""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from train.data.sources import LICENCES
from train.recipe import OPTIMIZERS, PRECISIONS, RECIPES, TUTORIALS, Augmentation, Recipe

_CHOICES = {"optimizer": OPTIMIZERS, "precision": PRECISIONS, "licences": LICENCES}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds an option for every field of ``Recipe`` but the network, and of ``Augmentation``.

    None is set by default, so that one that was not given can be told from one that was.
    """
    group = parser.add_argument_group(
        "settings of the training", "what is not given suits the data set and the network"
    )
    told = documented(Recipe)
    for one in fields(Recipe):
        if one.name in ("net", "augmentation"):
            continue
        parse, metavar = _PARSERS[str(one.type)]
        choices = _CHOICES.get(one.name)
        group.add_argument(
            "--" + one.name.replace("_", "-"),
            dest=one.name,
            type=parse,
            choices=choices,
            metavar=None if choices else metavar,
            help=_escaped(f"{told.get(one.name, '')} {_defaults(one.name)}".strip()),
        )
    group = parser.add_argument_group(
        "augmentation",
        "how images are varied; where the network's recipe has none, what is not given is 0",
    )
    group.add_argument(
        "--augmentation", choices=("on", "off"), help="the usual amounts, or none at all"
    )
    told = documented(Augmentation)
    for one in fields(Augmentation):
        group.add_argument(
            f"--{one.name}",
            type=_number,
            metavar="X",
            help=_escaped(f"{told.get(one.name, '')} [{one.default:g}]"),
        )


def apply_settings(options: argparse.Namespace, recipe: Recipe) -> Recipe:
    """The recipe with what was given on the command line.

    Raises:
        InputError: for a value out of range.
    """
    given = {
        one.name: value
        for one in fields(Recipe)
        if one.name not in ("net", "augmentation")
        and (value := getattr(options, one.name)) is not None
    }
    amounts = {
        one.name: value
        for one in fields(Augmentation)
        if (value := getattr(options, one.name)) is not None
    }
    how = recipe.augmentation
    if options.augmentation is not None:
        how = Augmentation() if options.augmentation == "on" else None
    if amounts:
        none = Augmentation(**{one.name: 0.0 for one in fields(Augmentation)})
        how = replace(how or none, **amounts)
    return replace(recipe, augmentation=how, **given)


def documented(cls: type) -> dict[str, str]:
    """What the ``Attributes`` section of a class says of each name."""
    section = re.search(r"Attributes:\n(.*?)(?:\n\s*\n|\Z)", cls.__doc__ or "", re.DOTALL)
    out: dict[str, str] = {}
    name = ""
    for line in section[1].splitlines() if section else []:
        if start := re.match(r" {8}(\w+): (.*)", line):
            name = start[1]
            out[name] = start[2].strip()
        elif name:
            out[name] += " " + line.strip()
    return {key: text.replace("``", "") for key, text in out.items()}


def _defaults(name: str) -> str:
    """The default of hwr62, and which data sets and networks have another."""
    if name in ("source_weights", "reserve"):
        return "[by the data set: train/recipe.py]"
    by_value: dict[Any, list[str]] = {}
    for owner, recipe in {**RECIPES, **TUTORIALS}.items():
        by_value.setdefault(getattr(recipe, name), []).append(owner)
    usual = getattr(RECIPES["hwr62"], name)
    others = [
        f"{value}: {', '.join(owners)}" for value, owners in by_value.items() if value != usual
    ]
    return f"[{'; '.join([str(usual), *others])}]" if usual != "" else ""


def _escaped(text: str) -> str:
    return text.replace("%", "%%")


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return value


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _table(text: str) -> Mapping[int, float]:
    pairs = [pair.partition("=") for pair in text.split(",") if pair]
    try:
        return {int(key): float(value) for key, _, value in pairs}
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not such as 0=0.6,2=3") from None


_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "int": (_whole, "N"),
    "float": (_number, "X"),
    "str": (str, "NAME"),
    "tuple[str, ...]": (_names, "NAME,NAME"),
    "dict[int, float]": (_table, "BYTE=X,BYTE=X"),
}
