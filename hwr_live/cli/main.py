"""The command line: ``hwr-live draw | camera | read | teach | profile | sample | models``.

Text goes to stdout, all else to stderr; exit status 0, 1 (no device, a failure) or 2 (bad use or
input).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from hwr_live import __version__
from hwr_live.cli.read_options import add_read_options, count
from hwr_live.errors import HwrError, InputError, one_line
from hwr_live.recognition.models import DEFAULT
from hwr_live.system.signals import STATUS, at_once
from hwr_live.system.terminal import Parser, print_anything, tell

if TYPE_CHECKING:
    from hwr_live.profiles.profile import Profile
    from hwr_live.reading import Reading
    from hwr_live.recognition.reader import Reader


def parser() -> argparse.ArgumentParser:
    """The options of all commands: a list, and as long as there are options."""
    top = Parser(
        prog="hwr-live", description="Reads handwriting live: drawn, on camera, or in pictures."
    )
    top.add_argument("--version", action="version", version=f"hwr-live {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    common = Parser(add_help=False)
    common.add_argument(
        "--model",
        default=DEFAULT,
        help=f"a shipped model ({DEFAULT}, mnist) or a model folder [{DEFAULT}]",
    )
    common.add_argument(
        "--chars",
        default="all",
        metavar="SET",
        help="digits, upper, lower, letters, all, or the characters themselves",
    )
    common.add_argument("--json", action="store_true", help="print JSON, one object a line")

    known = Parser(add_help=False)
    known.add_argument(
        "--profile", metavar="NAME|PATH", help="read with what is known of a hand (hwr-live teach)"
    )
    known.add_argument(
        "--language", metavar="CODE", help="prefer the words of a language, such as en"
    )

    draw = commands.add_parser(
        "draw", parents=[common, known], help="draw with the mouse and read it"
    )
    draw.add_argument("--size", type=_size, default=(960, 600), metavar="WxH", help="of the window")
    draw.add_argument("--save-dir", metavar="DIR", help="where S saves (default: this folder)")

    camera = commands.add_parser(
        "camera", parents=[common, known], help="read from a camera or a video"
    )
    camera.add_argument(
        "--source",
        default="0",
        help="camera number, video file, folder, frame_%%04d.png, or URL (default: 0)",
    )
    camera.add_argument("--no-window", action="store_true", help="only print")
    camera.add_argument("--frames", type=count, metavar="N", help="stop after so many frames")
    camera.add_argument("--save-dir", metavar="DIR", help="where S saves (default: this folder)")
    camera.add_argument("--record", metavar="FILE", help="record what is read (.avi or .mkv)")

    read = commands.add_parser("read", parents=[common, known], help="read pictures and PDF")
    add_read_options(read)

    sample = commands.add_parser(
        "sample", parents=[common], help="read a page that the program draws itself"
    )
    sample.add_argument("--out", metavar="FILE", help="write the page here, as PNG")

    teach = commands.add_parser("teach", help="teach a profile how you write")
    teach.add_argument("profile", metavar="NAME|PATH", help="made if it is not there")
    teach.add_argument("--model", default=DEFAULT, help="a shipped model or a model folder")
    teach.add_argument("--chars", default="all", metavar="SET", help="what to ask for")
    teach.add_argument(
        "--size", type=_size, default=(960, 600), metavar="WxH", help="of the window"
    )

    teach.add_argument("--page", metavar="PHOTO", help="learn from a page of known text instead")
    teach.add_argument(
        "--from-review",
        metavar="DIR|EXPORT.json",
        help="learn from words that were put right, in a folder of read --review or Label Studio",
    )
    known_text = teach.add_mutually_exclusive_group()
    known_text.add_argument("--text", help="what is written on the page; \\n ends a line")
    known_text.add_argument("--text-file", metavar="FILE", help="the same in a file, line by line")

    profile = commands.add_parser("profile", help="list, show, export, delete profiles")
    what = profile.add_subparsers(dest="what", metavar="WHAT", required=True)
    what.add_parser("list", help="the profiles with a name")
    show = what.add_parser("show", help="what a profile has")
    show.add_argument("name", metavar="NAME|PATH")
    show.add_argument("--sheet", metavar="FILE.png", help="write its samples as one picture")
    export = what.add_parser("export", help="write a profile as a zip file")
    export.add_argument("name", metavar="NAME|PATH")
    export.add_argument("file", metavar="FILE.zip")
    delete = what.add_parser("delete", help="delete a profile")
    delete.add_argument("name", metavar="NAME|PATH")
    delete.add_argument("--yes", action="store_true", help="without asking")

    commands.add_parser("cameras", help="list the cameras that answer")
    commands.add_parser("models", help="list the shipped models")
    commands.add_parser("train", help="train a model (the same as python -m train)", add_help=False)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    # Its products are small: threads cost more than they gain, and much more on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    print_anything()
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == ["train"]:  # its options are its own
        with at_once():
            from train.main import main as train

        return train(arguments[1:])
    options = parse(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _COMMANDS[options.command](options)
    except HwrError as error:
        return _fail(error)
    except BrokenPipeError:  # the reader of our output has gone: nothing more to say
        _drop_output()
        return 0
    except OSError as error:  # a full disk, say
        _drop_output()
        tell(one_line(error))
        return HwrError.status
    except KeyboardInterrupt:
        return STATUS


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command line; pictures may also stand after options that follow others."""
    top = parser()
    options, rest = top.parse_known_args(arguments)
    # argparse takes the pictures before the first option for all of them.
    if rest and options.command == "read" and not any(a.startswith("-") and a != "-" for a in rest):
        options.pictures += rest
    elif rest:
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def _drop_output() -> None:
    """Sends what stdout still holds to nowhere, so that the interpreter's end is quiet."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or no file at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _terminate(signum: int, frame: FrameType | None) -> None:
    # As on Ctrl-C: windows close and recordings are finished on the way out.
    raise KeyboardInterrupt


def _draw(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.pad import app as pad

    profile = _profile(options, new=True)
    # Each stroke leaves most of the drawing as it was.
    reader = _reader(options.model, options.chars, options.language).remembering()
    return pad.run(
        reader, profile=profile, size=options.size, json=options.json, save_dir=options.save_dir
    )


def _profile(options: argparse.Namespace, *, new: bool = False) -> Profile | None:
    """The profile that is asked for, if it can be used; what is wrong with it is told."""
    if options.profile is None:
        return None
    with at_once():
        from hwr_live.cli.profile import open_profile

    profile = open_profile(options.profile, new=new)
    if not new and not profile.samples and not profile.problems:
        tell(f"profile {profile.name} is empty; reading goes on without it")
    return profile if profile.writable else None


def _taught(options: argparse.Namespace) -> Reader:
    """The reader, taught by the profile if one is asked for."""
    with at_once():
        from hwr_live.recognition.adapt import MOST

    profile = _profile(options)
    reader = _reader(options.model, options.chars, options.language)
    if profile is None or not profile.samples:
        return reader
    return reader.with_samples(profile.crops(MOST))


def _reader(model: str, chars: str = "all", language: str | None = None) -> Reader:
    from hwr_live.chars import chars_alone

    with at_once():
        import ai_edge_litert.interpreter  # noqa: F401, which is else loaded with the first model

        from hwr_live.recognition.reader import Reader

    reader = Reader.load(model, chars, language=language)
    if unknown := [char for char in chars_alone(chars) if char not in reader.vocabulary.known]:
        tell(f"the model {model} does not know {' '.join(unknown)}; it reads the others")
    return reader


def _camera(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.camera import app as camera
        from hwr_live.recognition.cache import ALIKE

    reader = _taught(options).remembering(ALIKE)
    return camera.run(
        reader,
        options.source,
        window=not options.no_window,
        json=options.json,
        frames=options.frames,
        save_dir=options.save_dir,
        record=options.record,
    )


def _read(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.cli import read

    return read.run(options, partial(_taught, options))


def _teach(options: argparse.Namespace) -> int:
    text_given = options.text is not None or options.text_file is not None
    if text_given != (options.page is not None):
        raise InputError("--page needs --text or --text-file, and they need --page")
    if options.page is not None and options.from_review is not None:
        raise InputError("--page and --from-review are two ways to teach: give one of them")
    profile = _profile(options, new=True)
    if profile is None:
        raise InputError(f"nothing can be taught to the profile {options.profile}")
    if options.from_review is not None:
        with at_once():
            from hwr_live.teach import review

        return review.run(profile, options.from_review)
    if options.page is None:
        with at_once():
            from hwr_live.teach import app as teach

        reader = _reader(options.model)
        return teach.run(reader, profile, chars=options.chars, size=options.size)
    with at_once():
        from hwr_live.teach import photo as teach_page

    if options.text is not None:
        text = options.text.replace("\\n", "\n")
    else:
        text = teach_page.read_text(options.text_file)
    return teach_page.run(_reader(options.model, options.chars), profile, options.page, text)


def _profiles(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.cli import profile as profile_commands

    return profile_commands.run(options)


def _sample(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.cli.sample import draw_sample
        from hwr_live.media.images import encode_png
        from hwr_live.system.files import write_exactly

    reader = _reader(options.model, options.chars)
    page = draw_sample()
    if options.out is not None:
        write_exactly(Path(options.out), encode_png(page))
        print(f"wrote {options.out}", file=sys.stderr)
    _print(reader.read(page), "sample", options.json)
    return 0


def _print(reading: Reading, source: str, as_json: bool) -> None:
    told = {"source": source, "frame": 0, **reading.to_dict()}
    print(json.dumps(told) if as_json else reading.text, flush=True)


def _fail(error: HwrError) -> int:
    tell(error)
    return error.status


def _cameras(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.media import cameras

    return cameras.run()


def _models(options: argparse.Namespace) -> int:
    from hwr_live.recognition.card import card_errors, read_card
    from hwr_live.recognition.models import shipped_models

    for folder in shipped_models():
        card = read_card(folder)
        with card_errors(folder):
            characters = sum(label is not None for label in card["labels"])
            print(
                f"{folder.name:12} {characters:3} characters, test accuracy "
                f"{card['test']['accuracy']:.2%}, {card['date']}"
            )
    return 0


_COMMANDS = {
    "draw": _draw,
    "camera": _camera,
    "read": _read,
    "teach": _teach,
    "profile": _profiles,
    "sample": _sample,
    "cameras": _cameras,
    "models": _models,
}


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not WxH, such as 960x600")
    return int(width), int(height)
