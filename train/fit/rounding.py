"""Weights with as many digits as bfloat16 has: packed, they take less than half the room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import keras

_DROPPED = 16  # of the 23 bits of a float32's fraction: bfloat16 has the other seven


def rounded(weight: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """The nearest numbers, ties away from 0, with a fraction of seven bits; the exponent is that
    of float32, so that nothing is too large or too small.

    Args:
        weight: float32 of any shape, finite.
    """
    bits = np.array(weight, np.float32, order="C").view(np.uint32)
    half = np.uint32(1 << (_DROPPED - 1))
    return ((bits + half) >> _DROPPED << _DROPPED).view(np.float32)


def round_kernels(model: keras.Model) -> None:
    """Rounds the kernels of a network in place; what else it has are few numbers, which stay."""
    weights = model.get_weights()
    model.set_weights([rounded(one) if one.ndim > 1 else one for one in weights])
