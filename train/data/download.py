"""Fetches data sets into the cache folder: progress, resume after a break, checksum.

A file has its name only when it is whole and its checksum is right. Until then it is ``NAME.part``,
which the next call goes on from.
"""

from __future__ import annotations

import gzip
import hashlib
import http.client
import math
import os
import re
import shutil
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO

from hwr_live.errors import InputError, one_line
from hwr_live.system.folders import user_folder
from hwr_live.system.lock import locked
from train.data.idx import MAX_BYTES
from train.progress import meter

TIMEOUT_S = 20.0  # without a byte
RETRIES = 5  # in a row without a new byte
_CHUNK = 1 << 18
_LENGTH = re.compile(r"[0-9]{1,15}")
_REASON = 200  # characters of what a server says that are told
_LINES = 10  # that tell of one file in a log
_MB = 1e6


@dataclass(frozen=True)
class Remote:
    """A file to fetch.

    Attributes:
        url: where from; its last part is the file's name.
        bytes: how much it is, to say so beforehand and to stop a server that sends without end.
        sha256: of the file; of its unpacked content where ``content`` is set, because MNIST's
            mirrors compress alike data differently.
        content: see ``sha256``.
    """

    url: str
    bytes: int
    sha256: str
    content: bool = False

    @property
    def name(self) -> str:
        return urllib.parse.urlsplit(self.url).path.rsplit("/", 1)[-1]


_MNIST = "https://storage.googleapis.com/cvdf-datasets/mnist/"

REMOTES: dict[str, tuple[Remote, ...]] = {
    "mnist": (
        Remote(
            f"{_MNIST}train-images-idx3-ubyte.gz",
            9_912_422,
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
            content=True,
        ),
        Remote(
            f"{_MNIST}train-labels-idx1-ubyte.gz",
            28_881,
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
            content=True,
        ),
        Remote(
            f"{_MNIST}t10k-images-idx3-ubyte.gz",
            1_648_877,
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
            content=True,
        ),
        Remote(
            f"{_MNIST}t10k-labels-idx1-ubyte.gz",
            4_542,
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            content=True,
        ),
    ),
    # Size and SHA-256 as TensorFlow Datasets records them; all six splits are in the one archive.
    "emnist": (
        Remote(
            "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
            561_753_746,
            "fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
        ),
    ),
    # As Keras records it.
    "keras": (
        Remote(
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
            11_490_434,
            "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        ),
    ),
}
"""What each folder of the cache holds."""


def cache_folder() -> Path:
    """Where fetched files are kept: ``HWR_CACHE``, or the user's cache folder.

    Raises:
        InputError: if the user has no home folder.
    """
    if chosen := os.environ.get("HWR_CACHE"):
        return Path(chosen).expanduser()
    return user_folder("cache", "name a folder by HWR_CACHE")


def missing(remotes: Sequence[Remote], folder: Path) -> list[Remote]:
    """The files that ``folder`` does not hold yet."""
    return [remote for remote in remotes if not (folder / remote.name).is_file()]


def fetch(
    remotes: Sequence[Remote], folder: Path, *, out: TextIO | None = None, pause_s: float = 1.0
) -> None:
    """Fetches the files that ``folder`` does not hold yet.

    Args:
        remotes: the files.
        folder: made if need be.
        out: where progress is told; stderr by default.
        pause_s: before the first retry of a broken connection; doubles with each.

    Raises:
        InputError: a file that cannot be fetched, with the way to do it by hand.
    """
    out = out or sys.stderr
    wanted = missing(remotes, folder)
    if not wanted:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The second process waits, however long that is, and then finds the files there.
        with locked(folder, wait_s=math.inf):
            for remote in missing(remotes, folder):
                _check_space(remote, folder)
                try:
                    _fetch(remote, folder, out, pause_s)
                except _Refused as error:
                    raise InputError(
                        f"{error} {by_hand(missing(remotes, folder), folder)}"
                    ) from None
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror or error}") from None


def by_hand(remotes: Sequence[Remote], folder: Path) -> str:
    """How to do without this module."""
    urls = " ".join(remote.url for remote in remotes)
    what = "these files" if len(remotes) > 1 else "this file"
    it = "them" if len(remotes) > 1 else "it"
    return f"Without a network, fetch {what} by hand and put {it} into {folder}: {urls}"


def _fetch(remote: Remote, folder: Path, out: TextIO, pause_s: float) -> None:
    part = folder / f"{remote.name}.part"
    resumed = part.exists()
    _transfer(remote, part, out, pause_s)
    if resumed and _digest(part, remote) != remote.sha256:
        # What lay there may have been another version's beginning: once more from the start.
        part.unlink()
        _transfer(remote, part, out, pause_s)
    digest = _digest(part, remote)
    if digest != remote.sha256:
        part.unlink()
        raise _Refused(
            f"{remote.url} did not send the right file (SHA-256 {digest or 'of nothing readable'}, "
            f"not {remote.sha256}); nothing was kept."
        )
    os.replace(part, folder / remote.name)


def _transfer(remote: Remote, part: Path, out: TextIO, pause_s: float) -> None:
    """Brings ``part`` to the end, however often the connection breaks on the way."""
    failures = 0
    while True:
        before = _size(part)
        try:
            _request(remote, part, out)
            return
        except _Refused as error:
            raise _Refused(_unreachable(remote, part, error)) from None
        except (urllib.error.URLError, http.client.HTTPException, _Broken, OSError) as error:
            reason = one_line(getattr(error, "reason", None) or error)
            if isinstance(error, OSError) and error.filename is not None:
                raise  # the disk's, not the network's
            came = _size(part) > before
            failures = 0 if came else failures + 1
            # Never reached: offline, or a wrong name. Waiting would only delay saying so.
            offline = isinstance(error, urllib.error.URLError) and _size(part) == 0
            if offline or failures > RETRIES:
                raise _Refused(_unreachable(remote, part, reason)) from None
            print(f"{remote.name}: {reason}; going on from {_mb(_size(part))}", file=out)
            time.sleep(pause_s * 2 ** min(failures, 5))


def _request(remote: Remote, part: Path, out: TextIO) -> None:
    """One request for what is missing; appends to ``part`` or starts it anew."""
    have = _size(part)
    request = urllib.request.Request(
        remote.url, headers={"User-Agent": "hwr-live", "Accept-Encoding": "identity"}
    )
    if have:
        request.add_header("Range", f"bytes={have}-")
    response = _opened(request, part, have)
    if response is None:
        return
    with response:
        start = _start(response, part, have)
        length = response.headers.get("Content-Length", "")
        end = start + int(length) if _LENGTH.fullmatch(length) else None
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            done = _copy(response, file, start, remote, out, end)
            file.flush()
            os.fsync(file.fileno())
    if end is not None and done < end:
        raise _Broken("the connection broke")


def _opened(
    request: urllib.request.Request, part: Path, have: int
) -> http.client.HTTPResponse | None:
    """The server's answer; None where it says that ``part`` is whole."""
    try:
        response: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        with error:
            if error.code == 416 and have:  # nothing lies behind: whole, or too long
                total = (error.headers.get("Content-Range") or "").rpartition("/")[2]
                if total == str(have):
                    return None
                part.unlink()
                raise _Broken(f"the server has nothing behind {_mb(have)}") from None
            if error.code in (408, 429) or error.code >= 500:
                raise _Broken(f"the server answers {error.code}") from None
            told = one_line(error.reason)[:_REASON]
            raise _Refused(f"the server answers {error.code} {told}") from None
    except (http.client.InvalidURL, ValueError, OverflowError) as error:  # of a redirect
        reason = one_line(error)[:_REASON]
        raise _Refused(f"it leads to an address that is none ({reason})") from None
    return response


def _start(response: http.client.HTTPResponse, part: Path, have: int) -> int:
    """Where the response's bytes belong: behind what is here; 0 from a server without ranges."""
    if have and response.status == 206:
        sent_range = response.headers.get("Content-Range", "")
        if sent_range.startswith(f"bytes {have}-"):
            return have
        part.unlink()  # it would bring the same answer the next time
        told = one_line(sent_range)[:_REASON] or "no range"
        raise _Broken(f"the server sent {told}, not the bytes from {have:,} on")
    return 0


def _copy(
    response: http.client.HTTPResponse,
    file: BinaryIO,
    start: int,
    remote: Remote,
    out: TextIO,
    end: int | None,
) -> int:
    done, total = start, end or remote.bytes
    told = f"{remote.name} {{percentage:3.0f}}% of {_mb(total)}, {{rate_fmt}}, {{remaining}} left"
    with meter(out, told, total, start, unit="B", lines=_LINES) as bar:
        while chunk := response.read(_CHUNK):
            done += len(chunk)
            if done > 2 * remote.bytes:
                file.truncate(0)  # nothing to go on from
                raise _Refused(f"the server sends more than the {_mb(remote.bytes)} that it is")
            try:
                file.write(chunk)
            except OSError as error:
                raise _Refused(f"it cannot be written ({error.strerror})") from None
            bar.update(len(chunk))
    return done


class _Broken(Exception):
    """Worth another try."""


class _Refused(Exception):
    """Not worth another try."""


def _unreachable(remote: Remote, part: Path, reason: object) -> str:
    kept = f" ({_mb(_size(part))} are kept: the same command goes on from there)"
    host = urllib.parse.urlsplit(remote.url).netloc
    return f"cannot fetch {remote.name} from {host}: {reason}{kept if _size(part) else ''}."


def _digest(path: Path, remote: Remote) -> str:
    """SHA-256 of the file or its unpacked content; "" for content that cannot be unpacked."""
    digest, left = hashlib.sha256(), MAX_BYTES
    try:
        with gzip.open(path) if remote.content else path.open("rb") as file:
            while left > 0 and (chunk := file.read(_CHUNK)):
                digest.update(chunk)
                left -= len(chunk)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return ""
    return digest.hexdigest()


def _check_space(remote: Remote, folder: Path) -> None:
    needed = remote.bytes - _size(folder / f"{remote.name}.part")
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise InputError(
            f"{remote.name} needs {_mb(needed)} but {folder} has {_mb(free)} free; "
            "make room, or name another folder by HWR_CACHE"
        )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _mb(count: float) -> str:
    return f"{count / _MB:,.1f} MB" if count < 10 * _MB else f"{count / _MB:,.0f} MB"
