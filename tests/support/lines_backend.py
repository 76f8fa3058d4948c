"""A few steps of a line network's training: ``python -m tests.support.lines_backend FOLDER N``.

On the backend that KERAS_BACKEND names and N processors. Goes on from FOLDER's checkpoint if there
is one, keeps one again, and what the network answers before and after; prints the losses as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from hwr_live.strip import HEIGHT
from train import devices
from train.lines.compose import Line
from train.lines.feed import batch
from train.lines.plan import Plan

STEPS = 25
PLAN = Plan(width=0.1, batch=8, rate=0.1, precision="float32", decay=0.0)


def some_lines() -> list[Line]:
    """Eight lines of noise, one of them without a text."""
    rng = np.random.default_rng(1)
    texts = ("ab", "hello", "", "11", "x", "See you", "42", "a b")
    widths = (64, 120, 200, 64, 40, 160, 96, 100)
    return [
        Line(rng.integers(0, 256, (HEIGHT, width), np.uint8), text, "noise")
        for width, text in zip(widths, texts, strict=True)
    ]


def main(folder: Path, processors: int) -> None:
    """Trains, and keeps what there is to compare."""
    if devices.choose_backend() == "tensorflow" and processors > 1:
        import tensorflow as tf

        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0],
            [tf.config.LogicalDeviceConfiguration()] * processors,
        )
    from train.lines.loop import Trainer, answering
    from train.lines.step import answerer, group

    team = group("mirrored" if processors > 1 else "none")
    assert team.replicas == processors
    trainer = Trainer(PLAN, team)
    if (folder / "checkpoint.npz").is_file():
        trainer.restore(folder / "checkpoint.npz")
    lines = some_lines()
    size = len(lines) // processors
    parts = [batch(lines[i : i + size]) for i in range(0, len(lines), size)]
    strips = batch(lines).images

    def answers(name: str) -> None:
        np.save(folder / name, answerer(answering(trainer.weights()))(strips))

    answers("before.npy")
    first = trainer.step
    losses = [trainer.learn(parts) for _ in range(STEPS)]
    answers("logits.npy")
    trainer.save(folder / "checkpoint.npz")
    print(json.dumps({"losses": losses, "steps": [first, trainer.step]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
