"""``python -m train lines``, and evaluate, export, show and report for a line network."""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hwr_live.errors import HwrError, InputError
from hwr_live.system.files import write_exactly, write_new
from train.data.sources import LICENCES
from train.lines.card import readme
from train.lines.plan import PRECISIONS, STRATEGIES, Plan
from train.options import documented
from train.progress import say
from train.results.folder import checkpoint_file, output_folder, refuse_installed, replace_file
from train.results.litert import model_content

if TYPE_CHECKING:
    from train.lines.compose import Line
    from train.lines.export import Lite

NAME = "lines"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of a training but for those of the data."""
    add_plan(parser, Plan, NAME, precision=PRECISIONS, licences=LICENCES)
    parser.add_argument(
        "--sitting",
        type=float,
        metavar="X",
        help="minutes after which to stop, whatever is left; --resume goes on",
    )
    parser.add_argument(
        "--strategy",
        choices=STRATEGIES,
        default="none",
        help="train on all GPUs of this machine, or with other machines by TF_CONFIG [none]",
    )
    parser.add_argument(
        "--pack",
        type=Path,
        metavar="FILE",
        help="train nothing: write all that lines are composed of into one file, which --data "
        "takes on another machine",
    )


def add_plan(
    parser: argparse.ArgumentParser, plan: type[Any], name: str, **choices: Sequence[str]
) -> None:
    """The options of a training that has a plan of its own.

    Args:
        parser: gets the options.
        plan: the dataclass of the settings, each documented.
        name: what the model is called.
        choices: of settings that are one of a few.
    """
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=f"the model's folder [./models/{name}]"
    )
    parser.add_argument("--force", action="store_true", help="replace a model that is there")
    going_on = parser.add_mutually_exclusive_group()
    going_on.add_argument(
        "--resume",
        action="store_true",
        help="go on with the training that was broken off, with the settings that it had; "
        "more --minutes make it longer",
    )
    going_on.add_argument(
        "--restart", action="store_true", help="forget a training that was broken off"
    )
    group = parser.add_argument_group("settings of the training")
    told = documented(plan)
    kinds = {"float": (float, "X"), "int": (int, "N"), "str": (str, "NAME")}
    for one in fields(plan):
        kind, metavar = kinds[str(one.type)]
        shown = f" [{one.default}]" if one.default != "" else ""
        group.add_argument(
            "--" + one.name.replace("_", "-"),
            dest=one.name,
            type=kind,
            choices=choices.get(one.name),
            metavar=None if one.name in choices else metavar,
            help=(told[one.name].rstrip(".") + shown).replace("%", "%%"),
        )


def train(options: argparse.Namespace, data: Path | None) -> dict[str, Any] | None:
    """Trains a line model by its options and gives its card; tells on stderr. None where there is
    more to train, or another machine is to finish it.

    Raises:
        InputError: for bad settings, or data that is missing.
        HwrError: if a broken-off training is in the way, or the export fails.
    """
    if data is None:
        raise InputError("line networks are trained on files: give --data, or set HWR_DATA")
    if options.sitting is not None and not 0.01 <= options.sitting <= 100_000:
        raise InputError("--sitting must lie between 0.01 and 100000")
    out = output_folder(NAME, "hwr", options.out, options.force)
    given = {
        one.name: value for one in fields(Plan) if (value := getattr(options, one.name)) is not None
    }
    file = checkpoint_file(out)
    from train.lines.checkpoint import saved_plan

    before = None if options.restart else saved_plan(file)
    if before is not None and not options.resume:
        raise HwrError(
            f"{file.parent} holds a training that was broken off: --resume goes on with it, "
            "--restart forgets it"
        )
    if before is None and options.resume:
        say("nothing was broken off here: beginning anew")
    plan = replace(before or Plan(), **given)
    from train.lines.make import make_model
    from train.lines.pack import is_pack, opened

    return make_model(
        plan,
        opened(data) if is_pack(data) else data,
        out,
        restart=options.restart,
        sitting=math.inf if options.sitting is None else options.sitting,
        strategy=options.strategy,
    )


def pack(data: Path | None, path: Path) -> int:
    """Writes a pack of the data; tells on stderr.

    Raises:
        InputError: if data is missing.
        HwrError: if the file cannot be written.
    """
    from train.lines.pack import write_pack

    say("packing; the ink of all words on paper is made, if it was not before: minutes")
    size = write_pack(needed(data), path)
    print(f"{path}: {size:,} bytes")
    return 0


def evaluate(folder: Path, card: Mapping[str, Any], data: Path | None, as_json: bool) -> int:
    """Prints a line model's error rates on the test parts."""
    from train.lines.errors import told
    from train.lines.export import read
    from train.lines.loop import by_part
    from train.lines.measure import test_lines

    lines = test_lines(needed(data))
    texts = read(_lite(folder, card), lines)
    found = {name: one.rounded() for name, one in by_part(texts, lines).items()}
    print(json.dumps(found) if as_json else told(found))
    return 0


def export(
    folder: Path, card: dict[str, Any], data: Path | None, out: Path, quantize: bool, force: bool
) -> int:
    """Writes a line model's LiteRT file anew from its weights, if it reads as they do."""
    from train.lines import validation
    from train.lines.loop import answering
    from train.lines.make import export as convert
    from train.lines.weights import read_weights

    model = answering(read_weights(folder))
    made = convert(model, validation.compose(needed(data)), quantize=quantize)
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
        f"{os.path.relpath(out)}: {len(made.file):,} bytes, reads {made.agreement:.3%} of the "
        "validation lines' characters as the network does"
    )
    return 0


def show(folder: Path, card: Mapping[str, Any], data: Path | None, to: Path | None) -> int:
    """Draws a sheet of training lines, and the validation lines that the model reads worst."""
    from train.lines import pictures, validation
    from train.lines.compose import Composer
    from train.lines.export import read
    from train.lines.make import worst

    place = to or folder
    refuse_installed(place)
    rng = np.random.default_rng(1)
    composer = Composer(needed(data))
    some: list[Line] = [composer.line(rng) for _ in range(_SAMPLES)]
    sheet = pictures.png(pictures.sheet(some, title=f"{_SAMPLES} lines to train on"))
    lines = validation.compose(needed(data), _EACH)
    texts = read(_lite(folder, card), lines)
    written = write_new(place, f"{card['name']}-samples", {".png": sheet})
    replace_file(place / "worst.png", worst(lines, texts))
    for path in (*written, place / "worst.png"):
        print(path)
    return 0


_SAMPLES = 48  # lines on the sheet
_EACH = 20  # validation lines of each part that the worst are taken from


def _lite(folder: Path, card: Mapping[str, Any]) -> Lite:
    """A line model's network, which may be anybody's."""
    from train.lines.export import SHAPES, Lite

    return Lite(model_content(model_file(folder, card), SHAPES), 2)


def model_file(folder: Path, card: Mapping[str, Any]) -> Path:
    """The LiteRT file that a card names.

    Raises:
        InputError: if it is not in the folder.
    """
    name = str(card.get("file", "model.tflite"))
    if Path(name).name != name or not (folder / name).is_file():
        raise InputError(f"{folder} has no file {name!r} of the network")
    return folder / name


def needed(data: Path | None) -> Path:
    """The folder of the data; InputError without one."""
    if data is None:
        raise InputError("this needs the data: give --data, or set HWR_DATA")
    return data
