"""What is refused before the interpreter sees it, and that nothing else is."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from hwr_live.recognition.litert.check import check, follow
from hwr_live.recognition.litert.graph import Shape, Unsound, read_graph
from hwr_live.recognition.litert.rules import RULES
from tests.support.litert import edited, shipped

GLYPHS = ("hwr62", "mnist", "mnist-cnn", "mnist-dense")
IMAGES = ((1, 28, 28, 1), (16, 28, 28, 1))
STRIPS = ((1, 48, 64, 1), (16, 48, 64, 1), (1, 48, 2048, 1))
Edit = Callable[[Any], object]


@pytest.mark.parametrize("name", [*GLYPHS, "lines"])
def test_shipped_networks_are_sound(name: str) -> None:
    check(shipped(name), STRIPS if name == "lines" else IMAGES)


@pytest.mark.parametrize(
    ("name", "shape"),
    [*((name, (3, 28, 28, 1)) for name in GLYPHS), ("lines", (2, 48, 192, 1))],
)
def test_what_flows_is_what_the_interpreter_computes(name: str, shape: Shape) -> None:
    content = shipped(name)
    flows = follow(read_graph(content, RULES), shape)
    interpreter = Interpreter(
        model_content=content,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        experimental_preserve_all_tensors=True,
    )
    given = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(given, shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given, np.zeros(shape, np.float32))
    interpreter.invoke()
    for number, flow in enumerate(flows):
        found = interpreter.get_tensor(number)
        assert found.shape == flow.shape, number
        if flow.ints is not None:
            np.testing.assert_array_equal(found, flow.ints)


@pytest.mark.parametrize(
    "content",
    [b"", b"TFL3", b"\0" * 64, b"\xff" * 64, shipped("mnist-dense")[:3000]],
    ids=["empty", "name", "zeros", "ones", "cut"],
)
def test_what_is_no_file_is_refused(content: bytes) -> None:
    with pytest.raises(Unsound):
        check(content, IMAGES)


def graph(model: Any) -> Any:
    return model.subgraphs[0]


def operator(model: Any, name: str, turn: int = 0) -> Any:
    code = getattr(schema.BuiltinOperator, name)
    codes = [n for n, one in enumerate(model.operatorCodes) if one.builtinCode == code]
    return [one for one in graph(model).operators if one.opcodeIndex in codes][turn]


def weights(model: Any) -> Any:
    return next(one for one in graph(model).tensors if one.type == schema.TensorType.INT8)


def put(found: Callable[[Any], Any], **values: Any) -> Edit:
    """Sets attributes of what is found in the tree."""
    return lambda model: vars(found(model)).update(values)


def at(name: str, turn: int = 0) -> Callable[[Any], Any]:
    return lambda model: operator(model, name, turn)


def options(name: str, turn: int = 0) -> Callable[[Any], Any]:
    return lambda model: operator(model, name, turn).builtinOptions


def fed(name: str, *given: tuple[str, int]) -> Edit:
    """Gives an operator other inputs: those of operators by name, each by its place there."""

    def edit(model: Any) -> None:
        inputs = [operator(model, other).inputs[place] for other, place in given]
        operator(model, name).inputs = inputs

    return edit


def without_divisor(model: Any) -> None:
    divisor = graph(model).tensors[operator(model, "FLOOR_MOD").inputs[1]]
    model.buffers[divisor.buffer].data = [0] * 4


def tensor(number: int) -> Callable[[Any], Any]:
    return lambda model: graph(model).tensors[number]


def code(number: int) -> Edit:
    def edit(model: Any) -> None:
        model.operatorCodes[0].builtinCode = number
        model.operatorCodes[0].deprecatedBuiltinCode = min(number, 127)

    return edit


def bound(name: str) -> Edit:
    def edit(model: Any) -> None:
        model.metadata[0].name = name.encode()

    return edit


def twice(model: Any) -> None:
    graph(model).operators.append(graph(model).operators[0])


def backwards(model: Any) -> None:
    graph(model).operators.reverse()


def sparse(model: Any) -> None:
    weights(model).sparsity = schema.SparsityParametersT()


def short(model: Any) -> None:
    data = model.buffers[weights(model).buffer]
    data.data = data.data[:-1]


def many(model: Any) -> None:
    model.buffers += [model.buffers[0]] * 5000


BROKEN: dict[str, tuple[Edit, str]] = {
    "no graph": (put(lambda m: m, subgraphs=None), "not one graph"),
    "two graphs": (lambda m: m.subgraphs.append(m.subgraphs[0]), "not one graph"),
    "version": (put(lambda m: m, version=2), "another version"),
    "no codes": (put(lambda m: m, operatorCodes=None), "no code"),
    "unknown code": (code(1000), "no export here has"),
    "other code": (code(schema.BuiltinOperator.TANH), "no export here has"),
    "custom": (put(lambda m: m.operatorCodes[0], customCode=b"Mine"), "not LiteRT's"),
    "many parts": (many, "more than 4096 parts"),
    "order besides": (bound("model_control_dependencies"), "order of operators"),
    "metadata nowhere": (put(lambda m: m.metadata[0], buffer=999), "in no buffer"),
    "outside": (put(lambda m: m.buffers[3], offset=9, size=9), "outside the tables"),
    "no tensors": (put(graph, tensors=None), "no tensor"),
    "no operators": (put(graph, operators=None), "not made"),
    "no input": (put(graph, inputs=None), "0 inputs"),
    "two inputs": (put(graph, inputs=[0, 0]), "2 inputs"),
    "input nowhere": (put(graph, inputs=[-5]), "input is no tensor"),
    "constant input": (put(graph, inputs=[2]), "input is a constant"),
    "no output": (put(graph, outputs=None), "no outputs"),
    "output nowhere": (put(graph, outputs=[31, 1 << 30]), "output is not made"),
    "output twice": (put(graph, outputs=[31, 31]), "or one twice"),
    "output's name": (put(tensor(31), name=b"\xff\xfe"), "no whole LiteRT file"),
    "variable": (put(tensor(20), isVariable=True), "is a variable"),
    "type": (put(tensor(20), type=schema.TensorType.STRING), "of a type"),
    "no type": (put(tensor(20), type=99), "of a type"),
    "buffer nowhere": (put(tensor(20), buffer=999), "in no buffer"),
    "axes": (put(tensor(20), shape=[1] * 9), "9 axes"),
    "less than none": (put(tensor(20), shape=[1, -14, 14, 16]), "has the shape"),
    "huge": (put(tensor(20), shape=[1, 1 << 20, 1 << 20, 16]), "too large"),
    "another shape": (put(tensor(21), shape=[1, 14, 13, 16]), "two shapes"),
    "another size": (put(tensor(21), shape=[1, 14, 9, 16], shapeSignature=None), "is due"),
    "sparse": (sparse, "is sparse"),
    "variants": (put(tensor(20), variantTensors=[schema.VariantSubTypeT()]), "holds tensors"),
    "short": (short, "does not fit its buffer"),
    "no scale": (put(lambda m: weights(m).quantization, scale=None), "has no scale"),
    "few scales": (put(lambda m: weights(m).quantization, scale=[0.1] * 3), "3 scales"),
    "no number": (put(lambda m: weights(m).quantization, scale=[np.nan]), "scale that is none"),
    "other axis": (put(lambda m: weights(m).quantization, quantizedDimension=3), "another axis"),
    "zeros": (put(lambda m: weights(m).quantization, zeroPoint=[7] * 128), "zero that is none"),
    "no weights": (put(at("CONV_2D"), inputs=[0, -1, 1]), "lacks an input"),
    "no bias": (put(at("CONV_2D"), inputs=[0, 2]), "2 inputs"),
    "few inputs": (put(at("STRIDED_SLICE"), inputs=[26]), "1 inputs"),
    "takes nothing": (put(at("CONV_2D"), inputs=[0, 2, 99]), "takes what is no tensor"),
    "gives nothing": (put(at("CONV_2D"), outputs=[99]), "gives what is no tensor"),
    "gives weights": (put(at("CONV_2D"), outputs=[2]), "there already"),
    "twice": (twice, "there already"),
    "backwards": (backwards, "not made yet"),
    "own options": (put(at("CONV_2D"), customOptions=[1, 2]), "options of its own"),
    "other options": (
        put(
            at("CONV_2D"),
            builtinOptions=schema.PackOptionsT(),
            builtinOptionsType=schema.BuiltinOptions.PackOptions,
        ),
        "options of another",
    ),
    "no options": (put(at("CONV_2D"), builtinOptions=None, builtinOptionsType=0), "no options"),
    "intermediates": (put(at("CONV_2D"), intermediates=[1]), "tensors of its own"),
    "no stride": (put(options("CONV_2D"), strideW=0), "other steps"),
    "long stride": (put(options("CONV_2D"), strideH=1 << 30), "other steps"),
    "dilation": (put(options("CONV_2D"), dilationHFactor=-1), "other steps"),
    "padding": (put(options("CONV_2D"), padding=7), "pads in another way"),
    "activation": (put(options("CONV_2D"), fusedActivationFunction=99), "another activation"),
    "filters": (put(at("CONV_2D", 1), inputs=[20, 16, 11]), "operator 1, CONV_2D"),
    "bias": (put(at("CONV_2D", 1), inputs=[20, 17, 10]), "bias does not fit"),
    "order": (put(options("FULLY_CONNECTED"), weightsFormat=1), "in another order"),
    "axis": (put(options("PACK"), axis=5), "no such axis"),
    "count": (put(options("PACK"), valuesCount=9), "counts other inputs"),
    "index": (put(at("STRIDED_SLICE"), inputs=[26, 19, 3, 3]), "whole numbers"),
    "no key": (put(lambda m: m.signatureDefs[0].outputs[1], name=None), "lacks a name"),
    "name twice": (put(lambda m: m.signatureDefs[0].outputs[1], name=b"embedding"), "name twice"),
    "signature": (put(lambda m: m.signatureDefs[0].outputs[1], tensorIndex=1 << 31), "of others"),
    "signature's graph": (put(lambda m: m.signatureDefs[0], subgraphIndex=7), "of no graph"),
}


@pytest.mark.parametrize(("edit", "told"), BROKEN.values(), ids=BROKEN)
def test_what_no_export_has_is_refused(edit: Edit, told: str) -> None:
    with pytest.raises(Unsound, match=re.escape(told)):
        check(edited(shipped("hwr62"), edit), IMAGES)


_PARTED, _JOINED = "SPACE_TO_BATCH_ND", "BATCH_TO_SPACE_ND"
LINES: dict[str, tuple[Edit, str]] = {
    "axis": (put(options("SQUEEZE"), squeezeDims=[9]), "no such axis"),
    "no axis": (put(options("SQUEEZE"), squeezeDims=None), "no such axis"),
    "long axis": (put(options("SQUEEZE"), squeezeDims=[3]), "leaves out an axis"),
    "twice": (fed("REDUCE_MAX", ("REDUCE_MAX", 0), ("GATHER", 1)), "operator 7, REDUCE_MAX"),
    "two types": (fed("MUL", ("MUL", 0), ("REDUCE_MAX", 1)), "two types"),
    "blocks": (fed(_PARTED, (_PARTED, 0), ("GATHER", 1), (_PARTED, 2)), _PARTED),
    "ends": (fed(_PARTED, (_PARTED, 0), (_PARTED, 1), (_PARTED, 1)), "ends do not fit"),
    "crops": (fed(_JOINED, (_JOINED, 0), ("GATHER", 1), (_JOINED, 2)), _JOINED),
    "batches": (put(options("GATHER"), batchDims=1), "no such axis"),
    "divisor": (without_divisor, "divides by 0"),
    "other type": (
        put(lambda m: graph(m).tensors[graph(m).outputs[0]], type=schema.TensorType.INT32),
        "of another type",
    ),
    "slice": (put(options("STRIDED_SLICE"), ellipsisMask=1), "adds axes"),
    "cut": (put(options("STRIDED_SLICE"), shrinkAxisMask=0), "STRIDED_SLICE"),
}


@pytest.mark.parametrize(("edit", "told"), LINES.values(), ids=LINES)
def test_operators_that_do_not_fit_are_refused(edit: Edit, told: str) -> None:
    with pytest.raises(Unsound, match=re.escape(told)):
        check(edited(shipped("lines"), edit), STRIPS)


@pytest.mark.parametrize(
    ("shape", "told"),
    [
        ((1, 784), "do not fit"),
        ((1, 28, 28, 3), "do not fit"),
        ((1, 28, 28, 1, 1), "do not fit"),
        ((1 << 24, 28, 28, 1), "has the shape"),
        ((1 << 14, 28, 28, 1), "takes"),
    ],
)
def test_inputs_that_it_cannot_take_are_told(shape: Shape, told: str) -> None:
    with pytest.raises(Unsound, match=re.escape(told)):
        check(shipped("hwr62"), [shape])
