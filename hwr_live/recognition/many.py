"""Many pictures, read one after the other or in several processes."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
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
) -> Iterator[Reading | HwrError]:
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
