"""A small folder of data as line networks are trained on: every file in its form."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import ImageFont

from hwr_live.chars import ALL
from tests.support.datasets import emnist_files, gzipped, idx, write

WRITERS = ("cec000", "sta000", "nic001", "pcl000", "int001")
"""Of UNIPEN's form: the last two are of contributors that are held back."""
WORDS = ("some", "Words", "of", "42", "people")
SYMBOLS = ".,-+=()!?/:'"


def write_data(folder: Path) -> Path:
    """Writes all files and gives the folder."""
    rng = np.random.default_rng(5)
    for part in ("train", "test"):
        _unipen(folder, f"words_{part}", WORDS * 2, rng)
        _unipen(folder, f"texts_{part}", ("two words", "See you at 5 pm."), rng)
        _paper(folder, part)
    _unipen(folder, "chars_train", ALL, rng)
    _unipen(folder, "symbols_train", SYMBOLS, rng, {"height": 0.5, "width": 0.5})
    _crohme(folder, rng)
    _chars74k(folder, rng)
    _hwr62(folder)
    _doodles(folder, rng)
    _diagrams(folder)
    (folder / "fonts").mkdir()
    font: Any = ImageFont.load_default(20)
    for name in ("a", "b", "c"):
        (folder / "fonts" / f"{name}.ttf").write_bytes(font.font_bytes)
    return folder


def _strokes(count: int, rng: np.random.Generator) -> dict[str, Any]:
    """``count`` items of two strokes of eight points each, 500 units tall."""
    points = rng.integers(0, 501, (count * 16, 2)).astype(np.int16)
    points[::16, 1], points[1::16, 1] = 0, 500
    return {
        "points": points,
        "stroke": np.arange(0, count * 16, 8, dtype=np.int32),
        "symbol": np.arange(0, count * 2, 2, dtype=np.int32),
    }


def _unipen(
    folder: Path,
    name: str,
    labels: Sequence[str],
    rng: np.random.Generator,
    more: dict[str, float] | None = None,
) -> None:
    every = [label for _ in WRITERS for label in labels]
    extra: dict[str, Any] = {
        key: np.full(len(every), value, np.float32) for key, value in (more or {}).items()
    }
    (folder / "unipen").mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / "unipen" / f"unipen_{name}.npz",
        label=np.array(every),
        writers=np.array(WRITERS),
        writer=np.repeat(np.arange(len(WRITERS)), len(labels)).astype(np.int16),
        **_strokes(len(every), rng),
        **extra,
    )


def _paper(folder: Path, part: str) -> None:
    rows, images = ["file,text,writer"], {}
    for number, (text, writer) in enumerate((("check", "bpmn1"), ("order", "bpmn5"))):
        page = np.full((64, 150), 235, np.uint8)
        cv2.putText(page, text, (12, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2, cv2.LINE_AA)
        images[f"{number}.webp"] = bytes(cv2.imencode(".webp", page)[1].tobytes())
        rows.append(f"{number}.webp,{text},{writer}")
    (folder / "words").mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / "words" / f"hdbpmn_{part}.zip", "w") as archive:
        archive.writestr("labels.csv", "\n".join(rows) + "\n")
        for name, content in images.items():
            archive.writestr(name, content)


def _crohme(folder: Path, rng: np.random.Generator) -> None:
    (folder / "strokes").mkdir(parents=True, exist_ok=True)
    names = ["formulaire100-equation0", "formulaire002-equation1"]  # the second one is reserved
    np.savez(
        folder / "strokes" / "crohme_train.npz",
        label=np.arange(62, dtype=np.int64).repeat(2),
        files=np.array(names),
        expr=np.tile([0, 1], 62),
        **_strokes(124, rng),
    )
    marks = list("+-=().,/![]|") * 20
    np.savez(
        folder / "strokes" / "crohme_punctuation_train.npz",
        label=np.array(marks),
        **_strokes(len(marks), rng),
    )


def _chars74k(folder: Path, rng: np.random.Generator) -> None:
    table = {char: [[rng.integers(0, 300, (6, 2)).tolist()] for _ in range(3)] for char in ALL}
    (folder / "strokes" / "chars74k.json").write_text(json.dumps(table))


def _hwr62(folder: Path) -> None:
    files = gzipped(emnist_files("emnist-byclass", 124 * 6, prefix="hwr62-byclass"))
    for part, count in (("train", 124 * 6), ("test", 62 * 6)):
        sources = np.full(count, 1, np.uint8)
        groups = "".join(f"sd19-{i % 20}\n" for i in range(count))
        files[f"hwr62-byclass-{part}-sources-idx1-ubyte.gz"] = gzip.compress(idx(sources))
        files[f"hwr62-byclass-{part}-groups.txt.gz"] = gzip.compress(groups.encode())
    write(folder / "hwr62", files)


def _doodles(folder: Path, rng: np.random.Generator) -> None:
    images = np.zeros((64, 28, 28), np.uint8)
    for image in images:
        ends = rng.integers(3, 25, (5, 1, 2)).astype(np.int32)
        cv2.polylines(image, [ends], True, 255, 2)
    (folder / "doodles").mkdir()
    out = io.BytesIO()
    np.savez(out, X=images, y=np.arange(64) % 16, names=np.array([f"thing {i}" for i in range(16)]))
    (folder / "doodles" / "quickdraw_28.npz").write_bytes(out.getvalue())


def _diagrams(folder: Path) -> None:
    """Two pages a part, each of a line of two words and a box: the second writer is held back."""
    for part in ("train", "test"):
        place = folder / "diagrams" / part
        place.mkdir(parents=True)
        table = {}
        for number, writer in enumerate(("bpmn1", "bpmn5")):
            page = np.full((480, 640), 230, np.uint8)
            words = []
            for text, x in (("check", 100), ("order", 180)):
                cv2.putText(page, text, (x, 200), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 40, 2, cv2.LINE_AA)
                words.append({"text": text, "box": [x, 180, x + 70, 206], "degree": 0.0})
            cv2.rectangle(page, (300, 300), (500, 400), 60, 2)
            name = f"ex{number}_{writer}.webp"
            (place / name).write_bytes(bytes(cv2.imencode(".webp", page)[1].tobytes()))
            table[name] = {"writer": writer, "words": words}
        (place / "words.json").write_text(json.dumps(table))
