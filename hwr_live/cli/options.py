"""What every command takes, and what its help tells; known without loading what reads.

A list, and as long as there are options.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from importlib.util import find_spec

from hwr_live import __version__
from hwr_live.chars import RARE, SETS
from hwr_live.cli.completion import SHELLS
from hwr_live.cli.read_options import add_read_options, count
from hwr_live.recognition.languages import LANGUAGES
from hwr_live.recognition.models import DEFAULT, shipped_models
from hwr_live.system.terminal import Parser

SIZE = (960, 600)
"""Width and height of a new window in pixels."""

_DESCRIPTION = """\
Reads handwriting live: drawn with the mouse, held before a camera, or in pictures. Offline.
Text goes to standard output and nothing else does; hints and errors go to standard error.
Exit status: 0; 2 for a missing or broken input or a bad option; 1 for no camera, no display
or another failure."""

_EXAMPLES = """\
  hwr-live sample                     try it: a page that the program draws itself
  hwr-live draw                       write with the mouse
  hwr-live read page.jpg              a photograph"""

_MORE = """\
`hwr-live COMMAND --help` tells all of a command, with examples and the keys of its window."""


def parser(command: str | None = None) -> Parser:
    """The options of all commands.

    Args:
        command: the one that will be used, if that is known: of another there are no options then,
            as all of them take a while to make.
    """
    top = Parser(
        prog="hwr-live",
        description=_DESCRIPTION,
        more=lambda: f"{_examples(_EXAMPLES)}\n\n{_MORE}",
    )
    top.add_argument("--version", action="version", version=f"hwr-live {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    common, known = _common(), _known()
    add: dict[str, Callable[[], None]] = {
        "draw": lambda: _add_draw(commands, [common, known]),
        "camera": lambda: _add_camera(commands, [common, known]),
        "read": lambda: _add_read(commands, [common, known]),
        "teach": lambda: _add_teach(commands),
        "profile": lambda: _add_profile(commands),
    }
    if command in add:
        add[command]()
        return top
    for add_one in add.values():
        add_one()
    _add_others(commands, [common])
    return top


Commands = argparse._SubParsersAction  # argparse gives this type no public name


def _common() -> Parser:
    """Options of all commands that read."""
    common = Parser(add_help=False)
    _add_model(common)
    common.add_argument(
        "--chars",
        default="all",
        metavar="SET",
        help=f"what may be read: {', '.join(SETS)}; sets with + between them (digits+marks) and "
        "with characters behind them (digits.,-); or the characters themselves (0123456789X). "
        f"all is a keyboard without {' '.join(RARE)}, as far as the model knows it (default: all)",
    )
    common.add_argument("--json", action="store_true", help="print JSON, one object a line")
    return common


def _known() -> Parser:
    """Options that say what is known of the writing."""
    known = Parser(add_help=False)
    known.add_argument(
        "--profile",
        metavar="NAME|PATH",
        help="read with what is known of a hand: hwr-live teach NAME makes one (default: none)",
    )
    needs = "" if find_spec("wordfreq") else '; needs pip install "hwr-live[language]"'
    known.add_argument(
        "--language",
        metavar="LANGUAGE",
        help="prefer the common words of a language, by code or name: "
        f"{', '.join(LANGUAGES)} (default: none{needs})",
    )
    return known


def _add_model(command: argparse.ArgumentParser) -> None:
    names = ", ".join(folder.name for folder in shipped_models())
    command.add_argument(
        "--model",
        default=DEFAULT,
        help=f"a shipped model ({names}) or a model's folder; hwr-live models tells of them "
        f"(default: {DEFAULT})",
    )


def _add_size(command: argparse.ArgumentParser) -> None:
    width, height = SIZE
    command.add_argument(
        "--size",
        type=_size,
        metavar="WxH",
        help=f"of the window in pixels (default: {width}x{height}, larger on a fine screen)",
    )


def _add_handwriting(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--handwriting",
        action="store_true",
        help="leave out what is printed, as the labels of a form are",
    )


def _add_theme(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--theme",
        choices=("light", "dark"),
        default="light",
        help="the colours of the window (default: light)",
    )


def _add_draw(commands: Commands[Parser], shared: list[Parser]) -> None:
    draw = commands.add_parser(
        "draw",
        parents=shared,
        help="draw with the mouse and read it",
        description="A pad to write on with the mouse, a pen or a finger: each stroke is read at "
        "once.\nEnter prints the reading; a click on a character puts it right.",
        more=_more(
            "  hwr-live draw --chars digits+marks --json\n"
            "  hwr-live draw --profile ann --language en --save-dir drawings\n"
            "  hwr-live draw drawings/pad-20261127-101500.json --replay",
            _draw_keys,
        ),
    )
    draw.add_argument(
        "drawing",
        nargs="?",
        metavar="FILE.json",
        help="a drawing to go on with, as S saved it (default: an empty sheet)",
    )
    draw.add_argument(
        "--replay", action="store_true", help="write that drawing once more as it was written"
    )
    _add_size(draw)
    _add_theme(draw)
    draw.add_argument(
        "--save-dir",
        metavar="DIR",
        help="where S saves, and what is not saved at the end is (default: the current folder, "
        "and only S saves)",
    )


def _draw_keys() -> Iterable[tuple[str, str]]:
    from hwr_live.pad.view import HELP

    return HELP


def _add_camera(commands: Commands[Parser], shared: list[Parser]) -> None:
    camera = commands.add_parser(
        "camera",
        parents=shared,
        help="read from a camera or a video",
        description="Reads what is held before a camera, or what a video or stream shows, live.\n"
        "A reading is printed when the text has settled and changed, then an empty line.",
        more=_more(
            "  hwr-live camera --source 1 --language en\n"
            "  hwr-live camera --source talk.mp4 --no-window --json > readings.jsonl",
            _camera_keys,
        ),
    )
    source = camera.add_mutually_exclusive_group()
    source.add_argument(
        "--source",
        default="0",
        help="a camera's number, a video file, a folder of pictures, frame_%%04d.png, or a URL "
        "(default: 0)",
    )
    source.add_argument(
        "--demo",
        action="store_true",
        help="instead of a camera, pages that the program draws and moves itself",
    )
    _add_handwriting(camera)
    _add_theme(camera)
    camera.add_argument("--no-window", action="store_true", help="only print, frame by frame")
    camera.add_argument(
        "--frames", type=count, metavar="N", help="stop after so many frames (default: never)"
    )
    camera.add_argument(
        "--save-dir", metavar="DIR", help="where S saves (default: the current folder)"
    )
    camera.add_argument(
        "--record",
        metavar="FILE",
        help="record what is read: .avi and .mkv without loss, to be read again (20 to 40 MB a "
        "second at 1280x720); .mp4 compressed, for people: not exactly repeatable",
    )
    camera.add_argument(
        "--exit-at-end",
        action="store_true",
        help="close the window at the end of a file; else its last picture stays until Esc",
    )


def _camera_keys() -> Iterable[tuple[str, str]]:
    from hwr_live.camera.view import HELP

    return HELP


def _add_read(commands: Commands[Parser], shared: list[Parser]) -> None:
    read = commands.add_parser(
        "read",
        parents=shared,
        help="read pictures and PDF",
        description="Reads photographs, scans, PDF, and folders of them: one line for each line "
        "of handwriting,\nan empty line between pictures. A file is never replaced.",
        more=_more(
            "  hwr-live read page.jpg --overlay seen\n"
            "  hwr-live read scans --recursive --format hocr --out texts --language de"
        ),
    )
    _add_handwriting(read)
    add_read_options(read)


def _add_teach(commands: Commands[Parser]) -> None:
    teach = commands.add_parser(
        "teach",
        help="teach a profile how you write",
        description="Asks for characters, one after the other, and keeps in a profile how you "
        "write them.\nEach is kept as soon as it is accepted, so stop whenever you like.",
        more=_more(
            "  hwr-live teach ann --chars digits\n"
            '  hwr-live teach ann --page photo.jpg --text "what is written there"',
            _teach_keys,
        ),
    )
    teach.add_argument(
        "profile", metavar="NAME|PATH", help="a profile's name, or a path with a /; made if need be"
    )
    _add_model(teach)
    teach.add_argument(
        "--chars",
        default="all",
        metavar="SET",
        help=f"what to ask for: {', '.join(SETS)}, or the characters themselves (default: all)",
    )
    _add_size(teach)
    _add_theme(teach)
    teach.add_argument("--page", metavar="PHOTO", help="learn from a page of known text instead")
    teach.add_argument(
        "--from-review",
        metavar="DIR|EXPORT.json",
        help="learn from words that were put right, in a folder of read --review or Label Studio",
    )
    known_text = teach.add_mutually_exclusive_group()
    known_text.add_argument("--text", help="what is written on the page; \\n ends a line")
    known_text.add_argument("--text-file", metavar="FILE", help="the same in a file, line by line")


def _teach_keys() -> Iterable[tuple[str, str]]:
    from hwr_live.teach.layout import KEYS

    return [(key, text or "turn the pause that accepts off or on") for key, text in KEYS]


def _add_profile(commands: Commands[Parser]) -> None:
    profile = commands.add_parser(
        "profile",
        help="list, show, export, import, delete profiles",
        description="Tells of profiles, writes one as a zip file and makes one of it again, "
        "deletes one.\nA profile is given by its name, or by a path with a /.",
        more=_more(
            "  hwr-live profile show ann --sheet ann.png\n  hwr-live profile import ann.zip ann"
        ),
    )
    what = profile.add_subparsers(dest="what", metavar="WHAT", required=True)
    what.add_parser(
        "list",
        help="the profiles with a name",
        description="Lists the profiles that have a name.",
    )
    show = what.add_parser(
        "show", help="what a profile has", description="Counts a profile's samples by character."
    )
    show.add_argument("name", metavar="NAME|PATH")
    show.add_argument("--sheet", metavar="FILE.png", help="write its samples as one picture")
    export = what.add_parser(
        "export",
        help="write a profile as a zip file",
        description="Writes a profile as a zip file.",
    )
    export.add_argument("name", metavar="NAME|PATH")
    export.add_argument("file", metavar="FILE.zip")
    bring = what.add_parser(
        "import",
        help="make a profile of a zip file, or add to one",
        description="Makes a profile of what export has written. Given the name of a profile that "
        "is there,\nadds to it the samples that it has not.",
    )
    bring.add_argument("file", metavar="FILE.zip")
    bring.add_argument(
        "name", metavar="NAME|PATH", nargs="?", help="(default: what it is called in the file)"
    )
    delete = what.add_parser(
        "delete",
        help="delete a profile",
        description="Deletes a profile, once you have said yes.",
    )
    delete.add_argument("name", metavar="NAME|PATH")
    delete.add_argument("--yes", action="store_true", help="without asking")


def _add_others(commands: Commands[Parser], shared: list[Parser]) -> None:
    sample = commands.add_parser(
        "sample",
        parents=shared,
        help="read a page that the program draws itself",
        description="Draws a page of handwriting of its own and reads it: to try the program with "
        "nothing at hand.",
        more=_more("  hwr-live sample\n  hwr-live sample --out page.png --json"),
    )
    sample.add_argument("--out", metavar="FILE", help="write the page here, as PNG")
    commands.add_parser(
        "models",
        help="what the shipped models read, and how well",
        description="Tells of each shipped model what it reads, and how many of its test images "
        "it reads rightly:\nimages that neither training nor the choice of a model has seen.",
        more=_more("  hwr-live models\n  hwr-live read page.jpg --model mnist"),
    )
    commands.add_parser(
        "cameras",
        help="list the cameras that answer",
        description="Lists the cameras that answer, with the number that --source takes.",
        more=_more("  hwr-live cameras\n  hwr-live camera --source 1"),
    )
    completion = commands.add_parser(
        "completion",
        help="what completes commands and options in your shell",
        description="Prints what a shell needs to complete commands, options and their values "
        "at the Tab key.",
        more=_more(
            '  eval "$(hwr-live completion bash)"                          # in ~/.bashrc\n'
            '  eval "$(hwr-live completion zsh)"                           # in ~/.zshrc\n'
            "  hwr-live completion fish | source                           # in config.fish\n"
            "  hwr-live completion powershell | Out-String | Invoke-Expression  # in $PROFILE"
        ),
    )
    completion.add_argument("shell", choices=SHELLS, metavar="|".join(SHELLS))
    commands.add_parser(
        "man",
        help="the manual page",
        description="Prints this program's manual page.",
        more=_more(
            "  hwr-live man | man -l -\n"
            "  hwr-live man > ~/.local/share/man/man1/hwr-live.1   # then: man hwr-live"
        ),
    )
    commands.add_parser("train", help="train a model (the same as python -m train)", add_help=False)


def _more(
    examples: str, keys: Callable[[], Iterable[tuple[str, str]]] | None = None
) -> Callable[[], str]:
    """What help tells at its end: examples, and the keys of a window, which are loaded with it."""

    def told() -> str:
        parts = [_examples(examples)]
        if keys is not None:
            rows = list(keys())
            width = max(len(key) for key, _ in rows)
            shown = (f"  {key:{width}}  {text}" for key, text in rows)
            parts.append("\n".join(["keys and mouse in the window:", *shown]))
        return "\n\n".join(parts)

    return told


def _examples(lines: str) -> str:
    return f"examples:\n{lines}"


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not WxH, such as 960x600")
    return int(width), int(height)
