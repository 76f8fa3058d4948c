"""The command ``train``: our own training, whatever else is called ``train`` where one is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.machinery import PathFinder
from pathlib import Path

import hwr_live
from hwr_live.system.signals import at_once

_NAME = "train"


def main(arguments: Sequence[str]) -> int:
    """Runs the command with its own options; returns the exit status."""
    with at_once():
        find_own()
        from train.main import main as train

    return train(arguments)


def parser() -> argparse.ArgumentParser:
    """The parser of its options."""
    find_own()
    from train.main import parser

    return parser()


def find_own() -> None:
    """Sees to it that ``import train`` finds the package that lies beside this one.

    A folder of pictures is often called so, or a script; in the current folder or in PYTHONPATH it
    would come first. The folder that ours is in goes before that one in ``sys.path``, from which
    processes that are begun later have it too.
    """
    own = Path(hwr_live.__file__).resolve().parent.parent
    if not (own / _NAME / "__init__.py").is_file():
        return  # installed without it: what is missing is told by whoever imports it
    loaded = sys.modules.get(_NAME)
    if loaded is not None and not _is_in(own, getattr(loaded, "__file__", None)):
        for name in [name for name in sys.modules if name.split(".")[0] == _NAME]:
            del sys.modules[name]
    for place, folder in enumerate(sys.path):
        spec = PathFinder.find_spec(_NAME, [folder])
        if spec is None:
            continue
        if not _is_in(own, spec.origin):
            sys.path.insert(place, str(own))
        return


def _is_in(folder: Path, file: str | None) -> bool:
    """Whether a module's file is the package's own in this folder."""
    return file is not None and Path(file).resolve() == folder / _NAME / "__init__.py"
