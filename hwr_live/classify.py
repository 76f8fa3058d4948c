"""Crops → class probabilities and embeddings, by LiteRT, one batch a frame.

What a model expects of its input is in its ``card.json``, not here.
"""

from __future__ import annotations

import copy
import json
import math
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.crop import SIZE
from hwr_live.errors import InputError
from hwr_live.memory import Memory
from hwr_live.silence import silence

# What a card of another form ends in.
_BROKEN = (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError)
_BATCHES = (64, 32, 16, 8, 4, 2, 1)  # sizes that an interpreter is made for, once each

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
            data = json.loads(path.read_text(encoding="utf-8"))
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
    if not math.isfinite(number):
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
        self._path = path = folder / self.card.file
        try:
            if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for ever
                raise InputError(f"cannot read the model {path}: it is no file")
            self._content = path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot read the model {path}: {error.strerror}") from None
        if self._content[4:8] != b"TFL3":
            raise InputError(f"{path} is no LiteRT file")
        self._threads = min(4, os.cpu_count() or 1)
        self._memory: Memory | None = None
        self._interpreters: dict[int, Any] = {}
        interpreter = self._run(np.zeros((1, *self.card.shape), np.float32))
        try:
            outputs = named_outputs(interpreter)
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None
        self._logits = outputs["logits"]
        self._embedding = outputs.get("embedding", self._logits)
        self._widths: dict[int, int] = {}
        for index in (self._logits, self._embedding):
            self._widths[index] = int(interpreter.get_tensor(index).shape[-1])
        labels = len(self.card.labels)
        if self._widths[self._logits] != labels:
            width = self._widths[self._logits]
            raise InputError(f"{path} gives {width} logits, its card has {labels} labels")
        self._all(np.zeros((1, SIZE, SIZE), np.uint8), embed=True)

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> Floats:
        """Calibrated class probabilities.

        Args:
            crops: uint8 (n, 28, 28), bright ink on black.

        Returns:
            float64 (n, classes), rows of sum 1, in the order of ``card.labels``.
        """
        return self._calibrated(self._recalled(crops, embed=False)[0])

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
        other._memory = Memory(
            tolerance, self._widths[self._logits] + self._widths[self._embedding]
        )
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
        """Logits of any number of crops, batch by batch, and embeddings where asked for."""
        card = self.card
        x = crops.astype(np.float32) * np.float32((card.high - card.low) / 255) + np.float32(
            card.low
        )
        x = x.reshape(len(crops), *card.shape)
        logits = np.zeros((len(crops), len(card.labels)), np.float32)
        width = self._widths[self._embedding]
        embeddings = np.zeros((len(crops) if embed else 0, width), np.float32)
        start = 0
        while start < len(x):
            size = next(b for b in _BATCHES if b <= len(x) - start)
            batch = slice(start, start + size)
            interpreter = self._run(x[batch])
            logits[batch] = self._output(interpreter, self._logits, size)
            if embed:
                embeddings[batch] = self._output(interpreter, self._embedding, size)
            start += size
        return logits, embeddings

    def _output(self, interpreter: Any, index: int, size: int) -> npt.NDArray[np.float32]:
        """An output of a full batch.

        Raises:
            InputError: if it is anything but finite (size, width).
        """
        found = interpreter.get_tensor(index)
        wanted = (size, self._widths[index])
        if found.shape != wanted:
            raise InputError(f"{self._path} gives {found.shape} where {wanted} is due")
        if not np.isfinite(found).all():
            raise InputError(f"{self._path} gives no numbers; it may be damaged")
        return np.asarray(found, np.float32)

    def _run(self, batch: npt.NDArray[np.float32]) -> Any:
        """The interpreter that has run one full batch.

        Raises:
            InputError: if the model cannot take it.
        """
        size = len(batch)
        try:
            if size not in self._interpreters:
                self._interpreters[size] = self._interpreter(batch.shape)
            interpreter = self._interpreters[size]
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], batch)
            interpreter.invoke()
            return interpreter
        except (ValueError, RuntimeError, TypeError, IndexError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0][:120]
            raise InputError(f"{self._path} does not run: {reason}") from None

    def _interpreter(self, shape: tuple[int, ...]) -> Any:
        from ai_edge_litert.interpreter import Interpreter

        with silence():  # it greets on stderr, whatever one sets
            made: Any = Interpreter(model_content=self._content, num_threads=self._threads)
            made.resize_tensor_input(made.get_input_details()[0]["index"], list(shape))
            made.allocate_tensors()
        return made


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
