"""Keys: what each window system calls them, and one code for each."""

from __future__ import annotations

import pytest

from hwr_live.ui.keys import BACK_TAB, CTRL, DELETE, F1, LEFT, TAB, UNKNOWN, key_code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-1, -1),
        (65505, -1),  # Shift alone
        (-36, UNKNOWN),  # Qt's Ü
        (13, 13),
        (10, 13),
        (27, 27),
        (8, 8),
        (127, 8),
        (9, TAB),
        (11, BACK_TAB),
        (0xFE20, BACK_TAB),
        (ord("c"), ord("c")),
        (ord("C"), ord("c")),
        (0x100000 | ord("c"), ord("c")),  # GTK with Num Lock
        (0x40000 | ord("z"), CTRL | ord("z")),  # GTK with Ctrl
        (26, CTRL | ord("z")),  # Windows with Ctrl
        (3, CTRL | ord("c")),
        (0xFF0D, 13),
        (0xFF8D, 13),
        (0xFF08, 8),
        (0xFF1B, 27),
        (0xFFFF, DELETE),
        (0x2E0000, DELETE),  # Windows
        (0xF728, DELETE),  # macOS
        (0xFFBE, F1),
        (0x700000, F1),
        (0xFF51, LEFT),
        (0x250000, LEFT),
        (ord("["), ord("[")),
    ],
)
def test_key_code(code: int, expected: int) -> None:
    assert key_code(code) == expected


@pytest.mark.parametrize("arrow", [65361, 65362, 65363, 65364])
def test_an_arrow_is_no_letter(arrow: int) -> None:
    assert key_code(arrow) > 255
