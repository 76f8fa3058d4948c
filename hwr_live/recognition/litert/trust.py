"""Which LiteRT files may be run: those that are known, and those that came through here.

A file that is neither is checked, and tried in a process of its own. What came through is
remembered by its digest, so that it costs nothing again.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hwr_live.errors import InputError
from hwr_live.recognition.litert.known import KNOWN
from hwr_live.system.folders import user_folder

if TYPE_CHECKING:  # what is known costs no start
    from hwr_live.recognition.litert.graph import Shape


def trust(path: Path, content: bytes, shapes: Sequence[Shape]) -> None:
    """Sees to it that a LiteRT file can be given to the interpreter.

    Args:
        path: what the file is called in errors.
        content: the file.
        shapes: of inputs, batches, that it will have to take, or the like of them.

    Raises:
        InputError: if it has what no network of this program has, or ends a process.
    """
    if (digest := key(content, shapes)) in KNOWN:
        return
    known = mark(digest)
    if known is not None and known.exists():
        return
    from hwr_live.recognition.litert import trial
    from hwr_live.recognition.litert.check import check
    from hwr_live.recognition.litert.graph import Unsound

    try:
        check(content, shapes)
    except Unsound as error:
        raise InputError(f"{path} is no network that this program runs: {error}") from None
    if trial.tried(path, content, shapes) and known is not None:
        with contextlib.suppress(OSError):  # a cache that cannot be written is no loss
            known.parent.mkdir(parents=True, exist_ok=True)
            known.touch()


def key(content: bytes, shapes: Sequence[Shape]) -> str:
    """The digest of a file and of what it is to take."""
    digest = hashlib.sha256(repr([tuple(shape) for shape in shapes]).encode())
    digest.update(content)
    return digest.hexdigest()


def mark(digest: str) -> Path | None:
    """The file that says that a network came through here, with this LiteRT on such a machine."""
    import platform
    from importlib import metadata

    with contextlib.suppress(InputError, metadata.PackageNotFoundError):
        version = f"{metadata.version('ai-edge-litert')}-{platform.machine()}"
        return user_folder("cache", "") / "models" / f"{digest}-{version}"
    return None
