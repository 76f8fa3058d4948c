"""What is to be read: files, folders with or without what is below, lists of files."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hwr_live.documents.remote import files_in, is_remote, name_of_url
from hwr_live.errors import InputError
from hwr_live.media.images import PICTURE_SUFFIXES, STDIN, natural_key
from hwr_live.system.limits import limited, read_at_most

SUFFIXES = PICTURE_SUFFIXES | {".gif", ".pdf"}
"""Of the files of a folder that are read."""
NO_PICTURES = "no pictures in this folder"

_MOST_LIST = 1 << 28  # bytes of a list of files: some millions of paths
_NAMED = 3  # skipped files that are named, of all that are counted


@dataclass(frozen=True)
class Source:
    """A document to be read.

    Attributes:
        path: where it is, or ``-``.
        name: what its results are called: the path below the folder that was asked for, with ``/``.
    """

    path: str
    name: str


@dataclass
class Found:
    """What the user's arguments come to.

    Attributes:
        sources: documents in the order in which they are read; where one of the arguments is
            nothing that can be read, the error stands in its place.
        skipped: files of folders that are no pictures and no PDF.
        folders: folders in folders, which were not looked into.
    """

    sources: list[Source | InputError] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def remarks(self) -> Iterator[str]:
        """One line each for what was passed over, as ``skipped 5 files …: a.txt, b.doc, …``."""
        if self.skipped:
            what = (
                "file that is no picture"
                if len(self.skipped) == 1
                else "files that are no pictures"
            )
            yield f"skipped {len(self.skipped)} {what}: {_some(self.skipped)}"
        if self.folders:
            one = len(self.folders) == 1
            what, them = ("folder", "it") if one else ("folders", "them")
            yield (
                f"skipped {len(self.folders)} {what}; --recursive reads what is in {them}: "
                f"{_some(self.folders)}"
            )


def find(
    arguments: Iterable[str], *, recursive: bool = False, without: Collection[str] = ()
) -> Found:
    """Finds the documents that arguments name: files as they are, folders by what is in them.

    In folders, hidden files are left out, and so are links to folders.

    Args:
        arguments: paths, URLs, or ``-``.
        recursive: whether folders in folders are looked into.
        without: real paths of what in folders is left out without a word, as results of before.
    """
    found = Found()
    for argument in arguments:
        if argument == STDIN:
            found.sources.append(Source(STDIN, "stdin"))
        elif is_remote(argument):
            _look_far(argument, found, recursive)
        elif os.path.isdir(argument):
            before = len(found.sources)
            try:
                _look_into(Path(argument), "", found, recursive, without)
            except InputError as error:
                found.sources.append(error)
            if len(found.sources) == before:
                found.sources.append(InputError(f"{argument}: {NO_PICTURES}"))
        else:
            found.sources.append(Source(argument, os.path.basename(argument)))
    return found


def _look_far(url: str, found: Found, recursive: bool) -> None:
    """A remote file, or what is in a remote folder."""
    try:
        files = files_in(url, recursive=recursive)
    except InputError as error:
        found.sources.append(error)
        return
    if files is None:
        found.sources.append(Source(url, name_of_url(url)))
        return
    before = len(found.sources)
    for path, name in sorted(files, key=lambda one: natural_key(one[1])):
        if os.path.basename(name).startswith("."):
            continue
        if os.path.splitext(name)[1].lower() in SUFFIXES:
            found.sources.append(Source(path, name))
        else:
            found.skipped.append(path)
    if len(found.sources) == before:
        found.sources.append(InputError(f"{url}: {NO_PICTURES}"))


def _look_into(
    folder: Path, below: str, found: Found, recursive: bool, without: Collection[str]
) -> None:
    try:
        with os.scandir(folder) as listed:
            entries = sorted(listed, key=lambda entry: natural_key(entry.name))
    except OSError as error:
        raise InputError(f"{folder}: {error.strerror}") from None
    deeper: list[tuple[Path, str]] = []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path, name = os.path.join(folder, entry.name), f"{below}{entry.name}"
        if without and os.path.realpath(path) in without:
            continue
        if os.path.isdir(path):  # where the entry itself would raise, as of links in a circle
            if not recursive or entry.is_symlink():
                found.folders.append(path)
            else:
                deeper.append((Path(path), f"{name}/"))
        elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:
            found.sources.append(Source(path, name))
        else:
            found.skipped.append(path)
    for inner, prefix in deeper:
        try:
            _look_into(inner, prefix, found, recursive, without)
        except InputError as error:
            found.sources.append(error)


def listed_in(path: str) -> list[str]:
    """The paths in a list of files, one a line; empty lines are passed over.

    Args:
        path: a text file, or ``-`` for standard input.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        if path == STDIN:
            if sys.stdin is None:
                raise InputError("standard input is closed")
            data = limited(sys.stdin.buffer, _MOST_LIST, "standard input")
        else:
            data = read_at_most(path, _MOST_LIST)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"cannot read {path!r}, the list of files: {reason}") from None
    return [line for line in os.fsdecode(data).splitlines() if line.strip()]


def _some(paths: list[str]) -> str:
    more = [f"and {len(paths) - _NAMED} more"] if len(paths) > _NAMED else []
    return ", ".join([*paths[:_NAMED], *more])
