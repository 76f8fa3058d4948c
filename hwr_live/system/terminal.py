"""What is printed, on terminals of any encoding, and what is told on stderr."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import sys
import textwrap
from collections.abc import Callable
from typing import Any, NoReturn, TextIO, cast

from hwr_live.errors import InputError, one_line, printable
from hwr_live.system.nearest import nearest, suggestion

_CHOICE = re.compile(r"(.*invalid choice: '(.*?)') \(choose from (.*)\)", re.DOTALL)
_UNKNOWN = re.compile(r"unrecognized arguments: (--?[^\s=]+)")


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help whose lines end at blanks: the name of a model that is cut at its hyphen is none."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return textwrap.wrap(" ".join(text.split()), width, break_on_hyphens=False)


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
        options.setdefault("formatter_class", _Help)
        super().__init__(**options)
        self.more = more

    def format_help(self) -> str:
        if self.more is not None:
            self.epilog = self.more()
        return super().format_help()

    def _print_message(self, message: str, file: Any = None) -> None:
        # argparse tells nobody that help could not be written, and prints it elsewhere.
        if file is not None and file is sys.stdout:
            file.write(message)
            file.flush()
        elif file is not None:
            STDERR.write(message)

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


class _Stderr:
    """Standard error, whatever has become of it: closed, full, hung up, or never there. What cannot
    be told is lost; it goes nowhere else, and ends nothing."""

    def write(self, text: str) -> int:
        """Writes a text; returns its length."""
        if sys.stderr is not None:
            try:
                sys.stderr.write(text)
                sys.stderr.flush()
            except (OSError, ValueError):
                _forget()
        return len(text)

    def flush(self) -> None:
        """What was written is."""

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        with contextlib.suppress(OSError, ValueError):
            return sys.stderr is not None and sys.stderr.isatty()
        return False

    def fileno(self) -> int:
        """Its descriptor."""
        return 2

    @property
    def encoding(self) -> str:
        """Of what is written."""
        return getattr(sys.stderr, "encoding", None) or "utf-8"


STDERR = cast(TextIO, _Stderr())
"""For those who write to standard error themselves; the lines of others are :func:`note`'s."""


def _forget() -> None:
    """Drops what stderr holds back, as the interpreter would try it again at its end, and fail."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            sys.stderr.flush()
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def note(text: object) -> None:
    """A line for the user, on stderr and nowhere else, such as what was written."""
    STDERR.write(printable(str(text)) + "\n")


def tell(message: object) -> None:
    """The same with the program's name before it, as for what is wrong."""
    note(f"{Parser.program}: {message}")


def prepare_streams() -> None:
    """Has stdout write ``?`` for a character that its encoding lacks, where it would raise; and
    opens what was closed of the standard descriptors to nowhere, as the next file that is opened
    would be taken for them."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest that is free
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors in (
        "strict",
        "surrogateescape",
    ):
        with contextlib.suppress(ValueError):  # closed
            sys.stdout.reconfigure(errors="replace")
