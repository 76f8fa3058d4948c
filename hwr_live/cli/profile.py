"""The commands about profiles: ``hwr-live profile list | show | export | import | delete``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from hwr_live.cli.sheet import contact_sheet
from hwr_live.errors import HwrError, InputError, printable
from hwr_live.media.images import encode_png
from hwr_live.profiles.archive import read_archive, write_archive
from hwr_live.profiles.corrections import FOLDERS
from hwr_live.profiles.locate import is_name, profile_names, profiles_folder
from hwr_live.profiles.profile import Profile, amount
from hwr_live.system.files import write_exactly
from hwr_live.system.terminal import STDERR, note, tell


def run(options: argparse.Namespace) -> int:
    """Runs one of the commands; returns the exit status.

    Raises:
        HwrError: if it cannot be done.
    """
    commands = {
        "list": _list,
        "show": _show,
        "export": _export,
        "import": _import,
        "delete": _delete,
    }
    return commands[options.what](options)


def open_profile(where: str, *, new: bool = False) -> Profile:
    """Opens a profile; tells on stderr, a line each, what of it cannot be used.

    Args:
        where: a name or a path.
        new: whether it need not be there yet.

    Raises:
        InputError: if it is not there, or is no profile.
    """
    profile = Profile.open(where, new=new)
    for problem in profile.problems:
        tell(f"profile {profile.name}: {problem}")
    return profile


def _list(options: argparse.Namespace) -> int:
    names = profile_names()
    if not names:
        tell(f"no profiles in {profiles_folder()}; hwr-live teach NAME makes one")
    for name in names:
        try:
            profile = Profile.open(name)
        except HwrError as error:
            print(f"{name:16} {error}")
            continue
        damaged = "; some of it is damaged" * bool(profile.problems)
        print(f"{name:16} {amount(s.char for s in profile.samples)}{damaged}")
    return 0


def _show(options: argparse.Namespace) -> int:
    profile = open_profile(options.name)
    print(f"{amount(s.char for s in profile.samples)} in {profile.folder}")
    for char in FOLDERS.values():
        samples = [sample for sample in profile.samples if sample.char == char]
        if samples:
            sources = Counter(sample.source for sample in samples)
            told = ", ".join(f"{count} {source}" for source, count in sources.items())
            print(f"{char}  {len(samples):3}  {told}, last {max(s.date for s in samples)[:10]}")
    if options.sheet is not None:
        path = Path(options.sheet)
        if path.suffix.lower() != ".png":
            raise InputError(f"{path}: a contact sheet is a .png file")
        write_exactly(path, encode_png(contact_sheet(profile.samples)))
        note(f"wrote {path}")
    return 0


def _export(options: argparse.Namespace) -> int:
    path = Path(options.file)
    if path.suffix.lower() != ".zip":
        raise InputError(f"{path}: an export is a .zip file")
    write_archive(open_profile(options.name), path)
    note(f"wrote {path}")
    return 0


def _import(options: argparse.Namespace) -> int:
    archive = read_archive(options.file)
    for problem in archive.problems:
        tell(f"{options.file}: {problem}")
    if not archive.samples:
        raise InputError(f"{options.file} has no sample in it that can be used")
    if options.name is None and not is_name(archive.name):
        raise InputError(
            f"a profile cannot have the name {archive.name!r} of the one in {options.file}: "
            "give another after the file"
        )
    profile = open_profile(options.name or archive.name, new=True)
    if options.name is None and profile.exists:
        # The same name need not be the same hand.
        raise InputError(
            f"there is a profile {profile.name} already; hwr-live profile import {options.file} "
            f"{profile.name} adds to it, another name keeps them apart"
        )
    new = profile.merge(archive.samples)
    told = [f"imported {amount(s.char for s in new)}" if new else "nothing new is imported"]
    if known := len(archive.samples) - len(new):
        told.append(f"{known} known before")
    has = amount(sample.char for sample in profile.samples)
    print(f"{', '.join(told)}; {profile.name} has {has}, in {profile.folder}")
    return 0


def _delete(options: argparse.Namespace) -> int:
    profile = Profile.open(options.name)
    what = f"{profile.name} with {amount(s.char for s in profile.samples)} in {profile.folder}"
    if not options.yes and not _agreed(f"Delete the profile {what}? [y/N] "):
        raise InputError(f"{profile.name} is not deleted; answer y or give --yes")
    if not profile.delete():
        tell(f"{profile.folder} stays: there is something else in it, or it cannot be removed")
    note(f"deleted {what}")
    return 0


def _agreed(question: str) -> bool:
    if sys.stdin is None:
        return False
    STDERR.write(printable(question))
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        note("")  # what comes next is a line of its own
    return answer.strip().lower() in ("y", "yes")
