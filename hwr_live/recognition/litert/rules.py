"""What each operator of our networks takes and gives: shapes, and whole numbers where it gives any.

Networks here compute with float32; int32 is shapes and indices alone, which follow from the input's
shape, so that they are known before anything runs. What each operator does is told at
https://ai.google.dev/edge/litert/models/ops_compatibility.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.recognition.litert.graph import Shape, Tensor, due

Ints = npt.NDArray[np.int64]

_MOST_STEP = 1024  # of strides, dilations, pools and blocks


@dataclass(frozen=True)
class Flow:
    """What goes through the graph in one place.

    Attributes:
        shape: of it.
        ints: its numbers, where it is int32; None for float32 and weights.
        constant: the tensor, where it is a constant of the file.
        products: multiplications that it takes.
    """

    shape: Shape
    ints: Ints | None = None
    constant: Tensor | None = None
    products: int = 0


@dataclass(frozen=True)
class Rule:
    """An operator that our networks have.

    Attributes:
        gives: what it gives, of its inputs and the table of its options.
        options: the name of that table.
        fewest, most: inputs.
        bare: whether it does without options.
    """

    gives: Callable[[Sequence[Flow], Any], Flow]
    options: str
    fewest: int
    most: int
    bare: bool = False


def _given(flow: Flow) -> Ints:
    """Whole numbers of at most one axis, which an operator works by."""
    due(flow.ints is not None and flow.ints.ndim <= 1, "it needs a row of whole numbers")
    assert flow.ints is not None
    return flow.ints


def _of(ints: Ints) -> Flow:
    return Flow(ints.shape, ints)


def _floats(*given: Flow) -> None:
    """Of computed numbers, or constants of float32."""
    for flow in given:
        kind = flow.constant is None or flow.constant.type == np.float32
        due(flow.ints is None and kind, "it needs float32")


def _activated(options: Any) -> None:
    due(options.FusedActivationFunction() in (0, 1, 3), "it has another activation")


def _steps(*steps: int) -> None:
    due(all(1 <= step <= _MOST_STEP for step in steps), "it has other steps")


def _windows(size: Shape, window: Shape, options: Any, apart: Shape = (1, 1)) -> Shape:
    """(height, width) of what windows give that are moved over a picture."""
    strides = (options.StrideH(), options.StrideW())
    _steps(*strides, *window, *apart)
    due(options.Padding() in (0, 1), "it pads in another way")
    spans = [(one - 1) * gap + 1 for one, gap in zip(window, apart, strict=True)]
    if options.Padding() == 0:
        spans = [1, 1]
    made = [
        -(-(one - span + 1) // stride)
        for one, span, stride in zip(size, spans, strides, strict=True)
    ]
    due(min(made) > 0, "its windows are larger than its input")
    return made[0], made[1]


def _weights(flow: Flow, axes: int) -> Shape:
    """The shape of weights: constants of float32 or 8 bits."""
    tensor = flow.constant
    due(tensor is not None and len(flow.shape) == axes, "its weights are no constant of its form")
    assert tensor is not None
    due(tensor.type != np.int32, "its weights are whole numbers")
    return flow.shape


def _bias(given: Sequence[Flow], wide: int) -> None:
    if len(given) > 2:
        due(given[2].constant is not None and given[2].shape == (wide,), "its bias does not fit")
        _floats(given[2])


def _conv_2d(given: Sequence[Flow], options: Any) -> Flow:
    x, filters = given[0].shape, _weights(given[1], 4)
    _floats(given[0])
    due(len(x) == 4 and x[3] == filters[3], f"its filters do not fit {x}")
    _bias(given, filters[0])
    _activated(options)
    apart = (options.DilationHFactor(), options.DilationWFactor())
    size = _windows(x[1:3], filters[1:3], options, apart)
    made = (x[0], *size, filters[0])
    return Flow(made, products=math.prod(made) * math.prod(filters[1:]))


def _max_pool_2d(given: Sequence[Flow], options: Any) -> Flow:
    (x,) = given
    _floats(x)
    due(len(x.shape) == 4, f"it pools {x.shape}")
    _activated(options)
    window = (options.FilterHeight(), options.FilterWidth())
    size = _windows(x.shape[1:3], window, options)
    made = (x.shape[0], *size, x.shape[3])
    return Flow(made, products=math.prod(made) * math.prod(window))


def _fully_connected(given: Sequence[Flow], options: Any) -> Flow:
    x, (wide, deep) = given[0].shape, _weights(given[1], 2)
    _floats(given[0])
    due(options.WeightsFormat() == 0, "its weights are in another order")
    due(len(x) == 2 or (options.KeepNumDims() and len(x) > 2), f"it takes {x}")
    due(x[-1] == deep, f"its weights do not fit {x}")
    _bias(given, wide)
    _activated(options)
    return Flow((*x[:-1], wide), products=math.prod(x) * wide)


def _shape(given: Sequence[Flow], options: Any) -> Flow:
    due(options.OutType() == 2, "it gives another type than int32")
    return _of(np.array(given[0].shape, np.int64))


def _strided_slice(given: Sequence[Flow], options: Any) -> Flow:
    begin, end, steps = (_given(flow) for flow in given[1:])
    ints = given[0].ints
    due(ints is not None, "it cuts what are no whole numbers")
    assert ints is not None
    due(begin.shape == end.shape == steps.shape == begin.shape[:1], "its ends do not fit")
    due(0 < len(begin) <= ints.ndim, "it cuts other axes")
    due(not (options.EllipsisMask() or options.NewAxisMask() or options.Offset()), "it adds axes")
    _steps(*steps.tolist())
    where: list[int | slice] = []
    for axis in range(len(begin)):
        first = None if options.BeginMask() >> axis & 1 else int(begin[axis])
        last = None if options.EndMask() >> axis & 1 else int(end[axis])
        if options.ShrinkAxisMask() >> axis & 1:
            due(first is not None and -ints.shape[axis] <= first < ints.shape[axis], "it cuts none")
            where.append(first or 0)
        else:
            where.append(slice(first, last, int(steps[axis])))
    return _of(np.asarray(ints[tuple(where)], np.int64))


def _pack(given: Sequence[Flow], options: Any) -> Flow:
    due(options.ValuesCount() == len(given), "it counts other inputs")
    parts = [_given(flow) for flow in given]
    due(len({part.shape for part in parts}) == 1, "its inputs differ")
    due(0 <= options.Axis() <= parts[0].ndim, "it has no such axis")
    return _of(np.stack(parts, options.Axis()))


def _concatenation(given: Sequence[Flow], options: Any) -> Flow:
    parts = [_given(flow) for flow in given]
    _activated(options)
    due(options.Axis() == 0 and all(part.ndim == 1 for part in parts), "it has no such axis")
    return _of(np.concatenate(parts))


def _gather(given: Sequence[Flow], options: Any) -> Flow:
    row, places = _given(given[0]), _given(given[1])
    due(row.ndim == 1 and options.Axis() == 0 and options.BatchDims() == 0, "it has no such axis")
    due(bool(((places >= 0) & (places < len(row))).all()), "it gathers what is not there")
    return _of(row[places])


def _reshape(given: Sequence[Flow], options: Any) -> Flow:
    del options  # what they say stands in the second input
    sizes, count = _given(given[1]).ravel().tolist(), math.prod(given[0].shape)
    if sizes.count(-1) == 1:
        rest = math.prod(n for n in sizes if n != -1)
        due(rest > 0, f"it makes {sizes}")
        sizes[sizes.index(-1)] = count // rest
    due(min(sizes, default=1) > 0, f"it makes {sizes}")
    due(math.prod(sizes) == count, f"it makes {sizes} of {given[0].shape}")
    ints = given[0].ints
    return Flow(tuple(sizes)) if ints is None else _of(ints.reshape(sizes))


def _axes(flow: Flow, rank: int) -> list[int]:
    axes = _given(flow).ravel().tolist()
    due(all(-rank <= axis < rank for axis in axes), "it has no such axis")
    return sorted(axis % rank for axis in axes)


def _reduced(given: Sequence[Flow], options: Any) -> Flow:
    x = given[0]
    axes = _axes(given[1], len(x.shape))
    due(len(set(axes)) == len(axes) > 0, "it takes an axis twice")
    keep = bool(options.KeepDims())
    shape = tuple(
        1 if n in axes else size for n, size in enumerate(x.shape) if keep or n not in axes
    )
    return Flow(shape, products=math.prod(x.shape))


def _reduce_max(given: Sequence[Flow], options: Any) -> Flow:
    _floats(given[0])
    return _reduced(given, options)


def _reduce_prod(given: Sequence[Flow], options: Any) -> Flow:
    made = _reduced(given, options)
    product = math.prod(_given(given[0]).tolist())
    return _of(np.full(made.shape, product, np.int64))


def _expand_dims(given: Sequence[Flow], options: Any) -> Flow:
    del options
    axes = _axes(given[1], len(given[0].shape) + 1)
    due(len(axes) == 1, "it has no such axis")
    _floats(given[0])
    shape = given[0].shape
    return Flow((*shape[: axes[0]], 1, *shape[axes[0] :]))


def _squeeze(given: Sequence[Flow], options: Any) -> Flow:
    _floats(given[0])
    shape, found = given[0].shape, options.SqueezeDimsAsNumpy()
    dims = [] if isinstance(found, int) else [int(n) for n in found]
    due(all(-len(shape) <= n < len(shape) for n in dims) and bool(dims), "it has no such axis")
    gone = {n % len(shape) for n in dims}
    due(all(shape[n] == 1 for n in gone), f"it leaves out an axis of {shape}")
    return Flow(tuple(size for n, size in enumerate(shape) if n not in gone))


def _elementwise(work: Callable[[Ints, Ints], Ints]) -> Callable[[Sequence[Flow], Any], Flow]:
    def gives(given: Sequence[Flow], options: Any) -> Flow:
        a, b = given
        if options is not None and hasattr(options, "FusedActivationFunction"):
            _activated(options)
        due((a.ints is None) == (b.ints is None), "its inputs are of two types")
        sizes = zip(reversed(a.shape), reversed(b.shape), strict=False)  # the longer one's are left
        due(all(m == n or 1 in (m, n) for m, n in sizes), f"{a.shape} and {b.shape} do not fit")
        if a.ints is None or b.ints is None:
            _floats(a, b)
            shape = np.broadcast_shapes(a.shape, b.shape)
            return Flow(shape, products=math.prod(shape))
        return _of(np.asarray(work(a.ints, b.ints), np.int64))

    return gives


def _modulo(a: Ints, b: Ints) -> Ints:
    due(bool((b != 0).all()), "it divides by 0")
    return a % b


def _blocks(given: Sequence[Flow]) -> tuple[list[int], list[list[int]]]:
    """The blocks, and what is added or cut before and after each of their axes."""
    x, block, ends = given
    _floats(x)
    sizes = _given(block).ravel().tolist()
    _steps(*sizes)
    due(
        len(x.shape) in (3, 4) and len(sizes) == len(x.shape) - 2,
        f"its blocks do not fit {x.shape}",
    )
    due(ends.ints is not None and ends.shape == (len(sizes), 2), "its ends do not fit")
    assert ends.ints is not None
    due(bool((ends.ints >= 0).all()), "its ends are less than none")
    return sizes, ends.ints.tolist()


def _space_to_batch(given: Sequence[Flow], options: Any) -> Flow:
    del options
    x = given[0].shape
    sizes, ends = _blocks(given)
    padded = [size + sum(end) for size, end in zip(x[1:-1], ends, strict=True)]
    fits = all(size % block == 0 for size, block in zip(padded, sizes, strict=True))
    due(fits, f"its blocks do not fit {x}")
    rest = [size // block for size, block in zip(padded, sizes, strict=True)]
    return Flow((x[0] * math.prod(sizes), *rest, x[-1]))


def _batch_to_space(given: Sequence[Flow], options: Any) -> Flow:
    del options
    x = given[0].shape
    sizes, ends = _blocks(given)
    due(x[0] % math.prod(sizes) == 0, f"its blocks do not fit {x}")
    rest = [n * block - sum(end) for n, block, end in zip(x[1:-1], sizes, ends, strict=True)]
    due(min(rest) > 0, "it cuts all off")
    return Flow((x[0] // math.prod(sizes), *rest, x[-1]))


def _depth_to_space(given: Sequence[Flow], options: Any) -> Flow:
    _floats(given[0])
    x, block = given[0].shape, options.BlockSize()
    _steps(block)
    due(len(x) == 4 and x[3] % block**2 == 0, f"its blocks do not fit {x}")
    return Flow((x[0], x[1] * block, x[2] * block, x[3] // block**2))


RULES = {
    "ADD": Rule(_elementwise(np.add), "AddOptions", 2, 2),
    "BATCH_TO_SPACE_ND": Rule(_batch_to_space, "BatchToSpaceNDOptions", 3, 3, bare=True),
    "CONCATENATION": Rule(_concatenation, "ConcatenationOptions", 1, 6),
    "CONV_2D": Rule(_conv_2d, "Conv2DOptions", 3, 3),
    "DEPTH_TO_SPACE": Rule(_depth_to_space, "DepthToSpaceOptions", 1, 1),
    "EXPAND_DIMS": Rule(_expand_dims, "ExpandDimsOptions", 2, 2, bare=True),
    "FLOOR_MOD": Rule(_elementwise(_modulo), "FloorModOptions", 2, 2, bare=True),
    "FULLY_CONNECTED": Rule(_fully_connected, "FullyConnectedOptions", 2, 3),
    "GATHER": Rule(_gather, "GatherOptions", 2, 2),
    "MAX_POOL_2D": Rule(_max_pool_2d, "Pool2DOptions", 1, 1),
    "MUL": Rule(_elementwise(np.multiply), "MulOptions", 2, 2),
    "PACK": Rule(_pack, "PackOptions", 1, 6),
    "REDUCE_MAX": Rule(_reduce_max, "ReducerOptions", 2, 2),
    "REDUCE_PROD": Rule(_reduce_prod, "ReducerOptions", 2, 2),
    "RESHAPE": Rule(_reshape, "ReshapeOptions", 2, 2, bare=True),
    "SHAPE": Rule(_shape, "ShapeOptions", 1, 1),
    "SPACE_TO_BATCH_ND": Rule(_space_to_batch, "SpaceToBatchNDOptions", 3, 3, bare=True),
    "SQUEEZE": Rule(_squeeze, "SqueezeOptions", 1, 1),
    "STRIDED_SLICE": Rule(_strided_slice, "StridedSliceOptions", 4, 4),
    "SUB": Rule(_elementwise(np.subtract), "SubOptions", 2, 2),
}
"""All operators that networks of this program have, by LiteRT's names."""
