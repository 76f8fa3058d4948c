"""Several replicas train one network: each its own part of the data, together the same result."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed (the extra train)")

import tensorflow as tf

from hwr_live.errors import HwrError, InputError
from tests.support import replica as replicas
from tests.support.datasets import blocks
from train.fit import loop
from train.fit.batches import batches
from train.fit.checkpoint import Checkpoint
from train.fit.distribute import Team, alone, team
from train.images.pool import Pool
from train.recipe import Augmentation, Recipe


@dataclass(frozen=True)
class Strategy:
    """As much of TensorFlow's as tells how many there are."""

    num_replicas_in_sync: int


def start(
    strategy: str, folder: Path, processors: int = 1, config: str = ""
) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.replica", strategy, str(folder), str(processors)],
        cwd=root,
        env={**os.environ, "TF_CONFIG": config, "CUDA_VISIBLE_DEVICES": "-1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def test_two_processes_and_two_processors_end_like_one(tmp_path: Path) -> None:
    runs = [start("mirrored", tmp_path / "mirrored", processors=2)]
    hosts = [f"127.0.0.1:{port}" for port in free_ports(2)]
    for index in (0, 1):
        config = {"cluster": {"worker": hosts}, "task": {"type": "worker", "index": index}}
        runs.append(start("multi-worker", tmp_path / f"worker{index}", config=json.dumps(config)))
    replicas.train("none", tmp_path / "one")
    said = [run.communicate(timeout=300)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0], "\n".join(said)
    whole = np.load(tmp_path / "one" / "weights-1.npz")
    for name in ("mirrored", "worker0", "worker1"):
        shared = np.load(tmp_path / name / "weights-2.npz")
        assert all(np.allclose(whole[key], shared[key], atol=2e-4) for key in whole.files)
    assert (tmp_path / "worker0" / "checkpoint.npz").is_file()
    assert [p.name for p in (tmp_path / "worker1").iterdir()] == ["weights-2.npz"], "only the chief"


@pytest.mark.parametrize("how", [None, Augmentation()])
@pytest.mark.parametrize(("replicas", "workers"), [(2, 1), (2, 2), (4, 2)])
def test_every_image_is_one_replicas(how: Augmentation | None, replicas: int, workers: int) -> None:
    images, _ = blocks(90, 0)
    pool = Pool(images, np.arange(90, dtype=np.int32))
    recipe = Recipe(batch=20, augmentation=how)
    seen: list[int] = []
    for rank in range(workers):
        group = Team("multi-worker", Strategy(replicas), rank, workers)
        for parts in batches(pool, recipe, 0, 4, 90, group):
            assert len(parts) == replicas // workers
            for x, y in parts:
                assert x.shape == (20 // replicas, 28, 28, 1)
                seen += y.tolist()
    assert len(seen) == len(set(seen)) == 80
    whole = np.concatenate([y for ((_, y),) in batches(pool, recipe, 0, 4, 90, alone())])
    assert set(seen) == set(whole.tolist())


def test_a_batch_must_be_shared_evenly(tmp_path: Path) -> None:
    images, labels = blocks(30, 0)
    pool = Pool(images, labels.astype(np.int32))
    recipe = Recipe(net="dense", batch=9)
    held = Checkpoint(tmp_path / "checkpoint.npz", {})
    with pytest.raises(InputError, match="--batch 9 cannot be shared evenly by 2"):
        loop.fit(recipe, 10, pool, pool, held, Team("mirrored", Strategy(2)))


@pytest.mark.parametrize(
    "config",
    [
        *("", "{", "[]", "{}"),
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "ps", "index": 0}}',
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 1}}',
    ],
)
def test_a_missing_or_broken_tf_config_is_told_of(
    monkeypatch: pytest.MonkeyPatch, config: str
) -> None:
    monkeypatch.setenv("TF_CONFIG", config)
    with pytest.raises(InputError, match="--strategy multi-worker needs TF_CONFIG"):
        team("multi-worker")


@pytest.mark.parametrize(
    ("error", "workers", "told"),
    [
        (tf.errors.UnavailableError(None, None, "socket closed"), 2, "start all again"),
        (tf.errors.ResourceExhaustedError(None, None, "OOM"), 1, "lower --batch"),
    ],
)
def test_a_lost_worker_is_told_in_one_line(error: Exception, workers: int, told: str) -> None:
    with pytest.raises(HwrError, match=told), Team("x", None, 0, workers).told_of_loss():
        raise error
