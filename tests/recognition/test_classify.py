"""The classifier: broken cards and models end in one line; probabilities are probabilities."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.card import Card
from hwr_live.recognition.classify import Classifier, named_outputs
from hwr_live.recognition.models import find_model, shipped_models

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the shipped model, to be broken."""
    shipped = find_model("hwr62")
    for name in ("card.json", Card.load(shipped).file):
        shutil.copyfile(shipped / name, tmp_path / name)
    return tmp_path


def change_card(folder: Path, change: Change) -> None:
    path = folder / "card.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(change(data) or data), encoding="utf-8")


def refusal(folder: Path) -> str:
    """What is said instead of loading the model: one line with the folder's name."""
    with pytest.raises(InputError) as told:
        Classifier(folder)
    assert str(folder) in str(told.value)
    assert len(str(told.value).splitlines()) == 1
    return str(told.value)


def put(*path: str | int, value: object) -> Change:
    """Replaces what is at ``path`` in a card."""

    def change(data: dict[str, Any]) -> None:
        at: Any = data
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return change


def without(*path: str) -> Change:
    def change(data: dict[str, Any]) -> None:
        at = data
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]

    return change


@pytest.mark.parametrize("name", ["", "nothing", "a/b", "\0", "x" * 5000, "../models", "."])
def test_a_model_that_is_not_there(name: str, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="no model"):
        find_model(name)


def test_an_empty_folder_is_no_model(tmp_path: Path) -> None:
    assert "no model" in refusal(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{}", b"[]", b"null", b"3", b"{", b'"card"', b"\xff\xfe", b"\0" * 50),
        *(b"[" * 100_000, b'{"input": 1}', b'{"input": {"crop": "emnist"}}'),
    ],
)
def test_a_card_of_another_form(text: bytes, model: Path) -> None:
    (model / "card.json").write_bytes(text)
    assert "no model card" in refusal(model)


@pytest.mark.parametrize(
    "change",
    [
        without("labels"),
        without("input"),
        without("file"),
        without("name"),
        without("input", "crop"),
        without("input", "range"),
        put("labels", value=[]),
        put("labels", value=None),
        put("labels", value=["a", "a", None]),
        put("labels", 0, value=None),
        put("input", "crop", value="squash"),
        put("input", "ink", value="black on white"),
        put("input", "shape", value=[28, 28, 3]),
        put("input", "shape", value=[10**6, 10**6]),
        put("input", "shape", value=[-28, -28]),
        put("input", "shape", value=[1e400, 28]),
        put("input", "shape", value=28),
        put("input", "range", value=[0]),
        put("input", "range", value=[0, float("nan")]),
        put("input", "range", value=[1e308, 1]),
        put("calibration", value=[]),
        put("calibration", value={"temperature": "hot"}),
        put("calibration", value={"reject_above": float("nan")}),
        put("class_shares", value=[1.0]),
        put("class_shares", 3, value=0),
        put("class_shares", 3, value=float("inf")),
        put("file", value="../model.tflite"),
        put("file", value="/etc/passwd"),
        put("file", value="a\0b"),
        put("file", value=""),
    ],
)
def test_a_card_that_cannot_be(change: Change, model: Path) -> None:
    change_card(model, change)
    assert "card" in refusal(model)


@pytest.mark.parametrize(
    "change",
    [
        lambda card: {**card, "labels": card["labels"][1:], "class_shares": [1] * 62},
        put("input", "shape", value=[784]),
        put("input", "shape", value=[7, 7, 16]),
        put("file", value="card.json"),
        put("file", value="gone.tflite"),
        put("file", value="."),
    ],
)
def test_a_card_of_another_model(change: Change, model: Path) -> None:
    change_card(model, change)
    assert refusal(model)


@pytest.mark.parametrize("keep", [0, 4, 8, 200, 100_000, -1])
def test_a_model_cut_short(keep: int, model: Path) -> None:
    path = model / Card.load(model).file
    path.write_bytes(path.read_bytes()[:keep])
    assert refusal(model)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(model: Path) -> None:
    path = model / Card.load(model).file
    path.unlink()
    os.mkfifo(path)
    assert "no file" in refusal(model)


@pytest.mark.parametrize("name", ["card.json", "model.tflite"])
def test_a_huge_file_does_not_fill_the_memory(name: str, model: Path) -> None:
    os.truncate(model / name, 1 << 40)  # of which the disk holds nothing
    assert "is larger than" in refusal(model)


def test_a_card_needs_no_calibration_nor_shares(model: Path) -> None:
    change_card(model, without("calibration"))
    change_card(model, without("class_shares"))
    p = Classifier(model).probabilities(np.zeros((1, 28, 28), np.uint8))
    assert np.isfinite(p).all()


def test_no_number_that_a_damaged_model_gives_is_believed(model: Path) -> None:
    change_card(model, put("input", "range", value=[0, 3e38]))
    with pytest.raises(InputError, match="no numbers"):
        Classifier(model).probabilities(np.full((1, 28, 28), 255, np.uint8))


class Outputs:
    """Stands for an interpreter with outputs of these names, in no order that one can count on."""

    def __init__(self, *names: str, signed: bool = True) -> None:
        self.details = {name: {"index": i} for i, name in enumerate(names)}
        self.signed = signed

    def get_output_details(self) -> list[dict[str, int]]:
        return list(self.details.values())

    def get_signature_list(self) -> dict[str, Any]:
        return {"serving_default": {}} if self.signed else {}

    def get_signature_runner(self) -> Any:
        runner = types.SimpleNamespace()
        runner.get_output_details = lambda: self.details
        return runner


def test_outputs_are_told_by_name_and_an_only_one_by_being_the_only_one() -> None:
    assert named_outputs(Outputs("embedding", "logits")) == {"logits": 1, "embedding": 0}
    assert named_outputs(Outputs("logits", "more")) == {"logits": 0}
    assert named_outputs(Outputs("x")) == named_outputs(Outputs("x", signed=False)) == {"logits": 0}
    for unnamed in (Outputs("a", "b"), Outputs("logits", "embedding", signed=False), Outputs()):
        with pytest.raises(ValueError, match="none of its outputs is called logits"):
            named_outputs(unnamed)


@pytest.mark.parametrize("folder", shipped_models(), ids=lambda folder: str(folder.name))
def test_looking_tells_the_same_and_embeddings_too(folder: Path) -> None:
    classifier = Classifier(folder)
    assert classifier.embeds
    crops = np.random.default_rng(1).integers(0, 256, (21, 28, 28), np.uint8)
    p, embeddings = classifier.look(crops)
    np.testing.assert_array_equal(p, classifier.probabilities(crops))
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert embeddings.shape == (21, card["embedding"])
    assert np.abs(embeddings).max(1).all()
    assert [len(found) for found in classifier.look(crops[:0])] == [0, 0]


@pytest.mark.parametrize("folder", shipped_models(), ids=lambda folder: str(folder.name))
@pytest.mark.parametrize("count", [0, 1, 3, 17, 300])
def test_probabilities_do_not_depend_on_the_batch(count: int, folder: Path) -> None:
    classifier = Classifier(folder)
    crops = np.random.default_rng(count).integers(0, 256, (count, 28, 28), np.uint8)
    p = classifier.probabilities(crops)
    assert p.shape == (count, len(classifier.card.labels))
    np.testing.assert_allclose(p.sum(1), 1)
    for i in range(0, count, 97):
        np.testing.assert_allclose(p[i], classifier.probabilities(crops[i : i + 1])[0], atol=2e-3)


@pytest.mark.parametrize("closed", ["", "os.close(2)"])
def test_nothing_is_said_on_stderr(closed: str) -> None:
    code = (
        f"import os; {closed}\n"
        "from hwr_live.recognition.reader import Reader; Reader.load(); print('ok')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ok\n", "")
