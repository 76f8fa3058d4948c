"""Lines to choose by: composed once, by source, of people who are never trained on."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import numpy as np

from hwr_live.system.zips import without_times
from train.lines.compose import Composer, Line

PARTS: Mapping[str, tuple[str, dict[str, str]]] = {
    "unipen words": ("unipen words", {}),
    "unipen texts": ("unipen texts", {}),
    "paper": ("paper", {}),
    "apart": ("hand", {"spacing": "apart", "kind": "words"}),
    "touching": ("hand", {"spacing": "touching", "kind": "words"}),
    "joined": ("hand", {"spacing": "joined", "kind": "words"}),
    "capitals": ("hand", {"kind": "capitals"}),
    "codes": ("hand", {"kind": "code"}),
    "sums": ("hand", {"kind": "sum"}),
    "dates": ("hand", {"kind": "date"}),
    "web": ("hand", {"kind": "web"}),
    "single": ("hand", {"kind": "single"}),
    "crops": ("crops", {}),
    "fonts": ("fonts", {}),
    "empty": ("empty", {}),
    "print": ("print", {}),
    "form": ("form", {}),
}
"""Name of each part: the composer's source, and what it is asked for."""

_SEED = 15


def compose(data: Path, count: int = 120) -> list[Line]:
    """``count`` lines of each part; their source is the part's name."""
    composer = Composer(data, held=True)
    lines: list[Line] = []
    for number, (name, (source, how)) in enumerate(PARTS.items()):
        rng = np.random.default_rng([_SEED, number])
        made = [composer.line(rng, source, **how) for _ in range(count)]
        lines += [Line(one.image, one.text, name) for one in made]
    return lines


def load(data: Path, cache: Path) -> list[Line]:
    """The lines, from a file if it is there; else composed and kept in it."""
    if cache.is_file():
        with np.load(cache, allow_pickle=False) as file:
            widths = np.cumsum([0, *file["widths"].tolist()])
            images, texts, sources = file["images"], file["texts"], file["sources"]
        parts = [images[:, a:b] for a, b in pairwise(widths)]
        return [
            Line(image, str(text), str(source))
            for image, text, source in zip(parts, texts, sources, strict=True)
        ]
    lines = compose(data)
    keep(lines, cache)
    return lines


def keep(lines: list[Line], cache: Path) -> None:
    """Writes lines to a file that :func:`load` reads."""
    cache.parent.mkdir(parents=True, exist_ok=True)
    with without_times():
        np.savez_compressed(
            cache,
            images=np.hstack([line.image for line in lines]),
            widths=np.array([line.image.shape[1] for line in lines]),
            texts=np.array([line.text for line in lines]),
            sources=np.array([line.source for line in lines]),
        )
