"""How well writing is found where it is not alone, with the map of writing and without.

    HWR_DATA=DIR python -m tests.measure.places [KIND ...] [--on test] [--most N]

- diagrams: photographed pages of boxes and arrows; words found at their place and right in letters
  and digits, upper and lower case as one, and signs read where no word is for a hundred letters;
- nothing: pictures without writing; how many nothing is read of;
- turned: photographed pages turned by every 15°; character error rate;
- upright: the same pages as they are, and copies of them.

Processor seconds a picture stand beside each. Of ``--on validation`` diagrams are those that the
map was not trained on.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.media.images import read_picture
from hwr_live.reading import Reading
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure import nothing, photographs
from tests.measure.cer import Errors
from train.pages.sources.diagrams import pages

Picture = npt.NDArray[np.uint8]
_OVERLAP = 0.3  # intersection over union of a word's box and that of what was read
_NEAR = 6  # pixels around a word's box that are still its place
_STEP = 15  # degrees
_COPIES = 3


class Timed:
    """A reader that counts its processor seconds and pictures, and those seen line by line."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.seconds, self.count, self.by_lines = 0.0, 0, 0

    def read(self, picture: Picture) -> Reading:
        began = time.process_time()
        reading, view = self._reader.look(picture)
        self.seconds += time.process_time() - began
        self.count += 1
        self.by_lines += bool(view.rows)
        return reading

    def told(self) -> str:
        """Seconds a picture and the share that was seen line by line."""
        count = max(1, self.count)
        return f"{self.seconds / count:6.2f} s  {self.by_lines / count:4.0%} by lines"


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.places")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"of {', '.join(KINDS)} (all)")
    parser.add_argument("--on", choices=("validation", "test"), default="validation")
    parser.add_argument("--most", type=int, default=100, help="pictures of a kind (100)")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--only", choices=("without", "map"), help="one of the two (both)")
    parser.add_argument("--verbose", action="store_true", help="a line a picture")
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("places: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    if unknown := [kind for kind in options.kinds if kind not in KINDS]:
        print(f"places: no kind {unknown[0]!r}; there are {', '.join(KINDS)}", file=sys.stderr)
        return 2
    data = Path(os.environ["HWR_DATA"])
    reader = Reader.load(options.model)
    without = Reader(reader.classifier, lines=reader.lines, letters=reader.letters)
    for kind in options.kinds or KINDS:
        for name, one in (("without", without), ("map", reader)):
            if options.only not in (None, name):
                continue
            timed = Timed(one)
            found = KINDS[kind](data, timed, options)
            print(f"{kind:10}{name:9}{found}  {timed.told()}", flush=True)
    return 0


def _diagrams(data: Path, reader: Timed, options: argparse.Namespace) -> str:
    part, held = ("test", None) if options.on == "test" else ("train", True)
    words = right = letters = astray = 0
    for page in list(pages(data, part, held))[: options.most]:
        folder = data / "diagrams" / part
        reading = reader.read(np.asarray(read_picture(str(folder / page.name)), np.uint8))
        boxes = np.array([word.box for word in page.words])
        texts = [_folded(word.text) for word in page.words]
        found = _found(reading, boxes, texts)
        outside = _outside(reading, boxes)
        words, right = words + len(texts), right + found
        letters, astray = letters + sum(map(len, texts)), astray + outside
        if options.verbose:
            print(f"    {page.name}: {found} of {len(texts)}, {outside} astray")
    share = 100 * astray / max(1, letters)
    return f"words right {right / max(1, words):6.1%}, astray {share:5.1f} in a hundred letters"


def _folded(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _found(reading: Reading, boxes: npt.NDArray[np.float64], texts: Sequence[str]) -> int:
    """How many words were read right where they stand; each reading counts for one."""
    free = [
        (np.array([x, y, x + w, y + h], np.float64), _folded(word.text))
        for word in reading.words
        for x, y, w, h in [word.box]
    ]
    count = 0
    for box, text in zip(boxes, texts, strict=True):
        for number, (other, read) in enumerate(free):
            if read == text and _overlap(box, other) >= _OVERLAP:
                del free[number]
                count += 1
                break
    return count


def _overlap(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    """Intersection over union of two boxes left, top, right, bottom."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    shared = float(np.prod(np.maximum(0, high - low)))
    both = float(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2])) - shared
    return shared / max(1e-9, both)


def _outside(reading: Reading, boxes: npt.NDArray[np.float64]) -> int:
    """How many signs were read where no word is."""
    count = 0
    for glyph in reading.glyphs:
        if glyph.char is None:
            continue
        x, y = glyph.box[0] + glyph.box[2] / 2, glyph.box[1] + glyph.box[3] / 2
        inside = (boxes[:, 0] - _NEAR <= x) & (x <= boxes[:, 2] + _NEAR)
        inside &= (boxes[:, 1] - _NEAR <= y) & (y <= boxes[:, 3] + _NEAR)
        count += not inside.any()
    return count


def _nothing(data: Path, reader: Timed, options: argparse.Namespace) -> str:
    clean: dict[str, list[bool]] = {}
    for kind, picture in nothing.pictures(data, options.most):
        text = reader.read(picture).text
        clean.setdefault(kind, []).append(not text)
        if options.verbose and text:
            print(f"    {kind}: {' / '.join(text.splitlines())[:90]}")
    every = [one for some in clean.values() for one in some]
    kinds = ", ".join(f"{kind} {sum(some)}/{len(some)}" for kind, some in clean.items())
    return f"nothing read of {sum(every)} of {len(every)} ({kinds})"


def _turned(data: Path, reader: Timed, options: argparse.Namespace) -> str:
    by_angle: dict[int, Errors] = {}
    for name, truth in list(photographs.truths(data).items())[: options.most]:
        picture = photographs.photograph(data, name)
        for angle in range(0, 360, _STEP):
            errors = Errors.of(truth, reader.read(turned(picture, angle)).text)
            by_angle[angle] = by_angle.get(angle, Errors()) + errors
            if options.verbose:
                print(f"    {name} {angle}: {errors}")
    told = " ".join(f"{angle}° {errors.rates[1]:.0%}" for angle, errors in by_angle.items())
    return f"folded {sum(by_angle.values(), Errors()).rates[1]:6.1%} ({told})"


def turned(picture: Picture, angle: float) -> Picture:
    """A picture turned clockwise, with all its corners in view; around it its edge goes on."""
    h, w = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((w / 2, h / 2), -angle, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = (round(w * cos + h * sin), round(w * sin + h * cos))
    turn[:, 2] += (size[0] / 2 - w / 2, size[1] / 2 - h / 2)
    edge = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    colour = tuple(float(v) for v in np.median(edge, axis=0))
    seen = cv2.warpAffine(
        picture,
        turn,
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=colour,
    )
    return np.asarray(seen, np.uint8)


def _upright(data: Path, reader: Timed, options: argparse.Namespace) -> str:
    whole, copies = Errors(), Errors()
    for name, truth in list(photographs.truths(data).items())[: options.most]:
        for copy in range(_COPIES + 1):
            picture = photographs.photograph(data, name, copy)
            errors = Errors.of(truth, reader.read(picture).text)
            whole, copies = (whole + errors, copies) if not copy else (whole, copies + errors)
    return f"folded {whole.rates[1]:6.1%}, of copies {copies.rates[1]:6.1%}"


KINDS: dict[str, Callable[[Path, Timed, argparse.Namespace], str]] = {
    "diagrams": _diagrams,
    "nothing": _nothing,
    "turned": _turned,
    "upright": _upright,
}


if __name__ == "__main__":
    sys.exit(main())
