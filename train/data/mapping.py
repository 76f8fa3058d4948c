"""EMNIST's mapping file: which character each label stands for."""

from __future__ import annotations

import re

from hwr_live.errors import InputError

_NUMBER = re.compile(r"[0-9]{1,7}")


def parse_mapping(text: str, name: str) -> tuple[tuple[str, ...], int]:
    """Reads a label and its character's code, or both cases' codes (Letters), a line.

    Returns:
        The first code's character of each label in order, and the first label (0 or 1).

    Raises:
        InputError: naming ``name`` and the line.
    """
    chars: list[str] = []
    first = 0
    for number, line in enumerate(text.split("\n"), 1):
        fields = line.split()
        if not fields:
            continue
        if len(fields) < 2 or not all(_NUMBER.fullmatch(field) for field in fields):
            raise InputError(f"{name}, line {number}: not a label and a character's code")
        label, code = int(fields[0]), int(fields[1])
        if not chars:
            first = label
        if first > 1 or label != first + len(chars):
            raise InputError(f"{name}, line {number}: labels must count up from 0 or 1")
        if code > 0x10FFFF or not chr(code).isprintable() or chr(code).isspace():
            raise InputError(f"{name}, line {number}: {code} is no printable character's code")
        if chr(code) in chars:
            raise InputError(f"{name}, line {number}: {chr(code)!r} has two labels")
        chars.append(chr(code))
    if len(chars) < 2 or first + len(chars) > 256:
        raise InputError(f"{name} names {len(chars)} classes; 2 to 255 are possible")
    return tuple(chars), first
