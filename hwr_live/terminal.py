"""What is printed, on terminals of any encoding."""

from __future__ import annotations

import contextlib
import io
import sys


def print_anything() -> None:
    """Has stdout write ``?`` for a character that its encoding lacks, where it would raise."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors in (
        "strict",
        "surrogateescape",
    ):
        with contextlib.suppress(ValueError):  # closed
            sys.stdout.reconfigure(errors="replace")
