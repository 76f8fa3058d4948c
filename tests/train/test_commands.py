"""The commands about finished models, as far as they need no TensorFlow."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hwr_live.recognition.models import shipped_folder
from tests.support.training import Made
from train.main import main


def test_show_draws_samples_and_replaces_nothing(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("mnist-samples.png", "mnist-samples-2.png"):
        assert main(["show", "mnist", "--data", "data", "--each", "3"]) == 0
        assert capsys.readouterr().out == f"{name}\n"
        assert Path(name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("command", ["evaluate", "export", "report"])
def test_a_model_that_is_not_there(
    made: Made, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert main([command, "nowhere"]) == 2
    assert "no model 'nowhere'" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"name": "x"}', "[" * 9999])
@pytest.mark.parametrize("command", ["evaluate", "export", "report", "show"])
def test_a_broken_card(
    made: Made, capsys: pytest.CaptureFixture[str], command: str, content: str
) -> None:
    Path("m").mkdir()
    Path("m", "card.json").write_text(content)
    assert main([command, "m"]) == 2
    assert "card.json is no model card" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("export", {"bytes": "many"}),
        ("data", {"files": "none"}),
        ("test", {"accuracy": None}),
        ("network", {"name": "\ud800", "parameters": 5}),
        ("file", "../model.tflite"),
        ("calibration", []),
    ],
)
@pytest.mark.parametrize("command", ["evaluate", "report"])
def test_a_card_with_values_of_another_form(
    made: Made, capsys: pytest.CaptureFixture[str], command: str, key: str, value: object
) -> None:
    card = json.loads((shipped_folder() / "mnist-dense" / "card.json").read_text(encoding="utf-8"))
    Path("m").mkdir()
    Path("m", "card.json").write_text(json.dumps({**card, key: value}), encoding="utf-8")
    assert main([command, "m"]) == 2
    told = capsys.readouterr().err
    assert "card.json is no model card" in told
    assert len(told.splitlines()) == 1
    assert os.listdir("m") == ["card.json"]


def test_hwr_live_train_is_the_same(made: Made) -> None:
    from hwr_live.cli.main import main as hwr_live

    train: Callable[[list[str]], int] = hwr_live
    assert train(["train", "mnist", "--data", "data"]) == 0
    assert made[0]["name"] == "mnist"
