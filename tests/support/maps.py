"""Pages with lines of writing at any place and angle, and what a perfect map says of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.segmentation.writing import CORE, TextLine, WritingMap

Picture = npt.NDArray[np.uint8]
SCALE = 0.5
"""Pixels of the map per pixel of the page."""


@dataclass(frozen=True)
class Written:
    """A line to be written: where its middle is, its direction in degrees and its x-height."""

    text: str
    middle: tuple[float, float]
    degrees: float = 0.0
    x_height: float = 18.0


def page(
    lines: Sequence[Written], size: tuple[int, int] = (900, 700)
) -> tuple[Picture, WritingMap]:
    """A page of some width and height, uint8 (h, w), dark on light paper, and its map."""
    width, height = size
    grain = np.random.default_rng(1).normal(0, 2, (height, width))
    grey = np.clip(215 + grain, 0, 255).astype(np.uint8)
    hand = np.zeros((round(height * SCALE), round(width * SCALE)), np.float32)
    way = np.zeros((2, (hand.shape[0] + 1) // 2, (hand.shape[1] + 1) // 2), np.float32)
    for line in lines:
        ink, across, base = _ink(line)
        turn = math.radians(line.degrees)
        cos, sin = math.cos(turn), math.sin(turn)
        matrix = np.array([(cos, -sin, 0), (sin, cos, 0)])
        centre = np.array((ink.shape[1] / 2, base - line.x_height / 2))
        matrix[:, 2] = np.array(line.middle) - matrix[:, :2] @ centre
        dark = cv2.warpAffine(ink, matrix, size)
        grey = (grey * (1 - 0.8 * dark / 255.0)).astype(np.uint8)
        along = np.array((cos, sin)) * across / 2
        start, end = np.array(line.middle) - along, np.array(line.middle) + along
        core = TextLine(start, end, line.x_height, 1.0, 1.0).outline(CORE / 2, CORE / 2, 0.0)
        cv2.fillConvexPoly(hand, np.round(core * SCALE - 0.5).astype(np.int32), 1.0)
        area = np.zeros(way.shape[1:], np.uint8)
        cv2.fillConvexPoly(area, np.round(core * SCALE / 2).astype(np.int32), 1)
        grown = cv2.dilate(area, np.ones((3, 3), np.uint8)) > 0
        way[0][grown], way[1][grown] = cos, sin
    return grey, WritingMap(hand, way, SCALE)


def _ink(line: Written) -> tuple[Picture, float, float]:
    """A text bright on black, its width, and the row of its baseline."""
    scale = line.x_height / 14.0
    thick = max(1, round(line.x_height / 7))
    font = cv2.FONT_HERSHEY_SIMPLEX
    (w, h), base = cv2.getTextSize(line.text, font, scale, thick)
    out = np.zeros((2 * h + 2 * base + 20, w + 40), np.uint8)
    foot = h + base + 10
    cv2.putText(out, line.text, (20, foot), font, scale, 255, thick, cv2.LINE_AA)
    return out, float(w), float(foot)
