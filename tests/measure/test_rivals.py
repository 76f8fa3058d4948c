"""Programs that are not installed are left out, and those that are read what they are given."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from tests.measure import rivals
from tests.measure.rivals import rapidocr, tesseract

# Stands in for the package: reads the name of the picture.
_PACKAGE = """
from types import SimpleNamespace
class RapidOCR:
    def __call__(self, path):
        print("chatter")
        return SimpleNamespace(txts=("page", path.rsplit("/", 1)[1]) if path else None)
"""


def test_what_is_not_installed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rapidocr.py").write_text("raise ImportError\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with rapidocr(sys.executable) as program:
        assert program is None


def test_a_program_in_another_process_answers_each_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "rapidocr.py").write_text(_PACKAGE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with rapidocr(sys.executable) as program:
        assert program is not None
        for name in ("one.png", "two.png"):
            answer = program(tmp_path / name)
            assert answer.text == f"page\n{name}"
            assert answer.wall >= 0


def test_a_command_answers_with_its_output(tmp_path: Path) -> None:
    command = tmp_path / "tesseract"
    command.write_text('#!/bin/sh\necho "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    answer = tesseract(str(command))(tmp_path / "a.png")
    assert answer.text == f"{tmp_path / 'a.png'} - --psm 6\n"
    assert answer.cpu < 5


def test_without_data_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HWR_DATA", raising=False)
    assert rivals.main([]) == 2
    assert "HWR_DATA" in capsys.readouterr().err
