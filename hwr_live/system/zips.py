"""Zip archives, of any clock: the format has no time before 1980, and machines without a battery
begin in 1970."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator

_FIRST = (1980, 1, 1, 0, 0, 0)  # the format's first moment


def member(name: str) -> zipfile.ZipInfo:
    """A file in an archive, for ``writestr``: readable by its owner, of no time."""
    made = zipfile.ZipInfo(name, _FIRST)
    made.external_attr = 0o600 << 16
    return made


@contextlib.contextmanager
def without_times() -> Iterator[None]:
    """A block whose libraries write archives without times, which they would take from the clock.

    For the whole process: archives that another thread writes meanwhile have no times either.
    """
    real = zipfile.ZipInfo

    class Timeless(real):  # type: ignore[misc,valid-type]
        def __init__(self, filename: str = "NoName", date_time: object = _FIRST) -> None:
            del date_time
            super().__init__(filename, _FIRST)

    zipfile.ZipInfo = Timeless  # type: ignore[misc]
    try:
        yield
    finally:
        zipfile.ZipInfo = real  # type: ignore[misc]
