"""What hOCR and ALTO share: elements, and text that XML can hold."""

from __future__ import annotations

import re
from xml.etree import ElementTree

Element = ElementTree.Element

LEAST = 0.00005
"""Probability from which an alternative is written: what is less is 0 in four decimals."""

# XML 1.0, production 2: characters that no document may contain, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """A text, such as the name of a file, with a replacement for each character that XML lacks."""
    return _FORBIDDEN.sub("\ufffd", text)


def add(parent: Element, name: str, text: str = "", /, **attributes: object) -> Element:
    """Adds an element to another; attributes are written as text, and None is left out.

    A trailing underscore of an attribute's name is dropped: ``class_``.
    """
    given = {
        key.rstrip("_"): plain(str(value)) for key, value in attributes.items() if value is not None
    }
    child = ElementTree.SubElement(parent, name, given)
    child.text = plain(text) or None
    return child


def written(element: Element) -> str:
    """An element as ASCII, other characters as references: right whatever the encoding is."""
    data: bytes = ElementTree.tostring(element, encoding="us-ascii")
    return data.decode("ascii")
