"""Lines → what a line network tells of each: signs one after the other, and where they stand.

What a model expects of its input is in its ``card.json``; the strip is made by ``hwr_live.strip``,
by which the composer of training lines makes its own.
"""

from __future__ import annotations

import copy
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.reading import union_box
from hwr_live.recognition.cache import LineCache
from hwr_live.recognition.card import card_errors, file_beside, read_card
from hwr_live.recognition.ctc import BLANK, Spelling, log_softmax, spell, weighed
from hwr_live.recognition.joint import SPACE, Told
from hwr_live.recognition.kinds import KINDS
from hwr_live.recognition.network import Network, litert_file
from hwr_live.recognition.strip_cache import StripCache
from hwr_live.segmentation.pieces import Piece
from hwr_live.segmentation.rectify import View
from hwr_live.segmentation.segment import Segmentation
from hwr_live.strip import HEIGHT, Strip, seen_otherwise, strip, with_faint

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

_STEP = 64  # columns: strips are padded to multiples, as each new width costs a new plan of memory
_LONG = 32 * _STEP  # columns of a long line, by which a network is tried
_LEAST = (
    0.25  # usual heights that a line's writing is tall at the least: a hyphen alone is no letter
)


@dataclass(frozen=True)
class LineCard:
    """What the program needs of a line network's ``card.json``.

    Attributes:
        name: the model's name.
        labels: the sign of each output; None, the first, for no new sign.
        columns: columns of the strip that make a frame.
        temperature: divides the logits, so that confidence means what it says.
        file: the name of the LiteRT file beside the card.
        kinds: whether there are outputs, behind those of the labels, for ``KINDS``.
    """

    name: str
    labels: tuple[str | None, ...]
    columns: int
    temperature: float
    file: str
    kinds: bool = False

    @classmethod
    def load(cls, folder: Path) -> LineCard:
        """Reads ``folder/card.json``.

        Raises:
            InputError: if it is missing or not that of a line network.
        """
        data = read_card(folder)
        with card_errors(folder):
            form = data["input"]
            if form["strip"] != HEIGHT or form["ink"] != "bright on black":
                raise ValueError("its input format is not known here")
            labels = tuple(None if label is None else str(label) for label in data["labels"])
            if labels[BLANK] is not None or len(set(labels)) != len(labels):
                raise ValueError("its labels do not begin with null, or one is there twice")
            if SPACE not in labels:
                raise ValueError("it has no label for the space")
            file = file_beside(data)
            calibration = data.get("calibration", {})
            kinds = tuple(data.get("kinds", ()))
            if kinds not in ((), KINDS):
                raise ValueError(f"it tells of other kinds than {', '.join(KINDS)}")
            return cls(
                name=str(data["name"]),
                labels=labels,
                columns=max(1, int(form["columns"])),
                temperature=max(0.05, float(calibration.get("temperature", 1.0))),
                file=file,
                kinds=bool(kinds),
            )

    @property
    def outputs(self) -> int:
        """Outputs of each frame."""
        return len(self.labels) + len(KINDS) * self.kinds


_Heard = tuple[Floats, Floats, Floats | None, Grey]
"""Logarithms of the probabilities of labels, the frames' middles, those of the kinds, the strip."""


@dataclass(frozen=True)
class _Last:
    """What was told of lines of the view that was asked about last, as long as that is there.

    Attributes:
        segmented: the view's.
        heard: for each line, by its identity, for which it is kept: the line, and what is heard of
            it, whatever may be told.
        told: what was told of it, by its identity and that of the weights, which are kept.
    """

    segmented: weakref.ref[Segmentation]
    heard: dict[int, tuple[Sequence[Piece], _Heard]]
    told: dict[tuple[int, int], tuple[Floats | None, Told]]


class LineNetwork:
    """A LiteRT model that reads lines, with its card.

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
        self.card = LineCard.load(folder)
        path = folder / self.card.file
        content = litert_file(path)
        self._network = Network(path, content, (HEIGHT, _STEP, 1), also=[(HEIGHT, _LONG, 1)])
        outputs = self._network.interpreter.get_output_details()
        if len(outputs) != 1:
            raise InputError(f"{path} has {len(outputs)} outputs; a line network has one")
        self._logits = int(outputs[0]["index"])
        found = self._network.first([self._logits])[0][0]
        wanted = (_STEP // self.card.columns, self.card.outputs)
        if found.shape != wanted:
            raise InputError(f"{path} gives {found.shape} where its card makes {wanted} due")
        self._cache: StripCache | None = None
        self._strips: LineCache | None = None  # by a line's ink, where the very same comes again
        self._last: _Last | None = None

    def remembering(self, tolerance: float) -> LineNetwork:
        """The same model with a memory of its own, for lines that come again (``StripCache``)."""
        other = copy.copy(self)
        other._cache = StripCache(tolerance)
        other._strips = None if tolerance else LineCache()
        return other

    def tell(
        self,
        view: View,
        lines: Sequence[Sequence[Piece]],
        weights: Floats | None = None,
    ) -> list[Told]:
        """What the network tells of the ink of each line.

        Asked again of a line of the same view, it is not run again: one step of a reading asks
        whether the view is good, another reads it.

        Args:
            view: what is seen in the frame.
            lines: pieces of the view's segmentation.
            weights: (outputs,) of what may be told, as of ``Alphabet``; None for all signs.
        """
        last = self._last
        if not last or last.segmented() is not view.segmented:
            last = self._last = _Last(weakref.ref(view.segmented), {}, {})
        new = [line for line in lines if id(line) not in last.heard]
        for line, heard in zip(new, self._heard(view, new), strict=True):
            last.heard[id(line)] = line, heard
        for line in lines:
            if (id(line), id(weights)) not in last.told:
                logp, centres, kinds, image = last.heard[id(line)][1]
                logp = _among(logp, weights)
                told = Told(logp, spell(logp), centres, kinds, strip=image)
                last.told[id(line), id(weights)] = weights, told
        return [last.told[id(line), id(weights)][1] for line in lines]

    def told_with_looks(
        self,
        view: View,
        lines: Sequence[Sequence[Piece]],
        weights: Floats,
        doubts: Callable[[Spelling], bool] | None = None,
    ) -> list[Told]:
        """As :meth:`tell`, with what the network tells of other pictures of the lines: those that
        the view has; else, of lines of whose surroundings it has pictures, their own ink; and of
        lines in doubt their strips as others might have written them.

        Args:
            view, lines, weights: as of :meth:`tell`.
            doubts: whether a line is in doubt, by its best path; None: none is.
        """
        told = self.tell(view, lines, weights)
        if view.looks:
            looks = tuple(_among(one.logp, weights) for one in self.hear(view.looks))
            told = [replace(one, looks=looks) for one in told]
        elif view.pictures:
            own = self._heard(replace(view, pictures=()), lines)
            told = [
                replace(one, looks=(_among(logp, weights),))
                for one, (logp, *_) in zip(told, own, strict=True)
            ]
        return told if doubts is None else self._seen_otherwise(told, weights, doubts)

    def _seen_otherwise(
        self, told: list[Told], weights: Floats, doubts: Callable[[Spelling], bool]
    ) -> list[Told]:
        """What was told, with more pictures of the lines in doubt: one after the other until one
        says the same as the line itself, which ends the doubt."""
        pictures = {
            n: seen_otherwise(one.strip)
            for n, one in enumerate(told)
            if one.strip is not None and doubts(one.spelling)
        }
        out, left = list(told), list(pictures)
        for look in zip(*pictures.values(), strict=True):
            images = dict(zip(pictures, look, strict=True))
            asked, left = left, []
            for n, logits in zip(asked, self._all([images[n] for n in asked]), strict=True):
                logp = _among(self._logp(logits), weights)
                out[n] = replace(out[n], otherwise=(*out[n].otherwise, logp))
                if not np.array_equal(spell(logp).signs, told[n].spelling.signs):
                    left.append(n)
        return out

    def _heard(self, view: View, lines: Sequence[Sequence[Piece]]) -> Iterator[_Heard]:
        """What is heard of each line."""
        inks = [line_ink(view, line) for line in lines]
        return self._of(inks, _LEAST * view.segmented.height)

    def hear(self, pictures: Sequence[Grey]) -> list[Told]:
        """What the network tells of pictures of lines, whatever may be read.

        Args:
            pictures: each uint8 (h, w), bright ink on black; frames' middles are in its pixels.
        """
        heard = self._of([(picture, 0.0) for picture in pictures], 0.0)
        return [Told(logp, spell(logp), centres, kinds) for logp, centres, kinds, _ in heard]

    def _of(self, inks: Sequence[tuple[Grey, float]], least: float) -> Iterator[_Heard]:
        """What is heard of ink whose left edges are given."""
        count = len(self.card.labels)
        strips = [self._strip(ink, least) for ink, _ in inks]
        told = self._all([one.image for one in strips])
        for (_, left), one, logits in zip(inks, strips, told, strict=True):
            logp = self._logp(logits)
            kinds = log_softmax(logits[:, count:], 1.0) if self.card.kinds else None
            # A remembered answer is of a strip that may be a little narrower or wider.
            middles = one.image.shape[1] * (np.arange(len(logp)) + 0.5) / len(logp)
            centres = np.asarray(left + one.x0 + middles / one.scale, np.float64)
            yield logp, centres, kinds, one.image

    def _logp(self, logits: Floats) -> Floats:
        """Logarithms of the probabilities of the labels."""
        return log_softmax(logits[:, : len(self.card.labels)], self.card.temperature)

    def _strip(self, ink: Grey, least: float) -> Strip:
        if self._strips is None:
            return strip(ink, least)
        return self._strips.get([ink, np.array(least)], lambda: strip(ink, least))

    def _all(self, images: Sequence[Grey]) -> list[Floats]:
        """Logits (frames, outputs) of each strip's image; only what is not remembered is run."""
        if self._cache is None:
            return self._run(images)
        out = [self._cache.recall(image) for image in images]
        new = [k for k, logits in enumerate(out) if logits is None]
        for k, logits in zip(new, self._run([images[k] for k in new]), strict=True):
            self._cache.keep(images[k], logits)
            out[k] = logits
        return [logits for logits in out if logits is not None]

    def _run(self, images: Sequence[Grey]) -> list[Floats]:
        """Logits (frames, outputs) of strips (48, w), of each its own frames only."""
        order = sorted(range(len(images)), key=lambda k: images[k].shape[1])
        padded = []
        for k in order:
            width = -(-images[k].shape[1] // _STEP) * _STEP
            given = np.zeros((HEIGHT, width, 1), np.float32)
            given[:, : images[k].shape[1], 0] = images[k] * np.float32(1 / 255)
            padded.append(given)
        out: list[Floats] = [np.empty((0, 0))] * len(images)
        for k, logits in zip(order, self._network.each(padded, self._logits), strict=True):
            frames = images[k].shape[1] // self.card.columns
            out[k] = np.asarray(logits[:frames], np.float64)
        return out


def _among(logp: Floats, weights: Floats | None) -> Floats:
    """What is heard where outputs have these weights."""
    return logp if weights is None or not weights.any() else weighed(logp, weights)


def line_ink(view: View, line: Sequence[Piece]) -> tuple[Grey, float]:
    """A line's ink without that of other lines: uint8 (h, w), bright on black, at working scale;
    and the x of its left edge in the view's ink. Where the view has a picture of the line, it is
    that, with all ink that stands there."""
    if (picture := view.picture_of(line)) is not None:
        return picture
    x, y, w, h = union_box([piece.box for piece in line])
    top, left = max(0, y - 1), max(0, x - 1)
    spot = slice(top, y + h + 1), slice(left, x + w + 1)
    labels = view.segmented.labels[spot]
    own = np.zeros(int(labels.max(initial=0)) + 1, np.bool_)
    parts = np.array([part for piece in line for part in piece.parts], np.intp)
    own[parts[parts < len(own)]] = True
    mine = own.take(labels)
    return with_faint(view.ink.grey[spot], mine, (labels != 0) ^ mine), float(left)
