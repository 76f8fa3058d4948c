"""A LiteRT file → its graph: tensors and operators, all of whose indices and sizes are right.

LiteRT sees to it that a file is a whole FlatBuffer; it does not ask whether what stands there makes
sense, and an index that points nowhere ends the process. What none of our exports has is refused.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Shape = tuple[int, ...]
Numbers = npt.NDArray[np.generic]

MOST_BYTES = 1 << 29
"""Of one tensor; the shipped networks' largest has 1.5 MB in a batch of 16."""

MOST_INTS = 1 << 12
"""Numbers of a tensor of whole numbers, which holds a shape or places in one."""

_MOST = 4096  # tensors, operators, buffers; a shipped network has 135
_MOST_AXES = 6
_MOST_METADATA = 64
_CONTROL = b"model_control_dependencies"  # metadata that changes the order of operators
BROKEN: tuple[type[Exception], ...] = (
    *(struct.error, ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError),
    *(MemoryError, RecursionError),
)
"""What reading a broken file ends in."""


class Unsound(Exception):
    """What is wrong with a file, for the end of a line."""


@dataclass(frozen=True)
class Tensor:
    """A tensor as the file declares it.

    Attributes:
        shape: of a batch of one.
        open: for each axis whether its size is known only when the network runs.
        type: float32, int32, or int8 for weights.
        value: a constant's, of that type and shape; None for what is computed.
        scales: of int8 weights: one, or one for each of the first axis; 0 else.
    """

    shape: Shape
    open: tuple[bool, ...]
    type: np.dtype[Any]
    value: Numbers | None
    scales: int = 0


@dataclass(frozen=True)
class Operator:
    """An operator of the graph.

    Attributes:
        name: LiteRT's, such as "CONV_2D".
        inputs: tensors' numbers; -1 for one that is left out.
        outputs: tensors' numbers.
        options: the table of its options, as LiteRT's schema reads it; None for none.
    """

    name: str
    inputs: Shape
    outputs: Shape
    options: Any


@dataclass(frozen=True)
class Graph:
    """A network: operators in an order in which each has what it needs.

    Attributes:
        tensors: all.
        operators: all.
        input: the number of the only one.
        outputs: their numbers.
    """

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    input: int
    outputs: Shape


def read_graph(content: bytes, names: Iterable[str]) -> Graph:
    """The graph of a LiteRT file.

    Args:
        content: the file.
        names: of the operators that it may have.

    Raises:
        Unsound: for anything that it must not have.
    """
    from ai_edge_litert import schema_py_generated as schema

    try:
        return _Reading(content, schema, frozenset(names)).graph()
    except BROKEN:
        raise Unsound("it is no whole LiteRT file") from None


def due(right: bool, told: str) -> None:
    """Raises ``Unsound`` with what is told unless it is right."""
    if not right:
        raise Unsound(told)


class _Reading:
    """Reads one file; whatever a broken one ends in is left to the caller."""

    def __init__(self, content: bytes, schema: Any, names: frozenset[str]) -> None:
        self._schema = schema
        self._model = schema.Model.GetRootAs(content, 0)
        due(self._model.Version() == 3, "it is of another version")
        due(self._model.SubgraphsLength() == 1, "it has not one graph but several or none")
        self._graph = self._model.Subgraphs(0)
        counts = (
            *(self._graph.TensorsLength(), self._graph.OperatorsLength()),
            *(self._model.BuffersLength(), self._model.OperatorCodesLength()),
            self._model.MetadataBufferLength(),
        )
        due(max(counts) <= _MOST, f"it has more than {_MOST} parts of a kind")
        codes = vars(schema.BuiltinOperator).items()
        self._names = {code: name for name, code in codes if name in names}
        self._types: dict[int, np.dtype[Any]] = {
            schema.TensorType.FLOAT32: np.dtype(np.float32),
            schema.TensorType.INT32: np.dtype(np.int32),
            schema.TensorType.INT8: np.dtype(np.int8),
        }

    def graph(self) -> Graph:
        codes = [self._code(self._model.OperatorCodes(n)) for n in self._codes()]
        self._metadata()
        buffers = [self._buffer(n) for n in range(self._model.BuffersLength())]
        tensors = tuple(
            self._tensor(n, self._graph.Tensors(n), buffers)
            for n in range(self._graph.TensorsLength())
        )
        inputs, outputs = _ints(self._graph.InputsAsNumpy()), _ints(self._graph.OutputsAsNumpy())
        due(len(inputs) == 1, f"it has {len(inputs)} inputs")
        operators = tuple(
            self._operator(n, self._graph.Operators(n), codes)
            for n in range(self._graph.OperatorsLength())
        )
        graph = Graph(tensors, operators, inputs[0], outputs)
        _order(graph)
        for n in (graph.input, *graph.outputs):  # LiteRT reads these names as UTF-8
            (self._graph.Tensors(n).Name() or b"").decode()
        self._signatures(graph)
        return graph

    def _codes(self) -> range:
        return range(self._model.OperatorCodesLength())

    def _code(self, code: Any) -> str:
        """An operator's name. The smaller codes stand in a field of their own."""
        number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        due(not code.CustomCode(), "it has an operator that is not LiteRT's")
        due(number in self._names, f"it has an operator ({number}) that no export here has")
        return str(self._names[number])

    def _metadata(self) -> None:
        buffers = self._model.BuffersLength()
        due(self._model.MetadataLength() <= _MOST_METADATA, "it has too much metadata")
        for n in range(self._model.MetadataLength()):
            one = self._model.Metadata(n)
            due(one.Buffer() < buffers, f"metadata {n} is in no buffer")
            due(one.Name() is not None, f"metadata {n} has no name")
            due(_CONTROL not in one.Name(), "it has an order of operators besides the graph")
        numbers = [self._model.MetadataBuffer(n) for n in range(self._model.MetadataBufferLength())]
        due(all(0 <= n < buffers for n in numbers), "metadata is in no buffer")

    def _buffer(self, number: int) -> Numbers:
        """A buffer's bytes, not copied: many buffers may claim the same ones."""
        buffer = self._model.Buffers(number)
        due(not buffer.Offset() and not buffer.Size(), f"buffer {number} lies outside the tables")
        none = buffer.DataIsNone() or not buffer.DataLength()
        return np.empty(0, np.uint8) if none else np.asarray(buffer.DataAsNumpy(), np.uint8)

    def _tensor(self, number: int, tensor: Any, buffers: Sequence[Numbers]) -> Tensor:
        what = f"tensor {number}"
        due(tensor.Type() in self._types, f"{what} is of a type that no export here has")
        kind = self._types[tensor.Type()]
        due(not tensor.IsVariable(), f"{what} is a variable")
        due(tensor.Sparsity() is None, f"{what} is sparse")
        due(tensor.VariantTensorsLength() == 0, f"{what} holds tensors")
        due(0 <= tensor.Buffer() < len(buffers), f"{what} is in no buffer")
        shape = _ints(tensor.ShapeAsNumpy())
        _sized(shape, kind, what)
        signature = _ints(tensor.ShapeSignatureAsNumpy()) or shape
        due(len(signature) == len(shape), f"{what} has two numbers of axes")
        same = all(one in (-1, size) for one, size in zip(signature, shape, strict=True))
        due(same, f"{what} has two shapes")
        data = buffers[tensor.Buffer()]
        value = None
        if len(data):
            due(len(data) == math.prod(shape) * kind.itemsize, f"{what} does not fit its buffer")
            value = np.frombuffer(data, kind).reshape(shape)
        due(value is not None or kind != np.int8, f"{what} has 8 bits and is no constant")
        scales = self._scales(what, tensor.Quantization(), shape, kind == np.int8)
        return Tensor(shape, tuple(one == -1 for one in signature), kind, value, scales)

    def _scales(self, what: str, given: Any, shape: Shape, quantized: bool) -> int:
        """How many scales a tensor has: those of 8-bit weights are around 0."""
        if given is None or given.ScaleIsNone():
            due(not quantized, f"{what} has no scale")
            due(given is None or given.ZeroPointLength() == 0, f"{what} has a zero and no scale")
            return 0
        due(quantized, f"{what} has a scale that it does not need")
        scale, zero = given.ScaleAsNumpy(), given.ZeroPointAsNumpy()
        count = len(scale)
        due(given.DetailsType() == 0, f"{what} is quantized in a way that no export here is")
        due(count == 1 or (shape[:1] == (count,)), f"{what} has {count} scales")
        due(given.QuantizedDimension() == 0, f"{what} has scales of another axis")
        due(bool((np.isfinite(scale) & (scale > 0)).all()), f"{what} has a scale that is none")
        due(len(_ints(zero)) == count and not np.any(zero), f"{what} has a zero that is none")
        return count

    def _operator(self, number: int, operator: Any, codes: Sequence[str]) -> Operator:
        what = f"operator {number}"
        due(0 <= operator.OpcodeIndex() < len(codes), f"{what} has no code")
        due(operator.CustomOptionsLength() == 0, f"{what} has options of its own")
        due(not operator.LargeCustomOptionsOffset(), f"{what} has options outside the tables")
        due(operator.IntermediatesLength() == 0, f"{what} has tensors of its own")
        due(operator.MutatingVariableInputsLength() == 0, f"{what} changes what it is given")
        due(operator.BuiltinOptions2Type() == 0, f"{what} has options that no export here has")
        inputs, outputs = _ints(operator.InputsAsNumpy()), _ints(operator.OutputsAsNumpy())
        due(len(inputs) <= _MOST_AXES and len(outputs) == 1, f"{what} has other outputs")
        count = self._graph.TensorsLength()
        due(all(-1 <= n < count for n in inputs), f"{what} takes what is no tensor")
        due(all(0 <= n < count for n in outputs), f"{what} gives what is no tensor")
        return Operator(codes[operator.OpcodeIndex()], inputs, outputs, self._options(operator))

    def _options(self, operator: Any) -> tuple[str, Any] | None:
        """The class and the table of an operator's options."""
        kind = operator.BuiltinOptionsType()
        table = operator.BuiltinOptions()
        if kind == 0 or table is None:
            due(kind == 0, "an operator lacks its options")
            return None
        names = {code: name for name, code in vars(self._schema.BuiltinOptions).items()}
        made = getattr(self._schema, names[kind])()
        made.Init(table.Bytes, table.Pos)
        return names[kind], made

    def _signatures(self, graph: Graph) -> None:
        """Names of inputs and outputs: at most one set, each for a tensor that is one."""
        due(self._model.SignatureDefsLength() <= 1, "it has several signatures")
        if not self._model.SignatureDefsLength():
            return
        one = self._model.SignatureDefs(0)
        due(one.SubgraphIndex() == 0, "its signature is of no graph")
        due((one.SignatureKey() or b"").isascii(), "its signature has no name")
        for count, get, numbers in (
            (one.InputsLength(), one.Inputs, (graph.input,)),
            (one.OutputsLength(), one.Outputs, graph.outputs),
        ):
            due(count == len(numbers), "its signature has other inputs or outputs")
            named = [get(n) for n in range(count)]
            same = {each.TensorIndex() for each in named} == set(numbers)
            due(same, "its signature is of others")
            names = [each.Name() or b"" for each in named]
            due(all(name and name.isascii() for name in names), "its signature lacks a name")
            due(len(set(names)) == count, "its signature has a name twice")


def _order(graph: Graph) -> None:
    """Each tensor is constant, the input, or made once before it is taken; outputs are made."""
    count = len(graph.tensors)
    due(0 <= graph.input < count, "its input is no tensor")
    known = {n for n, tensor in enumerate(graph.tensors) if tensor.value is not None}
    due(graph.input not in known, "its input is a constant")
    known.add(graph.input)
    made = set()
    for number, operator in enumerate(graph.operators):
        taken = {n for n in operator.inputs if n != -1}
        due(taken <= known, f"operator {number} takes what is not made yet")
        (output,) = operator.outputs
        due(output not in known, f"operator {number} gives what is there already")
        known.add(output)
        made.add(output)
    due(0 < len(graph.outputs) == len(set(graph.outputs)), "it has no outputs, or one twice")
    due(set(graph.outputs) <= made, "an output is not made")
    due(len(known) == count, "it has a tensor that nothing makes")


def _sized(shape: Shape, kind: np.dtype[Any], what: str) -> None:
    due(len(shape) <= _MOST_AXES, f"{what} has {len(shape)} axes")
    due(min(shape, default=1) > 0, f"{what} has the shape {shape}")
    due(math.prod(shape) * kind.itemsize <= MOST_BYTES, f"{what} is too large")
    due(kind != np.int32 or math.prod(shape) <= MOST_INTS, f"{what} has too many numbers")


def _ints(found: Any) -> Shape:
    """A vector of whole numbers; LiteRT's schema has 0 for one that is not there."""
    return () if isinstance(found, int) else tuple(int(n) for n in found)
