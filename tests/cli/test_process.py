"""The command line as a process of its own: streams, encodings, full disks, nobody listening."""

from __future__ import annotations

import json
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


POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a shell's redirections")


def redirected(how: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs the program with its streams as a shell has them, such as ``2>&-``, closed."""
    run = f'exec "$0" -m hwr_live "$@" {how}'
    return subprocess.run(
        ["sh", "-c", run, sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@POSIX
@pytest.mark.parametrize("how", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ("read gone.png PAGE --json --overlay over --format jsonl", 2),
        ("read gone.png PAGE PAGE --jobs 2 --json", 2),
        ("read gone.png PAGE --out results", 2),
        ("camera --source PAGE --no-window --json --record r.avi", 0),
        ("read", 2),
    ],
)
def test_nobody_is_told(how: str, arguments: str, status: int, page: str, tmp_path: Path) -> None:
    """What is told goes nowhere else, and ends nothing."""
    done = redirected(how, *arguments.replace("PAGE", page).split(), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (status, "")
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one["text"] + "\n" for one in told] == [SAMPLE] * done.stdout.count("\n")
    assert len(told) == ("--json" in arguments) * max(1, arguments.count("PAGE"))
    assert len(list(tmp_path.glob("results/**/*.txt"))) == arguments.count("results")


@POSIX
@pytest.mark.parametrize(
    "arguments",
    [
        *("models", "--version", "train --help", "read PAGE", "read PAGE --format pdf"),
    ],
)
def test_output_that_cannot_be_written(arguments: str, page: str, tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("needs /dev/full")
    words = arguments.replace("PAGE", page).split()
    done = redirected(">/dev/full", *words, cwd=tmp_path)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@POSIX
@pytest.mark.parametrize(
    "arguments",
    [
        *("--help", "read PAGE", "read PAGE --format pdf", "camera --source PAGE --no-window"),
    ],
)
def test_no_standard_output(arguments: str, page: str, tmp_path: Path) -> None:
    words = arguments.replace("PAGE", page).split()
    done = redirected("<&- >&-", *words, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@POSIX
def test_no_file_takes_the_place_of_a_closed_stream(page: str, tmp_path: Path) -> None:
    done = redirected("<&- >&- 2>&-", "sample", "--out", "s.png", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "s.png").read_bytes() == Path(page).read_bytes()


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
