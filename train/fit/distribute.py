"""Training by several processors together, on TensorFlow's own engine, ``tf.distribute``.

Each replica takes its own part of every batch; their gradients are averaged before each step, so
that all hold the same weights. Keras's own ``fit`` is not used: with the loop here, Keras 3
variables work under ``MirroredStrategy`` (the GPUs of one machine) and under
``MultiWorkerMirroredStrategy`` (several processes, told of each other by ``TF_CONFIG``) alike.
Running means of batch normalisation and the random state of drop-out are each process's own; the
chief's are kept.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from hwr_live.errors import HwrError, InputError

STRATEGIES = ("none", "mirrored", "multi-worker")


@dataclass(frozen=True)
class Team:
    """The replicas that train one network together.

    Attributes:
        name: one of ``STRATEGIES``.
        strategy: TensorFlow's object; its default one where this process is alone.
        rank: number of this process.
        workers: how many processes there are.
    """

    name: str
    strategy: Any
    rank: int = 0
    workers: int = 1

    @property
    def chief(self) -> bool:
        """Whether this process tells and writes; of all processes one does."""
        return self.rank == 0

    @property
    def replicas(self) -> int:
        """How many parts each batch has, over all processes."""
        return int(self.strategy.num_replicas_in_sync)

    @property
    def own(self) -> range:
        """The numbers of this process's replicas."""
        count = self.replicas // self.workers
        return range(self.rank * count, (self.rank + 1) * count)

    def scope(self) -> Any:
        """The context that variables are to be made within."""
        return self.strategy.scope()

    def told(self) -> str:
        """What there is to say of it, after the devices."""
        if self.name == "none":
            return ""
        return f"; {self.name}: {self.replicas} replicas in {self.workers} process(es)"

    def spread(self, parts: Sequence[Any]) -> Any:
        """Gives each of this process's replicas its part."""
        if self.replicas == 1:
            return tf.constant(parts[0])
        ready = iter(parts)  # asked for in the replicas' order
        return self.strategy.experimental_distribute_values_from_function(
            lambda _: tf.constant(next(ready))
        )

    def run(self, work: Callable[..., Any], *values: Any) -> Any:
        """Runs ``work`` on every replica; gives the first one's result."""
        out = self.strategy.run(work, args=values)
        return tf.nest.map_structure(lambda v: self.strategy.experimental_local_results(v)[0], out)

    def mean(self, values: Any) -> Any:
        """Within ``run``: the mean over all replicas."""
        return values if self.replicas == 1 else _reduce("MEAN", values)

    def sum(self, values: Any) -> Any:
        """Within ``run``: the sum over all replicas."""
        return values if self.replicas == 1 else _reduce("SUM", values)

    def agree(self, value: int) -> bool:
        """Whether every process has the same value; waits until each has come here."""
        if self.workers == 1:
            return True

        @tf.function  # type: ignore[untyped-decorator]
        def ask(x: Any) -> Any:
            # An argument itself lies on no device that a sum could go to.
            return self.run(lambda v: self.sum(tf.identity(v)), x)

        told = tf.constant([value, value**2], tf.float32)  # small whole numbers: exact
        first, second = ask(self.spread([told] * len(self.own))).numpy()
        return bool(second * self.replicas == first**2)

    @contextlib.contextmanager
    def told_of_loss(self) -> Iterator[None]:
        """Tells in one line when another process is lost or the memory does not suffice."""
        try:
            yield
        except tf.errors.ResourceExhaustedError:
            raise HwrError("the memory does not hold a step: lower --batch") from None
        except tf.errors.OpError:
            if self.workers == 1:
                raise
            raise HwrError("another worker is lost: start all again with --resume") from None


def alone() -> Team:
    """This process by itself."""
    return Team("none", tf.distribute.get_strategy())


def team(name: str) -> Team:
    """The replicas of a strategy; to be called before TensorFlow has done anything else.

    Raises:
        InputError: for a ``TF_CONFIG`` that is missing or none.
        HwrError: if the other processes cannot be reached.
    """
    if name == "none":
        return alone()
    if not os.environ.get("TF_CONFIG"):  # TensorFlow takes an empty one for a broken one
        os.environ.pop("TF_CONFIG", None)
    if name == "mirrored":
        return Team(name, tf.distribute.MirroredStrategy())
    rank, workers = _cluster(os.environ.get("TF_CONFIG", ""))
    try:
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
    except (ValueError, RuntimeError, tf.errors.OpError) as error:
        reason = " ".join(str(error).split())[:200]
        raise HwrError(f"the workers of TF_CONFIG do not come together: {reason}") from None
    return Team(name, strategy, rank, workers)


def _cluster(text: str) -> tuple[int, int]:
    """This process's number and how many there are; a "chief" comes before the workers."""
    try:
        config = json.loads(text)
        cluster, task = config["cluster"], config["task"]
        chiefs, workers = cluster.get("chief", []), cluster.get("worker", [])
        rank = int(task["index"]) + (len(chiefs) if task["type"] == "worker" else 0)
        count = len(chiefs) + len(workers)
        if task["type"] not in ("chief", "worker") or not 0 <= rank < count:
            raise ValueError("its task is none of its cluster")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "--strategy multi-worker needs TF_CONFIG, such as "
            '{"cluster": {"worker": ["one:2222", "two:2222"]}, '
            f'"task": {{"type": "worker", "index": 0}}}} ({error})'
        ) from None
    return rank, count


def _reduce(how: str, values: Any) -> Any:
    context = tf.distribute.get_replica_context()
    return context.all_reduce(how, values)
