"""What the pad writes: a drawing's picture, its reading, its strokes and what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from json import dumps
from pathlib import Path
from typing import Any

from hwr_live.canvas import Canvas
from hwr_live.media.images import encode_png
from hwr_live.pad.drawing import strokes_to_json
from hwr_live.profiles.corrections import Correction
from hwr_live.reading import Reading
from hwr_live.system.files import write_new
from hwr_live.system.terminal import note


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """What the pad prints of a reading as JSON."""
    return {"source": "draw", "frame": 0, **reading.to_dict()}


def save(
    folder: Path,
    drawing: Canvas,
    reading: Reading,
    corrections: Sequence[Correction],
    right: Sequence[Correction] = (),
) -> str:
    """Writes the drawing, its reading with its strokes and what was put right, and a picture of
    each corrected glyph; says what, and where on stderr.

    Args:
        folder: made if it is not there.
        drawing: what was read.
        reading: with what was put right.
        corrections: those whose glyphs are written as pictures.
        right: all that were made; those of other ink are left out.

    Raises:
        HwrError: if the folder cannot be written to.
    """
    stem = f"pad-{datetime.now():%Y%m%d-%H%M%S}"
    told = {**reading_to_json(reading), "strokes": strokes_to_json(drawing.strokes)}
    strokes = set(drawing.strokes)
    told["put_right"] = [
        {"box": list(one.glyph.box), "char": one.char}
        for one in right
        if one.strokes and one.strokes_live(strokes)
    ]
    contents = {".png": encode_png(drawing.image), ".json": dumps(told).encode() + b"\n"}
    picture_path, _ = write_new(folder, stem, contents)
    samples = 0
    for correction in corrections:
        sample = correction.sample()
        if sample is not None:
            write_new(folder / "samples" / correction.label, picture_path.stem, {".png": sample})
            samples += 1
    more = f" and {samples} sample{'s' * (samples > 1)}" if samples else ""
    note(f"saved {picture_path}{more}")
    return f"saved {picture_path.name}{more}"
