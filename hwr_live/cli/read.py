"""Many pictures, read in several processes at once and told in order."""

from __future__ import annotations

import contextlib
import io
import signal
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import NamedTuple

from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import STDIN, encode_png, read_picture
from hwr_live.reading import Reading
from hwr_live.recognition.reader import Reader
from hwr_live.ui.paint import draw_reading

_AHEAD = 2  # pictures a process that are under way or wait: more would fill the memory


class Outcome(NamedTuple):
    """What came of a picture: a reading, with the picture it is drawn over as PNG; or an error."""

    reading: Reading | None
    overlay: bytes | None = None
    error: InputError | None = None


def read_one(reader: Reader, path: str, overlay: bool) -> Outcome:
    """Reads a picture; with ``overlay`` draws the reading over it, too."""
    try:
        picture = read_picture(path)
        reading = reader.read(picture)
    except InputError as error:
        return Outcome(None, error=error)
    return Outcome(reading, encode_png(draw_reading(picture, reading)) if overlay else None)


def read_each(
    paths: Iterable[str], make_reader: Callable[[], Reader], jobs: int = 1, overlay: bool = False
) -> Generator[Outcome, None, None]:
    """Reads pictures, in their order.

    Args:
        paths: files, or ``-`` for standard input.
        make_reader: makes a reader; for several jobs something that can be pickled, as each process
            makes its own.
        jobs: processes; 1 for this one alone.
        overlay: whether readings are to be drawn over their pictures.

    Raises:
        HwrError: if a process dies, as of want of memory.
    """
    reader = make_reader()  # what is wrong with it is told here, once
    if jobs == 1:
        for path in paths:
            yield read_one(reader, path, overlay)
        return
    # A single picture is read sooner without them.
    import multiprocessing
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), _begin, initargs=(make_reader,)
    )
    waiting: deque[Future[Outcome]] = deque()
    try:
        for path in paths:
            if path == STDIN:  # the processes have none
                done: Future[Outcome] = Future()
                done.set_result(read_one(reader, path, overlay))
                waiting.append(done)
            else:
                with interrupts_held():  # processes are begun here, as they are needed
                    waiting.append(pool.submit(_do, path, overlay))
            if len(waiting) > _AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise HwrError("a process that read pictures died; use fewer --jobs") from None
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Keeps Ctrl-C back for the block, and for ever from processes that are begun in it.

    A terminal interrupts them too, and Python tells of that while it starts. Windows has no such
    means.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_own: Reader  # of a process of the pool


def _begin(make_reader: Callable[[], Reader]) -> None:
    global _own
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    with contextlib.redirect_stderr(io.StringIO()):  # the parent has told it
        _own = make_reader()


def _do(path: str, overlay: bool) -> Outcome:
    return read_one(_own, path, overlay)
