"""One process of several: ``python -m tests.support.replica STRATEGY FOLDER PROCESSORS``.

Trains a small network without anything left to chance and keeps its weights in FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from tests.support.datasets import blocks
from train.fit.checkpoint import Checkpoint
from train.fit.distribute import team
from train.fit.loop import fit
from train.images.pool import Pool
from train.recipe import Recipe

RECIPE = Recipe(
    net="dense", epochs=2, batch=20, warmup=3, weight_decay=0.01, ema=0.9, augmentation=None
)


def pool(count: int, seed: int) -> Pool:
    images, labels = blocks(count, seed)
    return Pool(images, labels.astype(np.int32))


def train(strategy: str, folder: Path) -> None:
    """Trains and keeps the network's weights."""
    folder.mkdir(exist_ok=True)
    group = team(strategy)
    held = Checkpoint(folder / "checkpoint.npz", {})
    fitted = fit(RECIPE, 10, pool(300, 0), pool(50, 1), held, group)
    np.savez(folder / f"weights-{group.replicas}.npz", *fitted.model.get_weights())
    group.agree(1)


if __name__ == "__main__":
    strategy, where, processors = sys.argv[1:]
    tf.config.set_logical_device_configuration(
        tf.config.list_physical_devices("CPU")[0],
        [tf.config.LogicalDeviceConfiguration()] * int(processors),
    )
    train(strategy, Path(where))
