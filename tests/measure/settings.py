"""What each decoder setting is worth: pages are read with half and with twice of it.

    HWR_DATA=DIR python -m tests.measure.settings [--only STAGE ...] [--pages N] [--model M]

The pages are composed of validation hands, by which settings may be chosen: sentences and codes
written with strokes, and photographed characters that nearly touch. Printed are the character error
rate as it is, in per cent with case and marks, and how many points more or less it is with half and
with twice of each setting, as far as its range goes; settings of the language are measured with
English words. What changes nothing on these pages may be for pages of other kinds: textures, or
pages on their side.
"""

from __future__ import annotations

import argparse
import copy
import os
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.chars import ALL, DIGITS, UPPER
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from hwr_live.recognition.settings import DecoderSettings
from tests.measure.accuracy import drawn_page, paper_page
from tests.measure.cer import Errors
from tests.measure.hands import paper_hand, stroke_hands

LANGUAGE = "en"

Page = tuple[str, npt.NDArray[np.uint8]]
"""What is written, and its picture."""


def main(argv: Sequence[str] | None = None) -> int:
    stages = [one.name for one in fields(DecoderSettings)]
    parser = argparse.ArgumentParser(prog="python -m tests.measure.settings")
    parser.add_argument("--only", nargs="+", choices=stages, default=stages)
    parser.add_argument("--pages", type=int, default=8, help="of each of four kinds (8)")
    parser.add_argument("--model", default=DEFAULT)
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("settings: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    pages = compose(Path(os.environ["HWR_DATA"]), options.pages)
    plain, spoken = Reader.load(options.model), Reader.load(options.model, language=LANGUAGE)
    for stage in options.only:
        # Most crops come again with every setting.
        reader = (spoken if stage == "language" else plain).remembering()
        usual = errors(reader, pages)
        print(f"{stage:24} {usual:6.2f}       half      twice")
        of_stage = getattr(reader.classifier.card.decoder, stage)
        for one in fields(of_stage):
            cells = []
            for factor in (0.5, 2.0):
                changed = with_setting(reader, stage, one.name, factor)
                cells.append("–" if changed is None else f"{errors(changed, pages) - usual:+.2f}")
            print(f"  {one.name:22} {getattr(of_stage, one.name):6g} {cells[0]:>10} {cells[1]:>10}")
        sys.stdout.flush()
    return 0


def compose(data: Path, count: int) -> list[Page]:
    """So many pages of each kind, of validation hands."""
    hands, photographed = stroke_hands(data, "validation"), paper_hand(data, "validation")
    pages: list[Page] = []
    for seed in range(count):
        hand = hands[sorted(hands)[seed % len(hands)]]
        written = [drawn_page(hand, what, seed) for what in ("sentences", UPPER + DIGITS, ALL)]
        written.append(paper_page(photographed, ("touching",), seed))
        pages += [("\n".join(lines), picture) for lines, picture in written]
    return pages


def errors(reader: Reader, pages: Sequence[Page]) -> float:
    """The character error rate over all pages, in per cent."""
    total = sum((Errors.of(text, reader.read(page).text) for text, page in pages), Errors())
    return 100 * total.rates[0]


def with_setting(reader: Reader, stage: str, name: str, factor: float) -> Reader | None:
    """The reader with a setting times this factor; None where that is out of its range, or the same
    number."""
    card = reader.classifier.card
    of_stage: Any = getattr(card.decoder, stage)
    value = getattr(of_stage, name)
    changed = type(value)(round(value * factor)) if isinstance(value, int) else value * factor
    try:
        settings = replace(card.decoder, **{stage: replace(of_stage, **{name: changed})})
    except ValueError:
        return None
    if changed == value:
        return None
    classifier = copy.copy(reader.classifier)
    classifier.card = replace(card, decoder=settings)
    return Reader(classifier, reader.chars, language=reader.language)


if __name__ == "__main__":
    sys.exit(main())
