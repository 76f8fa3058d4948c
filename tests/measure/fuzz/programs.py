"""How bad input is given to the programs, and what they say of it."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator

from hwr_live.cli import main as cli
from hwr_live.cli.options import parser
from hwr_live.errors import HwrError
from hwr_live.recognition.reader import Reader
from tests.measure.fuzz.damage import Chance

Case = Callable[[Chance], tuple[int, list[str]]]
"""Makes one bad input and has it read; the exit status and the lines on stderr."""


_parser = functools.cache(parser)  # a tenth of what a case costs


def run(*arguments: str) -> tuple[int, list[str]]:
    """Runs ``hwr-live`` in this process; all that reaches stderr counts, of libraries too."""
    vars(cli)["parser"] = _parser
    with _captured() as said:
        try:
            status = cli.main(arguments)
        except SystemExit as end:
            status = int(end.code or 0)
    return status, said()


def told(function: Callable[[], object], program: str = "train") -> tuple[int, list[str]]:
    """Runs a function of the program; what it raises is told as the command line does."""
    with _captured() as said:
        try:
            function()
        except HwrError as error:
            return error.status, [*said(), *f"{program}: {error}".splitlines()]
    return 0, said()


@contextlib.contextmanager
def _captured() -> Iterator[Callable[[], list[str]]]:
    """File descriptors 1 and 2 go to a file each; gives what the lines of the second are."""
    lines: list[str] = []
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        kept = [os.dup(1), os.dup(2)]
        try:
            for number, file in ((1, out), (2, err)):
                os.dup2(file.fileno(), number)
            yield lambda: lines
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            for number, copy in enumerate(kept, 1):
                os.dup2(copy, number)
                os.close(copy)
            err.seek(0)
            lines += err.read().decode(errors="replace").splitlines()


def remembered() -> None:
    """Loads each model once for each set of characters."""
    Reader.load = functools.lru_cache(Reader.load)  # type: ignore[assignment,method-assign]
