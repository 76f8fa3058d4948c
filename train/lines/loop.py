"""Trains a line network for so many minutes, resumably."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from train.lines.alphabet import CLASSES, STRIDE, decode
from train.lines.checkpoint import Weights, no_checkpoint, read_state, write_state
from train.lines.compose import SHARES, Line
from train.lines.errors import Rates, rates
from train.lines.feed import Batch, Feed, batch
from train.lines.network import build, build_for, deepened, sizes
from train.lines.plan import Plan
from train.lines.step import Group, answerer, group, lost, make_step, need_shared
from train.lines.weights import read_weights
from train.progress import say

_MOST_FAILED = 20  # steps one after the other
_EMA_EVERY = 10  # steps
_EMA = 0.99  # of each: the average reaches back over about a thousand steps


class Trainer:
    """A network, its optimizer, and the running mean of its weights.

    Args:
        plan: the settings.
        team: the processors that train it together; without one, one device of this process.

    Attributes:
        plan, team: the same.
        step, lines: how many of them were learned.
        minutes: of clock so far.
        part: number of this sitting, from 0.
        mean: the running mean of all weights, which is what is used in the end.
    """

    def __init__(self, plan: Plan, team: Group | None = None) -> None:
        import keras

        self.plan, self.team = plan, team or group("none")
        need_shared(plan.batch, self.team)
        keras.mixed_precision.set_global_policy(plan.precision)
        keras.utils.set_random_seed(plan.seed)
        with self.team.scope():
            if plan.start:
                self._model = deepened(read_weights(Path(plan.start)))
            else:
                self._model = build(*sizes(plan.width))
            teacher = build_for(read_weights(Path(plan.teacher))) if plan.teacher else None
            self._optimizer = keras.optimizers.AdamW(
                plan.rate, weight_decay=plan.decay, global_clipnorm=plan.clip
            )
            self._optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
            self._optimizer.build(self._model.trainable_variables)
        self.step, self.minutes, self.part, self.lines = 0, 0.0, 0, 0
        self._failed = 0
        self.mean: Weights = [np.array(w, np.float32) for w in self._model.get_weights()]
        self._learn = make_step(
            self._model, self._optimizer, teacher, plan.teacher_share, self.team
        )

    def learn(self, given: Sequence[Batch], minutes: float | None = None) -> float:
        """One step.

        Args:
            given: a part of the lines for each of this process's replicas.
            minutes: of this process's clock so far; ``minutes`` becomes the chief's.

        Returns:
            The loss, the mean of the lines'; NaN for a step that was left out, as its gradient was
            none.

        Raises:
            HwrError: after too many of those.
        """
        rate = self.plan.rate_at(self.step, self.minutes)
        now = self.minutes if minutes is None else minutes
        loss, self.minutes = self._learn(given, rate, now)
        self._failed = 0 if math.isfinite(loss) else self._failed + 1
        if self._failed >= _MOST_FAILED:
            raise lost()
        self.step += 1
        self.lines += self.plan.batch
        if self.step % _EMA_EVERY == 0:
            rounds = self.step / _EMA_EVERY
            keep = min(_EMA, (1 + rounds) / (10 + rounds))
            for mean, weight in zip(self.mean, self.weights(), strict=True):
                mean += (1 - keep) * (weight - mean)
        return loss

    def weights(self) -> Weights:
        """The network's weights as they are now."""
        self._learn.flush()
        return [np.asarray(w, np.float32) for w in self._model.get_weights()]

    def averaged(self) -> Any:
        """A float32 network of its own with the mean weights, to answer with."""
        return answering(self.mean)

    def kept(self) -> Weights:
        """The weights that the training ends with: the mean ones, each with the plan's share of the
        one that it began with."""
        share = self.plan.start_share
        if not share:
            return self.mean
        began = deepened(read_weights(Path(self.plan.start))).get_weights()
        return [
            np.asarray((1 - share) * end + share * begin, np.float32)
            for end, begin in zip(self.mean, began, strict=True)
        ]

    def save(self, path: Path) -> None:
        """Writes all that the rest depends on, in one piece or not at all.

        Raises:
            HwrError: if it cannot be written; the file that was there stays.
        """
        weights = self.weights()
        state = {"step": self.step, "minutes": self.minutes, "part": self.part, "lines": self.lines}
        write_state(
            path,
            state | {"plan": asdict(self.plan)},
            weights,
            self.mean,
            [np.asarray(v) for v in self._optimizer.variables],
        )

    def restore(self, path: Path) -> None:
        """Goes on from a checkpoint.

        Raises:
            HwrError: if it is broken or of another network.
        """
        self._learn.flush()
        variables = self._optimizer.variables
        state, weights, mean, kept = read_state(path, len(self.mean), len(variables))
        try:
            self._model.set_weights(weights)
            for variable, value in zip(variables, kept, strict=True):
                variable.assign(value)
            self.mean = mean
            self.step, self.lines = int(state["step"]), int(state["lines"])
            self.minutes, self.part = float(state["minutes"]), int(state["part"]) + 1
        except (ValueError, LookupError) as error:
            raise no_checkpoint(path, error) from None


def answering(weights: Weights) -> Any:
    """A float32 network with these weights, whatever precision is trained with."""
    import keras

    now = keras.mixed_precision.global_policy()
    keras.mixed_precision.set_global_policy("float32")
    try:
        return build_for(weights)
    finally:
        keras.mixed_precision.set_global_policy(now)


def read(model: Any, lines: list[Line], size: int = 32) -> list[str]:
    """What a network reads by the best path, in the lines' order."""
    answer = answerer(model)
    order = sorted(range(len(lines)), key=lambda i: lines[i].image.shape[1])
    out = [""] * len(lines)
    for start in range(0, len(order), size):
        some = order[start : start + size]
        best = answer(batch([lines[i] for i in some]).images)[..., :CLASSES].argmax(2)
        for i, row in zip(some, best, strict=True):
            out[i] = decode(row[: lines[i].image.shape[1] // STRIDE].tolist())
    return out


def by_part(read_texts: list[str], lines: list[Line]) -> dict[str, Rates]:
    """Error rates of each part of the lines."""
    out = {}
    for name in dict.fromkeys(line.source for line in lines):
        own = [i for i, line in enumerate(lines) if line.source == name]
        out[name] = rates([read_texts[i] for i in own], [lines[i].text for i in own])
    return out


def fit(
    trainer: Trainer, data: Path, lines: list[Line], folder: Path, sitting: float = math.inf
) -> None:
    """Trains until the plan's minutes are over, or this sitting's.

    Args:
        trainer: what is trained.
        data: the folder of the data.
        lines: to validate with.
        folder: for ``checkpoint.npz`` and ``log.jsonl``, where a line every half minute tells the
            progress, and one at each validation the error rates by part. Of several processes,
            the chief's alone.
        sitting: minutes.
    """
    plan, team = trainer.plan, trainer.team
    if trainer.minutes >= plan.minutes:
        return
    size, processes = need_shared(plan.batch, team), team.replicas // len(team.own)
    seed = [plan.seed, trainer.part]
    if processes > 1:  # each is shown lines of its own
        seed.append(team.own[0])
    feed = Feed(data, size, seed, plan.workers, plan.shares(SHARES), plan.licences)
    try:
        with team.told_of_loss():
            _run(trainer, feed, lines, folder, min(plan.minutes, trainer.minutes + sitting))
    finally:
        feed.close()


def _run(trainer: Trainer, feed: Feed, lines: list[Line], folder: Path, end: float) -> None:
    plan, team = trainer.plan, trainer.team
    given = [feed.take() for _ in team.own]
    start, before = time.monotonic(), trainer.minutes

    def clock() -> float:
        return before + (time.monotonic() - start) / 60

    saved, checked, told = before, before, before
    losses: list[float] = []
    waited = 0.0
    alone = team.replicas == len(
        team.own
    )  # else all processes go by the chief's clock, by the step
    while trainer.minutes < end:
        losses.append(trainer.learn(given, clock()))
        at = time.monotonic()
        given = [feed.take() for _ in team.own]
        waited += time.monotonic() - at
        if alone:
            trainer.minutes = clock()
        if not team.chief:
            continue
        if trainer.minutes - told >= 0.5:
            seconds = 60 * (trainer.minutes - told)
            _tell(
                folder,
                step=trainer.step,
                lines=trainer.lines,
                minutes=round(trainer.minutes, 2),
                loss=_mean(losses),
                ms=round(1000 * seconds / (len(losses) * plan.batch), 2),
                waited=round(waited / seconds, 3),
            )
            losses, waited, told = [], 0.0, trainer.minutes
        if trainer.minutes - saved >= plan.save:
            trainer.save(folder / "checkpoint.npz")
            saved = trainer.minutes
        if trainer.minutes - checked >= plan.check:
            _check(trainer, lines, folder)
            if alone:
                trainer.minutes = clock()
            checked = told = trainer.minutes
    if team.chief:
        trainer.save(folder / "checkpoint.npz")


def _mean(losses: list[float]) -> float:
    """The mean of the steps that were not left out."""
    known = [loss for loss in losses if math.isfinite(loss)]
    return round(sum(known) / max(1, len(known)), 3)


def _check(trainer: Trainer, lines: list[Line], folder: Path) -> None:
    found = by_part(read(trainer.averaged(), lines), lines)
    _tell(
        folder,
        step=trainer.step,
        minutes=round(trainer.minutes, 2),
        validation={name: one.rounded() for name, one in found.items()},
    )


def _tell(folder: Path, **what: Any) -> None:
    """A line of the log, on stderr too."""
    if "validation" in what:
        say(f"after {what['minutes']:.0f} minutes, folded errors in per cent:")
        say("  " + ", ".join(f"{n} {100 * r['folded']:.1f}" for n, r in what["validation"].items()))
    else:
        say(
            f"{what['minutes']:7.1f} min  {what['lines']:9,} lines  loss {what['loss']:8.3f}  "
            f"{what['ms']:.1f} ms a line, {what['waited']:.0%} of it waiting for lines"
        )
    with (folder / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(what) + "\n")
