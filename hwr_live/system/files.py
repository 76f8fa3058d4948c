"""Files that are never there by half, and new ones that never replace a user's."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import zlib
from collections.abc import Mapping
from pathlib import Path

from hwr_live.errors import HwrError, InputError

_TRIAL = 1 << 16  # bytes
_LONGEST_NAME = 255  # bytes, of most file systems
_NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))


def make_folder(folder: Path) -> None:
    """Makes a folder to write to, if it is not there.

    Raises:
        InputError: if that cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: no folder to write to ({_reason(error)})") from None
    if not os.access(folder, os.W_OK):  # told before there is something to be lost
        raise InputError(f"{folder}: no folder to write to (writing is not allowed)")


def saving_folder(save_dir: str | Path | None) -> Path:
    """The folder of ``--save-dir``, the current one if None; it need not be there yet.

    Raises:
        InputError: if it is no folder.
    """
    folder = Path.cwd() if save_dir is None else Path(save_dir)
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise InputError(f"{folder} is no folder; give --save-dir a folder to save to")
    return folder


def write_exactly(path: Path, data: bytes) -> None:
    """Writes a file of this very name.

    Raises:
        InputError: if there is such a file already, or the name cannot be one.
        HwrError: if it cannot be written for another reason, such as a full disk.
    """
    try:
        _write(path, data)
    except FileExistsError:
        raise InputError(f"{path} is there already; give another name") from None
    except (OSError, ValueError) as error:
        kind = HwrError if getattr(error, "errno", None) in _NO_ROOM else InputError
        raise kind(f"{path}: cannot be written ({_reason(error)})") from None


def write_new(folder: Path, stem: str, contents: Mapping[str, bytes]) -> list[Path]:
    """Writes files that belong together, such as a picture and its JSON, under one free name.

    Args:
        folder: made if it is not there.
        stem: of the names; where a file has it already, ``-2``, ``-3`` and so on is added.
        contents: what to write for each suffix, such as ``".png"``.

    Returns:
        The files' paths, in the order of ``contents``.

    Raises:
        InputError: if the name cannot be one there.
        HwrError: if the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number = 1
        while True:
            name = stem if number == 1 else f"{stem}-{number}"
            paths = [folder / f"{name}{suffix}" for suffix in contents]
            if not any(os.path.lexists(path) for path in paths) and _write_all(
                dict(zip(paths, contents.values(), strict=True))
            ):
                return paths
            number += 1
    except (OSError, ValueError) as error:
        reason = _reason(error)
        if os.path.isdir(folder) and is_name_fault(error):
            name = f"{folder / stem}{next(iter(contents), '')}"
            raise InputError(f"{name}: cannot be written ({reason})") from None
        raise HwrError(f"{folder}: cannot be written to ({reason}); give another folder") from None


def place_beside(path: Path, suffix: str = ".part") -> Path:
    """Where a file is written until it has its name: hidden beside it, this process's own, with the
    name in it where that leaves a name that can be one."""
    ending = f".{os.getpid()}{suffix}"
    name = f".{path.name}{ending}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        name = f".{zlib.crc32(os.fsencode(path.name)):08x}{ending}"
    return path.with_name(name)


def replace_file(path: Path, data: bytes) -> None:
    """Writes beside and then renames, so that there is the old file or the new, never a part.

    Raises:
        OSError: if it cannot be written.
    """
    beside = place_beside(path)
    try:
        with open(beside, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def is_plain_file(path: str | os.PathLike[str]) -> bool:
    """Whether a path, or what a link there leads to, is a file with something in it: neither a pipe
    or device, whose reader may wait for ever, nor one of the files without a size by which a system
    tells of itself, such as ``/proc/kmsg``, which wait too.

    Raises:
        OSError, ValueError: if there is no such file, or the name cannot be one.
    """
    state = os.stat(path)
    return stat.S_ISREG(state.st_mode) and state.st_size > 0


def why_it_cannot_grow(path: Path, room: int) -> str:
    """Why a file that is being written has no room for so many more bytes; "" if it has.

    Looked at are the disk, the largest file that the system allows, and, as quotas and failing
    disks tell of themselves only so, whether a little can be written beside it.
    """
    try:
        if shutil.disk_usage(path.parent).free < room:
            return f"the disk is full, less than {room >> 20} MB are free"
        if (most := _largest_file()) is not None and path.stat().st_size + room > most:
            return f"the system allows no files of more than {most >> 20} MB"
        trial = place_beside(path, ".trial")
        try:
            trial.write_bytes(bytes(_TRIAL))
        finally:
            trial.unlink(missing_ok=True)
    except OSError as error:
        return str(_reason(error))
    return ""


def _largest_file() -> int | None:
    """Bytes that a file of this process may have; None where nothing limits them."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    return None if most == resource.RLIM_INFINITY else most


def is_name_fault(error: OSError | ValueError) -> bool:
    """Whether a file could not be made for its name: too long, or with what none may have there."""
    return getattr(error, "errno", errno.EINVAL) in (
        errno.ENAMETOOLONG,
        errno.EINVAL,
        errno.EILSEQ,
    )


def _reason(error: OSError | ValueError) -> object:
    """Why a file could not be made; a name that cannot be one is no error of the system."""
    return getattr(error, "strerror", None) or error


def _write_all(contents: Mapping[Path, bytes]) -> bool:
    """Writes all files, or none where one of the names has been taken meanwhile."""
    written: list[Path] = []
    try:
        for path, data in contents.items():
            _write(path, data)
            written.append(path)
    except BaseException as error:  # a full disk, too
        for other in written:
            other.unlink()
        if isinstance(error, FileExistsError):
            return False
        raise
    return True


def _write(path: Path, data: bytes) -> None:
    """Writes beside and then gives the file its name, unless that is taken (FileExistsError)."""
    beside = place_beside(path)
    try:
        beside.write_bytes(data)
        try:
            os.link(beside, path)  # unlike a rename, a link never replaces
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
