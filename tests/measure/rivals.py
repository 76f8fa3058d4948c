"""Reads words, lines and pages of real people with other programs too, side by side.

    HWR_DATA=DIR python -m tests.measure.rivals [--only KIND ...] [--most 60] [--rapidocr PYTHON]

- hwr-live, in this process;
- Tesseract (a package of most distributions): ``tesseract PICTURE - --psm 6``, its start included;
- RapidOCR (``pip install rapidocr onnxruntime``), in this environment or in that of ``--rapidocr``,
  with its own settings, its start not included.

What is not installed is left out. Error rates are as in ``tests.measure.score``, *right* is the
share of pictures without an error in letters and digits. Seconds are those of the clock and of all
processors together, medians over all pictures; nothing else should run meanwhile.
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

from hwr_live.media.images import encode_png, read_picture
from hwr_live.recognition.models import DEFAULT
from hwr_live.recognition.reader import Reader
from tests.measure.hands import PARTS
from tests.measure.score import HEAD, Score
from tests.measure.writing import Item, kinds


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
    parser.add_argument("--only", nargs="+", metavar="KIND", help="kinds of writing (all)")
    parser.add_argument("--most", type=int, default=60, help="pictures of each kind (60)")
    parser.add_argument("--on", choices=PARTS, default="test", help="whose writing (test)")
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--language", metavar="CODE", help="as of hwr-live read")
    parser.add_argument("--alone", action="store_true", help="hwr-live without the others")
    parser.add_argument("--worst", type=int, default=0, metavar="N", help="print so many of ours")
    parser.add_argument(
        "--rapidocr", default=sys.executable, help="the Python that has it (this one)"
    )
    options = parser.parse_args(argv)
    if not os.environ.get("HWR_DATA"):
        print("rivals: set HWR_DATA to the folder of the data", file=sys.stderr)
        return 2
    every = kinds(Path(os.environ["HWR_DATA"]), options.on)
    wanted = options.only or list(every)
    if unknown := [kind for kind in wanted if kind not in every]:
        print(f"rivals: no kind {unknown[0]!r}; there are {', '.join(every)}", file=sys.stderr)
        return 2
    with ExitStack() as stack:
        programs: dict[str, Program] = {"hwr-live": hwr_live(options.model, options.language)}
        if not options.alone:
            if path := shutil.which("tesseract"):
                programs["tesseract"] = tesseract(path)
            else:
                print("tesseract is not installed")
            if rapid := stack.enter_context(rapidocr(options.rapidocr)):
                programs["rapidocr"] = rapid
            else:
                print(f"rapidocr is not installed for {options.rapidocr}")
        print(f"{'':28}{'':12}{HEAD}{'right':>8}{'s':>8}{'CPU s':>8}")
        for kind in wanted:
            compare(kind, every[kind](options.most), programs, options.worst)
    return 0


def compare(kind: str, items: Sequence[Item], programs: dict[str, Program], worst: int) -> None:
    """Prints a line for each program; all read a picture before the next is read."""
    scores: dict[str, list[Score]] = {name: [] for name in programs}
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    ours: list[tuple[int, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.png"
        for item in items:
            path.write_bytes(encode_png(item.picture()))
            for program, read in programs.items():
                answer = read(path)
                scores[program].append(Score.of(item.truth, answer.text))
                seconds[program].append((answer.wall, answer.cpu))
                if program == "hwr-live":
                    told = f"{item.name}: {item.truth!r} read as {answer.text!r}"
                    ours.append((scores[program][-1].letters, told))
    for program, some in scores.items():
        whole = sum(some, Score())
        wall, cpu = (median(times) for times in zip(*seconds[program], strict=True))
        right = whole.right / max(1, whole.items)
        print(f"{kind:28}{program:12}{whole}{right:8.1%}{wall:8.3f}{cpu:8.3f}", flush=True)
    for _, told in sorted(ours, key=lambda one: -one[0])[:worst]:
        print(f"    {told}")


def hwr_live(model: str, language: str | None = None) -> Program:
    """This program, decoding included as it is for the others."""
    reader = Reader.load(model, language=language)

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
