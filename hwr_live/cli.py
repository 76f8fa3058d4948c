"""The command line: ``hwr-live draw | camera | read | models``. Text goes to stdout, all else to
stderr; exit status 0, 1 (no device, a failure) or 2 (bad use or input)."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from hwr_live import __version__
from hwr_live.errors import HwrError, InputError


def parser() -> argparse.ArgumentParser:
    """The options of all commands."""
    top = argparse.ArgumentParser(
        prog="hwr-live", description="Reads handwriting live: drawn, on camera, or in pictures."
    )
    top.add_argument("--version", action="version", version=f"hwr-live {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--model", default="hwr62", help="a shipped model (hwr62, mnist) or a model folder"
    )
    common.add_argument(
        "--chars",
        default="all",
        metavar="SET",
        help="digits, upper, lower, letters, all, or the characters themselves",
    )
    common.add_argument("--json", action="store_true", help="print JSON, one object a line")

    draw = commands.add_parser("draw", parents=[common], help="draw with the mouse and read it")
    draw.add_argument("--size", type=_size, default=(960, 600), metavar="WxH", help="of the window")
    draw.add_argument("--save-dir", metavar="DIR", help="where S saves (default: this folder)")

    camera = commands.add_parser("camera", parents=[common], help="read from a camera or a video")
    camera.add_argument(
        "--source",
        default="0",
        help="camera number, video file, folder, frame_%%04d.png, or URL (default: 0)",
    )
    camera.add_argument("--no-window", action="store_true", help="only print")
    camera.add_argument("--frames", type=_count, metavar="N", help="stop after so many frames")
    camera.add_argument("--save-dir", metavar="DIR", help="where S saves (default: this folder)")
    camera.add_argument("--record", metavar="FILE", help="record what is read (.avi or .mkv)")

    read = commands.add_parser("read", parents=[common], help="read pictures")
    read.add_argument("pictures", nargs="+", metavar="PICTURE", help="file, folder, or - for stdin")
    read.add_argument("--overlay", metavar="DIR", help="write each picture with its reading here")

    commands.add_parser("cameras", help="list the cameras that answer")
    commands.add_parser("models", help="list the shipped models")
    commands.add_parser("train", help="train a model (the same as python -m train)", add_help=False)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == ["train"]:  # its options are its own
        from train.__main__ import main as train

        return train(arguments[1:])
    options = parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _COMMANDS[options.command](options)
    except HwrError as error:
        print(f"hwr-live: {error}", file=sys.stderr)
        return error.status
    except BrokenPipeError:  # the reader of our output has gone: nothing more to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _terminate(signum: int, frame: FrameType | None) -> None:
    # As on Ctrl-C: windows close and recordings are finished on the way out.
    raise KeyboardInterrupt


def _draw(options: argparse.Namespace) -> int:
    from hwr_live import pad
    from hwr_live.reader import Reader

    reader = Reader.load(options.model, options.chars)
    return pad.run(reader, size=options.size, json=options.json, save_dir=options.save_dir)


def _camera(options: argparse.Namespace) -> int:
    from hwr_live import camera
    from hwr_live.reader import Reader

    reader = Reader.load(options.model, options.chars)
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
    from hwr_live.files import write_new
    from hwr_live.paint import draw_reading
    from hwr_live.pictures import STDIN, encode_png, list_pictures, read_picture
    from hwr_live.reader import Reader

    pictures = list_pictures(options.pictures)
    reader = Reader.load(options.model, options.chars)
    status, printed = 0, False
    for path in pictures:
        try:
            picture = read_picture(path)
            reading = reader.read(picture)
        except InputError as error:
            print(f"hwr-live: {error}", file=sys.stderr)
            status = error.status
            continue
        if options.json:
            print(json.dumps({"source": path, **reading.to_dict()}), flush=True)
        else:
            if printed:
                print()
            print(reading.text, flush=True)
            printed = True
        if options.overlay:
            stem = "stdin" if path == STDIN else Path(path).stem
            overlay = encode_png(draw_reading(picture, reading))
            for file in write_new(Path(options.overlay), stem, {".png": overlay}):
                print(f"wrote {file}", file=sys.stderr)
    return status


def _cameras(options: argparse.Namespace) -> int:
    from hwr_live import cameras

    return cameras.run()


def _models(options: argparse.Namespace) -> int:
    from hwr_live.modelstore import shipped_models

    for folder in shipped_models():
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        characters = sum(label is not None for label in card["labels"])
        print(
            f"{card['name']:12} {characters:3} characters, test accuracy "
            f"{card['test']['accuracy']:.2%}, {card['date']}"
        )
    return 0


_COMMANDS = {
    "draw": _draw,
    "camera": _camera,
    "read": _read,
    "cameras": _cameras,
    "models": _models,
}


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not WxH, such as 960x600")
    return int(width), int(height)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)
