"""Commands as other programs call them: in this process and in one of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.cli.main import main
from hwr_live.cli.sample import TEXT
from hwr_live.media.images import encode_png

ROOT = Path(__file__).parents[2]
SAMPLE = "\n".join(TEXT) + "\n"


def blank(path: Path) -> str:
    path.write_bytes(encode_png(np.full((60, 80), 255, np.uint8)))
    return str(path)


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command."""
    try:
        status = main([str(argument) for argument in arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    return (status, *capsys.readouterr())


def program(*arguments: str, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Runs ``python -m hwr_live`` as a process of its own."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    given: dict[str, Any] = {"capture_output": True, "text": True, "timeout": 60, **options}
    return subprocess.run(
        [sys.executable, "-m", "hwr_live", *arguments],
        env={**os.environ, "PYTHONPATH": path},
        check=False,
        **given,
    )
