"""Bad models: their LiteRT files and their cards."""

from __future__ import annotations

import shutil
from pathlib import Path

from hwr_live.recognition.models import find_model
from tests.measure.fuzz.damage import Chance, damaged, damaged_json
from tests.measure.fuzz.programs import Case, run


def _model(folder: Path, name: str = "hwr62") -> Path:
    """A copy of a shipped model, to be broken."""
    to = folder / name
    to.mkdir()
    for file in ("card.json", "model.tflite"):
        shutil.copyfile(find_model(name) / file, to / file)
    return to


def model(folder: Path) -> Case:
    """LiteRT files, damaged; mostly in their tables, which come after the weights."""
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
