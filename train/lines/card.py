"""``card.json`` and ``README.md`` of a line network."""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hwr_live.errors import InputError
from hwr_live.recognition.card import FILE, read_card
from hwr_live.recognition.kinds import KINDS
from hwr_live.strip import HEIGHT
from train import devices
from train.data.sources import ANYTHING, NON_COMMERCIAL
from train.fit.models import model_of
from train.lines.alphabet import CHARACTERS, STRIDE
from train.lines.errors import told
from train.lines.plan import Plan
from train.progress import duration

KIND = "lines"
_FREE = {
    "unipen": "UNIPEN train_r01_v07: CC BY 4.0 by its Zenodo record; its notice of 1999 allows "
    "research and forbids commercial distribution of the data",
    "hdbpmn": "hdBPMN: CC BY 4.0",
    "hwr62": "characters of MNIST: CC BY-SA 3.0, of NIST SD19: public domain, of paper: MIT",
    "fonts": "handwriting fonts: SIL OFL and Apache 2.0",
    "quickdraw": "Quick, Draw!: CC BY 4.0, Google",
    "wordfreq": "word lists of wordfreq: CC BY-SA 4.0",
}
_ANY = _FREE | {
    "hwr62": "characters of several sources, some non-commercial, some without a stated licence: "
    "see the card of hwr62",
    "crohme": "CROHME 2016: CC BY-NC-SA 3.0, non-commercial",
    "chars74k": "Chars74K: no stated licence",
}


def use_of(licences: str, *learned: str) -> str:
    """In one word what weights may be used for that are trained so: CROHME's licence forbids
    commerce.

    Args:
        licences: "any", or "free": only collections whose stated licence allows every use.
        learned: folders of the models that it begins with or that teach it; "" of none.

    Raises:
        InputError: if all sources are to be free, and one of these models is not.
    """
    if licences != "free":
        return NON_COMMERCIAL
    for folder in filter(None, learned):
        if read_card(Path(folder)).get("use") != ANYTHING:
            raise InputError(
                f"--licences free: the weights of {folder} may not be used for {ANYTHING}"
            )
    return ANYTHING


def licences_of(licences: str) -> dict[str, str]:
    """What lines are composed of and its licences, by collection.

    Args:
        licences: as of :func:`use_of`.
    """
    return _FREE if licences == "free" else _ANY


def make_card(
    name: str, plan: Plan, trained: Mapping[str, Any], results: Mapping[str, Any]
) -> dict[str, Any]:
    """The card of a finished line network.

    Args:
        name: the model's name.
        plan: the settings; of folders the names alone are kept.
        trained: what there is to say of the training: "lines", "minutes", "parameters".
        results: "validation" and "test" by part, "export".
    """
    from train.results.card import versions

    settings = asdict(plan)
    for key in ("start", "teacher"):
        settings[key] = os.path.basename(os.path.abspath(settings[key])) if settings[key] else ""
    return {
        "name": name,
        "kind": KIND,
        "date": datetime.date.today().isoformat(),
        "use": use_of(plan.licences, plan.start, plan.teacher),
        "labels": [None, *CHARACTERS],
        "kinds": list(KINDS),
        "characters": CHARACTERS,
        "input": {
            "strip": HEIGHT,
            "columns": STRIDE,
            "dtype": "float32",
            "range": [0, 1],
            "ink": "bright on black",
        },
        "output": "logits",
        "file": "model.tflite",
        "network": {
            "name": "lines",
            "description": "Convolutions, the maximum over rows, dilated convolutions along the "
            "line, CTC; output 0 is the blank, the last three tell handwriting, print and no "
            "writing apart.",
            "parameters": trained["parameters"],
        },
        **results,
        "trained": {key: trained[key] for key in ("lines", "minutes")},
        "data": {"licences": licences_of(plan.licences)},
        "plan": settings,
        "versions": versions(),
        "processor": devices.processor(),
        "gpus": devices.gpus(),
    }


def lines_model(name: str) -> tuple[Path, dict[str, Any]] | None:
    """Folder and card of a model, by name or path, if it is a line network; else None.

    Raises:
        InputError: if there is no such model, or its card is broken.
    """
    found = model_of(name, KIND)
    if found and found[1].get("characters") != CHARACTERS:
        raise InputError(f"{found[0] / FILE}: its characters are not those of this version")
    return found


def readme(card: Mapping[str, Any]) -> str:
    """The text of ``README.md``; what a card does not tell is left out."""
    network, trained, export = (card.get(key, {}) for key in ("network", "trained", "export"))
    parts = [
        f"# {card['name']}",
        "Reads a line of writing as a whole: printable ASCII, blanks, and ° × ÷. "
        f"{network.get('description', '')} {network.get('parameters', 0):,} parameters.",
    ]
    if export:
        parts.append(
            f"`{card['file']}` has {export['weights']} weights and {export['bytes']:,} bytes; it "
            f"takes strips of any width and reads {export['agreement']:.2%} of the validation "
            "lines' characters as the network itself does."
        )
    if test := card.get("test"):
        parts += [
            "## Test parts",
            "Errors in per cent, by the best path alone: no language, no list of words. Other "
            "people than any that training or choosing saw, of UNIPEN other contributors. "
            "Folded: letters and digits alone, without case. Words and lines of strokes were drawn "
            "with one pen, words on paper cut out by their boxes; measured through the strip, "
            "without the reader's own search for lines.",
            told(test),
        ]
    if valid := card.get("validation"):
        parts += [
            "## Validation",
            "Writers, contributors, fonts and drawings that were held back from training, composed "
            "and varied as for training. `empty` holds no writing: signs and words a strip.",
            told(valid),
        ]
    if kinds := card.get("kinds_right"):
        told_kinds = ", ".join(f"{name} {share:.1%}" for name, share in kinds.items())
        parts.append(
            "It also tells handwriting, print and no writing apart, frame by frame, also where a "
            "printed label stands beside handwriting; right of each kind's frames: "
            f"{told_kinds}. Hands and drawings are those held back, print is in families of fonts "
            "that were."
        )
    if trained:
        parts += [
            "## Training",
            f"{trained['lines']:,} composed lines in {duration(60 * trained['minutes'])} on "
            f"{card.get('processor', 'a processor')}; settings in `card.json`. "
            "`python -m train lines` trains it anew.",
        ]
    licences = card.get("data", {}).get("licences", {})
    if licences:
        rows = "\n".join(f"- {text}" for text in licences.values())
        parts += ["## Data", rows, "The data itself is not part of the project."]
    if use := card.get("use"):
        parts.append(f"What the weights may be used for: **{use}**.")
    return "\n\n".join(parts) + "\n"
