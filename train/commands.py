"""The commands that work on finished models and data sets, and what all commands share."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hwr_live.errors import HwrError, InputError
from hwr_live.recognition.card import Card, card_errors, read_card
from hwr_live.system.files import write_exactly, write_new
from hwr_live.system.signals import STATUS, at_once
from hwr_live.system.silence import silence
from hwr_live.system.terminal import Parser
from train import devices
from train.data.datasets import OFFICIAL, SOURCES, Dataset, load
from train.fit.models import folder_of
from train.images.pool import cut_validation
from train.letters import make as letters_command
from train.letters.card import letters_model
from train.letters.card import readme as letters_readme
from train.lines import commands as line_commands
from train.lines.card import lines_model
from train.lines.card import readme as lines_readme
from train.pages import commands as page_commands
from train.pages.card import pages_model
from train.pages.card import readme as pages_readme
from train.progress import say
from train.recipe import NET_NAMES, Recipe, recipe_for, recipe_from
from train.results.figures import draw_curves, draw_results, draw_samples
from train.results.folder import refuse_installed, replace_file
from train.results.report import names_in, readme


class _Parser(Parser):
    program = "train"


def make_parser(command: str, description: str) -> argparse.ArgumentParser:
    """A parser as all commands have it."""
    return _Parser(
        prog=f"python -m train {command}".rstrip(),
        description=description,
        allow_abbrev=False,
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """Adds the options that say where data comes from."""
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of the data sets, or gzip.zip [$HWR_DATA]"
    )
    parser.add_argument(
        "--from",
        dest="source",
        choices=SOURCES,
        default="files",
        help="files, TensorFlow Datasets (tfds) or Keras's own file of MNIST (keras) [files]",
    )
    parser.add_argument("--no-download", action="store_true", help="fetch nothing")


def data_folder(options: argparse.Namespace) -> Path | None:
    """The data folder that was given, or that the environment names."""
    if options.data is not None:
        return Path(options.data)
    return Path(os.environ["HWR_DATA"]) if os.environ.get("HWR_DATA") else None


def load_data(options: argparse.Namespace, name: str) -> Dataset:
    """Loads a data set and tells its warnings."""
    # HWR_DATA names a folder of files; the libraries have folders of their own.
    data = data_folder(options) if options.source == "files" else options.data
    dataset = load(name, data, source=options.source, download=not options.no_download)
    for warning in dataset.warnings:
        say(f"warning: {warning}")
    return dataset


@contextlib.contextmanager
def loading() -> Iterator[None]:
    """A block of imports, of which TensorFlow takes seconds and greets on stderr."""
    with at_once(), silence():
        yield


def need_tensorflow(what: str) -> None:
    """Raises HwrError, with what to install, where TensorFlow is not."""
    if importlib.util.find_spec("tensorflow") is None:
        raise HwrError(f"{what} needs TensorFlow: python -m pip install 'hwr-live[train]'")


def evaluate(arguments: Sequence[str]) -> int:
    """Prints what a model is worth on the test part."""
    parser = make_parser("evaluate", "Measures a model on the test part of its data set again.")
    _add_model(parser)
    parser.add_argument("--json", action="store_true", help="print JSON, as in card.json")
    options = parser.parse_args(arguments)
    if lines := lines_model(options.model):
        return line_commands.evaluate(*lines, data_folder(options), options.json)
    if pages := pages_model(options.model):
        return page_commands.evaluate(*pages, data_folder(options), options.json)
    folder, card = _model(options.model)
    dataset = load_data(options, _dataset_of(options, card))
    with loading():
        from train.results.evaluate import evaluate, told

    found = evaluate(folder, card, dataset, data_folder(options))
    print(json.dumps(found) if options.json else told(card, found, dataset))
    return 0


def export(arguments: Sequence[str]) -> int:
    """Writes a model's LiteRT file from its Keras file."""
    parser = make_parser(
        "export",
        "Makes a LiteRT file from a model's model.keras. It is written only if it agrees with the\n"
        "network on the validation part; if it takes the place of the model's own, so does what\n"
        "card.json and README.md say of it.",
    )
    _add_model(parser)
    parser.add_argument(
        "--float32", action="store_true", help="float32 weights; otherwise they have 8 bits"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="[MODEL/model-int8.tflite or -float32.tflite]"
    )
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    options = parser.parse_args(arguments)
    need_tensorflow("exporting")
    lines, pages = lines_model(options.model), pages_model(options.model)
    folder, card = lines or pages or _model(options.model)
    kind = "float32" if options.float32 else "int8"
    out = options.out or folder / f"model-{kind}.tflite"
    refuse_installed(out)
    if out.exists() and not options.force:
        raise InputError(f"{out} is there already; --force replaces it")
    if lines or pages:
        data, quantize = data_folder(options), not options.float32
        make = line_commands.export if lines else page_commands.export
        return make(folder, card, data, out, quantize, options.force)
    recipe = _recipe_of(card)
    dataset = load_data(options, _dataset_of(options, card))
    with loading():
        from train.fit.nets import load_net
        from train.results.export import export

    _, valid = cut_validation(dataset.train, recipe)
    images, labels = dataset.train.images[valid], dataset.train.labels[valid]
    made = export(load_net(folder / "model.keras"), images, labels, quantize=not options.float32)
    if reason := made.refusal():
        raise HwrError(f"{reason}; it is not written")
    if options.force:
        replace_file(out, made.file)
    else:
        write_exactly(out, made.file)
    if out.resolve() == (folder / str(card.get("file", "model.tflite"))).resolve():
        card["embedding"] = made.embedding
        card["export"] = {**card.get("export", {}), "weights": made.name, "bytes": len(made.file)}
        replace_file(folder / "card.json", (json.dumps(card, indent=1) + "\n").encode())
        replace_file(folder / "README.md", readme(card, names_in(folder)).encode())
    print(
        f"{out}: {len(made.file):,} bytes, agrees on {made.agreement:.3%} of {len(labels):,} "
        f"validation images, {100 * made.accuracy_loss:+.3f} points of accuracy lost"
    )
    return 0


def show(arguments: Sequence[str]) -> int:
    """Draws a data set's samples, or a model's curves and confusions."""
    parser = make_parser(
        "show",
        "Draws samples of a data set, DATASET-samples.png, or of a model the curves of its\n"
        "training, its confusion matrix and its worst confusions, into the model's folder.",
    )
    parser.add_argument("what", metavar="DATASET|MODEL", help="a model is given by its path")
    add_data(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder to write to")
    parser.add_argument(
        "--each", type=_count, default=10, metavar="N", help="samples of each class [10]"
    )
    options = parser.parse_args(arguments)
    if options.what in OFFICIAL or not (Path(options.what) / "card.json").is_file():
        dataset = load_data(options, options.what)
        folder = options.out or Path()
        refuse_installed(folder)
        sheet = draw_samples(dataset, options.each)
        written = write_new(folder, f"{dataset.name}-samples", {".png": sheet})
    elif lines := lines_model(options.what):
        return line_commands.show(*lines, data_folder(options), options.out)
    elif pages := pages_model(options.what):
        return page_commands.show(*pages, data_folder(options), options.out)
    else:
        model, card = _model(options.what)
        written = _draw_model(model, card, options)
    for path in written:
        print(path)
    return 0


def _draw_model(model: Path, card: Mapping[str, Any], options: argparse.Namespace) -> list[Path]:
    from train.results.litert import run_file

    folder = options.out or model
    refuse_installed(folder)
    if options.out:
        folder.mkdir(parents=True, exist_ok=True)
    written = draw_curves(model, folder) if (model / "history.csv").is_file() else []
    dataset = load_data(options, _dataset_of(options, card))
    logits = run_file(model / str(card.get("file", "model.tflite")), dataset.test.images)
    return written + draw_results(card, logits, dataset, folder)


def report(arguments: Sequence[str]) -> int:
    """Writes a model's README.md."""
    parser = make_parser("report", "Writes a model's README.md anew, from its card.json.")
    parser.add_argument("model", metavar="MODEL", help="a model's folder or a shipped model's name")
    options = parser.parse_args(arguments)
    lines, pages = lines_model(options.model), pages_model(options.model)
    letters = letters_model(options.model)
    folder, card = lines or pages or letters or _model(options.model)
    path = folder / "README.md"
    if lines or pages:
        text = lines_readme(card) if lines else pages_readme(card)
    elif letters:
        text = letters_readme(card)
    else:
        text = readme(card, names_in(folder))
    replace_file(path, text.encode())
    print(path)
    return 0


def speed(arguments: Sequence[str]) -> int:
    """Prints how many images a second the networks train on."""
    parser = make_parser(
        "speed",
        "Measures, in images a second: training steps alone, batches alone without and with\n"
        "augmentation, and training as it is done, for each network with its usual settings.",
    )
    parser.add_argument("--net", choices=NET_NAMES, help="only this network")
    parser.add_argument("--classes", type=_count, default=62, metavar="N", help="[62]")
    parser.add_argument(
        "--seconds", type=_count, default=5, metavar="N", help="for each figure [5]"
    )
    options = parser.parse_args(arguments)
    need_tensorflow("measuring")
    with loading():
        from train.fit import speed

    say(devices.describe())
    print(
        f"{'network':12}{'parameters':>12}{'step':>10}{'batches':>10}{'varied':>10}{'training':>10}"
    )
    for net in [options.net] if options.net else NET_NAMES:
        found = speed.measure(recipe_for("hwr62", net), options.classes, options.seconds)
        rates = (found.parameters, found.step, found.plain, found.augmented, found.both)
        print(f"{net:12}{rates[0]:12,}" + "".join(f"{rate:10,.0f}" for rate in rates[1:]))
    return 0


def lines(arguments: Sequence[str]) -> int:
    """Trains a line network."""
    parser = make_parser(
        line_commands.NAME,
        "Trains a network that reads a line of writing as a whole, on lines composed of UNIPEN's\n"
        "words, lines and characters, words on paper (hdBPMN), hwr62, fonts and drawings, and\n"
        "writes a model's folder. It trains for so many minutes of clock; broken off, it goes on\n"
        "with --resume. It runs on TensorFlow or, where there is none or KERAS_BACKEND=jax asks\n"
        "for it, on JAX; the folder of the model is then written by --resume with TensorFlow.",
    )
    _add_timed(parser, line_commands.add_options)
    options = parser.parse_args(arguments)
    if options.pack is not None:
        return line_commands.pack(data_folder(options), options.pack)
    name = devices.choose_backend()
    return _timed(options, name, line_commands.train, lines_readme)


def pages(arguments: Sequence[str]) -> int:
    """Trains a map of writing."""
    parser = make_parser(
        page_commands.NAME,
        "Trains a network that says where in a picture there is handwriting, on photographed\n"
        "diagrams (hdBPMN) and pages composed of lines as of `train lines`, print, drawings and\n"
        "grounds, and writes a model's folder. It trains for so many minutes of clock; broken\n"
        "off, it goes on with --resume.",
    )
    _add_timed(parser, page_commands.add_options)
    options = parser.parse_args(arguments)
    need_tensorflow("training")
    return _timed(options, "tensorflow", page_commands.train, pages_readme)


def letters(arguments: Sequence[str]) -> int:
    """Makes a model of letters."""
    parser = make_parser(
        letters_command.NAME,
        "Counts which letters follow which in common words of 27 languages (package wordfreq) and\n"
        "writes a model's folder: by it the line network's doubts are settled. Takes a minute;\n"
        "the same words make the same file.",
    )
    letters_command.add_options(parser)
    print(letters_readme(letters_command.make(parser.parse_args(arguments))))
    return 0


def _add_timed(
    parser: argparse.ArgumentParser, add_options: Callable[[argparse.ArgumentParser], None]
) -> None:
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="folder of the data sets [$HWR_DATA]"
    )
    add_options(parser)


def _timed(
    options: argparse.Namespace,
    backend: str,
    train: Callable[[argparse.Namespace, Path | None], dict[str, Any] | None],
    describe: Callable[[Mapping[str, Any]], str],
) -> int:
    """Runs a training that lasts so many minutes, and prints what it has come to."""
    with loading():
        importlib.import_module(backend)
    try:
        card = train(options, data_folder(options))
    except KeyboardInterrupt:
        say("\ntrain: stopped; with --resume it goes on after the last checkpoint")
        return STATUS
    if card is not None:  # else there is more to do, as was told
        print(describe(card))
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "lines": lines,
    "pages": pages,
    "letters": letters,
    "evaluate": evaluate,
    "export": export,
    "show": show,
    "report": report,
    "speed": speed,
}


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a model's folder or a shipped model's name")
    parser.add_argument(
        "--dataset", metavar="DATASET", help="name or path of another data set than the model's"
    )
    add_data(parser)


def _model(name: str) -> tuple[Path, dict[str, Any]]:
    """A model's folder and card; a path goes before the name of a shipped model.

    Raises:
        InputError: if there is none, or its card is of another form than training writes.
    """
    folder = folder_of(name)
    Card.load(folder)
    card = read_card(folder)
    with card_errors(folder):
        readme(card, ()).encode()  # it needs all that the commands here need
    return folder, card


def _dataset_of(options: argparse.Namespace, card: Mapping[str, Any]) -> str:
    """The data set to measure with: the one asked for, or the model's own."""
    name = getattr(options, "dataset", None) or card.get("data", {}).get("name")
    if not name:
        raise InputError("its card names no data set; give --dataset")
    return str(name)


def _recipe_of(card: Mapping[str, Any]) -> Recipe:
    try:
        return recipe_from(card["recipe"])
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InputError(f"the card of {card['name']} tells no settings: {error}") from None


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 1000")
    return int(text)
