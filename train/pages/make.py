"""From the data to a finished folder of a map of writing: the order of work, told once."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwr_live.errors import HwrError
from train import devices
from train.fit.checkpoint import held
from train.lines.card import use_of
from train.lines.checkpoint import Weights
from train.lines.pictures import png
from train.lines.weights import FILE, pack
from train.pages import card, pictures, validation
from train.pages.compose import Sample
from train.pages.export import export
from train.pages.loop import Trainer, fit
from train.pages.measure import by_part
from train.pages.network import build_for
from train.pages.plan import Plan
from train.progress import duration, say
from train.results.folder import checkpoint_file, replaced

_SHOWN = 8  # validation pages of each part on the picture of what the network says
_COUNT = 64  # validation pages of each part


def make_model(
    plan: Plan, data: Path, out: Path, *, restart: bool = False, count: int = _COUNT
) -> dict[str, Any]:
    """Trains, exports, measures and writes ``out``; until all is done nothing of it is there.

    Args:
        plan: the settings; where a checkpoint is, the training goes on from it.
        data: the folder of the data.
        out: the model's folder; one that is there is replaced.
        restart: whether a checkpoint that is there is forgotten.
        count: pages of each part to validate with.

    Returns:
        The model's card.

    Raises:
        InputError: if data is missing.
        HwrError: if the checkpoint is broken, or the export does not answer as the network does.
    """
    file = checkpoint_file(out)
    use_of(plan.licences, plan.start)  # before hours of training, not behind them
    with held(file.parent):
        if restart:
            file.unlink(missing_ok=True)
        say(f"{devices.describe()}; composing pages to validate with")
        samples = validation.compose(data, plan.side, count)
        trainer = Trainer(plan)
        if file.is_file():
            trainer.restore(file)
            say(f"going on after {duration(60 * trainer.minutes)}, {trainer.pages:,} pages")
        fit(trainer, data, samples, file.parent)
        say(f"trained on {trainer.pages:,} pages; exporting")
        trained = {"pages": trainer.pages, "minutes": round(trainer.minutes, 1)}
        made = finish(trainer.mean, plan, trained, samples, out)
        shutil.rmtree(file.parent, ignore_errors=True)
    return made


def finish(
    weights: Weights, plan: Plan, trained: dict[str, Any], samples: list[Sample], out: Path
) -> dict[str, Any]:
    """Writes the folder of a trained network: export, figures, card, README and pictures.

    Args:
        weights: of the network, in its own order.
        plan: the settings that it was trained with.
        trained: "pages" and "minutes".
        samples: to validate with.
        out: the folder.

    Raises:
        HwrError: if the export does not answer as the network does; nothing is written then.
    """
    model = build_for(weights)
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
        made = export(model, samples)
    if reason := made.refusal():
        raise HwrError(f"{reason}; nothing is written, the training is kept")
    results = {
        "validation": {n: one.rounded() for n, one in by_part(made.answers, samples).items()},
        "export": {
            "weights": "8-bit",
            "bytes": len(made.file),
            "agreement": round(made.agreement, 5),
        },
    }
    parameters = int(model.count_params())
    told = card.make_card(out.name, asdict(plan), {**trained, "parameters": parameters}, results)
    parts = list(dict.fromkeys(one.source for one in samples))
    some = [
        i for part in parts for i in [j for j, s in enumerate(samples) if s.source == part][:_SHOWN]
    ]
    sheet = pictures.sheet(
        [samples[i] for i in some],
        [made.answers[i] for i in some],
        title="Pages to validate with, and what is said of them",
    )
    with replaced(out) as new:
        (new / "model.tflite").write_bytes(made.file)
        (new / FILE).write_bytes(pack(weights))
        (new / "card.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        (new / "README.md").write_text(card.readme(told), encoding="utf-8")
        (new / "pages.png").write_bytes(png(sheet))
    return told
