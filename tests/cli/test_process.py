"""The command line as a process of its own: streams, encodings, full disks, nobody listening."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hwr_live.profiles.profile import Profile
from tests.support.commands import SAMPLE, program, run

ROOT = Path(__file__).parents[2]


def test_a_process_says_only_what_was_read(page: str, tmp_path: Path) -> None:
    done = program("read", page, str(tmp_path / "gone.png"), page, cwd=tmp_path)
    assert done.stdout == SAMPLE + "\n" + SAMPLE
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    good = program("read", page, "--overlay", str(tmp_path), cwd=tmp_path)
    assert (good.returncode, good.stdout) == (0, SAMPLE)
    assert good.stderr == f"wrote {tmp_path / 'page.png'}\n"


def test_standard_input_of_a_process(page: str, tmp_path: Path) -> None:
    with open(page, "rb") as file:
        done = program("read", "-", stdin=file, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, SAMPLE, "")


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_without_the_characters(
    encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    Profile.open(tmp_path / "Жé", new=True).add("7", np.full((20, 5), 255, np.uint8), "pad")
    for arguments, status, told in (
        (["profile", "show", "./Жé"], 0, "Жé".encode(encoding, "replace")),
        (["train", "--help"], 0, "28×28".encode(encoding, "replace")),
        (["read", "Ж.png"], 2, "Ж.png".encode(encoding, "backslashreplace")),
    ):
        done = program(*arguments, cwd=tmp_path, text=False)
        assert done.returncode == status
        assert told in (done.stderr if status else done.stdout)
        assert len(done.stderr.splitlines()) == bool(status)


@pytest.mark.parametrize(
    "arguments", [["read", "a\nb\x1b[31m.png"], ["sample", "x\ny"], ["camera", "--source", "a\rb"]]
)
def test_line_breaks_in_what_was_given(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err[:-1].isprintable()


def test_output_that_cannot_be_written() -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = program("sample", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert done.stderr.startswith("hwr-live: ")
    assert len(done.stderr.splitlines()) == 1


def test_nobody_need_listen_to_the_end() -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        done = program("sample", capture_output=False, stdout=pipe, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("command", "too_heavy"),
    [
        ("--version", "numpy cv2 ai_edge_litert"),
        ("sample", "tensorflow keras scipy skimage matplotlib PIL train"),
    ],
)
def test_nothing_heavy_is_imported(command: str, too_heavy: str) -> None:
    code = (
        "import sys\nfrom hwr_live.cli.main import main\ntry:\n    main(sys.argv[1:2])\n"
        "except SystemExit: pass\n"
        "print(*set(sys.argv[2].split()) & set(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, command, too_heavy],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "\n")
