"""From the data to a finished line model's folder: the order of work, told once."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from hwr_live.errors import HwrError
from train import devices
from train.fit.checkpoint import held
from train.lines import card, pictures, validation
from train.lines.alphabet import CLASSES
from train.lines.calibrate import fit_temperature
from train.lines.checkpoint import Weights
from train.lines.compose import Line
from train.lines.errors import distance, rates
from train.lines.export import Export, Lite, answers, convert
from train.lines.export import read as read_lite
from train.lines.loop import Trainer, answering, by_part, fit, read
from train.lines.measure import kinds_right, test_lines
from train.lines.pack import from_pack
from train.lines.plan import Plan
from train.lines.step import group
from train.lines.weights import FILE, pack
from train.progress import duration, say
from train.results.folder import checkpoint_file, replaced

_CALIBRATED = 4  # every so many-th validation line is calibrated with
_WORST = 60  # lines on the picture of those that were read worst


def make_model(
    plan: Plan,
    data: Path,
    out: Path,
    *,
    restart: bool = False,
    sitting: float = math.inf,
    strategy: str = "none",
) -> dict[str, Any] | None:
    """Trains, exports, measures and writes ``out``; until all is done nothing of it is there.

    Args:
        plan: the settings; where a checkpoint is, the training goes on from it.
        data: the folder of the data.
        out: the model's folder; one that is there is replaced.
        restart: whether a checkpoint that is there is forgotten.
        sitting: minutes after which this process stops, whatever is left.
        strategy: how several processors do it together, of ``train.fit.distribute.STRATEGIES``.

    Returns:
        The model's card; None where there is more to train, or another process or machine is to
        write the model.

    Raises:
        InputError: if data is missing, or the strategy cannot be followed.
        HwrError: if the checkpoint is broken, or the export does not read as the network does.
    """
    # Before hours of training, not behind them.
    card.use_of(plan.licences, plan.start, plan.teacher)
    team, file = group(strategy), checkpoint_file(out)
    with held(file.parent) if team.chief else contextlib.nullcontext():
        if restart and team.chief:
            file.unlink(missing_ok=True)
        if devices.backend() == "jax":
            from train.lines.on_jax import keep_compiled

            keep_compiled(file.with_name("compiled"))
        say(f"{devices.describe()}{team.told()}")
        lines: list[Line] = []
        if team.chief:
            say("composing lines to validate with")
            lines = validation.load(data, file.with_name("validation.npz"))
        trainer = Trainer(plan, team)
        if not restart and file.is_file():
            trainer.restore(file)
            say(f"going on after {duration(60 * trainer.minutes)}, {trainer.lines:,} lines")
        with team.told_of_loss():
            if not team.agree(trainer.step):
                raise HwrError("the workers see different checkpoints: give all one --out")
        fit(trainer, data, lines, file.parent, sitting)
        made = _finished(trainer, data, lines, out) if team.chief else None
        if made:
            shutil.rmtree(file.parent, ignore_errors=True)
        team.agree(1)  # a process that is not the chief waits for it
    return made


def _finished(trainer: Trainer, data: Path, lines: list[Line], out: Path) -> dict[str, Any] | None:
    """The finished model's card; None, and what to do, where that has to wait."""
    again = f"the checkpoint is in {checkpoint_file(out).parent}; "
    if trainer.minutes < trainer.plan.minutes:
        left = duration(60 * (trainer.plan.minutes - trainer.minutes))
        say(f"this sitting is over, {left} are left: {again}--resume goes on")
        return None
    if devices.backend() != "tensorflow" or from_pack(data):
        say(
            f"trained on {trainer.lines:,} lines; {again}with TensorFlow and the folder of the "
            "data, --resume exports and measures it"
        )
        return None
    say(f"trained on {trainer.lines:,} lines; exporting")
    trained = {"lines": trainer.lines, "minutes": round(trainer.minutes, 1)}
    return finish(trainer.kept(), trainer.plan, trained, data, lines, out)


def finish(
    weights: Weights,
    plan: Plan,
    trained: dict[str, Any],
    data: Path,
    lines: list[Line],
    out: Path,
) -> dict[str, Any]:
    """Writes the folder of a trained network: export, figures, card, README and pictures.

    Args:
        weights: of the network, in its own order.
        plan: the settings that it was trained with.
        trained: "lines" and "minutes".
        data: the folder of the data, for the test parts.
        lines: to validate with.
        out: the folder.

    Raises:
        HwrError: if the export does not read as the network does; nothing is written then.
    """
    model = answering(weights)
    made = export(model, lines)
    if reason := made.refusal():
        raise HwrError(f"{reason}; nothing is written, the training is kept")
    measured = test_lines(data)
    some = lines[::_CALIBRATED]
    logits = dict(answers(Lite(made.file), some))
    temperature = fit_temperature(
        [logits[i][:, :CLASSES] for i in range(len(some))], [line.text for line in some]
    )
    results = {
        "calibration": {"temperature": temperature},
        "kinds_right": kinds_right(some, [logits[i] for i in range(len(some))]),
        "validation": {n: one.rounded() for n, one in by_part(made.texts, lines).items()},
        "test": {
            n: one.rounded()
            for n, one in by_part(read_lite(Lite(made.file, 2), measured), measured).items()
        },
        "export": {
            "weights": "8-bit",
            "bytes": len(made.file),
            "agreement": round(made.agreement, 5),
            "loss": round(made.loss, 5),
        },
    }
    told = card.make_card(
        out.name, plan, {**trained, "parameters": int(model.count_params())}, results
    )
    with replaced(out) as new:
        (new / "model.tflite").write_bytes(made.file)
        (new / FILE).write_bytes(pack(weights))
        (new / "card.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        (new / "README.md").write_text(card.readme(told), encoding="utf-8")
        (new / "worst.png").write_bytes(worst(lines, made.texts))
    return told


def export(model: Any, lines: list[Line], *, quantize: bool = True) -> Export:
    """Converts a network and compares what both read of the validation lines."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        file = convert(model, quantize)
    own, exported = read(model, lines), read_lite(Lite(file), lines)
    apart = sum(distance(a, b) for a, b in zip(own, exported, strict=True))
    right = [line.text for line in lines]
    loss = rates(exported, right).exact - rates(own, right).exact
    return Export(file, exported, 1 - apart / max(1, sum(map(len, own))), loss)


def worst(lines: list[Line], read_texts: list[str]) -> bytes:
    """A picture of the lines that were read worst, of each part as many; a PNG file's bytes."""
    wrong = [
        distance(a, b.text) / max(1, len(b.text)) for a, b in zip(read_texts, lines, strict=True)
    ]
    names = list(dict.fromkeys(line.source for line in lines))
    chosen: list[int] = []
    for name in names:
        own = [i for i, line in enumerate(lines) if line.source == name and wrong[i] > 0]
        order = np.argsort([-wrong[i] for i in own], kind="stable")
        chosen += [own[int(k)] for k in order[: _WORST // len(names)]]
    if not chosen:
        chosen = [0]
    some, texts = [lines[i] for i in chosen], [read_texts[i] for i in chosen]
    return pictures.png(pictures.sheet(some, texts, columns=3, title="Read worst"))
