"""The command line of training: trains a model, or measures, exports, shows or describes one."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hwr_live.errors import HwrError, one_line
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.models import shipped_folder
from hwr_live.system.signals import STATUS
from hwr_live.system.terminal import prepare_streams
from train.commands import (
    COMMANDS,
    add_data,
    data_folder,
    load_data,
    loading,
    make_parser,
    need_tensorflow,
)
from train.data.datasets import OFFICIAL
from train.devices import cores
from train.fit.start import net_of, network_files
from train.options import add_settings, apply_settings
from train.progress import duration, say
from train.recipe import NET_NAMES, Recipe, for_few, recipe_for, started
from train.results.folder import checkpoint_file, model_name, output_folder

DEFAULT = "emnist-byclass"
_IMAGES_PER_CORE = {"hwr": 400, "hwr-small": 1000}  # a second, on a laptop's processor

_DESCRIPTION = f"""Trains a network on 28×28 images of characters and writes a model's folder.

data sets: {", ".join(OFFICIAL)},
  or the name or path of a folder of one's own: of files in EMNIST's layout, or with a sub-folder
  of pictures for each character (7, a, or digit_7, upper_A, lower_a, mark_comma), in the folder
  or in its sub-folders train and test. Without a name, {DEFAULT}.
  They are looked for in --data or HWR_DATA, then in the cache folder, and fetched if need be.

examples:
  python -m train mnist --net dense
  python -m train DIR/of/pictures --epochs 5

other commands, each with its own --help:
  lines                 train a network that reads whole lines
  pages                 train a network that says where in a picture the writing is
  letters               count which letters follow which in words
  evaluate MODEL        measure a model on the test part again
  export MODEL          make its LiteRT file from its Keras file again
  show DATASET|MODEL    draw samples of a data set, or curves and confusions of a model
  report MODEL          write its README.md from its card.json
  speed                 measure how many images a second the networks train on"""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    prepare_streams()
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # others use the GPU too
    # TensorFlow itself asks for these on some processors only; others train half as fast again.
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    try:
        if arguments and arguments[0] in COMMANDS:
            status = COMMANDS[arguments[0]](arguments[1:])
        else:
            status = _train(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # what cannot be written is told here
        return status
    except HwrError as error:
        say(f"train: {error}")
        return error.status
    except OSError as error:  # a full disk, a folder that was taken away
        where = f"{error.filename}: " if error.filename else ""
        say(one_line(f"train: {where}{error.strerror or error}"))
        return 1
    except KeyboardInterrupt:
        say("\ntrain: stopped")
        return STATUS


def parser() -> argparse.ArgumentParser:
    """The options of a training."""
    out = make_parser("", _DESCRIPTION)
    out.add_argument("dataset", metavar="DATASET", nargs="?", help="what to train on")
    out.add_argument(
        "--net",
        choices=NET_NAMES,
        help="the network: ours, ours with a quarter of its work, or a tutorial's "
        "[hwr, or that of --start]",
    )
    add_data(out)
    out.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="the model's folder [./models/DATASET, …-NET, …-PROFILE]",
    )
    out.add_argument("--force", action="store_true", help="replace a model that is there")
    going_on = out.add_mutually_exclusive_group()
    going_on.add_argument(
        "--resume",
        action="store_true",
        help="go on with the training that was broken off, with the settings that it had",
    )
    going_on.add_argument(
        "--restart", action="store_true", help="forget a training that was broken off"
    )
    out.add_argument(
        "--strategy",
        choices=("none", "mirrored", "multi-worker"),
        default="none",
        help="train on all GPUs of this machine, or with other machines by TF_CONFIG [none]",
    )
    out.add_argument("--h5", action="store_true", help="save the network as model.h5 too")
    add_settings(out)
    return out


def _train(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    name = options.dataset or DEFAULT
    start = options.start or (_model_of(options) if options.profile else "")
    net = options.net or (net_of(start) if start else "hwr")
    out = output_folder(name, net, options.out or _place_of_profile(options), options.force)
    recipe = apply_settings(options, _recipe(options, name, net, start, out))
    if recipe.profile:
        Profile.open(recipe.profile)  # one that is not there is told of before anything is loaded
    for models in (recipe.start, recipe.teacher):
        if models:
            network_files(models)
    need_tensorflow("training")
    if not options.dataset:
        say(f"no data set is named, so it is {DEFAULT}, of 62 characters; --help tells of others")
        say(_plan(name, recipe, OFFICIAL[name].train))
    dataset = load_data(options, name)
    if name not in OFFICIAL and options.epoch_images is None and not options.resume:
        recipe = for_few(recipe, len(dataset.train.labels))
    if options.dataset:
        say(_plan(name, recipe, len(dataset.train.labels)))
    with loading():
        from train.make import make_model

    try:
        card = make_model(
            dataset,
            recipe,
            data_folder(options),
            out,
            restart=options.restart,
            h5=options.h5,
            strategy=options.strategy,
        )
    except KeyboardInterrupt:
        say("\ntrain: stopped; with --resume it goes on after the last whole epoch")
        return STATUS
    if card is None:  # another process writes the model
        return 0
    own, used = card["test"]["keras"], card["test"]["accuracy"]
    print(f"test loss {own['loss']:.5f}, accuracy {own['accuracy']:.3%}")
    print(f"{os.path.relpath(out)}: LiteRT, {card['export']['weights']}: accuracy {used:.3%}")
    return 0


def _recipe(options: argparse.Namespace, name: str, net: str, start: str, out: Path) -> Recipe:
    """The settings before those of the command line: the broken-off training's, or the usual."""
    if options.resume:
        from train.fit.checkpoint import saved_recipe

        if recipe := saved_recipe(checkpoint_file(out)):
            return replace(recipe, net=options.net or recipe.net)
        say("nothing was broken off here: beginning anew")
    recipe = recipe_for(Path(os.path.abspath(name)).name, net)
    if options.profile and not options.start:
        if start:
            say(f"starting from {os.path.relpath(start)}; --start names another model")
        else:
            missing = model_name(name, net)
            say(f"there is no model {missing} with a model.keras to start from: training anew")
    return replace(started(recipe), start=start) if start else recipe


def _place_of_profile(options: argparse.Namespace) -> Path | None:
    """Where a model with a profile goes: it does not replace the model without."""
    if not options.profile:
        return None
    profile = Path(os.path.abspath(options.profile)).name
    name = model_name(options.dataset or DEFAULT, options.net or "hwr")
    return Path("models") / f"{name}-{profile}"


def _model_of(options: argparse.Namespace) -> str:
    """The model of the data set's name: the user's own or a shipped one; "" if there is none."""
    name = model_name(options.dataset or DEFAULT, options.net or "hwr")
    for folder in (Path("models") / name, shipped_folder() / name):
        if (folder / "card.json").is_file() and (folder / "model.keras").is_file():
            return str(folder)
    return ""


def _plan(name: str, recipe: Recipe, images: int) -> str:
    """What a training with so many images will take."""
    shown = recipe.epoch_images or round(images * (1 - recipe.validation))
    text = f"{recipe.net} on {name}: {recipe.epochs:,} times {shown:,} images"
    if rate := _IMAGES_PER_CORE.get(recipe.net):
        count = cores()
        seconds = recipe.epochs * shown / (rate * count)
        text += f"; without a GPU about {duration(seconds)} on {count} core{'s'[: count > 1]}"
    return text
