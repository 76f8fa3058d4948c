"""A folder of results that knows what is in it, so that a run can be gone on with.

page.jpg.txt               results, each written as a whole
report.csv                 what came of each page
.hwr-live/manifest.jsonl   a line for each result, written before the result itself
.hwr-live/lock             held by the run that writes here
.hwr-live/part             where results are written before they get their names
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import STDIN
from hwr_live.system.files import is_name_fault, is_plain_file, make_folder
from hwr_live.system.lock import locked

OWN = ".hwr-live"
"""The folder of what is needed to go on."""
REPORT = "report.csv"
"""The file that tells what came of each page."""

_BLOCK = 1 << 20  # bytes that are read at once


@dataclass(frozen=True)
class PageRecord:
    """What came of a page.

    Attributes:
        words: how many were read.
        doubtful: how many of them are not sure.
        confidence: the mean over its characters, 0 to 1; None without any.
        failed: why it could not be read; "" if it was.
        remark: why little or nothing was read of the ink that is there; "" where
            nothing is to be told.
    """

    words: int = 0
    doubtful: int = 0
    confidence: float | None = None
    failed: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Record:
    """What came of a document.

    Attributes:
        name: of the document, as its results are called.
        content: SHA-256 of the document; "" of one that cannot be known again.
        settings: SHA-256 of everything that decides what is written.
        output: the result's path in the folder, with ``/``; "" where there is none.
        pages: in their order.
        digest: SHA-256 of the result; "" where there is none.
    """

    name: str
    content: str
    settings: str
    output: str = ""
    pages: tuple[PageRecord, ...] = ()
    digest: str = ""

    @property
    def whole(self) -> bool:
        """Whether all pages were read: what failed is tried again."""
        return bool(self.pages) and not any(page.failed for page in self.pages)


class Manifest:
    """The results in a folder. Made by :func:`opened`.

    Attributes:
        folder: where they are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / OWN / "manifest.jsonl"
        self._part = folder / OWN / "part"
        self._records: dict[str, Record] = {}
        self._written: dict[str, set[str]] = {}  # what was ever written to each output
        self._load()

    @property
    def outputs(self) -> set[str]:
        """The real paths of all results, the report among them."""
        return {os.path.realpath(self.folder / name) for name in self._written}

    def done(self, output: str, content: str, settings: str) -> Record | None:
        """The record of a result that need not be made again.

        It was made of the same document, with the same settings, as a whole, and is there and
        unchanged.
        """
        record = self._records.get(output)
        if record is None or not (content and record.whole):
            return None
        if (record.content, record.settings) != (content, settings):
            return None
        return record if digest_of(self.folder / record.output) == record.digest else None

    def keep(self, record: Record, data: bytes) -> Record:
        """Writes a result, whole or not at all.

        A result of before is replaced; a file that is somebody else's is not.

        Args:
            record: without its digest.
            data: the result.

        Returns:
            The record with its digest.

        Raises:
            InputError: for such a file, or a name that cannot be one.
            HwrError: if it cannot be written for another reason, such as a full disk.
        """
        path = self.folder / record.output
        record = replace(record, digest=hashlib.sha256(data).hexdigest())
        if os.path.lexists(path):
            there = digest_of(path)
            if there not in self._written.get(record.output, set()):
                raise InputError(
                    f"{path} is there already, and not as this program wrote it; move it away, "
                    "or give another folder"
                )
        try:
            self._part.write_bytes(data)
            # Its digest is written down first: so a result without a record is somebody else's,
            # whenever this process is killed.
            self._note(record)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(self._part, path)
        except (OSError, ValueError) as error:
            if is_name_fault(error) or isinstance(error, (FileExistsError, NotADirectoryError)):
                raise InputError(str(_unwritable(path, error))) from None
            raise _unwritable(path, error) from None
        return record

    def _note(self, record: Record) -> None:
        self._take(record)
        line = json.dumps(asdict(record)) + "\n"
        with open(self._path, "ab") as file:
            file.write(line.encode("ascii"))

    def _take(self, record: Record) -> None:
        self._records[record.output] = record
        self._written.setdefault(record.output, set()).add(record.digest)

    def _load(self) -> None:
        """Reads the lines; one that is damaged, as the last of a run that was killed, counts as not
        there."""
        try:
            with open(self._path, "rb") as file:
                lines = file.read().split(b"\n")
            self._part.unlink(missing_ok=True)
            if lines[-1]:  # what comes next must be a line of its own
                with open(self._path, "ab") as file:
                    file.write(b"\n")
        except FileNotFoundError:
            return
        except OSError as error:
            raise _unwritable(self._path, error) from None
        for line in lines:
            with contextlib.suppress(ValueError, TypeError, KeyError):
                self._take(_record_of(json.loads(line)))


def _record_of(told: Any) -> Record:
    pages = tuple(PageRecord(**page) for page in told.pop("pages"))
    return Record(**told, pages=pages)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Manifest]:
    """Opens a folder of results, made if it is not there, for this run alone.

    Raises:
        InputError: if it cannot be written to.
        HwrError: if another run writes to it.
    """
    make_folder(folder)
    make_folder(folder / OWN)
    busy = f"another run writes to {folder}; wait for its end, or give another folder"
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(folder / OWN / "lock", wait_s=0, busy=busy))
        except OSError as error:
            raise _unwritable(folder, error) from None
        yield Manifest(folder)


def _unwritable(path: Path, error: OSError | ValueError) -> HwrError:
    reason = getattr(error, "strerror", None) or error
    return HwrError(f"{path}: cannot be written ({reason})")


def digest_of(path: str | os.PathLike[str]) -> str:
    """SHA-256 of a file, in hexadecimal; "" of one that cannot be read, and of standard input."""
    if path == STDIN:
        return ""
    digest = hashlib.sha256()
    try:
        if not is_plain_file(path):  # reading another may wait for ever
            return digest.hexdigest() if os.path.isfile(path) else ""  # of an empty one
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
    except (OSError, ValueError):
        return ""
    return digest.hexdigest()
