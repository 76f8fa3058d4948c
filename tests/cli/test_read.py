"""``hwr-live read``: what is read, what is written, and what is told."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from hwr_live.cli.main import main
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.documents import FORMAT_NAMES
from hwr_live.media.images import encode_png
from tests.support import commands
from tests.support.documents import frames_of, pdf_of

SAMPLE = "\n".join(TEXT) + "\n"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder with a page, two pages in one file, another page below, and a note."""
    page = draw_sample()
    (tmp_path / "1.png").write_bytes(encode_png(page))
    (tmp_path / "2.tif").write_bytes(frames_of([page, page[:210]], ".tif"))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "3.png").write_bytes(encode_png(page[210:]))
    (tmp_path / "note.txt").touch()
    return tmp_path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of ``hwr-live read``."""
    return commands.run(capsys, "read", *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "--from-file gone",
        "--from-file .",
        "1.png --format docx",
        "1.png --json --format csv",
        "1.png --jobs 0",
        "gone --recursive",
    ],
)
def test_bad_use_is_told_in_one_line(
    arguments: str, shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shelf)
    status, out, err = run(capsys, *arguments.split())
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1


def test_what_is_passed_over_is_told(shelf: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, shelf)
    assert (status, out) == (0, f"{SAMPLE}\n{SAMPLE}\n{TEXT[0]}\n")
    assert [line.split(":")[1].strip() for line in err.splitlines()] == [
        "skipped 1 file that is no picture",
        "skipped 1 folder; --recursive reads what is in it",
    ]
    status, out, err = run(capsys, "--recursive", shelf)
    assert (status, out) == (0, f"{SAMPLE}\n{SAMPLE}\n{TEXT[0]}\n\n{TEXT[1]}\n")
    assert len(err.splitlines()) == 1


def test_a_phone_picture_beside_another_is_never_passed_over_in_silence(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / "below" / "4.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(99))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    status, out, err = run(capsys, shelf / "below")
    assert (status, out) == (2, f"{TEXT[1]}\n")
    assert 'pip install "hwr-live[documents]"' in err
    assert "4.heic" in err


def test_a_list_of_files(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = f"{shelf / 'below' / '3.png'}\n\n{shelf / '1.png'}\n"
    (shelf / "list").write_text(listed)
    expected = (0, f"{TEXT[1]}\n\n{SAMPLE}", "")
    assert run(capsys, "--from-file", shelf / "list") == expected
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(listed.encode())))
    assert run(capsys, "--from-file", "-") == expected


def test_a_list_of_nothing(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shelf / "list").write_text("\n")
    told = f"hwr-live: the list {shelf / 'list'} names no picture\n"
    assert run(capsys, "--from-file", shelf / "list") == (2, "", told)
    assert run(capsys, "--from-file", shelf / "list", "--out", shelf / "out") == (2, "", told)
    assert not (shelf / "out").exists()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    told_of_stdin = "hwr-live: the list on standard input names no picture\n"
    assert run(capsys, "--from-file", "-") == (2, "", told_of_stdin)
    page = shelf / "below" / "3.png"
    assert run(capsys, page, "--from-file", shelf / "list") == (0, f"{TEXT[1]}\n", told)


def test_whose_text_it_is(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = shelf / "1.png", shelf / "2.tif"
    named = (
        f"== {one} ==\n{SAMPLE}\n== {two}, page 1 ==\n{SAMPLE}\n== {two}, page 2 ==\n{TEXT[0]}\n"
    )
    bare = f"{SAMPLE}\n{SAMPLE}\n{TEXT[0]}\n"
    assert run(capsys, one, two)[1] == bare  # a program that reads this wants the text alone
    assert run(capsys, one, two, "--names")[1] == named
    assert run(capsys, one, "--names")[1] == f"== {one} ==\n{SAMPLE}"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run(capsys, one, two)[1] == named
    assert run(capsys, one, two, "--no-names")[1] == bare
    assert run(capsys, one)[1] == SAMPLE
    assert run(capsys, two)[1] == named.removeprefix(f"== {one} ==\n{SAMPLE}\n")


def test_a_pdf_is_not_for_a_terminal(
    shelf: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    status, out, err = run(capsys, shelf / "1.png", "--format", "pdf")
    assert (status, out) == (2, "")
    assert "terminal" in err


@pytest.mark.parametrize("name", FORMAT_NAMES)
def test_formats_on_standard_output(
    name: str, shelf: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    if name == "pdf":
        pytest.importorskip("pikepdf", reason="PDF needs pikepdf: the extra documents")
    one, two = str(shelf / "1.png"), str(shelf / "2.tif")
    assert main(["read", one, two, "--format", name]) == 0
    out, err = capfdbinary.readouterr()
    assert err == b""
    starts = {"pdf": b"%PDF-", "hocr": b"<?xml", "alto": b"<?xml", "json": b"["}
    assert out.startswith(starts.get(name, out[:1]))
    if name == "csv":
        rows = list(csv.DictReader(io.StringIO(out.decode())))
        assert [row["text"] for row in rows] == [*TEXT, *TEXT, TEXT[0]]
        assert {row["source"] for row in rows} == {one, two}
    if name in ("json", "jsonl"):
        told = json.loads(out) if name == "json" else [json.loads(x) for x in out.splitlines()]
        assert [one["frame"] for one in told] == [0, 0, 1]


def test_pages_of_a_pdf_are_frames_of_json(shelf: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pypdfium2", reason="PDF needs pypdfium2: the extra documents")
    pdf_of([draw_sample(), draw_sample()[:210]], shelf / "scan.pdf")
    status, out, err = run(capfd, shelf / "scan.pdf", "--json", "--jobs", 2)
    assert (status, err) == (0, "")
    told = [json.loads(line) for line in out.splitlines()]
    assert [(one["frame"], one["text"] + "\n") for one in told] == [
        (0, SAMPLE),
        (1, TEXT[0] + "\n"),
    ]
    keys = ["source", "frame", "size", "text", "lines", "cells", "left_out", "ms"]
    assert [list(one) for one in told] == [keys, keys]


def test_overlays_of_pages_have_their_numbers(
    shelf: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, shelf / "2.tif", "--overlay", shelf / "o")[0] == 0
    assert sorted(path.name for path in (shelf / "o").iterdir()) == ["2-page1.png", "2-page2.png"]


STRANGE = ["x" * 251 + ".png", "é" * 125 + ".png", "y" * 236 + ".png", "a\x1b[31mb\n.png"]


@pytest.mark.skipif(sys.platform == "win32", reason="not names there")
@pytest.mark.parametrize("where", ["--overlay", "--out", "--review"])
def test_a_name_costs_its_own_picture_at_most(
    where: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf, out = tmp_path / "shelf", tmp_path / "out"
    shelf.mkdir()
    for name in ["0.png", *STRANGE, "z.png"]:
        (shelf / name).write_bytes(encode_png(draw_sample()))
    status, _, err = run(capsys, shelf, where, out, "--model", "mnist")
    lines = err.splitlines()
    failed = [line for line in lines if line.startswith(f"hwr-live: {out}{os.sep}")]
    assert all("cannot be written" in line for line in failed)
    made = [path.name for path in out.iterdir() if path.suffix in (".png", ".txt", ".jsonl")]
    assert all(line.isprintable() for line in lines)
    assert len(made) + len(failed) == len(STRANGE) + 2
    assert len(failed) == (0 if where == "--overlay" else 2)
    assert status == (2 if failed else 0)
    assert {name.split(".")[0] for name in made} >= {"0", "z"}


@pytest.fixture
def form(tmp_path: Path) -> Path:
    """A printed label, and handwriting below it."""
    image = Image.new("L", (1208, 140), int(draw_sample()[0, 0]))
    font = ImageFont.load_default(44)
    ImageDraw.Draw(image).text((80, 60), "Name of the applicant", fill=40, font=font)
    path = tmp_path / "form.png"
    path.write_bytes(encode_png(np.vstack([np.asarray(image), draw_sample()])))
    return path


def test_print_is_told_and_left_out_on_demand(
    form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    label = "Name of the applicant"
    assert run(capsys, form) == (0, f"{label}\n{SAMPLE}", "")
    assert run(capsys, form, "--handwriting") == (0, SAMPLE, "")
    status, out, _ = run(capsys, form, "--json")
    told = json.loads(out)
    assert status == 0
    assert [line["print"] for line in told["lines"]] == [True, False, False]
    assert [word["print"] for word in told["lines"][0]["words"]] == [True] * 4
    assert told["left_out"].get("print", 0) == 0


def test_of_print_alone_nothing_is_read_as_handwriting(
    form: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = cv2.imread(str(form), cv2.IMREAD_GRAYSCALE)
    assert image is not None
    form.write_bytes(encode_png(np.ascontiguousarray(image[:140], np.uint8)))
    status, out, err = run(capsys, form, "--handwriting")
    assert (status, out) == (0, "\n")
    assert len(err.splitlines()) == 1
    assert "all that is written is print" in err
