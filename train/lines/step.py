"""One step of a line network's training, the same loss on TensorFlow and on JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from hwr_live.errors import HwrError, InputError
from train import devices
from train.lines.alphabet import BLANK, CLASSES
from train.lines.feed import Batch

Answer = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]
"""Logits (n, w/4, ``OUTPUTS``) of uint8 strips (n, 48, w)."""


class Group(Protocol):
    """The processors that train one network together."""

    @property
    def chief(self) -> bool:
        """Whether this process tells and writes; of all processes one does."""

    @property
    def replicas(self) -> int:
        """How many parts each step's lines come in, over all processes."""

    @property
    def own(self) -> range:
        """The numbers of this process's replicas."""

    def scope(self) -> AbstractContextManager[Any]:
        """What variables are to be made within."""

    def told(self) -> str:
        """What there is to say of it, after the devices."""

    def told_of_loss(self) -> AbstractContextManager[None]:
        """A context that tells in one line when another process is lost."""

    def agree(self, value: int) -> bool:
        """Whether every process has the same value; waits until each has come here."""


class Step(Protocol):
    """Learns from lines."""

    def __call__(self, given: Sequence[Batch], rate: float, minutes: float) -> tuple[float, float]:
        """One step.

        Args:
            given: a part for each of this process's replicas.
            rate: the learning rate.
            minutes: of this process's clock.

        Returns:
            The loss, the mean of the lines', NaN for a step that was left out as its gradient was
            none; and the minutes of the chief's clock.
        """

    def flush(self) -> None:
        """Brings the model's and the optimizer's variables up to date."""


def group(strategy: str) -> Group:
    """The processors of a strategy; to be called before Keras's backend has done anything else.

    Raises:
        InputError: for a strategy that this backend has not, or a broken ``TF_CONFIG``.
        HwrError: if the other processes cannot be reached.
    """
    if devices.backend() == "jax":
        from train.lines.on_jax import team as on_jax

        return on_jax(strategy)
    from train.fit.distribute import team

    return team(strategy)


def make_step(model: Any, optimizer: Any, teacher: Any, share: float, team: Any) -> Step:
    """What takes the steps of a training.

    Args:
        model: learns; made within the team's scope, as the optimizer and the teacher were.
        optimizer: built for it.
        teacher: a network whose answers are learned, too, or None.
        share: of what is learned, the teacher's.
        team: of :func:`group`.
    """
    if devices.backend() == "jax":
        from train.lines.on_jax import JaxStep

        return JaxStep(model, optimizer, teacher, share, team)
    from train.lines.on_tensorflow import TensorFlowStep

    return TensorFlowStep(model, optimizer, teacher, share, team)


def answerer(model: Any) -> Answer:
    """A network's answers, compiled."""
    if devices.backend() == "jax":
        from train.lines.on_jax import answerer as on_jax

        return on_jax(model)
    from train.lines.on_tensorflow import answerer as on_tensorflow

    return on_tensorflow(model)


_OF_KINDS = 3.0
"""How much a line's kind counts beside its text. By hand: CTC's loss is about ten a line, that of
the kinds a tenth of one, and their outputs are fed by what reads."""


def line_loss(
    logits: Any,
    texts: Any,
    lengths: Any,
    frames: Any,
    kinds: Any,
    taught: Any = None,
    share: float = 0.0,
) -> Any:
    """CTC, the cross-entropy of the kinds, the mean of a line's frames, and where there is a
    teacher the divergence from its answers, frame by frame.

    Args:
        logits: (n, f, ``OUTPUTS``).
        texts: int32 (n, m), the outputs that spell each line.
        lengths: int32 (n,), how many.
        frames: int32 (n,), of each line itself.
        kinds: int32 (n, f), which of ``KINDS`` each frame is, or ``UNKNOWN``.
        taught: the teacher's logits, or None.
        share: the teacher's, from 0 to 1.

    Returns:
        The mean of the lines'.
    """
    from keras import ops

    told, which = logits[..., :CLASSES], ops.log_softmax(logits[..., CLASSES:])
    loss = ops.mean(ops.ctc_loss(texts, told, lengths, frames, mask_index=BLANK))
    own = ops.cast(ops.arange(ops.shape(logits)[1])[None] < frames[:, None], told.dtype)
    if taught is not None:
        apart = -ops.sum(ops.softmax(taught[..., :CLASSES]) * ops.log_softmax(told), axis=2)
        # The sum over a line, as CTC's is.
        loss = (1 - share) * loss + share * ops.mean(ops.sum(apart * own, axis=1))
    wanted = ops.one_hot(kinds, ops.shape(which)[-1], dtype=told.dtype)  # of unknown ones all 0
    missed = -ops.sum(ops.sum(which * wanted, axis=2) * own, axis=1) / ops.sum(own, axis=1)
    return loss + _OF_KINDS * ops.mean(missed)


def need_shared(batch: int, team: Group) -> int:
    """Lines of each replica's part.

    Raises:
        InputError: if a batch cannot be shared evenly.
    """
    if batch % team.replicas:
        raise InputError(f"--batch {batch} cannot be shared evenly by {team.replicas}")
    return batch // team.replicas


def lost() -> HwrError:
    """What to raise after too many steps without a gradient."""
    return HwrError("the loss is no number any more; go on from the checkpoint with a lower --rate")
