"""The command line: bad use first, then what each command prints and writes."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import hwr_live
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.media.images import encode_png, read_picture
from hwr_live.recognition.models import DEFAULT, shipped_models
from tests.support.commands import SAMPLE, blank, run

# Bad use -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "write",
        "read",
        "read gone.png",
        "read gone/",
        "read page.png --chars é",
        "read page.png --chars=",
        "read page.png --model gone",
        "read page.png --model=",
        "read page.png --model page.png",
        "read page.png --colour",
        "read page.png --overlay page.png",
        "read page.png --overlay page.png/deeper",
        "sample --chars ж",
        "sample --out page.png",
        "sample --out gone/page.png",
        "sample --out=",
        "sample more",
        "camera --frames 0",
        "camera --frames -3",
        "camera --frames many",
        "camera --source gone.avi --no-window",
        "draw --size 600",
        "draw --size axb",
        "draw --size -5x5",
        "models more",
        "read page.png --profile gone",
        "read page.png --profile=",
        "read page.png --profile ./page.png",
        "camera --profile gone --no-window",
        "draw --profile a:b",
        "teach",
        "teach a:b",
        "teach ann --chars é",
        "teach ann --size 5x5",
        "teach ann --page page.png",
        "teach ann --text hello",
        "teach ann --page gone.png --text hello",
        "teach ann --page page.png --text ...",
        "teach ann --page page.png --text Something-quite-different",
        "teach ann --page page.png --text-file gone.txt",
        "teach ann --page page.png --text-file page.png",
        "teach ann --page page.png --text-file . --text hello",
        "profile",
        "profile show gone",
        "profile show ./page.png",
        "profile export gone gone.zip",
        "profile import gone.zip",
        "profile import page.png bob",
        "profile delete gone --yes",
        "profile delete . --yes",
        "profile list more",
    ],
)
def test_bad_use_is_told_in_one_line(
    arguments: str,
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "page.png").write_bytes(Path(page).read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    status, out, err = run(capsys, *arguments.split())
    assert status == 2
    assert out == ""
    assert err.startswith("hwr-live: ")
    assert len(err.splitlines()) == 1
    assert os.listdir(tmp_path) == ["page.png"]


# read --------------------------------------------------------------------------------------------


def test_a_picture_is_read(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "read", page) == (0, SAMPLE, "")


def test_a_blank_picture_is_an_empty_reading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "read", blank(tmp_path / "a.png")) == (0, "\n", "")


def test_a_blank_line_is_between_pictures(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "read", page, page, page)[1] == "\n".join([SAMPLE] * 3)


def test_the_others_are_read_where_some_are_broken(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "note.txt").write_text("not a picture")
    (tmp_path / "empty").mkdir()
    (tmp_path / "cut.png").write_bytes(Path(page).read_bytes()[:5000])
    gone, note, empty, cut = (str(tmp_path / n) for n in ("gone", "note.txt", "empty", "cut.png"))
    status, out, err = run(capsys, "read", gone, page, note, empty, page, cut)
    assert (status, out) == (2, SAMPLE + "\n" + SAMPLE)
    told = err.splitlines()
    assert len(told) == 4
    for line, path in zip(told, (gone, note, empty, cut), strict=True):
        assert line.startswith("hwr-live: ")
        assert path in line


def test_a_folder_is_read_in_natural_order(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blank(tmp_path / "page9.png")
    (tmp_path / "page10.png").write_bytes(Path(page).read_bytes())
    (tmp_path / "notes.txt").write_text("no picture, and not asked for")
    status, out, err = run(capsys, "read", "--json", str(tmp_path))
    told = [json.loads(line) for line in out.splitlines()]
    assert [os.path.basename(one["source"]) for one in told] == ["page9.png", "page10.png"]
    assert [one["text"] for one in told] == ["", SAMPLE.rstrip()]
    assert status == 0
    assert "skipped 1 file" in err


def test_standard_input_is_read(
    page: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(Path(page).read_bytes())))
    status, out, err = run(capsys, "read", "-", "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["source"] == "-"
    assert json.loads(out)["text"] + "\n" == SAMPLE
    assert run(capsys, "read", "-")[::2] == (2, "hwr-live: standard input is empty\n")


def test_json_has_the_agreed_form(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "read", page, page, "--json")
    assert (status, err) == (0, "")
    assert out.endswith("\n")
    lines = out.splitlines()
    assert len(lines) == 2
    told = json.loads(lines[0], parse_constant=pytest.fail)
    assert list(told) == ["source", "frame", "size", "text", "lines", "cells", "left_out", "ms"]
    assert told["source"] == page
    assert told["size"] == list(draw_sample().shape[::-1])
    assert told["text"] + "\n" == SAMPLE
    assert list(told["ms"]) == ["ink", "segment", "classify", "total"]
    assert [line["text"] for line in told["lines"]] == list(TEXT)
    for line in told["lines"]:
        assert list(line) == ["text", "box", "print", "words", "glyphs"]
        assert all(type(n) is int for n in line["box"])
        assert "".join(g["char"] or "" for g in line["glyphs"]) == line["text"].replace(" ", "")
        for glyph in line["glyphs"]:
            assert list(glyph) == ["char", "confidence", "box", "candidates"]
            assert [type(n) for n in glyph["box"]] == [int] * 4
            assert 0 <= glyph["confidence"] <= 1
            assert len(glyph["candidates"]) == 5
            assert all(type(c) is str and 0 <= p <= 1 for c, p in glyph["candidates"])


def test_unwanted_characters_are_in_no_text(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "read", page, "--chars", "digits")[1]
    assert out.split()
    assert set("".join(out.split())) <= set("0123456789")


def test_named_characters_that_the_model_lacks_are_told(
    page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "read", page, "--model", "mnist", "--chars", "digits+marks X%")
    assert status == 0
    assert set("".join(out.split())) <= set("0123456789")
    assert err == "hwr-live: the model mnist does not know X %; it reads the others\n"


@pytest.mark.parametrize("folder", shipped_models(), ids=lambda folder: str(folder.name))
def test_models_by_name_and_by_path(
    folder: Path, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    by_name = run(capsys, "read", page, "--model", folder.name)
    assert by_name[::2] == (0, "")
    assert run(capsys, "read", page, "--model", str(folder)) == by_name


def test_overlays_never_replace_a_file(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "made" / "here"
    for _ in range(2):
        status, out, err = run(capsys, "read", page, page, "--overlay", str(folder))
        assert (status, out) == (0, SAMPLE + "\n" + SAMPLE)
        assert len(err.splitlines()) == 2
    assert sorted(os.listdir(folder)) == ["page-2.png", "page-3.png", "page-4.png", "page.png"]
    overlay = read_picture(folder / "page.png")
    assert (overlay != read_picture(page)).any()
    assert Path(page).read_bytes() == encode_png(draw_sample())
    assert run(capsys, "read", page, "--overlay", os.path.dirname(page))[0] == 0
    assert Path(page).read_bytes() == encode_png(draw_sample())  # beside itself, too


def test_pictures_may_stand_on_both_sides_of_an_option(
    page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(capsys, "read", page, "--overlay", str(tmp_path / "o"), page)
    assert (status, out) == (0, SAMPLE + "\n" + SAMPLE)
    assert len(os.listdir(tmp_path / "o")) == 2
    status, out, err = run(capsys, "read", page, "--chars", "all", page, "--colour")
    assert (status, out) == (2, "")
    assert "--colour" in err


# Others ------------------------------------------------------------------------------------------


def test_the_sample_is_read_and_written_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "sample.png"
    assert run(capsys, "sample") == (0, SAMPLE, "")
    assert run(capsys, "sample", "--out", str(path)) == (0, SAMPLE, f"wrote {path}\n")
    np.testing.assert_array_equal(read_picture(path)[:, :, 0], draw_sample())
    assert os.listdir(tmp_path) == ["sample.png"]
    before = path.read_bytes()
    status, out, err = run(capsys, "sample", "--out", str(path))
    assert (status, out) == (2, "")
    assert "there already" in err
    assert path.read_bytes() == before
    told = json.loads(run(capsys, "sample", "--json", "--chars", "lower")[1])
    assert told["source"] == "sample"
    assert told["text"].replace(" ", "").replace("\n", "").islower()


def test_the_shipped_models_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "models")
    assert (status, err) == (0, "")
    *told, note = out.split("\n\n")
    assert [one.splitlines()[0].split(":")[0] for one in told] == [
        f.name + ", the default" * (f.name == DEFAULT) for f in shipped_models()
    ]
    assert "README" in note
    for folder, one in zip(shipped_models(), told, strict=True):
        card = json.loads((folder / "card.json").read_text())
        test = card["test"]
        assert one.splitlines()[1].strip().startswith(f"use: {card['use']}")
        rows = {line.split()[0]: line.split()[1:] for line in one.splitlines()[3:]}
        assert rows["all"][:2] == [f"{test['count']:,}", f"{100 * test['accuracy']:.2f}"]
        assert set(rows) == {"all", *test.get("by_source", {})}
    assert "reads 0-9, A-Z, a-z and . , - : / + = ( ) ! ?" in told[0]


def test_version_and_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version") == (0, f"hwr-live {hwr_live.__version__}\n", "")
    assert "draw" in run(capsys, "--help")[1]
    assert "--overlay" in run(capsys, "read", "--help")[1]
