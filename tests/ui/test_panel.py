"""The panel: numbers that do not claim more than is known."""

from __future__ import annotations

import pytest

from hwr_live.ui.panel import percent


@pytest.mark.parametrize(
    ("p", "told"),
    [
        (0.0, "0 %"),
        (1e-9, "<1 %"),
        (0.0049, "<1 %"),
        (0.006, "1 %"),
        (0.014, "1 %"),
        (0.5, "50 %"),
        (0.9999, "99 %"),
        (1.0, "100 %"),
    ],
)
def test_what_is_not_certain_is_not_told_as_certain(p: float, told: str) -> None:
    assert percent(p) == told


def test_five_candidates_do_not_add_up_to_more_than_all() -> None:
    told = [percent(p) for p in (0.987, 0.004, 0.003, 0.003, 0.003)]
    assert sum(int(t.strip("< %")) for t in told if not t.startswith("<")) <= 100
