"""The checkpoint of a training by the clock: one file, replaced whole.

It holds no trace of what Keras ran on: one that was written with JAX is gone on from with
TensorFlow, and the other way round.
"""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError
from hwr_live.system.zips import without_times
from train.lines.plan import Plan

Weights = list[npt.NDArray[np.float32]]


def write_state(
    path: Path,
    state: dict[str, Any],
    weights: Weights,
    mean: Weights,
    optimizer: list[npt.NDArray[Any]],
) -> None:
    """Writes a checkpoint in one piece or not at all.

    Args:
        path: the file.
        state: what JSON can hold, with the "plan".
        weights: of the network.
        mean: their running mean.
        optimizer: its variables.

    Raises:
        HwrError: if it cannot be written; the file that was there stays.
    """
    arrays: dict[str, Any] = {f"w{i}": w for i, w in enumerate(weights)}
    arrays |= {f"m{i}": w for i, w in enumerate(mean)}
    arrays |= {f"o{i}": w for i, w in enumerate(optimizer)}
    fresh = path.with_suffix(".new")
    try:
        with fresh.open("wb") as file, without_times():
            np.savez(file, state=json.dumps(state), **arrays)
        os.replace(fresh, path)
    except OSError as error:
        raise HwrError(f"{path} cannot be written ({error.strerror or error})") from None


def read_state(
    path: Path, weights: int, optimizer: int
) -> tuple[dict[str, Any], Weights, Weights, list[npt.NDArray[Any]]]:
    """What :func:`write_state` wrote, of so many weights and variables.

    Raises:
        HwrError: if the file is broken.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            state = json.loads(str(file["state"]))
            own = [file[f"w{i}"] for i in range(weights)]
            mean = [file[f"m{i}"] for i in range(weights)]
            return state, own, mean, [file[f"o{i}"] for i in range(optimizer)]
    except (OSError, EOFError, ValueError, LookupError, zipfile.BadZipFile) as error:
        raise no_checkpoint(path, error) from None


def no_checkpoint(path: Path, error: Exception) -> HwrError:
    """What to raise for a file that holds no checkpoint."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    return HwrError(f"{path} is no checkpoint of this network ({reason}); --restart forgets it")


def saved_plan(path: Path) -> Plan | None:
    """The settings of the training whose checkpoint this is, or None if there is none.

    Raises:
        HwrError: for a broken file.
    """
    table = saved_table(path)
    return None if table is None else Plan.of(table)


def saved_table(path: Path) -> dict[str, Any] | None:
    """The settings in a checkpoint as it holds them, or None if there is none.

    Raises:
        HwrError: for a broken file.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            return dict(json.loads(str(file["state"]))["plan"])
    except (OSError, EOFError, ValueError, TypeError, LookupError, zipfile.BadZipFile) as error:
        raise HwrError(f"{path} is broken ({error}); --restart forgets it") from None
