"""A picture → a map of writing: where there is handwriting, and which way its lines run.

What a model expects of its input is in its ``card.json``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.recognition.card import card_errors, file_beside, read_card
from hwr_live.recognition.network import Network, litert_file
from hwr_live.segmentation.writing import WritingMap

Grey = npt.NDArray[np.uint8]

_AREA = 2_000_000  # pixels: larger pictures are looked at at this size
_LEAST_AREA = 300_000  # pixels: and large writing at no smaller one
_TALL = 34.0
"""Pixels: that a glyph is tall at the least when it is looked at. Of 165 words on diagrams of
validation writers 93 are read right with 24, 103 with 34 and 101 with 48, with which large writing
on wood is lost."""
_LARGE = (1216, 1664)  # pixels: the like of pictures of that area
_LABELS = ("hand", "print", "drawing")


@dataclass(frozen=True)
class MapCard:
    """What the program needs of a map's ``card.json``.

    Attributes:
        name: the model's name.
        multiple: the sides of a picture are multiples of so many pixels.
        file: the name of the LiteRT file beside the card.
    """

    name: str
    multiple: int
    file: str

    @classmethod
    def load(cls, folder: Path) -> MapCard:
        """Reads ``folder/card.json``.

        Raises:
            InputError: if it is missing or not that of a map of writing.
        """
        data = read_card(folder)
        with card_errors(folder):
            form = data["input"]
            if form["map"] != 4 or tuple(data["labels"]) != _LABELS:
                raise ValueError("its form is not known here")
            multiple = int(form["multiple"])
            if not 4 <= multiple <= 256 or multiple % 4:
                raise ValueError("its pictures' sides cannot be of such multiples")
            file = file_beside(data)
            return cls(str(data["name"]), multiple, file)


class MapNetwork:
    """A LiteRT model that maps writing, with its card.

    Args:
        folder: the model's folder with ``card.json`` and the LiteRT file that it names.

    Attributes:
        folder: the model's.
        card: of the model.

    Raises:
        InputError: if files are missing, broken, or do not fit together.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.card = MapCard.load(folder)
        path = folder / self.card.file
        side = self.card.multiple
        large = tuple(-(-n // side) * side for n in _LARGE)
        self._network = Network(path, litert_file(path), (side, side, 1), also=[(*large, 1)])
        outputs = self._network.interpreter.get_output_details()
        if len(outputs) != 1:
            raise InputError(f"{path} has {len(outputs)} outputs; a map of writing has one")
        self._logits = int(outputs[0]["index"])
        found = self._network.first([self._logits])[0][0]
        if found.shape != (side // 4, side // 4, 4 * len(_LABELS) + 2):
            raise InputError(f"{path} gives {found.shape}, which is no map of writing")

    def look(self, grey: Grey, height: float = 0.0) -> WritingMap:
        """The map of a picture.

        Args:
            grey: uint8 (h, w).
            height: pixels that its glyphs are tall, as far as that is known: of large writing less
                is seen as well, and sooner.
        """
        scale = min(1.0, math.sqrt(_AREA / grey.size))
        if height > 0:
            scale = min(scale, max(_TALL / height, math.sqrt(_LEAST_AREA / grey.size)))
        if scale < 1:
            size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
            grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
        rows, columns = grey.shape
        down, right = -rows % self.card.multiple, -columns % self.card.multiple
        whole = np.pad(grey, ((0, down), (0, right)), "edge")
        given = whole.astype(np.float32)[..., None] * np.float32(1 / 255)
        (logits,) = self._network.each([given], self._logits)
        high, wide = logits.shape[:2]
        parts = logits[..., :4].reshape(high, wide, 2, 2).transpose(0, 2, 1, 3)
        hand = 1 / (1 + np.exp(-np.clip(parts.reshape(2 * high, 2 * wide), -30, 30)))
        hand = hand[: -(-rows // 2), : -(-columns // 2)]
        way = logits[..., 4 * len(_LABELS) :].transpose(2, 0, 1)
        return WritingMap(np.asarray(hand, np.float32), np.asarray(way, np.float32), scale / 2)
