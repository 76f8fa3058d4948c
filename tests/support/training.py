"""Trainings that are only noted, as if TensorFlow were there."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

Made = list[dict[str, Any]]


def pretend(monkeypatch: pytest.MonkeyPatch, *, there: bool) -> None:
    find = importlib.util.find_spec

    def find_spec(name: str, *more: Any) -> Any:
        return (there or None) if name == "tensorflow" else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
