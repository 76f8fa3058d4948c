"""How a map of writing is trained: every setting, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwr_live.errors import InputError
from train.data.sources import LICENCES
from train.lines.plan import check_ranges, check_words, rate_at

_RANGES = {
    "minutes": (0.01, 100_000),
    "batch": (1, 4096),
    "side": (64, 2048),
    "rate": (1e-7, 1),
    "decay": (0, 1),
    "clip": (1e-3, 1e3),
    "workers": (1, 256),
    "threads": (0, 256),
    "save": (0.01, 1000),
    "check": (0.01, 10_000),
    "seed": (0, 2**31 - 1),
    "floor": (0, 1),
}


@dataclass(frozen=True)
class Plan:
    """The settings of a training.

    Attributes:
        minutes: of wall clock, all sittings together; the learning rate reaches its end with them,
            whatever else the machine has to do.
        batch: pictures a step.
        side: pixels of a picture; a multiple of 32.
        rate: the highest learning rate; a quarter of it for going on.
        decay: of the weights, decoupled from the gradient (Loshchilov and Hutter 2019).
        clip: of the norm of the whole gradient.
        workers: processes that compose pages; one keeps two cores busy.
        threads: of TensorFlow; 0 for as many as there are processors.
        save: minutes between checkpoints.
        check: minutes between validations.
        seed: of chance.
        floor: the lowest learning rate as a share of the highest.
        start: folder of a map of writing whose weights the training begins with.
        licences: "any", or "free": only collections whose stated licence allows every use.
    """

    minutes: float = 60.0
    batch: int = 8
    side: int = 384
    rate: float = 2e-3
    decay: float = 1e-3
    clip: float = 5.0
    workers: int = 1
    threads: int = 0
    save: float = 3.0
    check: float = 10.0
    seed: int = 1
    floor: float = 0.005
    start: str = ""
    licences: str = "any"

    def __post_init__(self) -> None:
        check_ranges(self, _RANGES)
        if self.side % 32:
            raise InputError(f"--side must be a multiple of 32, not {self.side}")
        check_words(self, {"licences": LICENCES})

    def rate_at(self, step: int, minutes: float) -> float:
        """The learning rate of a step that many minutes into the training."""
        return rate_at(self.rate, self.floor, step, minutes / self.minutes)

    @classmethod
    def of(cls, table: Mapping[str, Any]) -> Plan:
        """A plan from what a checkpoint or card holds of it; unknown settings are left out."""
        known = {name: table[name] for name in cls.__dataclass_fields__ if name in table}
        return cls(**known)
