"""What was never run is tried in a process of its own, once; what is shipped is known."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hwr_live.errors import HwrError, InputError
from hwr_live.recognition import network
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.litert import check, trial, trust
from hwr_live.recognition.litert.graph import Shape
from hwr_live.recognition.litert.known import KNOWN
from hwr_live.recognition.models import find_model, shipped_models
from hwr_live.recognition.reader import Reader
from tests.support.litert import edited, shipped

SHAPES: tuple[Shape, ...] = ((1, 28, 28, 1), (16, 28, 28, 1))
FILE = Path("a.tflite")
NEW = shipped("mnist-dense") + b"\0"  # what comes behind the tables changes nothing
Run = Callable[..., Any]


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """One entry for each process that is begun; nothing is remembered yet."""
    begun: list[str] = []
    real = subprocess.run

    def run(command: list[str], **given: Any) -> Any:
        begun.append(command[-1])
        return real(command, **given)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(trust, "user_folder", lambda *_: tmp_path / "cache")
    return begun


def unsound() -> bytes:
    """A network one operator of which reads beyond its memory."""

    def edit(model: Any) -> None:
        model.subgraphs[0].operators[3].inputs = [22, -1, 9]

    return edited(shipped("hwr62"), edit)


@pytest.mark.parametrize("name", [folder.name for folder in shipped_models()])
def test_shipped_networks_are_known(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    unknown = []

    def note(path: Path, content: bytes, shapes: Sequence[Shape]) -> None:
        if (digest := trust.key(content, shapes)) not in KNOWN:
            unknown.append(f"{path.parent.name}: {digest}")

    monkeypatch.setattr(network, "trust", note)
    Reader.load(name)  # with the networks that read along
    assert unknown == [], "what was made anew belongs into known.py"


def test_a_new_network_is_tried_once(tries: list[str], tmp_path: Path) -> None:
    trust.trust(FILE, NEW, SHAPES)
    assert len(tries) == 1
    trust.trust(FILE, NEW, SHAPES)
    assert len(tries) == 1
    trust.trust(FILE, NEW, SHAPES[:1])  # what it is to take is part of it
    assert len(tries) == 2
    trust.trust(FILE, NEW + b"\0", SHAPES)
    assert len(tries) == 3
    assert len(list((tmp_path / "cache" / "models").iterdir())) == 3


def test_a_network_that_is_not_sound_is_not_tried(tries: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(InputError, match="is no network that this program runs"):
            trust.trust(FILE, unsound(), SHAPES)
    assert tries == []


@pytest.mark.skipif(sys.platform == "win32", reason="signals are named on Unix")
def test_one_that_ends_a_process_is_told_and_not_remembered(
    tries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # A network that reads beyond its memory may end its process or not, as chance will have it.
    dies = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(trial, "_CHILD", dies)
    for turn in (1, 2):
        with pytest.raises(InputError, match=r"a\.tflite does not run: .* by SIGSEGV"):
            trust.trust(FILE, NEW, SHAPES)
        assert len(tries) == turn


def test_one_that_fails_there_fails_here_in_its_own_words(
    tries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "check", lambda *_: None)
    for turn in (1, 2):
        trust.trust(FILE, b"\0\0\0\0TFL3", SHAPES)
        assert len(tries) == turn


def test_a_trial_that_never_ends_is_given_up(
    tries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "_CHILD", "import time; time.sleep(60)")
    monkeypatch.setattr(trial, "SECONDS", 0.1)
    with pytest.raises(InputError, match="no answer"):
        trust.trust(FILE, NEW, SHAPES)


def test_where_no_process_can_be_begun_that_is_told(
    tries: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    with pytest.raises(HwrError, match=r"cannot try a\.tflite in a process of its own: No such"):
        trust.trust(FILE, NEW, SHAPES)


@pytest.mark.parametrize("blocked", ["file", "closed", "nowhere"])
def test_a_cache_that_cannot_be_written_is_no_loss(
    blocked: str, tries: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if blocked == "file":
        (tmp_path / "cache").touch()
    elif blocked == "closed":
        (tmp_path / "cache").mkdir(mode=0o500)
    else:

        def homeless(*_: str) -> Path:
            raise InputError("there is no home folder")

        monkeypatch.setattr(trust, "user_folder", homeless)
    trust.trust(FILE, NEW, SHAPES)
    assert len(tries) == 1


def test_what_lies_in_the_current_folder_is_not_run(
    tries: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("json", "hwr_live", "numpy", "sys"):
        (tmp_path / f"{name}.py").write_text("import os; os._exit(9)")
    monkeypatch.chdir(tmp_path)
    trust.trust(FILE, NEW, SHAPES)
    assert len(tries) == 1


def test_a_reader_of_ones_own_model_is_none_the_worse(tries: list[str], tmp_path: Path) -> None:
    folder = shutil.copytree(find_model("mnist-dense"), tmp_path / "own")
    with open(folder / "model.tflite", "ab") as file:
        file.write(b"\0")
    before = set(os.listdir(folder))
    Classifier(folder)
    assert len(tries) == 1
    assert set(os.listdir(folder)) == before
