"""A Dask scheduler with workers, each a process of its own on this machine."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUIET = {
    "DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "critical",
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
}


def _start(folder: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Starts ``dask …`` with the checkout to import from."""
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    env = {**os.environ, **QUIET, "PYTHONPATH": str(ROOT), "DASK_TEMPORARY_DIRECTORY": str(folder)}
    return subprocess.Popen(
        command,
        cwd=folder,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def _answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """The address of a scheduler with so many workers, which begin again when they are killed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    where = ("--host", "127.0.0.1", "--port", str(port))
    scheduler = _start(folder, "dask_scheduler", *where, "--no-dashboard", "--no-jupyter")
    processes = [scheduler]
    options = ("--nworkers", "1", "--nthreads", "1", "--no-dashboard", "--memory-limit", "0")
    try:
        while not _answers(port) and scheduler.poll() is None:
            time.sleep(0.05)
        for _ in range(workers):
            processes.append(_start(folder, "dask_worker", address, *options))
        yield address
    finally:
        for process in reversed(processes):
            os.killpg(process.pid, signal.SIGKILL)  # with the workers that it began
            process.wait()
