"""The manual page: what the parser tells, in a form that man takes."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from hwr_live.cli.main import main
from hwr_live.cli.manual import manual
from hwr_live.cli.options import parser
from hwr_live.system.terminal import Parser


def rendered(page: str) -> str:
    """A page as man shows it, without what makes it bold."""
    program = shutil.which("mandoc") or shutil.which("groff")
    if program is None:
        pytest.skip("needs mandoc or groff")
    options = ["-Tascii"] if program.endswith("mandoc") else ["-man", "-Tascii", "-P-c"]
    done = subprocess.run(
        [program, *options], input=page, text=True, capture_output=True, check=True
    )
    assert done.stderr == ""
    shown = done.stdout
    while "\b" in shown:
        at = shown.index("\b")
        shown = shown[: at - 1] + shown[at + 1 :]
    return " ".join(shown.split())


def test_a_program_without_options() -> None:
    page = manual(Parser(prog="hwr-live", add_help=False))
    assert page.startswith(".TH HWR-LIVE 1 ")
    assert "COMMANDS" in rendered(page)


@pytest.mark.parametrize("text", [".not a macro", "'nor this", "a\\b - c", '`x\' ^ ~ "q"'])
def test_any_text_stands_as_it_is(text: str) -> None:
    given = Parser(prog="hwr-live", add_help=False, description=text)
    assert f"DESCRIPTION {text} OPTIONS" in rendered(manual(given))


def test_every_command_and_option_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["man"]) == 0
    page = capsys.readouterr().out
    assert page == manual(parser())
    shown = rendered(page)
    for told in ("--overlay DIR", "--language LANGUAGE", "profile export", "Enter", "(default: 0)"):
        assert told in shown
    for command in ("draw", "camera", "read", "teach", "profile", "train", "completion"):
        assert f'.SS "{command}"' in page
