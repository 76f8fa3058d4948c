"""Words that were put right: found, put right, learnt from."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.media.images import encode_png
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.models import find_model
from tests.support.commands import run


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The sample page, of which some words are doubtful where marks may be read, too."""
    path = tmp_path / "page.png"
    path.write_bytes(encode_png(draw_sample()))
    return path


def doubting(page: Path) -> tuple[str, Path]:
    """The option of a model that reads glyph by glyph, and so is unsure of some of the page."""
    folder = page.parent / "doubting"
    if not folder.is_dir():
        shutil.copytree(find_model("hwr62"), folder)
        card = json.loads((folder / "card.json").read_text())
        (folder / "card.json").write_text(json.dumps({**card, "lines": None}))
    return "--model", folder


def rows_of(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: list[list[str]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


@pytest.mark.parametrize(
    "arguments",
    ["--from-review gone", "--from-review .", "--from-review . --page page.png --text x"],
)
def test_bad_use_is_told_in_one_line(
    arguments: str,
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(page.parent)
    status, out, err = run(capsys, "teach", "./ann", *arguments.split())
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert not (page.parent / "ann").exists()


@pytest.mark.parametrize("option", ["--out=o", "--format=csv", "--json"])
def test_a_review_is_a_run_of_its_own(
    option: str, page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, "read", page, "--review", page.parent / "review", option)
    assert status == 2
    assert "--review" in err


def test_what_is_put_right_is_learnt(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review = page.parent / "review"
    status, out, err = run(capsys, "read", page, *doubting(page), "--review", review, "--jobs", 1)
    assert (status, out) == (0, "")
    rows = rows_of(review / "review.csv")
    assert [row[1] for row in rows[1:]] == ["Hello", "world"]  # the least sure first
    for row in rows[1:]:
        assert (review / row[0]).read_bytes().startswith(b"\x89PNG")
    status, out, err = run(capsys, "teach", page.parent / "ann", "--from-review", review)
    assert (status, out) == (2, "")
    assert "nothing is put right" in err
    rows[1][2], rows[2][2] = "HELLo", "w o r l d!"
    write_rows(review / "review.csv", rows)
    status, out, err = run(capsys, "teach", page.parent / "ann", "--from-review", review)
    assert (status, err) == (0, "")
    assert "from 2 words" in out
    samples = Profile.open(page.parent / "ann").samples
    assert [s.char for s in samples][:5] == list("HELLo")
    assert {s.source for s in samples} == {"review"}
    assert set("worl") <= {s.char for s in samples}  # what aligns, of a text that is too long
    again = run(capsys, "teach", page.parent / "ann", "--from-review", review)[1]
    assert "learnt nothing new" in again
    assert f"known before: {len(samples)} samples" in again
    run(capsys, "read", page, *doubting(page), "--review", review, "--jobs", 1)
    assert rows_of(review / "review.csv")[1][2] == "HELLo"


def test_label_studio_gives_back_what_is_learnt(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review = page.parent / "review"
    run(capsys, "read", page, *doubting(page), "--review", review, "--jobs", 1)
    told = json.loads((review / "label-studio.json").read_text())
    assert told[0]["data"]["image"].startswith("data:image/png;base64,")
    result = told[0]["predictions"][0]["result"]
    told[0]["annotations"] = [{"was_cancelled": False, "result": result}]
    told[1]["annotations"] = []
    (page.parent / "export.json").write_text(json.dumps(told))
    where = page.parent / "export.json"
    status, _, err = run(capsys, "teach", page.parent / "ann", "--from-review", where)
    assert (status, err) == (0, "")
    samples = Profile.open(page.parent / "ann").samples
    assert "".join(s.char for s in samples) == told[0]["data"]["read"]
