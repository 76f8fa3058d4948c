"""Too little of what a process needs: memory, threads, open files, room; streams that are none."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hwr_live.cli.sample import TEXT, draw_lines
from hwr_live.media.images import encode_png
from tests.measure.fuzz.damage import Chance
from tests.measure.fuzz.programs import Case
from tests.measure.fuzz.threads import begin_threads

_ROOT = Path(__file__).parents[4]
_SECONDS = 150.0  # after which a process hangs; a busy machine is slow
_WHOLE = 0.04  # of the cases start the program anew, which takes as long as ten others
_STREAMS = ("", "2>&-", "2>/dev/full", "<&-", ">&-", ">/dev/full", "<&- >&- 2>&-")
_WITHOUT_THREADS = """
import sys
from tests.measure.fuzz.threads import begin_threads
begin_threads({left})
from hwr_live.system.signals import start as run
if __name__ == "__main__":
    sys.exit(run("hwr_live.cli.main"))
"""


@dataclass(frozen=True)
class Want:
    """What a process has too little of.

    Attributes:
        megabytes: of address space; in a copy of this process, besides what it has. None: no limit.
        blocks: of 512 bytes that a file may have.
        files: that may be open.
        threads: that can be begun.
        streams: as a shell redirects them.
    """

    megabytes: int | None = None
    blocks: int | None = None
    files: int | None = None
    threads: int | None = None
    streams: str = ""


@dataclass(frozen=True)
class Done:
    """What came of a process: its exit status, negative for a signal, and what it said."""

    status: int
    out: str
    err: str


def scarce(folder: Path) -> Case:
    """Commands with little memory, few threads and files, small disks, closed and full streams."""
    page, short = folder / "page.png", folder / "short.png"
    page.write_bytes(encode_png(draw_lines(TEXT[:1], 7)))
    short.write_bytes(encode_png(draw_lines([TEXT[0][:5]], 7)))
    expected = [TEXT[0], "", TEXT[0][:5]]
    commands = (
        f"read {page} {short} --model mnist",
        f"read {page} {short}",
        f"read {page} {short} --out {folder / 'out'} --jobs 1",
        f"camera --source {page} --no-window --record {folder / 'r.avi'}",
        f"camera --source {page} --no-window --record {folder / 'r.mp4'}",
        f"sample --out {folder / 's.png'}",
        "models",
        "--help",
    )
    # Never in a copy, as each of their processes starts an interpreter.
    in_processes = (f"read {page} {short} --jobs 2", f"{commands[2]} --jobs 2")
    _load()

    def case(chance: Chance) -> tuple[int, list[str]]:
        for made in ("out", "r.avi", "r.mp4", "s.png"):
            subprocess.run(["rm", "-rf", str(folder / made)], check=True)
        whole = chance.random() < _WHOLE
        command = commands[int(chance.integers(len(commands)))]
        if whole and chance.random() < 0.3:
            command = in_processes[int(chance.integers(2))]
        want = _want(chance, whole)
        done = (_started if whole else _copied)(folder, command, want)
        told = done.err.splitlines()
        assert done.status in (0, 1, 2), (want, command, done.status, told[-3:])
        assert "Traceback" not in done.err, (want, command, told)
        assert "hwr-live:" not in done.out, (want, command, done.out)
        is_read = command in (commands[1], in_processes[0])
        if done.status == 0 and is_read and ">" not in want.streams.replace("2>", ""):
            assert done.out.splitlines() == expected, (want, done.out, told)
        return 0, []

    return case


def _want(chance: Chance, whole: bool) -> Want:
    def maybe(share: float, least: int, most: int) -> int | None:
        return int(chance.integers(least, most)) if chance.random() < share else None

    return Want(
        megabytes=maybe(0.5, *((150, 1500) if whole else (0, 400))),
        blocks=maybe(0.2, 1, 60),
        files=maybe(0.2, 8, 40),
        threads=maybe(0.3, 0, 5),
        streams=_STREAMS[int(chance.integers(len(_STREAMS)))],
    )


def _started(folder: Path, command: str, want: Want) -> Done:
    """The program from its first instruction, as a shell starts it."""
    limits, script = [":"], "-m hwr_live"
    if want.megabytes is not None:
        limits.append(f"ulimit -v {want.megabytes * 1000}")
    if want.blocks is not None:
        limits.append(f"ulimit -f {want.blocks}; trap '' XFSZ")
    if want.files is not None:
        limits.append(f"ulimit -n {want.files}")
    if want.threads is not None:
        (folder / "run.py").write_text(_WITHOUT_THREADS.format(left=want.threads))
        script = str(folder / "run.py")
    line = f"{'; '.join(limits)}; exec {sys.executable} {script} {command} {want.streams}"
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def _load() -> None:
    """Loads what commands load, so that copies of this process need not; begins no thread."""
    import ai_edge_litert.interpreter  # noqa: F401

    import hwr_live.bulk.folder
    import hwr_live.camera.app
    import hwr_live.cli.archive
    import hwr_live.cli.main
    import hwr_live.recognition.reader  # noqa: F401


def _copied(folder: Path, command: str, want: Want) -> Done:
    """The program in a copy of this process, where it finds its libraries loaded."""
    names = {number: folder / f"{number}.txt" for number in (1, 2)}
    for name in names.values():
        name.write_bytes(b"")
    sys.stdout.flush()
    sys.stderr.flush()
    if not (child := os.fork()):
        _be_it(names, command.split(), want)
    ended = os.pidfd_open(child)
    try:
        if not select.select([ended], [], [], _SECONDS)[0]:
            os.kill(child, signal.SIGKILL)
    finally:
        os.close(ended)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = {number: name.read_text(errors="replace") for number, name in names.items()}
    return Done(status, said[1], said[2])


def _be_it(names: dict[int, Path], arguments: Sequence[str], want: Want) -> None:
    """Never returns: what stands in this process's frames is its parent's to end."""
    status = 99
    try:
        _redirect(names, want.streams)
        sys.argv = ["hwr-live", *arguments]
        _limit(want)
        from hwr_live.system.signals import start

        try:
            status = start("hwr_live.cli.main")
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BaseException:
        status = status if status not in (0, 99) else 1
        with contextlib.suppress(BaseException), open(names[2], "a") as file:
            file.write(traceback.format_exc())  # wherever the stream leads
    finally:
        os._exit(status)


def _redirect(names: dict[int, Path], streams: str) -> None:
    """Standard streams as a shell and an interpreter's start make them."""
    words = streams.split()
    for number, name, sign in ((0, "stdin", "<"), (1, "stdout", ">"), (2, "stderr", "2>")):
        if f"{sign}&-" in words:
            os.close(number)
            setattr(sys, name, None)
            continue
        path = "/dev/full" if f"{sign}/dev/full" in words else names.get(number, os.devnull)
        file = os.open(path, os.O_RDWR | os.O_APPEND)
        if file != number:
            os.dup2(file, number)
            os.close(file)


def _limit(want: Want) -> None:
    import resource

    if want.threads is not None:
        begin_threads(want.threads)
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    limits: tuple[tuple[int, int | None], ...] = (
        (resource.RLIMIT_FSIZE, want.blocks and want.blocks * 512),
        (resource.RLIMIT_NOFILE, want.files),
        (resource.RLIMIT_AS, None if want.megabytes is None else size + (want.megabytes << 20)),
    )
    for limit, most in limits:
        if most is not None:
            resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))
