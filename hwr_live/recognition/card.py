"""A model's ``card.json``: what it is, what it learnt, and what its network takes and gives.

One reader for all programs: the live ones take a :class:`Card`, training and the list of models the
whole table.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwr_live.errors import InputError, one_line
from hwr_live.recognition.settings import DEFAULTS, DecoderSettings
from hwr_live.system.limits import MOST_CARD, read_at_most

FILE = "card.json"
"""The file that makes a folder a model."""

# What reading a card of another form ends in.
_BROKEN = (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
_MOST_FLOAT32 = 3.4e38
_LONGEST_REASON = 200  # characters of an error that are told


@dataclass(frozen=True)
class Card:
    """What the program needs of a model's ``card.json``.

    Attributes:
        name: the model's name.
        labels: the character of each output; None for "no character".
        low, high: the range that the input's 0 to 255 is mapped to.
        shape: of one input image, such as (28, 28, 1).
        temperature: divides the logits, so that confidence means what it says.
        reject_above: probability of None above which ink is no character.
        class_shares: (classes,) how often each class was shown in training.
        file: the name of the LiteRT file beside the card.
        decoder: what the search with this model was tuned by.
        lines: the line network that reads along with it: a shipped model's name, or that of a
            folder beside this one; None for none.
        pages: the map of writing that says where to read, likewise.
        letters: the model of letters by which the line network's doubts are settled, likewise.
    """

    name: str
    labels: tuple[str | None, ...]
    low: float
    high: float
    shape: tuple[int, ...]
    temperature: float
    reject_above: float
    class_shares: tuple[float, ...]
    file: str
    decoder: DecoderSettings = DEFAULTS
    lines: str | None = None
    pages: str | None = None
    letters: str | None = None

    @classmethod
    def load(cls, folder: Path) -> Card:
        """Reads ``folder/card.json``.

        Raises:
            InputError: if it is missing or not of this form.
        """
        from hwr_live.crop import SIZE  # brings OpenCV, which a list of the models does without

        data = read_card(folder)
        with card_errors(folder):
            if data.get("kind") == "letters":
                raise ValueError("it is of letters, which are asked along with another model")
            form = data["input"]
            if "strip" in form:
                raise ValueError("it is a line network, which reads along with another model")
            if "map" in form:
                raise ValueError("it is a map of writing, which reads along with another model")
            if form["crop"] != "emnist" or form["ink"] != "bright on black":
                raise ValueError("its input format is not known here")
            labels = tuple(None if label is None else str(label) for label in data["labels"])
            shares = tuple(_number(s) for s in data.get("class_shares", [1.0] * len(labels)))
            file = file_beside(data)
            shape = tuple(int(n) for n in form["shape"])
            lines, pages, letters = (
                None if data.get(key) is None else str(data[key])
                for key in ("lines", "pages", "letters")
            )
            if len(set(labels)) != len(labels):
                raise ValueError("a label is there twice")
            if len(shares) != len(labels) or min(shares) <= 0:
                raise ValueError("its labels and class_shares do not fit")
            if math.prod(shape) != SIZE * SIZE or min(shape) < 1:
                raise ValueError(f"its input does not hold {SIZE}×{SIZE} pixels")
            calibration = data.get("calibration", {})
            return cls(
                name=str(data["name"]),
                labels=labels,
                low=_number(form["range"][0]),
                high=_number(form["range"][1]),
                shape=shape,
                temperature=max(0.05, _number(calibration.get("temperature", 1.0))),
                reject_above=_number(calibration.get("reject_above", 0.5)),
                class_shares=shares,
                file=file,
                decoder=DecoderSettings.from_dict(data.get("decoder", {})),
                lines=lines,
                pages=pages,
                letters=letters,
            )


def read_card(folder: Path) -> dict[str, Any]:
    """The whole of a model's ``card.json``.

    Raises:
        InputError: if it is missing, or no table with a name and labels.
    """
    path = folder / FILE
    try:
        content = read_at_most(path, MOST_CARD)
    except OSError as error:
        raise InputError(f"no model in {folder}: {error.strerror}: {path.name}") from None
    with card_errors(folder):
        card = json.loads(content.decode("utf-8"))
        if not (isinstance(card, dict) and isinstance(card["labels"], list) and card["name"]):
            raise ValueError("no name and labels")
        return card


@contextlib.contextmanager
def card_errors(folder: Path) -> Iterator[None]:
    """A block that takes from the card in ``folder``: what it lacks there ends in one line.

    Raises:
        InputError: for whatever a card of another form ends in.
    """
    try:
        yield
    except KeyError as error:
        raise InputError(f"{folder / FILE} is no model card: {error} is missing") from None
    except _BROKEN as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        reason = one_line(reason)[:_LONGEST_REASON]
        raise InputError(f"{folder / FILE} is no model card: {reason}") from None


def _number(value: Any) -> float:
    number = float(value)
    if not abs(number) < _MOST_FLOAT32:  # nor where it is none
        raise ValueError(f"{value!r} is no finite number")
    return number


def file_beside(data: dict[str, Any]) -> str:
    """The name of the file beside a card.

    Raises:
        ValueError: if it lies elsewhere.
    """
    file = str(data["file"])
    if Path(file).name != file or not file.isprintable():
        raise ValueError("its file lies elsewhere")
    return file
