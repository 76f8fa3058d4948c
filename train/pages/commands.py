"""``python -m train pages``, and evaluate, export, show and report for a map of writing."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from hwr_live.errors import HwrError, InputError
from hwr_live.system.files import write_exactly, write_new
from train.data.sources import LICENCES
from train.lines.commands import add_plan, model_file, needed
from train.pages.card import readme, told
from train.pages.plan import Plan
from train.progress import say
from train.results.folder import checkpoint_file, output_folder, refuse_installed, replace_file
from train.results.litert import model_content

NAME = "pages"
_SAMPLES = 24  # pages on the sheet


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of a training but for those of the data."""
    add_plan(parser, Plan, NAME, licences=LICENCES)


def train(options: argparse.Namespace, data: Path | None) -> dict[str, Any]:
    """Trains a map of writing by its options and gives its card; tells on stderr.

    Raises:
        InputError: for bad settings, or data that is missing.
        HwrError: if a broken-off training is in the way, or the export fails.
    """
    out = output_folder(NAME, "hwr", options.out, options.force)
    given = {
        name: value
        for name in Plan.__dataclass_fields__
        if (value := getattr(options, name)) is not None
    }
    file = checkpoint_file(out)
    from train.lines.checkpoint import saved_table

    before = None if options.restart else saved_table(file)
    if before is not None and not options.resume:
        raise HwrError(
            f"{file.parent} holds a training that was broken off: --resume goes on with it, "
            "--restart forgets it"
        )
    if before is None and options.resume:
        say("nothing was broken off here: beginning anew")
    plan = replace(Plan.of(before or {}), **given)
    from train.pages.make import make_model

    return make_model(plan, needed(data), out, restart=options.restart)


def evaluate(folder: Path, card: Mapping[str, Any], data: Path | None, as_json: bool) -> int:
    """Prints a map's figures on pages that were held back."""
    from train.pages import validation
    from train.pages.export import lite_answers
    from train.pages.measure import by_part

    samples = validation.compose(needed(data), _side(card))
    answers = lite_answers(_content(folder, card), samples, 2)
    found = {name: one.rounded() for name, one in by_part(answers, samples).items()}
    print(json.dumps(found) if as_json else told(found))
    return 0


def export(
    folder: Path, card: dict[str, Any], data: Path | None, out: Path, quantize: bool, force: bool
) -> int:
    """Writes a map's LiteRT file anew from its weights, if it answers as they do."""
    from train.lines.weights import read_weights
    from train.pages import validation
    from train.pages.export import export as convert
    from train.pages.network import build_for

    samples = validation.compose(needed(data), _side(card))
    made = convert(build_for(read_weights(folder)), samples, quantize=quantize)
    if reason := made.refusal():
        raise HwrError(f"{reason}; it is not written")
    if force:
        replace_file(out, made.file)
    else:
        write_exactly(out, made.file)
    if out.resolve() == model_file(folder, card).resolve():
        weights = "8-bit" if quantize else "float32"
        kept = {"weights": weights, "bytes": len(made.file), "agreement": round(made.agreement, 5)}
        card["export"] = kept
        replace_file(folder / "card.json", (json.dumps(card, indent=1) + "\n").encode())
        replace_file(folder / "README.md", readme(card).encode())
    print(
        f"{os.path.relpath(out)}: {len(made.file):,} bytes, says at {made.agreement:.3%} of the "
        "validation pages' places what the network says"
    )
    return 0


def show(folder: Path, card: Mapping[str, Any], data: Path | None, to: Path | None) -> int:
    """Draws a sheet of pages to train on with their maps, and of what the model says of pages to
    validate with."""
    from train.lines.pictures import png
    from train.pages import pictures, validation
    from train.pages.compose import Composer
    from train.pages.export import lite_answers

    place = to or folder
    refuse_installed(place)
    side = _side(card)
    composer, rng = Composer(needed(data), side=side), np.random.default_rng(1)
    some = [composer.sample(rng) for _ in range(_SAMPLES)]
    sheet = png(pictures.sheet(some, title=f"{_SAMPLES} pages to train on"))
    samples = validation.compose(needed(data), side, _SAMPLES // 3)
    answers = lite_answers(_content(folder, card), samples, 2)
    title = "Pages to validate with, and what is said of them"
    written = write_new(place, f"{card['name']}-samples", {".png": sheet})
    replace_file(place / "pages.png", png(pictures.sheet(samples, answers, title=title)))
    for path in (*written, place / "pages.png"):
        print(path)
    return 0


def _content(folder: Path, card: Mapping[str, Any]) -> bytes:
    """A map's LiteRT file, which may be anybody's."""
    from train.pages.export import SHAPES

    return model_content(model_file(folder, card), SHAPES)


def _side(card: Mapping[str, Any]) -> int:
    """Pixels of the pages that a model was trained on.

    Raises:
        InputError: if its card does not tell.
    """
    try:
        return Plan.of(card["plan"]).side
    except (KeyError, TypeError, AttributeError):
        raise InputError(f"the card of {card['name']} tells no settings") from None
