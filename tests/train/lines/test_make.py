"""From data to a model's folder: the network, a short training, its export, the commands."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.errors import HwrError, InputError
from hwr_live.strip import HEIGHT
from train.lines.alphabet import CHARACTERS, OUTPUTS
from train.lines.card import lines_model, readme, use_of
from train.lines.compose import SHARES
from train.lines.make import make_model
from train.lines.plan import Plan
from train.lines.weights import pack, read_weights
from train.main import main

SHORT = Plan(minutes=0.01, batch=4, save=50, check=50, width=0.1, precision="float32")


@pytest.mark.parametrize(
    "wrong",
    [
        *({"minutes": 0.0}, {"batch": 0}, {"rate": float("nan")}, {"seed": -1}),
        *({"precision": "int4"}, {"licences": "most"}, {"start_share": 0.5}),
    ],
)
def test_bad_settings_are_told(wrong: dict[str, float]) -> None:
    with pytest.raises(InputError):
        Plan(**wrong)  # type: ignore[arg-type]


def test_the_rate_warms_up_and_ends_with_the_minutes() -> None:
    plan = Plan(minutes=10, rate=1e-3)
    assert plan.rate_at(0, 0) < 1e-5
    assert plan.rate_at(1000, 0) == pytest.approx(1e-3)
    assert plan.rate_at(1000, 5) == pytest.approx(0.5e-3, rel=0.02)
    assert plan.rate_at(1000, 10) == plan.rate_at(1000, 99) == pytest.approx(1e-3 * plan.floor)


def test_sources_can_be_left_out() -> None:
    assert "fonts" not in Plan(without="fonts, paper").shares(SHARES)
    with pytest.raises(InputError, match="no source 'font'"):
        Plan(without="font").shares(SHARES)
    with pytest.raises(InputError, match="no lines"):
        Plan(without=",".join(SHARES)).shares(SHARES)


@pytest.mark.parametrize(
    ("licences", "start", "use"),
    [
        ("any", "", "non-commercial"),
        ("any", "anything", "non-commercial"),
        ("free", "", "anything"),
        ("free", "anything", "anything"),
        ("free", "non-commercial", None),
    ],
)
def test_what_weights_may_be_used_for_follows_from_all_they_learned(
    licences: str, start: str, use: str | None, tmp_path: Path
) -> None:
    if start:
        (tmp_path / "card.json").write_text(json.dumps({"name": "a", "labels": [], "use": start}))
    folder = str(tmp_path) if start else ""
    for key, others in (("start", ("", folder)), ("teacher", (folder, ""))):
        plan = Plan(licences=licences, **{key: folder})  # type: ignore[arg-type]
        if use is not None:
            assert use_of(licences, *others) == use
            continue
        with pytest.raises(InputError, match="may not be used"):
            use_of(licences, *others)
        with pytest.raises(InputError, match="may not be used"):
            make_model(plan, tmp_path, tmp_path / "out")


def test_packed_weights_come_back(tmp_path: Path) -> None:
    weights: list[npt.NDArray[np.float32]] = [
        np.full((3, 4), 1 / 3, np.float32),
        np.array([1e9, 2.0], np.float32),
    ]
    (tmp_path / "weights.npz").write_bytes(pack(weights))
    first, second = read_weights(tmp_path)
    assert np.allclose(first, weights[0], rtol=2.0**-8)
    assert np.array_equal(second, weights[1])
    with pytest.raises(InputError, match="no weights"):
        read_weights(tmp_path / "nowhere")


@pytest.mark.parametrize("command", ["lines", "evaluate"])
def test_without_data_it_says_what_to_give(
    command: str,
    tmp_path: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("HWR_DATA", raising=False)
    more = ["--out", str(tmp_path / "x")] if command == "lines" else [str(model)]
    assert main([command, *more]) == 2
    assert "--data" in capsys.readouterr().err


@pytest.fixture(scope="module")
def model(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of a few steps, broken off once and gone on with."""
    from train.lines import validation
    from train.lines.loop import Trainer, fit

    out = tmp_path_factory.mktemp("models") / "lines"
    work = out.with_name("lines.training")
    work.mkdir()
    lines = validation.compose(data, count=1)
    validation.keep(lines, work / "validation.npz")
    trainer = Trainer(SHORT)
    fit(trainer, data, lines, work)
    shutil.copy(work / "checkpoint.npz", out.with_name("kept.npz"))
    with pytest.MonkeyPatch.context() as patch:
        # What so short a training reads is noise, of which an export may read other noise.
        patch.setattr("train.lines.export.AGREEMENT", -99.0)
        patch.setattr("train.lines.export.LOSS", 99.0)
        card = make_model(replace(SHORT, minutes=trainer.minutes + 0.005), data, out)
    assert card is not None
    assert card["trained"]["lines"] > trainer.lines > 0
    return out


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_what_is_kept_is_between_both_ends_of_the_training(share: float, model: Path) -> None:
    from train.lines.loop import Trainer

    trainer = Trainer(replace(SHORT, start=str(model), start_share=share))
    began = [mean.copy() for mean in trainer.mean]
    for mean in trainer.mean:
        mean += 1.0
    for kept, start in zip(trainer.kept(), began, strict=True):
        assert kept.dtype == np.float32
        np.testing.assert_allclose(kept, start + 1 - share, atol=1e-5)


def test_an_export_that_reads_otherwise_is_refused() -> None:
    from train.lines.export import Export

    assert Export(b"", [], 0.996).refusal() is None
    assert "98.00%" in (Export(b"", [], 0.98).refusal() or "")
    assert "0.50 points" in (Export(b"", [], 0.999, 0.005).refusal() or "")


def test_the_folder_holds_card_export_and_weights(model: Path) -> None:
    card = json.loads((model / "card.json").read_text())
    assert card["kind"] == "lines"
    assert card["labels"] == [None, *CHARACTERS]
    assert card["input"]["strip"] == HEIGHT
    assert {"unipen words", "unipen texts", "paper"} == set(card["test"])
    assert "## Test parts" in (model / "README.md").read_text()
    assert lines_model(str(model)) is not None
    assert readme(card).startswith("# lines")
    assert (model / "worst.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.parametrize(("count", "width"), [(1, 32), (1, 300), (5, 64)])
def test_the_export_answers_any_width_as_the_network_does(
    model: Path, count: int, width: int
) -> None:
    from train.lines.export import Lite
    from train.lines.loop import answering

    strips = np.random.default_rng(1).integers(0, 256, (count, HEIGHT, width), np.uint8)
    lite = Lite((model / "model.tflite").read_bytes())(strips)
    assert lite.shape == (count, width // 4, OUTPUTS)
    own = np.asarray(answering(read_weights(model))(strips[..., None] / np.float32(255)))
    assert np.abs(lite - own).mean() < 0.1 * np.abs(own).mean()


def test_commands_know_a_line_model(
    model: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(model), "--data", str(data), "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"unipen words", "unipen texts", "paper"}
    assert main(["report", str(model)]) == 0
    assert main(["show", str(model), "--data", str(data), "--out", str(tmp_path)]) == 0
    assert (tmp_path / "lines-samples.png").is_file()


def test_a_broken_checkpoint_is_told(tmp_path: Path) -> None:
    from train.lines.checkpoint import saved_plan

    path = tmp_path / "checkpoint.npz"
    assert saved_plan(path) is None
    path.write_bytes(b"PK no")
    with pytest.raises(HwrError, match="--restart"):
        saved_plan(path)


def test_a_broken_off_training_is_not_overwritten(
    tmp_path: Path, data: Path, model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lines"
    work = tmp_path / "lines.training"
    work.mkdir()
    shutil.copy(model.with_name("kept.npz"), work / "checkpoint.npz")
    assert main(["lines", "--data", str(data), "--out", str(out)]) == 1
    assert "--resume goes on" in capsys.readouterr().err
