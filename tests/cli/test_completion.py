"""Completion: nothing that fits first, then commands, options and values, as shells ask."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hwr_live.cli.completion import SHELLS, script, suggestions
from hwr_live.cli.main import main
from hwr_live.cli.options import parser
from hwr_live.cli.shells import VARIABLE
from hwr_live.documents import FORMAT_NAMES

ROOT = Path(__file__).parents[2]


def environment(folder: Path) -> dict[str, str]:
    """Variables for a shell that finds this tree's program as ``hwr-live``."""
    programs = folder / "bin"
    programs.mkdir()
    program = programs / "hwr-live"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hwr_live "$@"\n')
    program.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "HOME": str(folder),
        "TERM": "dumb",
    }


def follows(line: str, folder: Path) -> list[str]:
    """What may follow a command line, by the program as a shell starts it."""
    *before, current = line.split(" ")
    done = subprocess.run(
        [sys.executable, "-m", "hwr_live", *before[1:]],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_DATA_HOME": str(folder / "data"),
            "HWR_LIVE_COMPLETE": f"={current}",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return [word.partition("\t")[0] for word in done.stdout.splitlines()]


@pytest.mark.skipif(sys.platform != "linux", reason="profiles of this name are Linux's")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hwr-live x", []),
        ("hwr-live fly --mo", []),
        ("hwr-live read --out ", []),
        ("hwr-live read -- --fo", []),
        ("hwr-live read page.jpg ", []),
        ("hwr-live draw --theme light --th", []),
        ("hwr-live profile show ann ", []),
        ("hwr-live re", ["read"]),
        ("hwr-live read --fo", ["--format"]),
        ("hwr-live read --format h", ["hocr"]),
        ("hwr-live read --format=h", ["--format=hocr"]),
        ("hwr-live read --format = h", ["hocr"]),
        ("hwr-live read --format =", list(FORMAT_NAMES)),
        ("hwr-live read - page.jpg --json --form", ["--format"]),
        ("hwr-live sample --model mnist-", ["mnist-cnn", "mnist-dense"]),
        ("hwr-live draw --chars di", ["digits"]),
        ("hwr-live draw --chars digits+ma", ["digits+marks"]),
        ("hwr-live camera --language e", ["en", "es"]),
        ("hwr-live draw --profile a", ["ann"]),
        ("hwr-live profile show a", ["ann"]),
        ("hwr-live profile exp", ["export"]),
        ("hwr-live completion po", ["powershell"]),
        ("hwr-live train --opti", ["--optimizer"]),
        ("hwr-live train --optimizer s", ["sgd"]),
    ],
)
def test_what_may_follow(line: str, expected: list[str], tmp_path: Path) -> None:
    profile = tmp_path / "data" / "hwr-live" / "profiles" / "ann"
    profile.mkdir(parents=True)
    (profile / "profile.json").write_text("{}")
    assert follows(line, tmp_path) == expected


def test_all_commands_may_follow(tmp_path: Path) -> None:
    known = follows("hwr-live ", tmp_path)
    shown = parser().format_help()
    assert {"draw", "read", "train"} < set(known)
    assert all(word in shown for word in known)


def test_what_is_for_what_is_told() -> None:
    told = dict(suggestions(parser(), ["read"], "--"))
    assert told["--format"] == "in which form it is written"
    assert all("\n" not in use for use in told.values())
    assert dict(suggestions(parser(), ["read", "--language"], "d"))["de"] == "German"


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_runs(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "hwr-live" in script
    assert VARIABLE in script
    if shell != "powershell" and shutil.which(shell):
        check = [shell, "--no-execute"] if shell == "fish" else [shell, "-n"]
        done = subprocess.run(check, input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def shell_says(shell: str, code: str, folder: Path) -> list[str]:
    """The lines that a shell prints which has run its script."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: apt install {shell}")
    done = subprocess.run(
        [shell, "-c", f"{script(shell)}\n{code}"],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("hwr-live re", ["read"]),
        ("hwr-live read --format = h", ["hocr"]),
        ("./bin/hwr-live read --language e", ["en", "es"]),
        ("hwr-live read x", []),
    ],
)
def test_bash_completes(words: str, expected: list[str], tmp_path: Path) -> None:
    code = (
        f"COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}}-1)); _hwr_live\n"
        "printf '%s\\n' \"${COMPREPLY[@]}\"; complete -p hwr-live"
    )
    *words_told, registered = shell_says("bash", code, tmp_path)
    assert [word for word in words_told if word] == expected
    assert registered.endswith("-F _hwr_live hwr-live")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hwr-live re", ["read\tread pictures and PDF"]),
        ("hwr-live read --format=h", ["--format=hocr"]),
        ("hwr-live read --language e", ["en\tEnglish", "es\tSpanish"]),
        ("hwr-live draw ", ["bin/"]),
    ],
)
def test_fish_completes(line: str, expected: list[str], tmp_path: Path) -> None:
    told = shell_says("fish", f"complete -C '{line}'", tmp_path)
    assert [one for one in told if not one.startswith(("config", "data", ".", "hwr"))] == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("hwr-live rea", "hwr-live read "),
        ("hwr-live read --form", "hwr-live read --format "),
        ("hwr-live read --format=ho", "hwr-live read --format=hocr "),
        ("hwr-live draw bi", "hwr-live draw bin/"),
    ],
)
def test_zsh_completes_at_the_tab_key(typed: str, expected: str, tmp_path: Path) -> None:
    """In a zsh that believes to be on a terminal, as only such a one completes."""
    if shutil.which("zsh") is None:
        pytest.skip("zsh is not installed: apt install zsh")
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals")
    (tmp_path / ".zshrc").write_text(
        f"PS1='ready> '\nunsetopt zle_bracketed_paste\n{script('zsh')}"
        "told() { print -r -- \"told:$BUFFER:\" > told }\nzle -N told\nbindkey '^T' told\n"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execvpe("zsh", ["zsh", "-i"], {**environment(tmp_path), "ZDOTDIR": str(tmp_path)})
    seen = b""
    try:
        while b"ready> " not in seen:
            seen += os.read(terminal, 4096)
        os.write(terminal, typed.encode() + b"\t\x14")
        end = time.monotonic() + 60
        while not (tmp_path / "told").exists() or not (tmp_path / "told").read_text():
            assert time.monotonic() < end, seen
            ready, _, _ = select.select([terminal], [], [], 0.1)
            seen += os.read(terminal, 4096) if ready else b""
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    assert (tmp_path / "told").read_text() == f"told:{expected}:\n"
