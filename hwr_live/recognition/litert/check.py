"""Whether a LiteRT file is a network that this program may run."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from hwr_live.recognition.litert.graph import (
    BROKEN,
    MOST_BYTES,
    MOST_INTS,
    Graph,
    Operator,
    Shape,
    Tensor,
    Unsound,
    due,
    read_graph,
)
from hwr_live.recognition.litert.rules import RULES, Flow

_MOST_PRODUCTS = 1 << 36
"""Multiplications of one run: ten seconds. The shipped networks take 72 million for 16 glyphs and
2.7 billion for a line of 2,048 pixels."""

_MOST_SIZE = 1 << 31
"""Bytes of all that one run computes; its memory is used again, so that it takes less."""

_INT32 = 1 << 31


def check(content: bytes, shapes: Iterable[Shape]) -> None:
    """Goes through a LiteRT file as the interpreter will, without it.

    Args:
        content: the file.
        shapes: of inputs, batches, that it must be able to take.

    Raises:
        Unsound: for a file that is not whole, has what no export of this program has, whose
            operators do not fit each other or such inputs, or which would take too much.
    """
    graph = read_graph(content, RULES)
    declared = graph.tensors[graph.input].shape  # what the interpreter prepares itself for
    flows = follow(graph, declared)
    for number, (tensor, flow) in enumerate(zip(graph.tensors, flows, strict=True)):
        pairs = zip(tensor.shape, flow.shape, tensor.open, strict=True)
        right = all(size == found or free for size, found, free in pairs)
        due(right, f"tensor {number} has {tensor.shape} where {flow.shape} is due")
    for shape in shapes:
        if shape != declared:
            follow(graph, shape)


def follow(graph: Graph, shape: Shape) -> list[Flow]:
    """What each tensor is when the input has this shape.

    Raises:
        Unsound: where an operator cannot do it, or all of them take too much.
    """
    due(graph.tensors[graph.input].type == np.float32, "its input is not float32")
    found = [_constant(tensor) for tensor in graph.tensors]
    found[graph.input] = Flow(shape)
    products = size = 0
    for number, operator in enumerate(graph.operators):
        try:
            made = _made(operator, found)
            _fits(made, graph.tensors[operator.outputs[0]])
        except Unsound as error:
            raise Unsound(f"operator {number}, {operator.name}: {error}") from None
        found[operator.outputs[0]] = made
        products += made.products
        size += 4 * math.prod(made.shape)
    due(products <= _MOST_PRODUCTS, f"an input of {shape} takes {products:.0e} multiplications")
    due(size <= _MOST_SIZE, f"an input of {shape} takes {size >> 20} MB")
    return [flow for flow in found if flow is not None]


def _constant(tensor: Tensor) -> Flow | None:
    if tensor.value is None:
        return None
    ints = tensor.value.astype(np.int64) if tensor.type == np.int32 else None
    return Flow(tensor.shape, ints, tensor)


def _made(operator: Operator, found: list[Flow | None]) -> Flow:
    """What one operator gives."""
    rule = RULES[operator.name]
    count = len(operator.inputs)
    due(rule.fewest <= count <= rule.most, f"it has {count} inputs")
    given = []
    for place, n in enumerate(operator.inputs):
        flow = None if n == -1 else found[n]
        if flow is not None:
            given.append(flow)
        else:
            due(rule.fewest <= place == count - 1, "it lacks an input")
    name, table = operator.options or (rule.options, None)
    due(rule.bare or table is not None, "it has no options")
    due(name == rule.options, "it has the options of another")
    try:
        return rule.gives(given, table)
    except BROKEN:  # numbers of a form that the rule has not thought of
        raise Unsound("it cannot be followed") from None


def _fits(made: Flow, tensor: Tensor) -> None:
    """Whether an operator's result is what the file says of it."""
    kind = np.float32 if made.ints is None else np.int32
    due(tensor.type == kind, "its result is of another type")
    due(len(tensor.shape) == len(made.shape), "its result has other axes")
    due(0 < 4 * math.prod(made.shape) <= MOST_BYTES, f"its result has the shape {made.shape}")
    if made.ints is not None:
        due(made.ints.size <= MOST_INTS, "its result has too many numbers")
        known = made.ints.ravel().tolist()
        due(all(-_INT32 <= n < _INT32 for n in known), "its result is too large a number")
