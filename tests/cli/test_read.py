"""Many pictures, read in several processes at once and told in order."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from hwr_live.cli.read import interrupts_held, read_each
from hwr_live.cli.sample import draw_sample
from hwr_live.errors import HwrError, InputError
from hwr_live.media.images import encode_png
from hwr_live.recognition.reader import Reader

LOAD = partial(Reader.load, "mnist")


class Deadly:
    """Makes a reader in the process that made it, and ends any other."""

    def __init__(self) -> None:
        self.home = os.getpid()

    def __call__(self) -> Reader:
        if os.getpid() != self.home:
            os._exit(9)
        return LOAD()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    page = draw_sample()
    for number in range(4):
        (folder / f"{number}.png").write_bytes(encode_png(page[: 150 + 60 * number]))
    (folder / "2.png").write_bytes(b"no picture")
    return folder


@pytest.mark.parametrize("jobs", [1, 2])
def test_no_pictures_are_no_readings(jobs: int) -> None:
    assert list(read_each([], LOAD, jobs)) == []


def test_two_processes_read_what_one_reads_and_in_order(folder: Path) -> None:
    paths = [str(path) for path in sorted(folder.iterdir())]
    alone, together = (list(read_each(paths, LOAD, jobs, overlay=True)) for jobs in (1, 2))
    assert [one.overlay for one in together] == [one.overlay for one in alone]
    texts = [[one.reading and one.reading.text for one in some] for some in (alone, together)]
    assert texts[0] == texts[1]
    assert isinstance(together[2].error, InputError)
    assert str(together[2].error) == str(alone[2].error)
    assert len({one.overlay for one in together}) == 4


def test_a_process_that_dies_is_told(folder: Path) -> None:
    with pytest.raises(HwrError, match="fewer --jobs"):
        list(read_each([str(folder / "0.png")] * 3, Deadly(), 2))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot keep signals back")
def test_processes_that_are_begun_are_not_interrupted() -> None:
    ask = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    with interrupts_held():
        child = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, check=True)
    assert child.stdout == b"True\n"
    child = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, check=True)
    assert child.stdout == b"False\n"
