"""From small files in MNIST's layout to a model's folder that the program reads with."""

from __future__ import annotations

import json
import shutil
import socket
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="TensorFlow is not installed (the extra train)")

import keras

from hwr_live.profiles.profile import Profile
from hwr_live.recognition.classify import Classifier
from tests.support.datasets import blocks, mnist_of_blocks, write
from train import make
from train.fit.nets import dense, load_net
from train.fit.predict import predictor
from train.main import main
from train.results import export
from train.results.metrics import softmax

FILES = {
    *("card.json", "README.md", "history.csv", "model.keras", "model.tflite"),
    *("curves.png", "confusion.png", "worst.png"),
}
OPTIONS = ["mnist", "--net", "dense", "--data", "data", "--epochs", "4", "--optimizer", "adamw"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a data set, and a model trained on it."""
    folder = tmp_path_factory.mktemp("home")
    write(folder / "data" / "mnist", mnist_of_blocks())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("train.images.pool.NONCHARS_DRAWN", 100)
        # A machine without a battery, whose clock begins in 1970: archives have no such time.
        real = time.localtime
        patch.setattr(time, "localtime", lambda *_: real(0))
        assert main([*OPTIONS, "--h5", "--nonchars", "0.1", "--batch", "16"]) == 0
    return folder


@pytest.fixture
def model(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(home)
    return home / "models" / "mnist-dense"


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_the_folder_is_whole_and_nothing_else_is_left(model: Path) -> None:
    assert names(model) == FILES | {"model.h5"}
    assert names(model.parent) == {"mnist-dense"}
    for picture in model.glob("*.png"):
        assert cv2.imread(str(picture)) is not None
        assert picture.stat().st_size < 150_000


def test_the_program_reads_with_it_and_answers_like_keras(model: Path) -> None:
    images, labels = blocks(200, 9)
    classifier = Classifier(model)
    served = classifier.probabilities(images)
    temperature = read(model / "card.json")["calibration"]["temperature"]
    # The program itself loads no HDF5 file.
    old = keras.models.load_model(model / "model.h5", compile=False)
    for network in (load_net(model / "model.keras"), old):
        own = softmax(predictor(network)(images), temperature)
        assert (own.argmax(1) == served.argmax(1)).mean() >= 0.99
        assert np.abs(own - served).max() < 0.05
    assert (served[:, :10].argmax(1) == labels).mean() > 0.95


def test_what_the_last_layer_sees_is_a_second_output(model: Path) -> None:
    images, _ = blocks(70, 9)
    classifier, network = Classifier(model), load_net(model / "model.keras")
    p, embeddings = classifier.look(images)
    np.testing.assert_array_equal(p, classifier.probabilities(images))
    inner = keras.Model(network.input, network.layers[-2].output)
    np.testing.assert_allclose(embeddings, predictor(inner)(images), atol=0.1, rtol=0.1)
    assert read(model / "card.json")["embedding"] == embeddings.shape[1] == 50


def test_the_card_tells_what_the_program_and_people_need(model: Path) -> None:
    card = read(model / "card.json")
    assert card["labels"] == [*"0123456789", None]
    assert sum(card["class_shares"]) == pytest.approx(1, abs=1e-4)
    assert card["test"]["count"] == 120
    assert card["test"]["accuracy"] > 0.95
    assert set(card["test"]["by_class"]) == set("0123456789")
    assert 0 < card["calibration"]["reject_above"] < 1
    assert card["export"]["int8_agreement"] >= 0.99
    assert card["data"]["licence"]
    assert set(card["data"]["files"]) == set(mnist_of_blocks())
    assert card["recipe"]["epochs"] == 4


def test_neither_card_nor_readme_names_this_machine(model: Path) -> None:
    for name in ("card.json", "README.md"):
        text = (model / name).read_text(encoding="utf-8")
        assert str(Path.home()) not in text or len(str(Path.home())) < 3
        assert str(model.parents[1]) not in text
        assert len(socket.gethostname()) < 5 or socket.gethostname() not in text


def test_a_fresh_look_gives_the_same_figures_to_the_digit(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "models/mnist-dense", "--data", "data"]) == 0
    assert "card.json says the same" in capsys.readouterr().out
    assert main(["evaluate", "models/mnist-dense", "--data", "data", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == read(model / "card.json")["test"]


def test_other_data_than_the_cards_is_noticed(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "mnist", mnist_of_blocks(100, 50))
    assert main(["evaluate", str(model), "--data", str(tmp_path)]) == 0
    assert "these are not the files that it was made from" in capsys.readouterr().out


def test_the_readme_can_be_made_of_the_card_alone(model: Path) -> None:
    path = model / "README.md"
    before = path.read_text(encoding="utf-8")
    path.unlink()
    assert main(["report", "models/mnist-dense"]) == 0
    assert path.read_text(encoding="utf-8") == before
    for told in ("# mnist-dense", "| all | 120 |", "CC BY-SA 3.0", "epochs = 4", "curves.png"):
        assert told in before


def test_pictures_can_be_drawn_again(model: Path, tmp_path: Path) -> None:
    assert main(["show", "models/mnist-dense", "--data", "data", "--out", str(tmp_path)]) == 0
    for picture in tmp_path.iterdir():
        assert picture.read_bytes() == (model / picture.name).read_bytes()
    assert len(names(tmp_path)) == 3


@pytest.mark.parametrize("kind", ["float32", "int8"])
def test_an_export_is_checked_and_replaces_nothing(model: Path, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "a.tflite"
    options = ["--float32"] if kind == "float32" else []
    command = ["export", "models/mnist-dense", "--data", "data", "--out", str(out), *options]
    assert main(command) == 0
    size = out.stat().st_size
    assert (size < 60_000) == (kind == "int8")
    assert main(command) == 2
    assert main([*command, "--force"]) == 0
    assert out.stat().st_size == size


def test_an_export_in_place_of_the_models_own_is_told_by_its_card(
    model: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "mnist-dense"
    shutil.copytree(model, copy)
    path = copy / "card.json"
    old = read(path)
    path.write_text(json.dumps({key: value for key, value in old.items() if key != "embedding"}))
    command = ["export", str(copy), "--data", "data", "--force", "--float32"]
    assert main([*command, "--out", str(copy / "model.tflite")]) == 0
    size = (copy / "model.tflite").stat().st_size
    assert read(path)["embedding"] == old["embedding"]
    assert read(path)["export"] == {**old["export"], "weights": "float32", "bytes": size}
    assert "float32 weights and 0.17 MB" in (copy / "README.md").read_text(encoding="utf-8")


def test_a_model_learns_on_with_a_profile(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").symlink_to(model.parents[1] / "data")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("train.main.shipped_folder", lambda: tmp_path / "none")
    profile = Profile.open(tmp_path / "hands" / "me", new=True)
    profile.add_all([("7", np.full((40, 30), 255, np.uint8))] * 3, "pad")
    monkeypatch.setattr("train.images.pool.NONCHARS_DRAWN", 100)
    command = [*OPTIONS[:5], "--profile", "hands/me", "--nonchars", "0.1"]
    assert main(command) == 0  # there is no model here to start from, so this one is begun anew
    assert read(tmp_path / "models" / "mnist-dense-me" / "card.json")["recipe"]["start"] == ""
    assert main([*command, "--start", str(model), "--force", "--learning-rate", "1e-5"]) == 0
    card = read(tmp_path / "models" / "mnist-dense-me" / "card.json")
    recipe = card["recipe"]
    assert (recipe["start"], recipe["profile"], recipe["epochs"]) == ("mnist-dense", "me", 1)
    # So little was learned in one pass of tiny steps that it must have known before.
    assert card["test"]["accuracy"] > 0.95
    assert str(tmp_path) not in json.dumps(card)


# What must not happen


@pytest.fixture
def place(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a link to the data set."""
    (tmp_path / "data").symlink_to(home / "data")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def spoil(monkeypatch: pytest.MonkeyPatch, kinds: set[bool]) -> None:
    """Makes exports of these kinds (True: 8-bit) come from another network."""
    convert = export.convert

    def wrong(model: Any, quantize: bool) -> bytes:
        return convert(dense(10) if quantize in kinds else model, quantize)

    monkeypatch.setattr(export, "convert", wrong)


def test_a_bad_export_is_refused_and_the_training_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as patch:
        spoil(patch, {True, False})
        assert main(OPTIONS) == 1
    assert "the float32 export agrees with the network on only" in capsys.readouterr().err
    assert names(place / "models") == {"mnist-dense.training"}
    with monkeypatch.context() as patch:
        spoil(patch, {True})
        assert main([*OPTIONS, "--resume"]) == 0
    err = capsys.readouterr().err
    assert "going on after epoch 4" in err
    assert "the float32 export is used" in err
    card = read(place / "models" / "mnist-dense" / "card.json")
    assert card["export"]["weights"] == "float32"
    assert card["test"]["accuracy"] == card["test"]["keras"]["accuracy"]


def test_an_export_is_judged_by_agreement_and_accuracy() -> None:
    logits = np.zeros((1000, 10), np.float32)

    def refusal(quantized: bool, agreement: float, loss: float, count: int = 1000) -> str | None:
        return export.Export(b"", quantized, logits[:count], 50, agreement, loss).refusal()

    assert refusal(True, 0.99, 0.001) is None
    assert refusal(False, 0.999, 0.001) is None
    assert "agrees" in str(refusal(True, 0.989, 0.0))
    assert "agrees" in str(refusal(False, 0.998, 0.0))
    assert "0.20 points" in str(refusal(True, 0.996, 0.002))
    assert refusal(True, 0.98, 0.02, count=50) is None
    assert refusal(True, 0.96, 0.0, count=50) is not None


def test_what_fails_on_the_way_leaves_the_old_model_and_the_training(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = place / "models" / "mnist-dense"
    write(old, {"card.json": b"{}", "mine.txt": b"1"})
    before = names(old)
    assert main(OPTIONS) == 2
    assert "--force replaces it" in capsys.readouterr().err

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", "worst.png")

    with monkeypatch.context() as patch:
        patch.setattr(make, "draw_results", full)
        assert main([*OPTIONS, "--force"]) == 1
    assert "No space left" in capsys.readouterr().err
    assert names(old) == before
    assert names(place / "models") == {"mnist-dense", "mnist-dense.training"}
    assert main([*OPTIONS, "--force", "--epochs", "5"]) == 1
    assert "epochs 4, not 5" in capsys.readouterr().err
    assert main([*OPTIONS, "--force", "--epochs", "1", "--restart"]) == 0
    assert names(old) == FILES
