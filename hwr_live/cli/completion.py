"""Completion at the Tab key: what may follow on a command line.

The parser itself is asked each time, so that nothing here names a command or an option.
"""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from hwr_live.cli.shells import SCRIPTS, VARIABLE

SHELLS = tuple(SCRIPTS)

Word = tuple[str, str]
"""What may stand somewhere, and what it is for, in a few words or none."""


def asked() -> bool:
    """Whether a shell has started this program to learn what may follow."""
    return VARIABLE in os.environ


def script(shell: str) -> str:
    """What a shell is to run once, so that it completes ``hwr-live``; one of ``SHELLS``."""
    return SCRIPTS[shell]


def answer(
    parser: argparse.ArgumentParser,
    training: Callable[[], argparse.ArgumentParser],
    before: Sequence[str],
) -> None:
    """Prints what may stand where the cursor is, a line each, as the scripts of shells read it.

    Args:
        parser: of all commands.
        training: the parser of the command ``train``, whose options are its own.
        before: the words before the one at the cursor, without the program.
    """
    current = os.environ[VARIABLE][1:]
    if before[:1] == ["train"]:
        parser, before = training(), before[1:]
    for word, use in suggestions(parser, before, current):
        print(f"{word}\t{use}".rstrip("\t"))


def suggestions(
    parser: argparse.ArgumentParser, before: Sequence[str], current: str
) -> Iterator[Word]:
    """What may stand where the cursor is, as far as it is known: nothing where it may be a file.

    Args:
        parser: of all commands.
        before: the words before the one at the cursor, without the program.
        current: that word, as far as it is typed.
    """
    place = _Place(parser)
    for word in before:
        if not place.go_on(word):
            return
    if current == "=" and place.option is not None:  # bash makes words of the parts of --model=x
        current = ""
    if place.option is not None:
        yield from _starting(_values(place.option, current), current)
    elif current.startswith("-") and not place.only_arguments:
        name, joined, value = current.partition("=")
        option = _options(place.parser).get(name)
        if joined and option is not None:
            for word, use in _starting(_values(option, value), value):
                yield f"{name}={word}", use
        else:
            yield from _starting(_unused(place), current)
    elif place.arguments:
        yield from _starting(_values(place.arguments[0], current), current)


class _Place:
    """Where on a command line one is: as argparse will read the words, told of one after another.

    Attributes:
        parser: of the command that the words have come to.
        option: whose value comes next.
        arguments: that are still to come.
        only_arguments: whether ``--`` has been.
        used: the options that have been.
    """

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        self.option: argparse.Action | None = None
        self.only_arguments = False
        self.used: set[str] = set()
        self._enter(parser)

    def _enter(self, parser: argparse.ArgumentParser) -> None:
        self.parser = parser
        # What argparse knows of itself it tells in no public way.
        self.arguments = [action for action in parser._actions if not action.option_strings]

    def go_on(self, word: str) -> bool:
        """The next word; returns whether it can stand there."""
        if self.option is not None:
            if word != "=":
                self.option = None
        elif word == "--":
            self.only_arguments = True
        elif word.startswith("-") and word != "-" and not self.only_arguments:
            name, joined, _ = word.partition("=")
            option = _options(self.parser).get(name)
            if option is not None and option.nargs != 0 and not joined:
                self.option = option
            self.used.update(() if option is None else option.option_strings)
        elif self.arguments:
            return self._argument(word)
        return True

    def _argument(self, word: str) -> bool:
        argument = self.arguments[0]
        if isinstance(argument, argparse._SubParsersAction):
            if word not in argument.choices:
                return False
            self._enter(argument.choices[word])
        elif argument.nargs not in ("*", "+"):
            self.arguments = self.arguments[1:]
        return True


def _options(parser: argparse.ArgumentParser) -> Mapping[str, argparse.Action]:
    return {name: action for action in parser._actions for name in action.option_strings}


def _unused(place: _Place) -> Iterator[Word]:
    """The options of a command, by their long names, that have not been given yet."""
    for action in place.parser._actions:
        names = [name for name in action.option_strings if name.startswith("--")]
        if names and not place.used.intersection(names) and action.help != argparse.SUPPRESS:
            yield from ((name, _short(action.help)) for name in names)


def _values(action: argparse.Action, current: str) -> Iterable[Word]:
    """What may stand in an option or argument, as far as it is known."""
    if isinstance(action, argparse._SubParsersAction):
        return [(one.dest, _short(one.help)) for one in action._choices_actions]
    if action.choices is not None:
        return [(str(choice), "") for choice in action.choices]
    known = _VALUES.get(action.dest)
    return [] if known is None else known(current)


def _starting(words: Iterable[Word], start: str) -> Iterator[Word]:
    return (word for word in words if word[0].startswith(start))


def _short(told: str | None) -> str:
    """The first clause of a help text, in one line."""
    text = " ".join((told or "").replace("%%", "%").split())
    return re.split(r"; |: | \(default", text)[0]


def _models(current: str) -> Iterable[Word]:
    from hwr_live.recognition.models import shipped_models

    return [(folder.name, "") for folder in shipped_models()]


def _sets(current: str) -> Iterable[Word]:
    """Sets, after those that are there already."""
    from hwr_live.chars import SETS

    head = current[: current.rfind("+") + 1]
    return [(head + name, "") for name in SETS]


def _languages(current: str) -> Iterable[Word]:
    from hwr_live.recognition.languages import LANGUAGES

    return LANGUAGES.items()


def _profiles(current: str) -> Iterable[Word]:
    from hwr_live.errors import InputError
    from hwr_live.profiles.locate import profile_names

    try:
        return [(name, "") for name in profile_names()]
    except InputError:  # no home folder, and so none with a name
        return []


_VALUES: dict[str, Callable[[str], Iterable[Word]]] = {
    "model": _models,
    "chars": _sets,
    "language": _languages,
    "profile": _profiles,
    "name": _profiles,
}
"""What may stand in the options and arguments of these names; files where nothing is said."""
