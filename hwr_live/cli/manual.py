"""The manual page, made of the parser: what ``--help`` tells, for ``man``."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from datetime import date

from hwr_live import __version__

_WIDTH = 72
"""Characters of a line of the page's source, of which man makes lines as wide as the terminal."""


def manual(parser: argparse.ArgumentParser) -> str:
    """A page of section 1 in the language of man(7), every command in it with all that it takes."""
    lines = [
        f'.TH HWR-LIVE 1 "{date.today()}" "hwr-live {__version__}" "User Commands"',
        ".SH NAME",
        "hwr-live \\- reads handwriting live: drawn, on camera, or in pictures",
        ".SH SYNOPSIS",
        ".B hwr-live",
        "COMMAND [options]",
        ".SH DESCRIPTION",
        _text(parser.description or ""),
    ]
    lines += [".SH OPTIONS", *_options(parser)]
    lines += [".SH COMMANDS"]
    for name, command in _commands(parser):
        lines += [f'.SS "{_escaped(name)}"', *_command(name, command)]
    lines += [".SH EXAMPLES", *_literal(_epilog(parser))]
    return "\n".join(lines) + "\n"


def _command(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    """What one command does and takes, and the same of its own commands."""
    told = command.description or "Trains a model; hwr-live train --help tells all its options."
    yield _text(told)
    yield from _options(command)
    for sub, one in _commands(command):
        yield from (".TP", f"\\fB{_escaped(name)} {_escaped(sub)}\\fR")
        yield _text(one.description or "")
        if options := list(_options(one)):
            yield from (".RS", *options, ".RE")
    if epilog := _epilog(command):
        yield from (".PP", *_literal(epilog))


def _commands(
    parser: argparse.ArgumentParser,
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:  # which argparse tells of in no public way
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """A tagged paragraph for each option and argument."""
    formatter = parser.formatter_class(prog=parser.prog)
    for action in parser._actions:
        if isinstance(action, (argparse._SubParsersAction, argparse._HelpAction)):
            continue
        invocation = formatter._format_action_invocation(action)
        told = (action.help or "") % {**vars(action), "prog": parser.prog}
        yield from (".TP", f"\\fB{_escaped(invocation)}\\fR", _text(told) or "\\&")


def _epilog(parser: argparse.ArgumentParser) -> str:
    more = getattr(parser, "more", None)
    return str(more()) if more is not None else parser.epilog or ""


def _literal(text: str) -> list[str]:
    return [".nf", *(_line(line) for line in text.splitlines()), ".fi"]


def _text(text: str) -> str:
    return "\n".join(_line(line) for line in textwrap.wrap(text, _WIDTH, break_on_hyphens=False))


def _line(line: str) -> str:
    """A line that is no command of man's, whatever it begins with."""
    escaped = _escaped(line)
    return f"\\&{escaped}" if escaped[:1] in (".", "'") else escaped


def _escaped(text: str) -> str:
    """Text in which backslashes, hyphens and accents stand for themselves."""
    for char, escape in (
        ("\\", "\\e"),
        ("-", "\\-"),
        ("`", "\\(ga"),
        ("'", "\\(aq"),
        ("^", "\\(ha"),
        ("~", "\\(ti"),
        ('"', "\\(dq"),
    ):
        text = text.replace(char, escape)
    return text
