"""Bad options are told in one line, with the nearest that there is; help is made when asked for."""

from __future__ import annotations

import errno
import io
import sys

import pytest

from hwr_live.system.terminal import STDERR, Parser, note, tell


def parser() -> Parser:
    made = Parser(prog="prog", more=lambda: "examples:\n  prog --colour red")
    made.add_argument("--colour", choices=("red", "green"))
    return made


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--colour", "gren"], "there are red, green; do you mean green?; see prog --help"),
        (["--colour", "sepia"], "there are red, green; see prog --help"),
        (["--color", "red"], "unrecognized arguments: --color red; do you mean --colour?"),
        (["--xyz"], "unrecognized arguments: --xyz; see prog --help"),
        (["a\nb"], "unrecognized arguments: a"),
    ],
)
def test_bad_use_is_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        parser().parse_args(arguments)
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (2, "")
    assert err.startswith("hwr-live: ")
    assert told in err
    assert len(err.splitlines()) == 1


def test_the_end_of_help_is_made_when_it_is_asked_for() -> None:
    made: list[int] = []

    def more() -> str:
        made.append(1)
        return "examples:\n  prog"

    lazy = Parser(prog="prog", more=more)
    lazy.parse_args([])
    assert not made
    assert lazy.format_help().endswith("examples:\n  prog\n")


def test_a_line_for_the_user(capsys: pytest.CaptureFixture[str]) -> None:
    tell("it is late")
    note("wrote \x1b]0;x\x07.png\n\x9b")
    wrote = "wrote \\x1b]0;x\\x07.png\\n\\x9b\n"
    assert capsys.readouterr() == ("", f"hwr-live: it is late\n{wrote}")


class _Broken(io.StringIO):
    """A stream that fails."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def write(self, text: str) -> int:
        raise self.error

    def isatty(self) -> bool:
        raise self.error


@pytest.mark.parametrize(
    "stream",
    [
        None,
        _Broken(OSError(errno.ENOSPC, "No space left on device")),
        _Broken(OSError(errno.EIO, "Input/output error")),  # a terminal that was closed
        _Broken(ValueError("I/O operation on closed file")),
    ],
    ids=["none", "full", "hung up", "closed"],
)
def test_nobody_to_tell(
    stream: io.StringIO | None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    tell("it is late")
    note("wrote a.png")
    STDERR.write("bar")
    STDERR.flush()
    assert not STDERR.isatty()
    assert capsys.readouterr().out == ""
