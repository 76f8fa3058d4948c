"""Files that are named by a URL: of object stores and the like by fsspec, of the web without it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from hwr_live.errors import InputError
from hwr_live.system.limits import limited
from hwr_live.system.missing import need

_MOST_BYTES = 1 << 28  # of one file
_TIMEOUT_S = 30.0  # without a byte from a web server


def is_remote(path: str) -> bool:
    """Whether it is a URL, such as ``https://host/page.jpg`` or ``s3://bucket/folder``."""
    scheme, between, _ = path.partition("://")
    return bool(between) and len(scheme) > 1 and scheme.replace("+", "").isalnum()


def read_remote(url: str) -> bytes:
    """The bytes of a remote file.

    Raises:
        InputError: if it cannot be read, is larger than 256 MB, or needs a package that is not
            installed.
    """
    try:
        if _is_web(url):
            data = _read_web(url)
        else:
            system, path = _system(url)
            with system.open(path, "rb") as file:
                data = limited(file, _MOST_BYTES, url)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot read {url}: {_reason(error)}") from None
    if not data:
        raise InputError(f"{url} is empty")
    return data


def _read_web(url: str) -> bytes:
    import http.client
    import urllib.error
    import urllib.request  # these take long to load, and few pictures are of the web

    request = urllib.request.Request(url, headers={"User-Agent": "hwr-live"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as file:
            return limited(file, _MOST_BYTES, url)
    except urllib.error.HTTPError as error:
        raise InputError(f"cannot read {url}: {error.code} {error.reason}") from None
    except http.client.HTTPException as error:  # a server that speaks otherwise, an odd address
        told = str(error) or type(error).__name__
        raise InputError(f"cannot read {url}: {told}") from None


def files_in(url: str, *, recursive: bool) -> Iterator[tuple[str, str]] | None:
    """The files of a remote folder: the URL of each, and its path below the folder.

    Args:
        url: a folder or a file.
        recursive: whether folders in folders are looked into.

    Returns:
        None for what is no folder; pages of the web never are.

    Raises:
        InputError: if that cannot be found out.
    """
    if _is_web(url):
        return None
    try:
        system, root = _system(url)
        if not system.isdir(root):
            return None
        found = system.find(root) if recursive else _plain_files(system, root)
        start = root.rstrip("/") + "/"
        return iter(
            [(str(system.unstrip_protocol(path)), path.removeprefix(start)) for path in found]
        )
    except (OSError, ValueError) as error:
        raise InputError(f"cannot list {url}: {_reason(error)}") from None


def identity(url: str) -> str:
    """What changes when a remote file does; "" where nothing tells."""
    if _is_web(url):
        return ""
    try:
        system, path = _system(url)
        return str(system.ukey(path))
    except (OSError, ValueError, NotImplementedError, InputError):
        return ""


def _plain_files(system: Any, root: str) -> list[str]:
    return [entry["name"] for entry in system.ls(root, detail=True) if entry["type"] == "file"]


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _system(url: str) -> tuple[Any, str]:
    fsspec = need("fsspec", url, "cluster")
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:  # of the package for this kind of storage
        raise InputError(f"{url}: {error}") from None
    return system, str(path)


def _reason(error: Exception) -> object:
    return getattr(error, "strerror", None) or getattr(error, "reason", None) or error


def name_of_url(url: str) -> str:
    """What a remote file's results are called: the last part of its path."""
    return os.path.basename(url.partition("?")[0].rstrip("/")) or "page"
