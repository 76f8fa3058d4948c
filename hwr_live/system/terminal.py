"""What is printed, on terminals of any encoding, and what is told on stderr."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn

from hwr_live.errors import InputError, one_line
from hwr_live.system.nearest import nearest, suggestion

_CHOICE = re.compile(r"(.*invalid choice: '(.*?)') \(choose from (.*)\)", re.DOTALL)
_UNKNOWN = re.compile(r"unrecognized arguments: (--?[^\s=]+)")


class Parser(argparse.ArgumentParser):
    """Tells of bad options in one line, with the nearest that there is.

    Args:
        more: makes what help tells at its end, when help is asked for.
        options: as for ``argparse.ArgumentParser``.

    Attributes:
        program: who tells.
    """

    program = "hwr-live"

    def __init__(self, *, more: Callable[[], str] | None = None, **options: Any) -> None:
        options.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(**options)
        self.more = more

    def format_help(self) -> str:
        if self.more is not None:
            self.epilog = self.more()
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        if found := _CHOICE.fullmatch(message):
            start, wrong, names = map(str, found.groups())
            known = [name.strip(" '") for name in names.split(",")]
            message = f"{start}: there are {', '.join(known)}{suggestion(wrong, known)}"
        elif found := _UNKNOWN.match(message):
            options = {option.lstrip("-"): option for option in self._option_string_actions}
            meant = nearest(str(found[1]).lstrip("-"), options)
            message += f"; do you mean {options[meant]}?" if meant is not None else ""
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
