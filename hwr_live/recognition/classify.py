"""Crops → class probabilities and embeddings, by LiteRT, one batch a frame.

What a model expects of its input is in its ``card.json``, not here.
"""

from __future__ import annotations

import copy
import json
import math
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.crop import SIZE, crop
from hwr_live.errors import InputError
from hwr_live.recognition.cache import Inks, Memory
from hwr_live.recognition.network import Network
from hwr_live.system.limits import MOST_CARD, MOST_MODEL, read_at_most

# What a card of another form ends in.
_BROKEN = (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
_MOST_FLOAT32 = 3.4e38

Floats = npt.NDArray[np.float64]
Embeddings = npt.NDArray[np.float32]


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

    @classmethod
    def load(cls, folder: Path) -> Card:
        """Reads ``folder/card.json``.

        Raises:
            InputError: if it is missing or not of this form.
        """
        path = folder / "card.json"
        try:
            data = json.loads(read_at_most(path, MOST_CARD).decode("utf-8"))
            form = data["input"]
            if form["crop"] != "emnist" or form["ink"] != "bright on black":
                raise ValueError("its input format is not known here")
            labels = tuple(None if label is None else str(label) for label in data["labels"])
            shares = tuple(_number(s) for s in data.get("class_shares", [1.0] * len(labels)))
            file = str(data["file"])
            shape = tuple(int(n) for n in form["shape"])
            if len(set(labels)) != len(labels):
                raise ValueError("a label is there twice")
            if len(shares) != len(labels) or min(shares) <= 0:
                raise ValueError("its labels and class_shares do not fit")
            if math.prod(shape) != SIZE * SIZE or min(shape) < 1:
                raise ValueError(f"its input does not hold {SIZE}×{SIZE} pixels")
            if Path(file).name != file or not file.isprintable():
                raise ValueError("its file lies elsewhere")
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
            )
        except OSError as error:
            raise InputError(f"no model in {folder}: {error.strerror}: {path.name}") from None
        except KeyError as error:
            raise InputError(f"{path} is no model card: {error} is missing") from None
        except _BROKEN as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"{path} is no model card: {reason}") from None


def _number(value: Any) -> float:
    number = float(value)
    if not abs(number) < _MOST_FLOAT32:  # nor where it is none
        raise ValueError(f"{value!r} is no finite number")
    return number


class Classifier:
    """A LiteRT model with its card.

    Args:
        folder: the model's folder with ``card.json`` and the LiteRT file that it names.

    Raises:
        InputError: if files are missing, broken, or do not fit together.
    """

    def __init__(self, folder: Path) -> None:
        self.card = Card.load(folder)
        path = folder / self.card.file
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for ever
                raise InputError(f"cannot read the model {path}: it is no file")
            content = read_at_most(path, MOST_MODEL)
        except OSError as error:
            raise InputError(f"cannot read the model {path}: {error.strerror}") from None
        if content[4:8] != b"TFL3":
            raise InputError(f"{path} is no LiteRT file")
        self._memory: Memory | None = None
        self._inks: Inks | None = None
        self._network = Network(path, content, self.card.shape)
        try:
            outputs = named_outputs(self._network.interpreter)
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None
        self._logits = outputs["logits"]
        self._embedding = outputs.get("embedding", self._logits)
        found = self._network.run(
            np.full((1, *self.card.shape), self.card.low, np.float32),
            (self._logits, self._embedding),
        )
        width, self._embedding_width = (one.shape[1] for one in found)
        if width != len(self.card.labels):
            labels = len(self.card.labels)
            raise InputError(f"{path} gives {width} logits, its card has {labels} labels")

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> Floats:
        """Calibrated class probabilities.

        Args:
            crops: uint8 (n, 28, 28), bright ink on black.

        Returns:
            float64 (n, classes), rows of sum 1, in the order of ``card.labels``.
        """
        return self._calibrated(self._recalled(crops, embed=False)[0])

    def crops(self, inks: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
        """Crops (n, 28, 28) of the ink of glyphs, each uint8 (h, w), bright on black."""
        if self._inks is None:
            return np.array([crop(ink) for ink in inks], np.uint8).reshape(-1, SIZE, SIZE)
        return self._inks.crops(inks)

    def look(self, crops: npt.NDArray[np.uint8]) -> tuple[Floats, Embeddings]:
        """``probabilities``, and what the network's last layer made them of.

        Args:
            crops: uint8 (n, 28, 28), bright ink on black.

        Returns:
            (n, classes) probabilities, and float32 (n, width) embeddings: characters of one kind
            lie near each other. A model that gives none has its logits instead.
        """
        logits, embeddings = self._recalled(crops, embed=True)
        return self._calibrated(logits), embeddings

    @property
    def embeds(self) -> bool:
        """Whether the model gives embeddings; ``look`` has its logits instead where it does not."""
        return self._embedding != self._logits

    def remembering(self, tolerance: float) -> Classifier:
        """The same model with a memory of its own, for crops that come again (``Memory``)."""
        other = copy.copy(self)
        other._memory = Memory(tolerance, len(self.card.labels) + self._embedding_width)
        other._inks = None if tolerance else Inks()  # a camera never sees the same ink again
        return other

    def _recalled(
        self, crops: npt.NDArray[np.uint8], *, embed: bool
    ) -> tuple[npt.NDArray[np.float32], Embeddings]:
        """Logits, and embeddings where asked for; only what is not remembered is run."""
        if self._memory is None:
            return self._all(crops, embed=embed)
        known, answers = self._memory.recall(crops)
        new = np.concatenate(self._all(crops[~known], embed=True), axis=1)
        self._memory.keep(crops[~known], new)
        both = np.zeros((len(crops), new.shape[1]), np.float32)
        both[known], both[~known] = answers, new
        logits, embeddings = np.split(both, [len(self.card.labels)], axis=1)
        return logits, embeddings

    def _calibrated(self, logits: npt.NDArray[np.float32]) -> Floats:
        scaled = logits.astype(np.float64) / self.card.temperature
        odds = np.exp(scaled - scaled.max(1, keepdims=True, initial=-np.inf))
        return np.asarray(odds / odds.sum(1, keepdims=True), np.float64)

    def _all(
        self, crops: npt.NDArray[np.uint8], *, embed: bool
    ) -> tuple[npt.NDArray[np.float32], Embeddings]:
        """Logits of any number of crops, and embeddings where asked for."""
        card = self.card
        if not len(crops):
            width = self._embedding_width
            return np.zeros((0, len(card.labels)), np.float32), np.zeros((0, width), np.float32)
        x = crops.astype(np.float32)
        x *= np.float32((card.high - card.low) / 255)
        x += np.float32(card.low)
        outputs = (self._logits, self._embedding) if embed else (self._logits,)
        found = self._network.run(x.reshape(len(crops), *card.shape), outputs)
        return found[0], found[-1]


def named_outputs(interpreter: Any) -> dict[str, int]:
    """The tensors of a LiteRT model's outputs ``logits`` and, if it has one, ``embedding``.

    An only output is ``logits``, whatever its name.

    Raises:
        ValueError: if it has several and does not name them so.
    """
    details = interpreter.get_output_details()
    if len(details) == 1:
        return {"logits": int(details[0]["index"])}
    named = {}
    if len(interpreter.get_signature_list()) == 1:
        named = interpreter.get_signature_runner().get_output_details()
    if "logits" not in named:
        raise ValueError("none of its outputs is called logits")
    return {name: int(named[name]["index"]) for name in ("logits", "embedding") if name in named}
