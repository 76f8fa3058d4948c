"""The pages of the Python interface are built from its docstrings, and their examples run."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

import hwr_live
from hwr_live import reading
from hwr_live.recognition import reader
from tests.support.api import build


def test_pages_are_built_and_have_everything_public(tmp_path: Path) -> None:
    pytest.importorskip("pdoc", reason="needs pdoc")
    page = build(tmp_path).read_text()
    for name in hwr_live.__all__:
        assert f'id="{name}"' in page or (tmp_path / "hwr_live" / f"{name}.html").exists()
    for method in ("read", "read_many", "read_pages", "with_samples"):
        assert f'id="Reader.{method}"' in page
    for method in ("to_alto", "draw", "words"):
        assert f'id="Reading.{method}"' in page


@pytest.mark.parametrize("module", [hwr_live, reading, reader])
def test_examples_run(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted
    assert result.failed == 0
