"""A line network's training on JAX: for a GPU on a machine without TensorFlow."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import jax
import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError, InputError
from train.lines.alphabet import STRIDE, UNKNOWN
from train.lines.feed import Batch
from train.lines.step import Answer, line_loss

_FINE, _COARSE, _LONG = 64, 128, 512  # columns: steps of width of shorter and of longer strips


@dataclass(frozen=True)
class JaxTeam:
    """The devices that train one network together: all of one process.

    Attributes:
        devices: at least one.
    """

    devices: tuple[Any, ...]

    @property
    def chief(self) -> bool:
        """Always: there is one process."""
        return True

    @property
    def replicas(self) -> int:
        """How many devices there are."""
        return len(self.devices)

    @property
    def own(self) -> range:
        """All of them."""
        return range(len(self.devices))

    def scope(self) -> contextlib.AbstractContextManager[None]:
        """Nothing: variables are spread over the devices later."""
        return contextlib.nullcontext()

    def told(self) -> str:
        """What there is to say of it, after the devices."""
        return f"; mirrored: {self.replicas} devices" if self.replicas > 1 else ""

    def agree(self, value: int) -> bool:
        """Always: there is nobody else."""
        return True

    @contextlib.contextmanager
    def told_of_loss(self) -> Iterator[None]:
        """Tells in one line where the memory does not suffice."""
        try:
            yield
        except jax.errors.JaxRuntimeError as error:
            if "RESOURCE_EXHAUSTED" not in str(error):
                raise
            raise HwrError("the memory does not hold a step: lower --batch") from None


def team(strategy: str) -> JaxTeam:
    """The devices of a strategy.

    Raises:
        InputError: for several machines, which JAX is not used with here.
    """
    if strategy == "multi-worker":
        raise InputError("--strategy multi-worker needs TensorFlow; on JAX there is mirrored")
    every = tuple(jax.local_devices())
    return JaxTeam(every if strategy == "mirrored" else every[:1])


def keep_compiled(folder: Path) -> None:
    """Keeps what is compiled from now on in a folder, for later sittings on such a machine: there
    is one program for every width of a batch."""
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.5)


class JaxStep:
    """``train.lines.step.Step``. Where there are several devices, each has its part of the lines,
    and XLA adds up what they come to; batch normalization is then over all of them.

    Between two calls of ``flush`` the variables are its own, and those of the model are stale.
    """

    def __init__(
        self, model: Any, optimizer: Any, teacher: Any, share: float, team: JaxTeam
    ) -> None:
        self._variables = (
            model.trainable_variables,
            model.non_trainable_variables,
            optimizer.variables,
        )
        self._state: Any = None
        mesh = jax.sharding.Mesh(np.array(team.devices), ("lines",))
        self._whole = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec())
        self._split = jax.sharding.NamedSharding(mesh, jax.sharding.PartitionSpec("lines"))
        step = partial(_step, model, optimizer, teacher, share)
        self._take = jax.jit(step, donate_argnums=0)

    def __call__(self, given: Sequence[Batch], rate: float, minutes: float) -> tuple[float, float]:
        if self._state is None:
            values = [[np.asarray(v) for v in some] for some in self._variables]
            self._state = jax.device_put(values, self._whole)
        columns = jax.device_put(padded(given), self._split)
        self._state, loss = self._take(self._state, *columns, np.float32(rate))
        return float(loss), minutes

    def flush(self) -> None:
        """Brings the model's and the optimizer's variables up to date."""
        if self._state is None:
            return
        for some, values in zip(self._variables, self._state, strict=True):
            for variable, value in zip(some, values, strict=True):
                variable.assign(np.asarray(value))
        self._state = None


def _step(
    model: Any,
    optimizer: Any,
    teacher: Any,
    share: float,
    state: Any,
    images: Any,
    frames: Any,
    texts: Any,
    lengths: Any,
    kinds: Any,
    rate: Any,
) -> Any:
    """The state and the lines of a step → the state after it, and the loss."""
    own, others, kept = state
    strips = images.astype(np.float32)[..., None] / 255.0

    def loss_of(weights: Any) -> Any:
        logits, changed = model.stateless_call(weights, others, strips, training=True)
        taught = None
        if teacher is not None:
            fixed = [v.value for v in teacher.variables]
            count = len(teacher.trainable_variables)
            taught, _ = teacher.stateless_call(fixed[:count], fixed[count:], strips)
        # A GPU would round CTC's logarithms to ten bits.
        with jax.default_matmul_precision("float32"):
            return line_loss(logits, texts, lengths, frames, kinds, taught, share), changed

    (loss, changed), grads = jax.value_and_grad(loss_of, has_aux=True)(own)
    norm = sum((grad.astype(np.float32) ** 2).sum() for grad in grads)
    # A step whose gradient overflows is left out: it teaches nothing, and would end all.
    good = jax.numpy.isfinite(loss) & jax.numpy.isfinite(norm)
    grads = [jax.numpy.where(good, grad, 0) for grad in grads]
    kept = [
        rate.astype(value.dtype) if variable is optimizer.learning_rate else value
        for variable, value in zip(optimizer.variables, kept, strict=True)
    ]
    own, kept = optimizer.stateless_apply(kept, grads, own)
    changed = [jax.numpy.where(good, new, old) for new, old in zip(changed, others, strict=True)]
    return (own, changed, kept), jax.numpy.where(good, loss, np.nan)


def width_of(columns: int) -> int:
    """The width that strips are padded to: few, as each is a program of its own to compile."""
    step = _FINE if columns <= _LONG else _COARSE
    return -(-columns // step) * step


def padded(given: Sequence[Batch]) -> tuple[npt.NDArray[Any], ...]:
    """Images, frames, texts, lengths and kinds of all parts together, of few shapes: black on the
    right, and as many outputs as there are frames."""
    count, high = sum(len(one.images) for one in given), given[0].images.shape[1]
    width = width_of(max(one.images.shape[2] for one in given))
    images = np.zeros((count, high, width), np.uint8)
    texts = np.zeros((count, width // STRIDE), np.int32)
    kinds = np.full((count, width // STRIDE), UNKNOWN, np.int32)
    row = 0
    for one in given:
        rows = slice(row, row + len(one.images))
        images[rows, :, : one.images.shape[2]] = one.images
        texts[rows, : one.texts.shape[1]] = one.texts[:, : width // STRIDE]
        kinds[rows, : one.kinds.shape[1]] = one.kinds
        row += len(one.images)
    frames, lengths = ([getattr(b, name) for b in given] for name in ("frames", "lengths"))
    return images, np.concatenate(frames), texts, np.concatenate(lengths), kinds


def answerer(model: Any) -> Answer:
    """As ``train.lines.step.answerer``."""
    weights = [v.value for v in model.trainable_variables]
    others = [v.value for v in model.non_trainable_variables]

    def answer(weights: Any, others: Any, strips: Any) -> Any:
        inputs = strips.astype(np.float32)[..., None] / 255.0
        return model.stateless_call(weights, others, inputs, training=False)[0]

    compiled: Callable[..., Any] = jax.jit(answer)

    def answered(strips: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        n, high, width = strips.shape
        rows = 1 << max(0, n - 1).bit_length()
        room = np.zeros((rows, high, width_of(width)), np.uint8)
        room[:n, :, :width] = strips
        logits = np.asarray(compiled(weights, others, room), np.float32)
        return logits[:n, : width // STRIDE]

    return answered
