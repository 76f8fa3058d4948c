"""The command line: ``hwr-live draw | camera | read | teach | profile | sample | models``.

Text goes to stdout, all else to stderr; exit status 0, 1 (no device, a failure) or 2 (bad use or
input).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from hwr_live.cli import completion, training
from hwr_live.cli.options import parser
from hwr_live.errors import HwrError, InputError, one_line
from hwr_live.system.limits import what_is_scarce
from hwr_live.system.signals import STATUS, at_once, interrupt
from hwr_live.system.terminal import note, prepare_streams, tell

if TYPE_CHECKING:
    from hwr_live.media.frames import FrameSource
    from hwr_live.profiles.profile import Profile
    from hwr_live.reading import Reading
    from hwr_live.recognition.reader import Reader


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit status."""
    # Its products are small: threads cost more than they gain, and much more on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    prepare_streams()
    arguments = sys.argv[1:] if argv is None else list(argv)
    if completion.asked():
        completion.answer(parser(), training.parser, arguments)
        return 0
    if arguments[:1] == ["train"]:  # its options are its own
        return training.main(arguments[1:])
    try:
        options = parse(arguments)
        interrupt()
        status = _COMMANDS[options.command](options)
        if sys.stdout is not None:
            sys.stdout.flush()  # what cannot be written is told here
        return status
    except HwrError as error:
        return _fail(error)
    except BrokenPipeError:  # the reader of our output has gone: nothing more to say
        _drop_output()
        return 0
    except OSError as error:  # a full disk, say
        _drop_output()
        where = f"{error.filename}: " if error.filename else "what is read cannot be written: "
        tell(one_line(f"{where}{error.strerror or error}"))
        return HwrError.status
    except (MemoryError, RuntimeError) as error:
        if (missing := what_is_scarce(error)) is None:
            raise
        tell(f"there is not enough {missing}")
        return HwrError.status
    except KeyboardInterrupt:
        return STATUS


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of a command line; pictures may also stand after options that follow others."""
    top = parser(arguments[0] if arguments else None)
    options, rest = top.parse_known_args(arguments)
    # argparse takes the pictures before the first option for all of them.
    if rest and options.command == "read" and not any(a.startswith("-") and a != "-" for a in rest):
        options.pictures += rest
    elif rest:
        commands = next(a for a in top._actions if isinstance(a, argparse._SubParsersAction))
        commands.choices[options.command].error(f"unrecognized arguments: {' '.join(rest)}")
    return options


def _drop_output() -> None:
    """Sends what stdout still holds to nowhere, so that the interpreter's end is quiet."""
    with contextlib.suppress(OSError, ValueError, AttributeError):  # closed, or no file at all
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _draw(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.pad import app as pad

    profile = _profile(options, new=True)
    # Each stroke leaves most of the drawing as it was.
    reader = _reader(options.model, options.chars, options.language).remembering()
    return pad.run(
        reader,
        profile=profile,
        size=options.size,
        json=options.json,
        save_dir=options.save_dir,
        drawing=options.drawing,
        replay=options.replay,
        theme=options.theme,
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
    reader = _reader(
        options.model, options.chars, options.language, handwriting=options.handwriting
    )
    if profile is None or not profile.samples:
        return reader
    return reader.with_samples(profile.crops(MOST))


def _reader(
    model: str, chars: str = "all", language: str | None = None, *, handwriting: bool = False
) -> Reader:
    from hwr_live.chars import chars_alone

    with at_once():
        import ai_edge_litert.interpreter  # noqa: F401, which is else loaded with the first model

        from hwr_live.recognition.reader import Reader

    reader = Reader.load(model, chars, language=language, handwriting=handwriting)
    if unknown := [char for char in chars_alone(chars) if char not in reader.known]:
        tell(f"the model {model} does not know {' '.join(unknown)}; it reads the others")
    return reader


def _camera(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.camera import app as camera
        from hwr_live.recognition.cache import ALIKE

    profile = _profile(options, new=not options.no_window)
    loaded = _reader(
        options.model, options.chars, options.language, handwriting=options.handwriting
    )
    reader = loaded.remembering(ALIKE)
    source: str | FrameSource = options.source
    if options.demo:
        with at_once():
            from hwr_live.cli.sample import DEMO, draw_lines
            from hwr_live.media.demo import open_demo

        source = open_demo([draw_lines(lines, seed) for seed, lines in enumerate(DEMO)])
    return camera.run(
        reader,
        source,
        window=not options.no_window,
        json=options.json,
        frames=options.frames,
        save_dir=options.save_dir,
        record=options.record,
        exit_at_end=options.exit_at_end,
        profile=profile,
        theme=options.theme,
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
        return teach.run(
            reader, profile, chars=options.chars, size=options.size, theme=options.theme
        )
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
        note(f"wrote {options.out}")
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
    from hwr_live.cli import models

    return models.run()


def _completion(options: argparse.Namespace) -> int:
    print(completion.script(options.shell))
    return 0


def _man(options: argparse.Namespace) -> int:
    with at_once():
        from hwr_live.cli.manual import manual

    print(manual(parser()), end="")
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
    "completion": _completion,
    "man": _man,
}
