"""``python -m train DATASET``: train, choose by validation, test once, export, write the model."""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
from dataclasses import replace
from pathlib import Path

from hwr_live.errors import HwrError, InputError


def parser() -> argparse.ArgumentParser:
    """The command line."""
    out = argparse.ArgumentParser(
        prog="python -m train", description="Trains a model that hwr-live reads with."
    )
    out.add_argument("dataset", metavar="DATASET", help="mnist, hwr62 or an EMNIST split")
    out.add_argument(
        "--data", type=Path, help="folder of the data sets (default: $HWR_DATA)", metavar="DIR"
    )
    out.add_argument("--out", type=Path, help="where to write (default: models/DATASET)")
    out.add_argument("--net", default="hwr", help="hwr, dense, mnist-cnn or emnist-cnn")
    out.add_argument("--epochs", type=int)
    out.add_argument("--epoch-images", type=int)
    out.add_argument("--batch", type=int)
    out.add_argument("--learning-rate", type=float)
    out.add_argument("--seed", type=int)
    out.add_argument("--force", action="store_true", help="replace a model that is there")
    return out


def main(argv: list[str] | None = None) -> int:
    """Runs the command; returns the exit status."""
    options = parser().parse_args(argv)
    try:
        for package in ("tensorflow", "skimage"):
            if importlib.util.find_spec(package) is None:
                raise HwrError("training needs more packages: pip install 'hwr-live[train]'")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        return _train(options)
    except HwrError as error:
        print(f"train: {error}", file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        print("train: stopped; the same command goes on from the last epoch", file=sys.stderr)
        return 1


def _train(options: argparse.Namespace) -> int:
    data = options.data or (Path(os.environ["HWR_DATA"]) if os.environ.get("HWR_DATA") else None)
    name = Path(options.dataset).name + ("" if options.net == "hwr" else f"-{options.net}")
    out = options.out or Path("models") / name
    if out.exists() and not options.force:
        raise InputError(f"{out} is there already; --force replaces it")
    from train.recipe import TUTORIALS, recipe_for

    if options.net != "hwr" and options.net not in TUTORIALS:
        raise InputError(f"no network {options.net!r}; there are hwr, {', '.join(TUTORIALS)}")
    chosen = {
        key: value
        for key in ("epochs", "epoch_images", "batch", "learning_rate", "seed")
        if (value := getattr(options, key)) is not None
    }
    recipe = replace(recipe_for(name.removesuffix(f"-{options.net}"), options.net), **chosen)
    from train.datasets import load
    from train.make import make_model

    make_model(load(options.dataset, data), recipe, data, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
