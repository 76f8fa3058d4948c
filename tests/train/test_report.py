"""A model's README.md: made of what its card tells, whatever that leaves out."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hwr_live.chars import ALL
from train.results.report import readme

# As the first models' cards are: without what came later.
OLD: dict[str, Any] = {
    "name": "letters",
    "date": "2026-01-02",
    "labels": [*ALL, None],
    "network": {"name": "hwr", "parameters": 1234463},
    "calibration": {"temperature": 0.9, "reject_above": 0.3},
    "test": {
        "count": 1000,
        "accuracy": 0.87,
        "merged": 0.925,
        "shapes": 0.953,
        "top3": 0.99,
        "by_source": {
            "SD19": {"count": 900, "accuracy": 0.72, "merged": 0.9, "shapes": 0.96, "top3": 0.98}
        },
        "by_class": dict.fromkeys(ALL, 0.9),
    },
    "export": {"int8_agreement": 0.998, "int8_accuracy_loss": 0.0001, "bytes": 1254304},
    "training_seconds": 5410,
    "data": {
        "name": "letters",
        "train": 5000,
        "test": 1000,
        "files": {"letters-mapping.txt": "ab12"},
        "sources": {"CROHME": {"train": 5000, "licence": "non-commercial"}},
        "note": "Some sources are non-commercial.",
    },
    "recipe": {"epochs": 11, "augmentation": {"rotate": 10.0}, "reserve": ["a", "b"], "ema": None},
    "versions": {"python": "3.11.7"},
    "processor": "A processor",
}


def test_a_bare_card_is_enough() -> None:
    text = readme({"name": "x", "labels": ["a", "b"]}, ())
    assert text.startswith("# x\n\nReads 2 classes: a b, from 28×28 crops")
    assert "None" not in text


@pytest.mark.parametrize(
    "told",
    [
        "Reads 0-9, A-Z and a-z, and tells what is no character",
        "**87.00 %** of 1,000 test images",
        "1,234,463 parameters",
        "8-bit 99.80 % at +0.01 points",
        "| SD19 | 900 | 72.00 % | 90.00 % | 96.00 % | 98.00 % |",
        "| CROHME | 5,000 | non-commercial |",
        "ab12  letters-mapping.txt",
        "90 min on A processor, finished on 2026-01-02",
        "    epochs = 11",
        "    augmentation = rotate 10.0",
        "    reserve = a, b",
        "    ema = none",
    ],
)
def test_what_the_card_tells_is_told(told: str) -> None:
    assert told in readme(OLD, ())


def test_what_was_tried_is_told_in_its_order() -> None:
    tried = [{"change": "wider", "gave": "+0.1"}, {"change": "deeper", "gave": "nothing"}]
    text = readme({**OLD, "tried": tried}, ())
    assert "| wider | +0.1 |\n| deeper | nothing |" in text
    assert "What was tried" not in readme(OLD, ())


def test_tables_have_as_many_cells_in_each_row() -> None:
    rows = re.findall(r"^\|.*\|$", readme(OLD, ()), re.MULTILINE)
    assert len(rows) == 4 + 3
    for table in (rows[:4], rows[4:]):
        assert len({row.count("|") for row in table}) == 1


def test_only_pictures_that_are_there_are_shown() -> None:
    assert "![" not in readme(OLD, ("card.json",))
    assert readme(OLD, ("curves.png", "confusion.png")).count("![") == 2


def test_a_gpu_and_a_strategy_are_named() -> None:
    strategy = {"name": "mirrored", "replicas": 2}
    text = readme({**OLD, "gpus": ["GPU A", "GPU A"], "strategy": strategy}, ())
    assert "90 min on GPU A, GPU A (mirrored, 2 replicas)" in text
