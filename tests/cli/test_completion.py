"""Completion: nothing that fits first, then commands, options and values, as shells ask."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hwr_live.cli.completion import SHELLS
from hwr_live.cli.main import main
from hwr_live.cli.options import parser

ROOT = Path(__file__).parents[2]


def follows(line: str, folder: Path) -> list[str]:
    """What may follow a command line, by the program as a shell starts it."""
    told = folder / "told"
    told.touch()
    subprocess.run(
        [sys.executable, "-m", "hwr_live"],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_DATA_HOME": str(folder / "data"),
            "COMP_LINE": line,
            "COMP_POINT": str(len(line)),
            "_ARGCOMPLETE": "1",
            "_ARGCOMPLETE_IFS": "\n",
            "_ARGCOMPLETE_STDOUT_FILENAME": str(told),
        },
        capture_output=True,
        check=True,
        timeout=60,
    )
    return [word.strip() for word in told.read_text().splitlines()]


@pytest.mark.skipif(sys.platform != "linux", reason="profiles of this name are Linux's")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hwr-live x", []),
        ("hwr-live fly --mo", []),
        ("hwr-live re", ["read"]),
        ("hwr-live read --fo", ["--format"]),
        ("hwr-live read --format h", ["hocr"]),
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


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_runs(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "hwr-live" in script
    assert "_ARGCOMPLETE" in script
    if shell != "powershell" and shutil.which(shell):
        check = [shell, "--no-execute"] if shell == "fish" else [shell, "-n"]
        done = subprocess.run(check, input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
