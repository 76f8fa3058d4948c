"""Where profiles are: by name in the user's own data folder, or by path."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hwr_live.errors import InputError
from hwr_live.system.folders import user_folder

LIST = "profile.json"
"""The file that makes a folder a profile."""
LOCK = ".lock"
"""The file by which programs wait for each other."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows' devices


def profiles_folder() -> Path:
    """The folder that profiles with a name are in; it need not be there yet.

    Raises:
        InputError: if the user has no home folder.
    """
    return user_folder("data", "give --profile a path") / "profiles"


def locate(where: str | os.PathLike[str]) -> Path:
    """The folder of a profile, whether it is there or not.

    Args:
        where: a name, or a path: whatever has a slash in it, such as ``./ann``.

    Raises:
        InputError: for what can be neither.
    """
    text = os.fspath(where)
    if isinstance(where, os.PathLike) or "/" in text or os.sep in text or text in (".", ".."):
        if "\0" in text:
            raise InputError(f"{text!r} is no path")
        return Path(text)
    if not is_name(text):
        raise InputError(
            f"a profile cannot have the name {text!r}: "
            "give up to 64 letters, digits, - and _, or a path with a /"
        )
    return profiles_folder() / text


def is_name(text: str) -> bool:
    """Whether a profile can have this name, on every system."""
    return (
        0 < len(text) <= 64
        and all(char.isalnum() or char in " _.-" for char in text)
        and text[0] not in " .-"
        and text[-1] not in " ."
        and not _RESERVED.fullmatch(text)
    )


def profile_names() -> list[str]:
    """The names of the profiles in :func:`profiles_folder`, sorted."""
    folder = profiles_folder()
    try:
        names = os.listdir(folder)
    except OSError:
        return []
    return sorted(name for name in names if os.path.lexists(folder / name / LIST))
