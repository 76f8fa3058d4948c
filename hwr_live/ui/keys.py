"""One code for a key, whatever the window system under OpenCV calls it."""

from __future__ import annotations

from hwr_live.system.keyboard import us_character

BACKSPACE, TAB, BACK_TAB, ENTER, ESC = 8, 9, 11, 13, 27
LEFT, UP, RIGHT, DOWN, F1, DELETE = 0xFF51, 0xFF52, 0xFF53, 0xFF54, 0xFFBE, 0xFFFF
"""As X11 has them."""

CTRL = 1 << 16
"""Added to the code of a letter that was pressed with Ctrl; Qt's windows keep such keys."""

UNKNOWN = 0x100
"""A key whose character is not ASCII, and whose place on the keyboard is not known."""

_GTK_CTRL = 1 << 18  # GTK puts the state of Ctrl there, and of Shift and Num Lock beside it
_ISO_LEFT_TAB, _KEYPAD_ENTER = 0xFE20, 0xFF8D
_WINDOWS = {0x25: LEFT, 0x26: UP, 0x27: RIGHT, 0x28: DOWN, 0x2E: DELETE, 0x70: F1}
_MAC = {0xF700: UP, 0xF701: DOWN, 0xF702: LEFT, 0xF703: RIGHT, 0xF704: F1, 0xF728: DELETE}
_KEYS = (BACKSPACE, TAB, 10, BACK_TAB, ENTER)  # which are control characters too


def key_code(code: int) -> int:
    """The code of a key.

    Args:
        code: what ``cv2.waitKeyEx`` returned.

    Returns:
        -1 for no key or a bare Shift, Ctrl or Alt; the ASCII code for characters, letters in lower
        case, with :data:`CTRL` added where Ctrl was held; the constants of this module for other
        keys; what else there is has codes over 255 (an arrow must not be taken for a letter, as it
        is in what ``cv2.waitKey`` returns). A letter of another alphabet is the one that a US
        keyboard has in its place, or :data:`UNKNOWN`.
    """
    if code == -1:
        return -1
    if code < 0:  # Qt: a character of Latin-1 as a signed byte
        return UNKNOWN
    if code > 0xFFFF and code & 0xFFFF == 0:
        return _WINDOWS.get(code >> 16, 0xFF00)
    ctrl = CTRL if code & _GTK_CTRL else 0
    code &= 0xFFFF
    if 0xFFE1 <= code <= 0xFFEE:  # Qt reports Shift, Ctrl, Alt and their like as keys
        return -1
    if 1 <= code <= 26 and code not in _KEYS:  # Windows: what Ctrl makes of letters
        return CTRL | (code + 96)
    code = _named(code)
    if 0x80 <= code < 0xF000:
        known = us_character(code)
        return ord(known) | ctrl if known else UNKNOWN
    return code + 32 | ctrl if ord("A") <= code <= ord("Z") else code | ctrl


def _named(code: int) -> int:
    """Enter, Backspace, Tab and Esc by one code each."""
    if code == _KEYPAD_ENTER or code == 10:
        return ENTER
    if code == _ISO_LEFT_TAB:
        return BACK_TAB
    if 0xFF00 <= code <= 0xFF1F:  # GTK: X11's names of Enter, Backspace, Tab, Esc
        return code & 0x1F
    if code == 127:  # the Backspace key of a Mac
        return BACKSPACE
    return _MAC.get(code, code)
