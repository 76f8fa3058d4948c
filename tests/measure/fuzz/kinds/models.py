"""Bad models: their LiteRT files and their cards."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2

from hwr_live.cli.sample import TEXT, draw_lines
from hwr_live.recognition.litert import trial, trust
from hwr_live.recognition.litert.graph import Shape
from hwr_live.recognition.models import find_model
from tests.measure.fuzz.damage import Chance, damaged, damaged_json
from tests.measure.fuzz.programs import Case, run
from tests.measure.fuzz.structure import restructured

_FEW = TEXT[0][:3]  # what a network does to a process, a few glyphs show


def _model(folder: Path, name: str = "hwr62") -> Path:
    """A copy of a shipped model, to be broken."""
    to = folder / name
    to.mkdir()
    for file in ("card.json", "model.tflite"):
        shutil.copyfile(find_model(name) / file, to / file)
    return to


def _try_in_copies() -> None:
    """Networks are tried in copies of this process, and none is remembered: a process of its own
    takes a third of a second for each of thousands of cases."""

    def try_in_a_copy(shapes: Sequence[Shape], content: bytes) -> int:
        sys.stdout.flush()
        sys.stderr.flush()
        if not (child := os.fork()):
            try:
                trial.run_each(content, shapes)
                os._exit(0)
            finally:
                os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    trial.run_apart = try_in_a_copy
    trust.mark = lambda digest: None


def model(folder: Path) -> Case:
    """LiteRT files, damaged; mostly in their tables, which come after the weights."""
    _try_in_copies()
    tables = {_model(folder, "hwr62"): 17_000, _model(folder, "mnist-dense"): 4_000}  # bytes
    good = {place: (place / "model.tflite").read_bytes() for place in tables}
    places = list(tables)

    def case(chance: Chance) -> tuple[int, list[str]]:
        place = places[int(chance.integers(len(places)))]
        content = good[place]
        weights = len(content) - tables[place] if chance.random() < 0.8 else 0
        content = content[:weights] + damaged(content[weights:], chance, still=bool(weights))
        (place / "model.tflite").write_bytes(content)
        return run("sample", "--model", str(place))

    return case


def structure(folder: Path) -> Case:
    """LiteRT files of another structure, those of line networks too."""
    _try_in_copies()
    page = folder / "page.png"
    cv2.imwrite(str(page), draw_lines([_FEW], 7))
    glyphs = [_model(folder, name) for name in ("hwr62", "mnist", "mnist-cnn", "mnist-dense")]
    lines = _model(folder, "lines")
    for place in glyphs:  # by itself, but for the one that reads along with a line network
        text = (place / "card.json").read_text(encoding="utf-8")
        table = json.loads(text)
        table.pop("lines", None)
        if place.name == "mnist-dense":
            table["lines"] = "lines"
        (place / "card.json").write_text(json.dumps(table), encoding="utf-8")
    good = {place: (place / "model.tflite").read_bytes() for place in (*glyphs, lines)}
    places = list(good)

    def case(chance: Chance) -> tuple[int, list[str]]:
        place = places[int(chance.integers(len(places)))]
        (place / "model.tflite").write_bytes(restructured(good[place], chance))
        model = glyphs[-1] if place == lines else place
        try:
            return run("read", "--model", str(model), str(page))
        finally:
            (place / "model.tflite").write_bytes(good[place])

    return case


def card(folder: Path) -> Case:
    """Cards with other values, missing ones, more; models with each other's files."""
    places = [_model(folder, name) for name in ("hwr62", "mnist", "mnist-dense")]
    cards = [(place / "card.json").read_text(encoding="utf-8") for place in places]
    files = [(place / "model.tflite").read_bytes() for place in places]

    def case(chance: Chance) -> tuple[int, list[str]]:
        number, other = (int(n) for n in chance.integers(len(places), size=2))
        place = places[number]
        text = damaged_json(cards[number], chance) if chance.random() < 0.9 else cards[other]
        (place / "card.json").write_bytes(text.encode("utf-8", "surrogatepass"))
        if chance.random() < 0.1:
            text = (place / "card.json").read_text(encoding="utf-8", errors="replace")
            (place / "card.json").write_bytes(damaged(text.encode(), chance))
        (place / "model.tflite").write_bytes(files[other if chance.random() < 0.1 else number])
        return run("sample", "--model", str(place))

    return case


def report(folder: Path) -> Case:
    """``python -m train report`` of a card with other values."""
    place = _model(folder, "mnist-dense")
    good = (place / "card.json").read_text(encoding="utf-8")

    def case(chance: Chance) -> tuple[int, list[str]]:
        text = damaged_json(good, chance)
        (place / "card.json").write_bytes(text.encode("utf-8", "surrogatepass"))
        return run("train", "report", str(place))

    return case
