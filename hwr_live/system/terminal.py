"""What is printed, on terminals of any encoding, and what is told on stderr."""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from typing import NoReturn

from hwr_live.errors import InputError, one_line


class Parser(argparse.ArgumentParser):
    """Tells of bad options in one line.

    Attributes:
        program: who tells.
    """

    program = "hwr-live"

    def error(self, message: str) -> NoReturn:
        told = f"{self.program}: {one_line(message)}; see {self.prog} --help\n"
        self.exit(InputError.status, told)


def tell(message: object) -> None:
    """A line for the user, on stderr."""
    print(f"{Parser.program}: {message}", file=sys.stderr, flush=True)


def print_anything() -> None:
    """Has stdout write ``?`` for a character that its encoding lacks, where it would raise."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors in (
        "strict",
        "surrogateescape",
    ):
        with contextlib.suppress(ValueError):  # closed
            sys.stdout.reconfigure(errors="replace")
