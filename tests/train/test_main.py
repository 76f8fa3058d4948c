"""The command line of training: what it makes of its options, and what it says."""

from __future__ import annotations

import sys
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.profiles.profile import Profile
from tests.support.datasets import (
    emnist_files,
    gzipped,
    mnist_files,
    write,
    write_keras,
)
from tests.support.training import Made, pretend
from tests.train.test_checkpoint import state
from train.fit.checkpoint import Checkpoint
from train.main import main, parser
from train.options import documented
from train.recipe import HWR62, MNIST, TUTORIALS, Augmentation, Recipe, for_few, recipe_for


def recipe_of(made: Made, *options: str) -> Recipe:
    assert main(["mnist", "--data", "data", *options]) == 0
    recipe = made.pop()["recipe"]
    assert isinstance(recipe, Recipe)
    return recipe


def test_without_a_data_set_it_is_byclass_after_saying_what_it_takes(
    made: Made, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HWR_DATA", "data")
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert made[0]["name"] == "emnist-byclass"
    assert made[0]["out"] == Path.cwd() / "models" / "emnist-byclass"
    assert "emnist-byclass" in err.splitlines()[0]
    assert "11 times 130,000 images" in err.splitlines()[1]
    assert "warning: emnist-byclass in data" in err
    assert "test loss 0.04000, accuracy 98.760%" in out


@pytest.mark.parametrize(
    ("arguments", "name", "out", "recipe"),
    [
        (["mnist"], "mnist", "models/mnist", MNIST),
        (["mnist", "--net", "dense"], "mnist", "models/mnist-dense", TUTORIALS["dense"]),
        (["emnist-letters", "--out", "x/y"], "emnist-letters", "x/y", None),
    ],
)
def test_data_set_network_and_folder(
    made: Made, arguments: list[str], name: str, out: str, recipe: Recipe | None
) -> None:
    assert main([*arguments, "--data", "data", "--seed", "3"]) == 0
    assert made[0]["name"] == name
    assert made[0]["out"] == Path.cwd() / out
    assert made[0]["recipe"] == replace(recipe or recipe_for(name), seed=3)


def test_a_folder_in_emnists_layout_has_its_own_recipe(made: Made, tmp_path: Path) -> None:
    files = gzipped(emnist_files("emnist-byclass", prefix="mine-byclass"))
    write(tmp_path / "elsewhere" / "mine", files)
    assert main(["elsewhere/mine"]) == 0
    assert made[0]["name"] == "mine"
    assert made[0]["recipe"] == for_few(recipe_for("mine"), 70)
    assert not made[0]["recipe"].source_weights


def test_hwr62_renamed_to_byclass_is_trained_alike() -> None:
    assert recipe_for("emnist-byclass") == recipe_for("hwr62") == HWR62


def test_keras_own_file(made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWR_DATA", "data")
    (tmp_path / "keras" / "datasets").mkdir(parents=True)
    write_keras(tmp_path / "keras" / "datasets" / "mnist.npz")
    assert main(["mnist", "--from", "keras"]) == 0
    assert made[0]["name"] == "mnist"


def test_every_setting_is_an_option_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(["--help"])
    told = " ".join(capsys.readouterr().out.replace("-\n", "-").split())
    for cls in (Recipe, Augmentation):
        reasons = documented(cls)
        for one in fields(cls):
            assert f"--{one.name.replace('_', '-')} " in told
            if one.name not in ("net", "augmentation"):
                words = reasons[one.name].split()[:4]
                assert len(words) == 4
                assert words[0] in told


@pytest.mark.parametrize(
    ("options", "change"),
    [
        (["--epochs", "3"], {"epochs": 3}),
        (
            ["--learning-rate", "0.1", "--optimizer", "sgd"],
            {"learning_rate": 0.1, "optimizer": "sgd"},
        ),
        (["--source-weights", "0=0.5,2=3"], {"source_weights": {0: 0.5, 2: 3.0}}),
        (["--reserve", "a-1,b-2"], {"reserve": ("a-1", "b-2")}),
        (["--augmentation", "off"], {"augmentation": None}),
        (["--augmentation", "on"], {"augmentation": Augmentation()}),
        (
            ["--augmentation", "on", "--rotate", "2"],
            {"augmentation": replace(Augmentation(), rotate=2.0)},
        ),
        (["--cut", "0"], {"augmentation": replace(MNIST.augmentation or Augmentation(), cut=0.0)}),
        ([], {}),
    ],
)
def test_options_change_what_they_name_only(
    made: Made, options: list[str], change: dict[str, Any]
) -> None:
    assert recipe_of(made, *options) == replace(MNIST, **change)


def test_one_augmentation_of_a_plain_recipe_is_that_one_only(made: Made) -> None:
    how = recipe_of(made, "--net", "dense", "--shift", "2").augmentation
    assert how is not None
    assert {name: value for name, value in asdict(how).items() if value} == {"shift": 2.0}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--epochs", "0"], "--epochs must lie within 1 and 1,000,000: 0"),
        (["--learning-rate", "0"], "--learning-rate must lie within"),
        (["--validation", "1"], "--validation must lie within"),
        (["--rotate", "-5"], "--rotate must lie within 0 and 180"),
        (["--source-weights", "1=-1"], "--source-weights are numbers of at least 0"),
        (["--data", "nowhere"], "there is no data folder nowhere"),
        (["--from", "keras", "--no-download"], "mnist.npz"),
        (["--data", "cut"], "truncated"),
    ],
)
def test_bad_settings_and_data_are_told_in_one_line(
    made: Made, capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], told: str
) -> None:
    cut = {name: raw[:-1] for name, raw in mnist_files().items()}
    write(tmp_path / "cut", cut)
    given = options if "--data" in options or "--from" in options else [*options, "--data", "data"]
    assert main(["mnist", *given]) == 2
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err
    assert not made


@pytest.mark.parametrize(
    "arguments",
    [
        ["mnist", "--net", "vgg"],
        ["mnist", "--epochs", "many"],
        ["mnist", "--learning-rate", "nan"],
        ["mnist", "--optimizer", "adagrad"],
        ["mnist", "--source-weights", "a=b"],
        ["mnist", "--from", "web"],
        ["mnist", "--resume", "--restart"],
        ["mnist", "--epoch", "3"],
        ["mnist", "emnist-letters"],
        ["show"],
        ["show", "mnist", "--each", "0"],
        ["export"],
    ],
)
def test_bad_use_ends_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("train: ")


@pytest.mark.parametrize("option", ["--profile", "--start"])
def test_a_profile_or_model_that_is_not_there(
    made: Made, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    assert main(["mnist", "--data", "data", option, "no/where"]) == 2
    assert "no/where" in capsys.readouterr().err.splitlines()[-1]
    assert not made


def test_a_profile_starts_from_the_model_of_the_same_name_and_goes_beside_it(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    ink = np.full((40, 30), 255, np.uint8)
    Profile.open("hands/me", new=True).add("7", ink, "pad")
    assert main(["mnist", "--data", "data", "--profile", "hands/me"]) == 0
    assert made[0]["out"] == Path.cwd() / "models" / "mnist-me"
    assert Path(made[0]["recipe"].start).name == "mnist"
    assert made[0]["recipe"].epochs < MNIST.epochs
    assert "starting from" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "net", "out"),
    [
        ([], "dense", "mnist-dense"),  # the one that it starts from
        (["--net", "hwr-small"], "hwr-small", "mnist-hwr-small"),
    ],
)
def test_a_training_has_the_network_that_it_starts_from(
    made: Made, options: list[str], net: str, out: str
) -> None:
    assert main(["mnist", "--data", "data", "--start", "mnist-dense", *options]) == 0
    assert made[0]["recipe"].net == net
    assert made[0]["out"] == Path.cwd() / "models" / out


def broken_off(recipe: Recipe, folder: str = "models/mnist") -> Path:
    path = Path(f"{folder}.training") / "checkpoint.npz"
    path.parent.mkdir(parents=True)
    Checkpoint(path, {"recipe": asdict(recipe), "classes": 10, "images": []}).save(state())
    return path


def test_resume_takes_the_settings_that_the_training_had(made: Made) -> None:
    old = replace(MNIST, epochs=77, batch=40, augmentation=Augmentation(cut=0.5))
    broken_off(old)
    assert recipe_of(made, "--resume") == old
    assert recipe_of(made, "--resume", "--batch", "50") == replace(old, batch=50)
    assert recipe_of(made) == MNIST


def test_resume_without_anything_begins_anew(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recipe_of(made, "--resume") == MNIST
    assert "beginning anew" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"PK\3\4nothing"])
def test_a_broken_checkpoint_is_told_of(
    made: Made, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    broken_off(MNIST).write_bytes(content)
    assert main(["mnist", "--data", "data", "--resume"]) == 1
    assert "is no checkpoint that can be read" in capsys.readouterr().err
    assert not made


def test_restart_and_h5_are_passed_on(made: Made) -> None:
    assert main(["mnist", "--data", "data", "--restart", "--h5"]) == 0
    assert (made[0]["restart"], made[0]["h5"]) == (True, True)


def test_without_tensorflow_it_says_which_extra(
    made: Made, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pretend(monkeypatch, there=False)
    assert main(["mnist", "--data", "data"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "pip install 'hwr-live[train]'" in err


@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (KeyboardInterrupt(), 130, "with --resume it goes on"),
        (OSError(28, "No space left on device", "models/mnist.new/model.keras"), 1, "No space"),
    ],
)
def test_what_interrupts_is_told_in_one_line(
    made: Made,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    told: str,
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(sys.modules["train.make"], "make_model", fail)
    assert main(["mnist", "--data", "data"]) == status
    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err
