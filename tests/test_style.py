"""The linters and the type checker find nothing, and imports go where they may."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("ruff", ("-m", "ruff", "check", ".")),
        ("ruff", ("-m", "ruff", "format", "--check", ".")),
        ("mypy", ("-m", "mypy", "--strict", "--platform", "linux", "hwr_live", "train", "tests")),
        ("importlinter", ("-c", LINT_IMPORTS)),
    ],
)
def test_nothing_is_found(tool: str, arguments: tuple[str, ...]) -> None:
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed")
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
