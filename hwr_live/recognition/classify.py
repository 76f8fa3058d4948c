"""Crops → class probabilities and embeddings, by LiteRT, one batch a frame.

What a model expects of its input is in its ``card.json``, not here.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.crop import SIZE, crop, network_input
from hwr_live.errors import InputError
from hwr_live.recognition.cache import AnswerCache, CropCache
from hwr_live.recognition.card import Card
from hwr_live.recognition.network import Network, litert_file

Floats = npt.NDArray[np.float64]
Embeddings = npt.NDArray[np.float32]


class Classifier:
    """A LiteRT model with its card.

    Args:
        folder: the model's folder with ``card.json`` and the LiteRT file that it names.

    Attributes:
        folder: where the model is.
        card: what it expects and gives.

    Raises:
        InputError: if files are missing, broken, or do not fit together.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.card = Card.load(folder)
        path = folder / self.card.file
        content = litert_file(path)
        self._memory: AnswerCache | None = None
        self._inks: CropCache | None = None
        self._network = Network(path, content, self.card.shape)
        try:
            outputs = named_outputs(self._network.interpreter)
        except ValueError as error:
            raise InputError(f"{path}: {error}") from None
        self._logits = outputs["logits"]
        self._embedding = outputs.get("embedding", self._logits)
        found = self._network.first((self._logits, self._embedding))
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

    @property
    def remembers(self) -> bool:
        """Whether answers are kept, for what comes again."""
        return self._memory is not None

    def remembering(self, tolerance: float) -> Classifier:
        """The same model with a memory of its own, for crops that come again (``AnswerCache``)."""
        other = copy.copy(self)
        other._memory = AnswerCache(tolerance, len(self.card.labels) + self._embedding_width)
        other._inks = None if tolerance else CropCache()  # a camera never sees the same ink again
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
        x = network_input(crops, card.low, card.high).reshape(len(crops), *card.shape)
        outputs = (self._logits, self._embedding) if embed else (self._logits,)
        found = self._network.run(x, outputs)
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
