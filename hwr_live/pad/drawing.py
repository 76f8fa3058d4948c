"""Drawings as files: strokes as JSON, with the time of each point, and back.

    {"size": [576, 600], …, "strokes": [
        {"pen": 6, "erases": false, "smooth": true, "points": [[x, y], …], "ms": [0, 8, …]}, …]}

Points are pixels of the paper; ``ms`` are milliseconds since the first point of the drawing, one a
point, and missing where they are not known. The pressure of a pen is not among them, as OpenCV's
windows do not tell it. What the user put right is there too, a glyph each, null for no character:

    "put_right": [{"box": [x, y, w, h], "char": "a"}, …]
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from hwr_live.canvas import Canvas
from hwr_live.errors import InputError
from hwr_live.profiles.corrections import FOLDERS
from hwr_live.stroke import Box, Stroke

_LARGEST_FILE = 64_000_000  # bytes; hours of writing
_FARTHEST = 100_000  # pixels from the paper's corner
_WIDEST = 1000  # pixels of a pen
_LARGEST_PAPER = 8192  # pixels, as the largest window


def strokes_to_json(strokes: Iterable[Stroke]) -> list[dict[str, Any]]:
    """The strokes as plain types for JSON."""
    listed = list(strokes)
    times = [stroke.times for stroke in listed if len(stroke.times)]
    first = float(times[0][0]) if times else 0.0
    return [_to_json(stroke, first) for stroke in listed]


def _to_json(stroke: Stroke, first: float) -> dict[str, Any]:
    told: dict[str, Any] = {
        "pen": _short(stroke.pen),
        "erases": stroke.erases,
        "smooth": stroke.smooth,
        "points": [[_short(x), _short(y)] for x, y in stroke.points.tolist()],
    }
    if len(stroke.times):
        told["ms"] = [round(1000 * (time - first)) for time in stroke.times.tolist()]
    return told


def _short(number: float) -> float:
    return int(number) if number == int(number) else round(number, 2)


def read_drawing(path: str | Path) -> Canvas:
    """A drawing that the pad saved.

    Returns:
        The paper with its strokes; their times are seconds since the first point.

    Raises:
        InputError: if it cannot be read or is none.
    """
    told = _read(path)
    try:
        width, height = (_between(side, 1, _LARGEST_PAPER) for side in told["size"])
        canvas = Canvas(int(width), int(height))
        for stroke in told["strokes"]:
            _add(canvas, stroke)
    except (KeyError, TypeError, ValueError, InputError):
        raise InputError(f"{path} is no drawing: it has no strokes that can be drawn") from None
    return canvas


def read_put_right(path: str | Path) -> list[tuple[Box, str | None]]:
    """What was put right on a drawing that the pad saved: boxes of glyphs, and what they are.

    Raises:
        InputError: if it cannot be read or is none.
    """
    told = _read(path)
    try:
        return [_right(one) for one in told.get("put_right", ())]
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(f"{path} is no drawing: what was put right in it is damaged") from None


def _right(told: Any) -> tuple[Box, str | None]:
    x, y, w, h = (int(_between(side, -_FARTHEST, _FARTHEST)) for side in told["box"])
    char = told["char"]
    if char is not None and char not in FOLDERS.values():
        raise ValueError(f"{char!r:.20} is no character")
    return (x, y, w, h), char


def _read(path: str | Path) -> Any:
    try:
        file = Path(path)
        if file.stat().st_size > _LARGEST_FILE:
            raise ValueError("it is too large")
        return json.loads(file.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError):
        raise InputError(f"{path} is no drawing: a JSON file that the pad's S wrote is") from None


def _add(canvas: Canvas, told: Any) -> None:
    points = [(_between(x, -_FARTHEST, _FARTHEST), _between(y, -_FARTHEST, _FARTHEST))
              for x, y in told["points"]]  # fmt: skip
    if not points:
        raise ValueError("a stroke without points")
    times = [float(ms) / 1000 for ms in told.get("ms", ())]
    smooth, pen = told.get("smooth", True) is True, _between(told["pen"], 1, _WIDEST)
    if told.get("erases", False) is True:
        canvas.erase(points, pen, smooth=smooth, times=times)
        return
    canvas.pen = int(pen) if pen == int(pen) else pen
    canvas.stroke(points, smooth=smooth, times=times)


def _between(number: Any, least: float, most: float) -> float:
    value = float(number)
    if not least <= value <= most:
        raise ValueError(f"{value} is not between {least} and {most}")
    return value


def later(strokes: Sequence[Stroke], now: float) -> list[Stroke]:
    """The same strokes with times that end at one, so that what is drawn then comes after them."""
    ends = [float(stroke.times[-1]) for stroke in strokes if len(stroke.times)]
    shift = now - max(ends, default=now)
    return [
        Stroke(stroke.path, stroke.pen, stroke.erases, stroke.points, stroke.times + shift)
        for stroke in strokes
    ]
