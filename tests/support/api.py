"""Builds the pages of the Python interface: ``python -m tests.support.api FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

import hwr_live


def build(folder: Path) -> Path:
    """Writes the pages of what ``hwr_live`` gives to others; returns that of the package."""
    import pdoc

    for name in hwr_live.__all__:  # pdoc sees only what has been asked for
        getattr(hwr_live, name)
    pdoc.render.configure(docformat="google")
    pdoc.pdoc("hwr_live", "!hwr_live.", "hwr_live.errors", output_directory=folder)
    return folder / "hwr_live.html"


if __name__ == "__main__":
    print(build(Path(sys.argv[1])))
