"""Failures that a user can cause or mend: one line each, with the exit status they end in."""

from __future__ import annotations

import re

_HALF = 350  # characters


class HwrError(Exception):
    """A failure told in one line that says what is wrong and what to do."""

    status = 1

    def __init__(self, message: object) -> None:
        super().__init__(one_line(message))


class InputError(HwrError):
    """A missing or broken input or a bad option: exit status 2."""

    status = 2


class DeviceError(HwrError):
    """No camera, no display, a stream lost: exit status 1."""

    status = 1


def one_line(message: object) -> str:
    """A text that fits a line, whatever files or their names brought into it.

    Line breaks and control characters are escaped, and the middle of a very long text is left out.
    """
    text = str(message)
    if len(text) > 2 * _HALF:
        text = masked(text)
        text = f"{text[:_HALF]} … {text[-_HALF:]}"
    return printable(text)


def printable(text: str) -> str:
    """A text without line breaks and control characters, which a file's name can bring into it and
    a terminal would obey; they are escaped. Passwords in addresses are masked."""
    text = masked(text)
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def masked(text: str) -> str:
    """A text in which no address tells its password, neither before its host nor in its query.

    >>> masked("rtsp://ann:secret@host/1?token=x&n=2")
    'rtsp://ann:***@host/1?token=***&n=2'
    """
    if "://" not in text:
        return text
    return _IN_QUERY.sub(r"\1***", _BEFORE_HOST.sub(r"\1***@", text))


_BEFORE_HOST = re.compile(r"(://[^\s/?#:@]*:)[^\s/?#]*@")
_IN_QUERY = re.compile(
    r"([?&;](?:pass\w*|pwd|psw|[\w-]*token|secret|api_?key|key|auth\w*|sig|[\w-]*signature)=)"
    r"[^\s&;#'\"]*",
    re.IGNORECASE,
)
