"""Completion at the Tab key: what a shell needs for it, and the values of options.

The package argcomplete asks the parser itself each time, so that nothing here names a command.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable
from typing import Any

SHELLS = ("bash", "zsh", "fish", "powershell")
PROGRAM = "hwr-live"


def asked() -> bool:
    """Whether a shell has started this program to learn what may follow."""
    return "_ARGCOMPLETE" in os.environ


def script(shell: str) -> str:
    """What a shell is to run once, so that it completes ``hwr-live``; one of ``SHELLS``."""
    from argcomplete.shell_integration import shellcode

    return str(shellcode([PROGRAM], shell=shell))


def complete(parser: argparse.ArgumentParser, words: int = 1) -> None:
    """Tells the shell what may follow, and ends the process.

    Args:
        parser: of what follows.
        words: that are the program, before that.
    """
    import argcomplete

    os.environ["_ARGCOMPLETE"] = str(words)

    for action in _all_actions(parser):
        if values := _VALUES.get(action.dest):
            # The attribute by which argcomplete knows of an option's values.
            vars(action)["completer"] = values
    argcomplete.autocomplete(parser)


def of_training() -> bool:
    """Whether it is asked for what follows ``hwr-live train``, whose options are its own."""
    line = os.environ.get("COMP_LINE", "")
    return line.split()[1:2] == ["train"] and not line.endswith("train")


def _all_actions(parser: argparse.ArgumentParser) -> Iterable[argparse.Action]:
    """The options and arguments of a parser and of those of its commands."""
    for action in parser._actions:  # which argparse tells of in no public way
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _all_actions(command)


def _models(prefix: str, **_: Any) -> list[str]:
    from hwr_live.recognition.models import shipped_models

    return [folder.name for folder in shipped_models()]


def _sets(prefix: str, **_: Any) -> list[str]:
    """Sets, after those that are there already."""
    from hwr_live.chars import SETS

    head = prefix[: prefix.rfind("+") + 1]
    return [head + name for name in SETS]


def _languages(prefix: str, **_: Any) -> dict[str, str]:
    from hwr_live.recognition.languages import LANGUAGES

    return LANGUAGES


def _profiles(prefix: str, **_: Any) -> list[str]:
    from hwr_live.errors import InputError
    from hwr_live.profiles.locate import profile_names

    try:
        return profile_names()
    except InputError:  # no home folder, and so none with a name
        return []


_VALUES: dict[str, Callable[..., Iterable[str]]] = {
    "model": _models,
    "chars": _sets,
    "language": _languages,
    "profile": _profiles,
    "name": _profiles,
}
"""What may stand in the options and arguments of these names; files where nothing is said."""
