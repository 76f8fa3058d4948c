"""Many pictures, read one after the other or in several processes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from hwr_live.canvas import Canvas
from hwr_live.documents.pictures import Source, as_picture
from hwr_live.errors import HwrError, InputError
from hwr_live.reading import Reading
from hwr_live.system.processes import Died, Ready, in_order

if TYPE_CHECKING:
    from hwr_live.recognition.reader import Reader


def read_many(
    reader: Reader, sources: Iterable[Source | Canvas], jobs: int, rgb: bool
) -> Generator[Reading | HwrError, None, None]:
    """The readings of pictures in their order, and errors in their places.

    Pictures are taken as they are needed, at most two a process ahead.

    Args:
        reader: reads them; in several processes, each has a copy of it.
        sources: pictures.
        jobs: processes; 1 for this one alone.
        rgb: as of :meth:`Reader.read`.
    """
    if jobs == 1:
        for source in sources:
            yield _read(reader, (source, rgb))
        return
    items = (_portable(source, rgb) for source in sources)
    results = in_order(_read, items, partial(_itself, reader), jobs)
    with contextlib.closing(results):
        for result in results:
            if isinstance(result, Died):
                yield HwrError("the process that read this picture died, as of want of memory")
            else:
                yield result


def check_many(sources: object, jobs: object, errors: object) -> None:
    """Sees to it that there can be many readings; of a path the letters would be read, one by one,
    and of a picture its rows.

    Raises:
        InputError: if there cannot.
    """
    one = isinstance(sources, (str, bytes, os.PathLike, Canvas)) or hasattr(sources, "read")
    if isinstance(sources, np.ndarray):  # several grey ones have three axes, too
        one = sources.ndim < 3 or (sources.ndim == 3 and sources.shape[2] in (3, 4))
    if one or not isinstance(sources, Iterable):
        raise InputError("read_many takes several pictures, as in a list; read takes one")
    if isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1:
        raise InputError(f"jobs is a whole number of at least 1, not {jobs!r}")
    if errors not in ("raise", "yield"):
        raise InputError(f'errors is "raise" or "yield", not {errors!r}')


def raised(results: Generator[Reading | HwrError, None, None]) -> Iterator[Reading]:
    """The readings, up to the first error, which is raised."""
    with contextlib.closing(results):  # processes end with it
        for result in results:
            if isinstance(result, HwrError):
                raise result
            yield result


def _itself(reader: Reader) -> Reader:
    return reader


def _read(reader: Reader, picture: tuple[Any, bool]) -> Reading | HwrError:
    source, rgb = picture
    try:
        return reader.read(source, rgb=rgb)
    except InputError as error:
        return error


def _portable(source: Source | Canvas, rgb: bool) -> tuple[Any, bool] | Ready[Reading | HwrError]:
    """What another process can be given: neither open files nor Pillow images."""
    if isinstance(source, (str, bytes, os.PathLike, np.ndarray, Canvas)):
        return source, rgb
    try:
        return as_picture(source), False
    except InputError as error:
        return Ready(error)
