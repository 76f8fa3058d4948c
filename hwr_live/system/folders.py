"""Where a user's own files lie: one rule for what is kept and for what can be fetched again."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

from hwr_live.errors import InputError

_NAME = "hwr-live"


def user_folder(kind: Literal["data", "cache"], instead: str) -> Path:
    """The program's folder among the user's own; it need not be there yet.

    Linux: ``hwr-live`` in ``$XDG_DATA_HOME`` or ``$XDG_CACHE_HOME``, by default ``~/.local/share``
    and ``~/.cache``; macOS: in ``~/Library/Application Support`` and ``~/Library/Caches``; Windows:
    ``%LOCALAPPDATA%\\hwr-live``, the cache in ``Cache`` there.

    Args:
        kind: "data" is kept, "cache" can be fetched again.
        instead: what to do where the user has no home folder.

    Raises:
        InputError: if there is none.
    """
    base = ""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
        home = ("AppData", "Local")
    elif sys.platform == "darwin":
        home = ("Library", "Application Support" if kind == "data" else "Caches")
    else:
        base = os.environ.get("XDG_DATA_HOME" if kind == "data" else "XDG_CACHE_HOME", "")
        home = (".local", "share") if kind == "data" else (".cache",)
    if not os.path.isabs(base):  # the XDG specification: anything else is to be ignored
        own = os.path.expanduser("~")
        if not os.path.isabs(own):
            raise InputError(f"there is no home folder; {instead}")
        base = os.path.join(own, *home)
    folder = Path(base) / _NAME
    return folder / "Cache" if kind == "cache" and sys.platform == "win32" else folder
