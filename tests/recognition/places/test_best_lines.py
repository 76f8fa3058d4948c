"""Of lines that mean the same writing the one that is read best stays; what is none goes."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.recognition.line_network import LineNetwork
from hwr_live.recognition.models import find_model
from hwr_live.recognition.places.best_lines import best_lines, is_any_writing
from hwr_live.segmentation.ink import find_ink
from hwr_live.segmentation.line_picture import CUTS
from hwr_live.segmentation.writing import TextLine


@pytest.fixture(scope="module")
def network() -> LineNetwork:
    return LineNetwork(find_model("lines"))


def _sample() -> tuple[npt.NDArray[np.uint8], list[TextLine]]:
    """The sample's ink, bright on black, and its lines."""
    ink = find_ink(draw_sample()).grey
    rows = (ink > 100).sum(1)
    blocks = cv2.connectedComponentsWithStats(
        cv2.dilate((rows > 0).astype(np.uint8)[:, None], np.ones((9, 1), np.uint8))
    )[2][1:]
    lines = []
    for _, top, _, high, _ in blocks.tolist():
        columns = np.flatnonzero((ink[top : top + high] > 100).any(0))
        middle = top + 0.55 * high
        start, end = np.array((columns[0], middle)), np.array((columns[-1], middle))
        lines.append(TextLine(start.astype(float), end.astype(float), 0.5 * high, 1.0, 1.0))
    return ink, lines


def test_of_no_lines_there_are_none(network: LineNetwork) -> None:
    assert best_lines(np.zeros((50, 60), np.uint8), [], network) == []


def test_lines_without_ink_are_left_out(network: LineNetwork) -> None:
    _, lines = _sample()
    assert best_lines(np.zeros((900, 900), np.uint8), lines, network) == []


def test_each_line_stays_once_with_a_cut(network: LineNetwork) -> None:
    ink, lines = _sample()
    best = best_lines(ink, [*lines, *lines], network)
    assert len(best) == len({round(line.start[1]) for line, _ in best})
    assert len(best) >= len(lines) - 1
    assert all(cut in CUTS for _, cut in best)


def test_two_lines_taken_for_one_are_read_as_two(network: LineNetwork) -> None:
    ink, lines = _sample()
    first, second = lines[0], lines[1]
    both = TextLine(
        (first.start + second.start) / 2,
        (first.end + second.end) / 2,
        2.2 * first.x_height + abs(float(second.start[1] - first.start[1])),
        1.0,
        1.0,
    )
    best = best_lines(ink, [both, first, second], network)
    assert {id(line) for line, _ in best} == {id(first), id(second)}


def test_boxes_and_arrows_are_no_lines(network: LineNetwork) -> None:
    ink = np.zeros((300, 500), np.uint8)
    cv2.rectangle(ink, (60, 60), (200, 140), 255, 3)
    cv2.arrowedLine(ink, (210, 100), (420, 100), 255, 3)
    lines = [
        TextLine(np.array((x, y), float), np.array((x + w, y), float), 30.0, 1.0, 1.0)
        for x, y, w in ((60, 100, 140), (210, 100, 200))
    ]
    assert best_lines(ink, lines, network) == []


def test_others_are_heard_where_a_line_is_not_surely_read(network: LineNetwork) -> None:
    ink, lines = _sample()
    assert best_lines(ink, [], network, lambda: lines[:1])[0][0] is lines[0]
    down = np.array((0.0, 200.0))
    aside = TextLine(lines[0].start + down, lines[0].end + down, lines[0].x_height, 1.0, 1.0)
    assert lines[0] in [line for line, _ in best_lines(ink, [aside], network, lambda: lines[:1])]


def _rules(count: int) -> tuple[npt.NDArray[np.uint8], list[TextLine]]:
    """So many rules, and lines that take them for writing."""
    ink = np.zeros((40 * count + 40, 300), np.uint8)
    lines = []
    for y in range(40, 40 * count + 1, 40):
        cv2.line(ink, (40, y), (260, y), 255, 3)
        start, end = np.array((40.0, y)), np.array((260.0, y))
        lines.append(TextLine(start, end, 14.0, 1.0, 1.0))
    return ink, lines


def test_of_many_lines_of_which_none_is_writing_no_others_are_asked_for(
    network: LineNetwork,
) -> None:
    asked: list[int] = []

    def others() -> list[TextLine]:
        asked.append(1)
        return []

    for count in (4, 40):
        ink, lines = _rules(count)
        assert best_lines(ink, lines, network, others) == []
    assert asked == [1]


@pytest.mark.parametrize("quarters", [0, 2])
def test_one_line_either_way_up_tells_of_writing(quarters: int, network: LineNetwork) -> None:
    ink, lines = _sample()
    h, w = ink.shape
    if quarters:
        ink = np.ascontiguousarray(np.rot90(ink, quarters))
        back = np.array([(-1, 0, w), (0, -1, h), (0, 0, 1)], np.float64)
        lines = [line.moved(back).turned_round() for line in lines]
    assert is_any_writing(ink, lines, network)
    rules, none = _rules(8)
    assert not is_any_writing(rules, none, network)
    assert not is_any_writing(rules, [], network)
