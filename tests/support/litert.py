"""LiteRT files with something changed in their tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from hwr_live.recognition.models import shipped_folder


def shipped(name: str) -> bytes:
    """A shipped network's LiteRT file."""
    return (shipped_folder() / name / "model.tflite").read_bytes()


def edited(content: bytes, edit: Callable[[Any], object]) -> bytes:
    """A LiteRT file after ``edit`` has changed the tree of its tables."""
    model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(content, 0))
    edit(model)
    return packed(model)


def packed(model: Any) -> bytes:
    """The LiteRT file of a tree of tables."""
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())
