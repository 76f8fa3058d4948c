"""Command lines that make no sense."""

from __future__ import annotations

import os
from pathlib import Path

import cv2

from hwr_live.cli.sample import draw_sample
from tests.measure.fuzz.damage import Chance
from tests.measure.fuzz.programs import Case, remembered, run

_WORDS = (
    *("read", "camera", "sample", "profile", "models", "draw", "teach", "page.png", "gone.png"),
    *("--chars", "--model", "--json", "--overlay", "--source", "--no-window", "--frames"),
    *("--save-dir", "--record", "--profile", "--size", "--out", "--sheet", "--page", "--text"),
    *("list", "show", "export", "delete", "-", "--", "-x", "", " ", ".", "..", "/", "a\0b", "\n"),
    *(
        "0",
        "-1",
        "99",
        "1e9",
        "9" * 400,
        "digits",
        "0é",
        "x" * 300,
        "\udcff",
        "é.png",
        "%d",
        "[",
        "*",
    ),
    *("%04d.png", "http://", "http://127.0.0.1:1/x", "file:///x", "rtsp://[::1", "con", "~", "=;"),
    *("1x1", "99999999x1", "320x240", "page.avi", "sub/page.png", "--help", "--version", "--yes"),
)


def words(folder: Path) -> Case:
    """Command lines of options and values in no order."""
    remembered()
    os.environ["XDG_DATA_HOME"] = str(folder / "share")
    os.environ.pop("DISPLAY", None)
    cv2.imwrite("page.png", draw_sample())

    def case(chance: Chance) -> tuple[int, list[str]]:
        count = int(chance.integers(1, 6))
        first = ("read", "camera", "sample", "profile", "teach")[int(chance.integers(5))]
        rest = [_WORDS[int(n)] for n in chance.integers(len(_WORDS), size=count)]
        if first == "camera":
            rest.append("--no-window")
        status, lines = run(first, *rest)
        wrote = ("hwr-live: ", "wrote ", "recorded ")
        if first == "read" and status:  # one line for each picture
            assert all(line.startswith(wrote) for line in lines), (rest, lines)
            lines = [line for line in lines if line.startswith("hwr-live: ")][:1]
        return status, lines

    return case
