"""A network is tried in a process of its own, which it may end.

The check of a file knows what LiteRT is meant to do, not its faults.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from hwr_live.errors import HwrError, InputError
from hwr_live.recognition.litert.graph import Shape

SECONDS = 120.0  # that a trial may take; a second is usual
_TOLD = 5  # exit status of a trial that ended in an error of ours
# The folders to import from are given: a process that is told its program so would look into the
# current folder first.
_CHILD = (
    "import sys; shapes, *sys.path[:] = sys.argv[1:]; "
    "from hwr_live.recognition.litert.trial import be_tried; be_tried(shapes)"
)


def tried(path: Path, content: bytes, shapes: Sequence[Shape]) -> bool:
    """Runs a network in a process of its own; whether it ran there without an error.

    Args:
        path, content, shapes: as of ``trust``.

    Raises:
        InputError: if it ends the process, or never ends.
        HwrError: if no process can be begun.
    """
    if getattr(sys, "frozen", False) or not sys.executable:
        return False  # there is no Python to run it by; it has been checked
    try:
        ended = run_apart(shapes, content)
    except subprocess.TimeoutExpired:
        raise InputError(f"{path} does not run: no answer in {SECONDS:.0f} s") from None
    except OSError as error:
        raise HwrError(f"cannot try {path} in a process of its own: {error.strerror}") from None
    if ended not in (0, _TOLD):
        raise InputError(f"{path} does not run: a process with it ended by {_name(ended)}")
    return ended == 0


def run_apart(shapes: Sequence[Shape], content: bytes) -> int:
    """The exit status of a process that runs a network; on Unix -n where signal n ended it.

    Raises:
        OSError: if none can be begun.
        TimeoutExpired: if it takes too long.
    """
    command = [sys.executable, "-c", _CHILD, json.dumps(list(shapes)), *sys.path]
    return subprocess.run(
        command,
        input=content,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    ).returncode


def _name(status: int) -> str:
    """A signal's name, or an exit status as it is."""
    with contextlib.suppress(ValueError):
        return signal.Signals(-status).name
    return f"exit status {status}"


def be_tried(shapes: str) -> None:
    """Runs the network that comes on standard input, in the process that is for that.

    Args:
        shapes: of the inputs, in JSON.
    """
    _die_quietly()
    run_each(sys.stdin.buffer.read(), [tuple(shape) for shape in json.loads(shapes)])
    os._exit(0)  # what is left to be cleaned up is not on trial


def run_each(content: bytes, shapes: Sequence[Shape]) -> None:
    """Runs a network as reading does; ends the process where it cannot be run."""
    import numpy as np

    from hwr_live.recognition.classify import named_outputs
    from hwr_live.recognition.network import Network

    try:
        network = Network(Path("it"), content, shapes[0][1:], threads=1, trusted=True)
        with contextlib.suppress(ValueError):
            named_outputs(network.interpreter)
        outputs = [int(one["index"]) for one in network.interpreter.get_output_details()]
        for shape in shapes:
            network.run(np.zeros(shape, np.float32), outputs)
    except HwrError:
        os._exit(_TOLD)


def _die_quietly() -> None:
    """No core of a process that is meant to die, and no window that asks about it."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x8003)
    else:
        import resource

        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
