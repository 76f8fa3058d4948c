"""Measures glyph networks one crop at a time: which shape, which sign, and whether any.

    HWR_DATA=DIR python -m tests.measure.glyphs [MODEL ...] [--on validation|test]

Shapes are the 44 that a crop alone can tell. UNIPEN's characters and signs are drawn with pens of
all widths. A sign is right if it is the likeliest of all printable ASCII; it is *taken for a
character* if a letter or digit has more than nine tenths. What is no character is rejected above
the probability that keeps 98 % of the characters of the same part. Drawings and scripts are those
that training leaves out; the arrows and halves are drawn otherwise than training draws its own.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, SHAPES
from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.models import DEFAULT
from tests.measure import unseen_shapes as oddities
from train.data.datasets import load
from train.data.sources import SOURCES
from train.fit.models import folder_of
from train.images.doodles import read_doodles
from train.images.others import drawn_people, drawn_signs
from train.images.people import SIGNS, read_ligatures
from train.images.pool import cut_validation
from train.images.scripts import draw_letters
from train.images.signs import draw_sign
from train.images.strangers import draw_doodles, draw_shapes
from train.recipe import HWR62
from train.results.metrics import signs_right

Crops = npt.NDArray[np.uint8]
Names = npt.NDArray[np.str_]
Floats = npt.NDArray[np.float64]

KEPT = 0.98
_ODD = 600  # of each family of what is no character


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.glyphs")
    parser.add_argument("models", nargs="*", default=[DEFAULT], metavar="MODEL")
    parser.add_argument("--on", choices=("validation", "test"), default="validation")
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("glyphs: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    data = Path(os.environ["HWR_DATA"])
    parts = characters(data, options.on)
    written = drawn_signs(data, options.on)
    others = strangers(data, options.on)
    for name in options.models:
        print(f"{name}, {options.on}")
        for line in told(Classifier(folder_of(name)), parts, written, others):
            print("  " + line)
    return 0


def told(
    net: Classifier,
    parts: dict[str, tuple[Crops, Names]],
    written: tuple[Crops, Names],
    others: dict[str, Crops],
) -> list[str]:
    """The lines about one network."""
    labels = net.card.labels
    none = labels.index(None)
    p_of: Callable[[Crops], Floats] = net.probabilities
    out = [f"{'right, per cent':24}{'count':>7}{'62':>8}{'shapes':>8}{'top 3':>8}"]
    rows, nones = [], []
    for name, (crops, names) in parts.items():
        p = p_of(crops)
        rows.append(right(p, names, labels))
        nones.append(p[:, none])
        out.append(f"{name:24}{len(names):7,}" + "".join(f"{100 * one:8.2f}" for one in rows[-1]))
    out.append(f"{'mean':31}" + "".join(f"{100 * one:8.2f}" for one in np.mean(rows, axis=0)))
    signs = signs_right(p_of(written[0]), written[1], labels)
    good, taken = 100 * signs["accuracy"], 100 * signs["taken"]
    out.append(f"other signs right {good:.1f} %, taken for characters {taken:.1f} %")
    limit = float(np.quantile(np.concatenate(nones), KEPT))
    shares = [(name, (p_of(crops)[:, none] > limit).mean()) for name, crops in others.items()]
    out.append(
        "no characters rejected: " + ", ".join(f"{name} {100 * v:.0f} %" for name, v in shares)
    )
    return out


def right(p: Floats, names: Names, labels: Sequence[str | None]) -> tuple[float, float, float]:
    """Shares whose class, whose shape, and whose class among the likeliest three is right, among
    letters and digits alone."""
    p = p[:, [labels.index(char) for char in ALL]]
    truth = np.array([ALL.index(name) for name in names])
    shapes = np.array([SHAPES[char] for char in ALL])
    kinds = np.unique(shapes)
    summed = np.stack([p[:, shapes == kind].sum(1) for kind in kinds], 1)
    shape = kinds[summed.argmax(1)] == shapes[truth]
    first = np.argsort(-p, axis=1)[:, :3] == truth[:, None]
    return float(first[:, 0].mean()), float(shape.mean()), float(first.any(1).mean())


def characters(data: Path, on: str) -> dict[str, tuple[Crops, Names]]:
    """Letters and digits by source: crops and what they are."""
    dataset = load("hwr62", data)
    part = dataset.test if on == "test" else dataset.train
    _, index = cut_validation(dataset.train, HWR62)
    if on == "test":
        index = np.arange(len(part.labels))
    names = np.array(dataset.chars)[part.labels[index]]
    assert part.sources is not None
    out = {}
    for source in np.unique(part.sources[index]).tolist():
        own = part.sources[index] == source
        out[SOURCES[source].name] = part.images[index][own], names[own]
    out["UNIPEN"] = drawn_people(data, on)
    return out


def strangers(data: Path, on: str) -> dict[str, Crops]:
    """What is no character, by kind."""
    names, crops = [], []
    for images, own in characters(data, on).values():
        crops.append(images)
        names.append(own)
    out = {
        "doodles": draw_doodles(read_doodles(data, held=True), _ODD, 7),
        "arrows": oddities.draw("arrows", _ODD, 7),
        "halves": oddities.halves(np.concatenate(crops), np.concatenate(names), _ODD, 7),
        "foreign": draw_letters(data / "fonts", _ODD, 7, held=True),
        "boxes, seals": draw_shapes(2 * _ODD, 7)[2::4],
    }
    for family in oddities.FAMILIES:
        if family != "arrows":
            out[family] = oddities.draw(family, _ODD // 2, 7)
    rng = np.random.default_rng(3)
    links = read_ligatures(data / SIGNS, True)
    out["joining strokes"] = np.stack([draw_sign(one, rng) for one in links])
    return out


if __name__ == "__main__":
    sys.exit(main())
