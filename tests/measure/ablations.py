"""What each part of the reader is worth: the same pictures read without it.

    HWR_DATA=DIR python -m tests.measure.ablations [--most 60] [--part validation] [--only WAY ...]

- both: as the program reads;
- glyphs: the glyph network alone, as where a card names no network for lines;
- lines: the network for lines alone says what is written; glyphs still say where ink is;
- no letters: both, but no word is likelier than another, nor is a line looked at twice;
- one look: both, but no line is looked at as others might have written it;
- no map: both, but no map says where the writing is.

For each kind of writing (``tests.measure.writing``): errors in letters, in all signs, with blanks,
and of blanks alone, as ``tests.measure.score`` tells them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hwr_live.recognition.classify import Classifier
from hwr_live.recognition.models import DEFAULT, find_model
from hwr_live.recognition.reader import Reader
from tests.measure.hands import PARTS
from tests.measure.score import HEAD, Score
from tests.measure.writing import kinds

WAYS = ("both", "glyphs", "lines", "no letters", "one look", "no map")


def reader(way: str) -> Reader:
    """The shipped reader without what a way leaves out.

    Raises:
        ValueError: if there is no such way.
    """
    if way not in WAYS:
        raise ValueError(f"{way!r} is no way to read")
    whole = Reader.load()
    classifier = Classifier(find_model(DEFAULT))
    decoder = classifier.card.decoder
    if way == "lines":
        joint = replace(decoder.joint, glyph=0.0, structure=0.0, pieces_odds=-100.0)
        decoder = replace(decoder, joint=joint)
    if way == "one look":
        decoder = replace(decoder, spelling=replace(decoder.spelling, doubted=0.0))
    classifier.card = replace(classifier.card, decoder=decoder)
    return Reader(
        classifier,
        lines=None if way == "glyphs" else whole.lines,
        pages=None if way == "no map" else whole.pages,
        letters=None if way in ("glyphs", "no letters") else whole.letters,
    )


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.ablations")
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--part", choices=PARTS, default="validation")
    parser.add_argument("--only", nargs="+", choices=WAYS, default=WAYS)
    options = parser.parse_args(argv)
    if not (data := os.environ.get("HWR_DATA")):
        print("HWR_DATA names no folder of data")
        return 2
    readers = {way: reader(way) for way in options.only}
    print(f"{'':32} {HEAD}")
    for kind, items in kinds(Path(data), options.part).items():
        scores = dict.fromkeys(readers, Score())
        for item in items(options.most):
            picture = item.picture()
            for way, one in readers.items():
                scores[way] += Score.of(item.truth, one.read(picture).text)
        for way, score in scores.items():
            print(f"{kind if way == options.only[0] else '':26.26} {way:10} {score}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
