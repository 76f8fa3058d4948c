"""Reads the photographs, and copies of them, with other programs too, side by side.

    HWR_DATA=DIR python -m tests.measure.rivals [--copies 3] [--model hwr62] [--rapidocr PYTHON]

- hwr-live, in this process;
- Tesseract (a package of most distributions): ``tesseract PICTURE - --psm 6``, its start included;
- RapidOCR (``pip install rapidocr onnxruntime``), in this environment or in that of ``--rapidocr``,
  with its own settings, its start not included.

What is not installed is left out. Error rates are as in ``tests.measure.accuracy``; spaces and line
ends do not count. Seconds are those of the clock and of all processors together, medians over all
pages; nothing else should run meanwhile.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import cv2

from hwr_live.media.images import read_picture
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure import photographs
from tests.measure.cer import Errors


@dataclass(frozen=True)
class Answer:
    """What was read of a page, and the seconds that it took: the clock's and the processors'."""

    text: str
    wall: float
    cpu: float


Program = Callable[[Path], Answer]

# Reads a path from each line of its input and answers with a line of JSON.
_RAPIDOCR = """
import contextlib, json, logging, sys, time
with contextlib.redirect_stdout(sys.stderr):
    from rapidocr import RapidOCR
    engine = RapidOCR()
    logging.disable(logging.CRITICAL)
print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(sys.stderr):
        texts = engine(line.rstrip("\\n")).txts or ()
    took = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps(["\\n".join(texts), *took]), flush=True)
"""


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.measure.rivals")
    parser.add_argument("--copies", type=int, default=3, help="of each photograph (3)")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument(
        "--rapidocr", default=sys.executable, help="the Python that has it (this one)"
    )
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("rivals: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    data = Path(os.environ["HWR_DATA"])
    with ExitStack() as stack:
        programs: dict[str, Program] = {"hwr-live": hwr_live(options.model)}
        if path := shutil.which("tesseract"):
            programs["tesseract"] = tesseract(path)
        else:
            print("tesseract is not installed")
        if rapid := stack.enter_context(rapidocr(options.rapidocr)):
            programs["rapidocr"] = rapid
        else:
            print(f"rapidocr is not installed for {options.rapidocr}")
        compare(programs, data, options.copies)
    return 0


def compare(programs: dict[str, Program], data: Path, copies: int) -> None:
    """Prints a line for each program; all read a page before the next is read."""
    whole: dict[str, list[Errors]] = {name: [Errors(), Errors()] for name in programs}
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory() as folder:
        for number, (name, truth) in enumerate(photographs.truths(data).items()):
            for copy in range(copies + 1):
                path = data / "pages" / name
                if copy:
                    path = Path(folder) / f"{number}_{copy}.jpg"
                    picture = photographs.photograph(data, name, copy)
                    cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
                for program, read in programs.items():
                    answer = read(path)
                    whole[program][min(1, copy)] += Errors.of(truth, answer.text)
                    seconds[program].append((answer.wall, answer.cpu))
    print(f"{'':12}photographs: exact  folded   {copies} copies: exact  folded   s a page   CPU s")
    for program, (once, often) in whole.items():
        wall, cpu = (median(times) for times in zip(*seconds[program], strict=True))
        print(f"{program:12}{'':12} {once}{'':10} {often} {wall:10.3f} {cpu:7.3f}")


def hwr_live(model: str) -> Program:
    """This program, decoding included as it is for the others."""
    reader = Reader.load(model)

    def read(path: Path) -> Answer:
        wall, cpu = time.perf_counter(), time.process_time()
        text = reader.read(read_picture(str(path))).text
        return Answer(text, time.perf_counter() - wall, time.process_time() - cpu)

    return read


def tesseract(program: str) -> Program:
    """Tesseract as it comes, told that a page is one block of text."""

    def read(path: Path) -> Answer:
        wall, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [program, str(path), "-", "--psm", "6"], capture_output=True, text=True, check=True
        )
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter() - wall
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Answer(done.stdout, wall, cpu)

    return read


@contextmanager
def rapidocr(python: str) -> Iterator[Program | None]:
    """RapidOCR in a process of its own; None where it is not installed."""
    process = subprocess.Popen(
        [python, "-c", _RAPIDOCR],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        ask, answers = process.stdin, process.stdout

        def read(path: Path) -> Answer:
            ask.write(f"{path}\n")
            ask.flush()
            return Answer(*json.loads(answers.readline()))

        yield read if answers.readline() else None


if __name__ == "__main__":
    sys.exit(main())
