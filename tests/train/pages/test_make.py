"""From data to a model's folder: the network, a short training, its export, the commands."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.card import Card
from train.lines.weights import read_weights
from train.main import main
from train.pages.card import make_card, pages_model, readme
from train.pages.plan import Plan
from train.pages.target import CHANNELS

SHORT = Plan(minutes=0.01, batch=2, side=96, save=50, check=50)


@pytest.mark.parametrize(
    "wrong",
    [{"minutes": 0.0}, {"side": 100}, {"rate": float("nan")}, {"batch": 0}, {"licences": "most"}],
)
def test_bad_settings_are_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Plan(**wrong)


def test_a_free_map_begins_with_no_other(tmp_path: Path) -> None:
    from train.pages.make import make_model

    card = {"name": "a", "labels": [], "use": "non-commercial"}
    (tmp_path / "card.json").write_text(json.dumps(card))
    plan = replace(SHORT, start=str(tmp_path), licences="free")
    with pytest.raises(InputError, match="may not be used"):
        make_model(plan, tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("licences", "use"), [("any", "non-commercial"), ("free", "anything")])
def test_a_card_tells_what_the_weights_may_be_used_for(licences: str, use: str) -> None:
    trained = {"pages": 1, "minutes": 1.0, "parameters": 1}
    card = make_card("a", asdict(replace(SHORT, licences=licences)), trained, {})
    assert card["use"] == use
    told = " ".join(card["data"]["licences"].values())
    assert ("non-commercial" in told) == (licences == "any")


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a few steps, broken off once and gone on with."""
    from train.pages import validation
    from train.pages.loop import Trainer, fit
    from train.pages.make import make_model

    out = tmp_path_factory.mktemp("models") / "pages"
    work = out.with_name("pages.training")
    work.mkdir()
    trainer = Trainer(SHORT)
    fit(trainer, data, validation.compose(data, SHORT.side, 1), work)
    shutil.copy(work / "checkpoint.npz", out.with_name("kept.npz"))
    with pytest.MonkeyPatch.context() as patch:
        # What so short a training answers is noise, of which an export may answer other noise.
        patch.setattr("train.pages.export.AGREEMENT", 0.0)
        plan = replace(SHORT, minutes=trainer.minutes + 0.005)
        card = make_model(plan, data, out, count=1)
    assert card["trained"]["pages"] > trainer.pages > 0
    return out


def test_an_export_that_answers_otherwise_is_refused() -> None:
    from train.pages.export import Export

    assert Export(b"", [], 0.996).refusal() is None
    assert "98.00%" in (Export(b"", [], 0.98).refusal() or "")


def test_the_folder_holds_card_export_and_weights(model: Path) -> None:
    card = json.loads((model / "card.json").read_text())
    assert card["kind"] == "pages"
    assert set(card["validation"]) == {"diagrams", "composed", "empty"}
    assert "## Validation" in (model / "README.md").read_text()
    assert pages_model(str(model)) is not None
    assert readme(card).startswith("# pages")
    assert (model / "pages.png").read_bytes()[:4] == b"\x89PNG"
    assert (model / "model.tflite").stat().st_size < 700_000
    with pytest.raises(InputError, match="map of writing"):
        Card.load(model)


@pytest.mark.parametrize("size", [(1, 32, 32), (1, 96, 160), (2, 64, 32)])
def test_the_export_answers_any_size_as_the_network_does(
    model: Path, size: tuple[int, int, int]
) -> None:
    from train.lines.export import Lite
    from train.pages.network import build_for

    greys = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    lite = Lite((model / "model.tflite").read_bytes())(greys)
    assert lite.shape == (size[0], size[1] // 4, size[2] // 4, CHANNELS)
    own = np.asarray(build_for(read_weights(model))(greys[..., None] / np.float32(255)))
    assert np.abs(lite - own).mean() < 0.1 * np.abs(own).mean()


def test_commands_know_a_map_of_writing(
    model: Path,
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("train.pages.validation.compose.__defaults__", (1,))
    assert main(["evaluate", str(model), "--data", str(data), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"diagrams", "composed", "empty"}
    assert main(["report", str(model)]) == 0
    assert main(["show", str(model), "--data", str(data), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "pages-samples.png").is_file()


@pytest.mark.parametrize("command", ["pages", "evaluate"])
def test_without_data_it_says_what_to_give(
    command: str,
    tmp_path: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("HWR_DATA", raising=False)
    more = ["--out", str(tmp_path / "x")] if command == "pages" else [str(model)]
    assert main([command, *more]) == 2
    assert "--data" in capsys.readouterr().err


def test_a_broken_off_training_is_not_overwritten(
    tmp_path: Path, data: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = tmp_path / "pages.training"
    work.mkdir()
    shutil.copy(model.with_name("kept.npz"), work / "checkpoint.npz")
    assert main(["pages", "--data", str(data), "--out", str(tmp_path / "pages")]) == 1
    assert "--resume goes on" in capsys.readouterr().err
