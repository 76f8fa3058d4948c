"""A system that has too little: memory, threads, files, room; and streams that are none."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.media.images import encode_png
from tests.measure.fuzz.damage import Chance
from tests.measure.fuzz.programs import Case

_ROOT = Path(__file__).parents[4]
_STREAMS = ("", "2>&-", "2>/dev/full", "<&-", ">&-", ">/dev/full", "<&- >&- 2>&-")
_WITHOUT_THREADS = """
import sys, threading
left = {left}
start = threading.Thread.start
def begin(thread):
    global left
    left -= 1
    if left < 0:
        raise RuntimeError("can't start new thread")
    start(thread)
threading.Thread.start = begin
from hwr_live.system.signals import start as run
if __name__ == "__main__":
    sys.exit(run("hwr_live.cli.main"))
"""


def scarce(folder: Path) -> Case:
    """Commands with little memory, no threads, small files, or closed and full streams."""
    page, short = folder / "page.png", folder / "short.png"
    page.write_bytes(encode_png(draw_sample()))
    short.write_bytes(encode_png(draw_sample()[:210]))
    expected = [*TEXT, "", TEXT[0]]
    commands = (
        f"read {page} {short} --model mnist",
        f"read {page} {short} --jobs 2",
        f"read {page} {short}",
        f"read {page} {short} --out {folder / 'out'}",
        f"camera --source {page} --no-window --record {folder / 'r.avi'}",
        f"sample --out {folder / 's.png'}",
        "models",
        "--help",
    )

    def case(chance: Chance) -> tuple[int, list[str]]:
        for made in ("out", "r.avi", "s.png"):
            subprocess.run(["rm", "-rf", str(folder / made)], check=True)
        command = commands[int(chance.integers(len(commands)))]
        limits, script = [], "-m hwr_live"
        if chance.random() < 0.5:
            limits.append(f"ulimit -v {int(chance.integers(150, 1500)) * 1000}")
        if chance.random() < 0.2:
            limits.append(f"ulimit -f {int(chance.integers(1, 60))}; trap '' XFSZ")
        if chance.random() < 0.2:
            limits.append(f"ulimit -n {int(chance.integers(8, 40))}")
        if chance.random() < 0.3:
            code = _WITHOUT_THREADS.format(left=int(chance.integers(0, 5)))
            (folder / "run.py").write_text(code)
            script = str(folder / "run.py")
        streams = _STREAMS[int(chance.integers(len(_STREAMS)))]
        done = subprocess.run(
            [
                "sh",
                "-c",
                f"{'; '.join([*limits, ':'])}; exec {sys.executable} {script} {command} {streams}",
            ],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        told = done.stderr.splitlines()
        assert done.returncode in (0, 1, 2), (limits, command, streams, done.returncode, told[-3:])
        assert "Traceback" not in done.stderr, (limits, command, streams, told)
        assert "hwr-live:" not in done.stdout, (limits, command, streams, done.stdout)
        if done.returncode == 0 and command == commands[2] and ">" not in streams.replace("2>", ""):
            assert done.stdout.splitlines() == expected, (limits, streams, done.stdout, told)
        return 0, []

    return case
