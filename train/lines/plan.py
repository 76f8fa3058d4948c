"""How a line network is trained: every setting, with its reason."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hwr_live.errors import InputError
from train.data.sources import LICENCES

_WARM = 400  # steps in which the rate rises: CTC diverges at once without
_RANGES = {
    "minutes": (0.01, 100_000),
    "batch": (1, 4096),
    "rate": (1e-7, 1),
    "decay": (0, 1),
    "clip": (1e-3, 1e3),
    "workers": (1, 256),
    "save": (0.01, 1000),
    "check": (0.01, 10_000),
    "seed": (0, 2**31 - 1),
    "width": (0.05, 8),
    "floor": (0, 1),
    "start_share": (0, 1),
    "teacher_share": (0, 1),
}
STRATEGIES = ("none", "mirrored", "multi-worker")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")


def check_ranges(plan: Any, ranges: Mapping[str, tuple[float, float]]) -> None:
    """Raises InputError, naming the option, where a setting lies outside of its range."""
    for name, (low, high) in ranges.items():
        value = getattr(plan, name)
        if not (math.isfinite(value) and low <= value <= high):
            told = name.replace("_", "-")
            raise InputError(f"--{told} must lie between {low:g} and {high:g}, not {value:g}")


def check_words(plan: Any, choices: Mapping[str, Sequence[str]]) -> None:
    """Raises InputError, naming the option, where a setting is none of its words."""
    for name, words in choices.items():
        if getattr(plan, name) not in words:
            raise InputError(f"--{name} is one of {', '.join(words)}")


def rate_at(rate: float, floor: float, step: int, past: float) -> float:
    """The learning rate of a step: it warms up, then falls with a cosine.

    Args:
        rate: the highest.
        floor: the lowest as a share of it.
        step: from 0.
        past: share of the training that is over.
    """
    wave = floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, past)))
    return rate * wave * min(1.0, (step + 1) / _WARM)


@dataclass(frozen=True)
class Plan:
    """The settings of a training.

    Attributes:
        minutes: of wall clock, all sittings together; the learning rate reaches its end with them,
            whatever else the machine has to do.
        batch: lines a step; with 32 a step takes a third of a second on two cores.
        rate: the highest learning rate; 2e-3 for a training from the start, 5e-4 for going on.
        decay: of the weights, decoupled from the gradient (Loshchilov and Hutter 2019).
        clip: of the norm of the whole gradient: CTC's is large in the first steps.
        workers: processes that compose lines; one keeps two cores busy.
        save: minutes between checkpoints.
        check: minutes between validations.
        seed: of chance.
        width: of the network, as a share of the usual channels; 1 has 2.6 million weights.
        precision: Keras's dtype policy; bfloat16 saves a third on processors with AMX.
        floor: the lowest learning rate as a share of the highest.
        start: folder of a line model whose weights the training begins with.
        start_share: of each weight that is kept, the share of the one that it began with: the mean
            of both ends reads better than either where the training goes on with the same lines
            (Wortsman et al. 2022, arXiv:2109.01903).
        teacher: folder of a line model whose answers are learned beside the texts.
        teacher_share: of what is learned, the teacher's.
        without: sources of lines that are left out, with commas between them.
        licences: "any", or "free": only collections whose stated licence allows every use.
    """

    minutes: float = 75.0
    batch: int = 32
    rate: float = 2e-3
    decay: float = 1e-3
    clip: float = 5.0
    workers: int = 1
    save: float = 3.0
    check: float = 12.0
    seed: int = 1
    width: float = 1.0
    precision: str = "mixed_bfloat16"
    floor: float = 0.005
    start: str = ""
    start_share: float = 0.0
    teacher: str = ""
    teacher_share: float = 0.5
    without: str = ""
    licences: str = "any"

    def __post_init__(self) -> None:
        check_ranges(self, _RANGES)
        if self.start_share and not self.start:
            raise InputError("--start-share is of the weights of --start, and there is none")
        check_words(self, {"precision": PRECISIONS, "licences": LICENCES})

    def rate_at(self, step: int, minutes: float) -> float:
        """The learning rate of a step that many minutes into the training: it warms up, then falls
        with a cosine."""
        return rate_at(self.rate, self.floor, step, minutes / self.minutes)

    def shares(self, usual: Mapping[str, float]) -> dict[str, float]:
        """How often each source is drawn, without those that are left out.

        Raises:
            InputError: for a source that is none, or if nothing is left.
        """
        out = dict(usual)
        for name in (part.strip() for part in self.without.split(",")):
            if name and name not in out:
                raise InputError(f"--without: no source {name!r}; there are {', '.join(usual)}")
            out.pop(name, None)
        if not out:
            raise InputError("--without leaves no lines to train on")
        return out

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Plan:
        """A plan from what a checkpoint or card holds of it; unknown settings are left out."""
        known = {name: table[name] for name in cls.__dataclass_fields__ if name in table}
        return cls(**known)
