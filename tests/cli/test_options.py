"""Help: what each command is for, its defaults, two examples, and the keys of its window."""

from __future__ import annotations

import argparse
import re
import shlex

import pytest

from hwr_live.camera.view import HELP as CAMERA_KEYS
from hwr_live.chars import SETS
from hwr_live.cli.main import main, parse
from hwr_live.cli.options import parser
from hwr_live.pad.view import HELP as PAD_KEYS
from hwr_live.recognition.languages import LANGUAGES
from hwr_live.recognition.models import shipped_models
from hwr_live.teach.layout import KEYS as TEACH_KEYS

COMMANDS = "draw camera read teach profile sample models cameras completion man".split()
READING = ("draw", "camera", "read", "sample")


def help_of(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_what_it_is_for_and_examples_that_are_right(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    usage, description, *_ = help_of(command, capsys).split("\n\n")
    assert usage.startswith(f"usage: hwr-live {command}")
    assert len(description) > 20
    assert not description.startswith(("options:", "positional"))
    examples = help_of(command, capsys).split("examples:\n")[1].split("\n\n")[0].splitlines()
    assert len(examples) >= 2
    assert any(f"hwr-live {command}" in line for line in examples)
    for line in examples:
        for call in re.findall(r"hwr-live ([^|>)#]*)", line):
            parse(shlex.split(call))  # ends the process if it is wrong


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_that_takes_a_value_tells_its_default(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = help_of(command, capsys)
    for option in ("--model", "--chars", "--size", "--source", "--language", "--profile"):
        if f"\n  {option} " in shown:
            told = shown.split(f"\n  {option} ")[1].split("\n  --")[0]
            assert "(default: " in " ".join(told.split()), option


@pytest.mark.parametrize("command", READING)
def test_models_sets_and_languages_are_all_listed(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = " ".join(help_of(command, capsys).split())
    assert ", ".join(folder.name for folder in shipped_models()) in shown
    assert ", ".join(SETS) in shown
    if command != "sample":
        assert ", ".join(LANGUAGES) in shown


@pytest.mark.parametrize(
    ("command", "keys"), [("draw", PAD_KEYS), ("camera", CAMERA_KEYS), ("teach", TEACH_KEYS)]
)
def test_the_keys_are_those_of_the_window(
    command: str, keys: tuple[tuple[str, str], ...], capsys: pytest.CaptureFixture[str]
) -> None:
    shown = help_of(command, capsys).split("keys and mouse in the window:\n")[1]
    for line, (key, text) in zip(shown.splitlines(), keys, strict=True):
        assert line.split("  ")[1] == key
        assert line.endswith(text)
        assert line.split()[-1] != key


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("raed page.png", "do you mean read?"),
        ("profile shw ann", "do you mean show?"),
        ("read page.png --formt text", "do you mean --format?"),
        ("read page.png --format hocrr", "do you mean hocr?"),
        ("sample --model hwr26", "do you mean hwr62?"),
        ("sample --chars digit", "do you mean digits?"),
        ("completion zssh", "do you mean zsh?"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(
    arguments: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        status = main(arguments.split())
    except SystemExit as end:
        status = int(end.code or 0)
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize("command", [None, "", "gone", "--version", *COMMANDS])
def test_the_options_of_one_command_are_those_of_all(command: str | None) -> None:
    def of(options: argparse.ArgumentParser) -> dict[str, str]:
        (commands,) = (a for a in options._actions if isinstance(a, argparse._SubParsersAction))
        return {name: one.format_help() for name, one in commands.choices.items()}

    alone, every = of(parser(command)), of(parser())
    assert alone.items() <= every.items()
    assert command in alone if command in COMMANDS else alone == every


def test_help_of_all_names_every_command() -> None:
    shown = parser().format_help()
    assert all(f"\n    {command}" in shown for command in [*COMMANDS, "train"])
