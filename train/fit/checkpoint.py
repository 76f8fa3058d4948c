"""The checkpoint of a training: one file, replaced whole after each epoch.

It holds all that the rest of the training depends on, and the settings that it was made with, so
that it is never gone on from with others.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError
from hwr_live.system.lock import locked
from hwr_live.system.zips import without_times
from train.recipe import Recipe, recipe_from

Arrays = list[npt.NDArray[Any]]
Settings = dict[str, Any]


@dataclass
class State:
    """How far a training is.

    Attributes:
        variables: of the model and the optimizer, random state included, in their order.
        average: the average of the model's weights.
        best: validation accuracy and weights of the best so far, or None before the first epoch.
        history: a row an epoch.
        seconds: spent so far, over all runs.
    """

    variables: Arrays
    average: Arrays
    best: tuple[float, Arrays] | None = None
    history: list[dict[str, float]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def epochs(self) -> int:
        """Epochs done."""
        return len(self.history)


class Checkpoint:
    """A training's file in its working folder.

    Attributes:
        settings: what the training depends on, as JSON can hold it.
        restart: whether ``load`` is to forget what is there.
    """

    def __init__(self, path: Path, settings: Settings, *, restart: bool = False) -> None:
        self.path = path
        self.restart = restart
        self.settings: Settings = json.loads(json.dumps(settings))

    def save(self, state: State) -> None:
        """Writes the file beside and then gives it its name.

        Raises:
            HwrError: if that cannot be; the file that was there stays.
        """
        keys = list(state.history[0])
        arrays: dict[str, npt.NDArray[Any]] = {
            "settings": np.array(json.dumps(self.settings)),
            "keys": np.array(keys),
            "history": np.array([[row[key] for key in keys] for row in state.history]),
            "seconds": np.array(state.seconds),
            "best": np.array(state.best[0] if state.best else np.nan),
        }
        groups = {
            "v": state.variables,
            "a": state.average,
            "b": state.best[1] if state.best else [],
        }
        for letter, group in groups.items():
            arrays |= {f"{letter}{i}": array for i, array in enumerate(group)}
        beside = self.path.with_suffix(".new")
        try:
            with beside.open("wb") as file, without_times():
                np.savez(file, allow_pickle=False, **arrays)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink()
            raise HwrError(
                f"{self.path} cannot be written ({error.strerror or error}); "
                "when it can be, --resume goes on after the epoch before"
            ) from None

    def load(self) -> State | None:
        """The state that the file holds, or None if there is none.

        Raises:
            HwrError: for a broken file, or one of a training with other settings.
        """
        if self.restart:
            self.path.unlink(missing_ok=True)
        if not self.path.is_file():
            return None
        with _told(self.path), np.load(self.path, allow_pickle=False) as saved:
            settings = json.loads(str(saved["settings"]))
            if settings != self.settings:
                raise HwrError(_refusal(self.path.parent, settings, self.settings))
            keys = [str(key) for key in saved["keys"]]
            history = [dict(zip(keys, map(float, row), strict=True)) for row in saved["history"]]
            variables, average, best = (_group(saved, letter) for letter in "vab")
            return State(
                variables,
                average,
                (float(saved["best"]), best) if best else None,
                history,
                float(saved["seconds"]),
            )


def saved_recipe(path: Path) -> Recipe | None:
    """The settings of the training whose checkpoint this is, or None if there is none.

    Raises:
        HwrError: for a broken file.
    """
    if not path.is_file():
        return None
    with _told(path), np.load(path, allow_pickle=False) as saved:
        return recipe_from(json.loads(str(saved["settings"]))["recipe"])


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Makes ``folder`` and holds it: no second training may work in it meanwhile.

    Raises:
        HwrError: if another process holds it or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HwrError(
            f"cannot write to {folder}: {error.strerror}; choose another --out"
        ) from None
    with locked(folder, wait_s=0, busy=f"another training is at work in {folder}"):
        yield


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except HwrError:
        raise
    except Exception as error:  # whatever zipfile and NumPy raise for a broken file
        raise HwrError(
            f"{path} is no checkpoint that can be read ({error}); --restart begins anew"
        ) from None


def _group(saved: Any, letter: str) -> Arrays:
    count = sum(name[0] == letter and name[1:].isdecimal() for name in saved.files)
    return [saved[f"{letter}{i}"] for i in range(count)]


def _refusal(folder: Path, old: Settings, new: Settings) -> str:
    differences = _differences(old, new)
    if not differences:
        return f"{folder} holds a training from other images: give those, or --restart begins anew"
    return (
        f"{folder} holds a training with other settings ({'; '.join(differences)}): "
        "--resume alone goes on with its own, --restart begins anew"
    )


def _differences(old: Settings, new: Settings) -> list[str]:
    """What differs but the images, a short text each; of tables within, the entries that do."""
    out: list[str] = []
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if one == other or key == "images":
            continue
        if isinstance(one, dict) and isinstance(other, dict):
            out += _differences(one, other)
        else:
            out.append(f"{key} {one}, not {other}")
    return out
