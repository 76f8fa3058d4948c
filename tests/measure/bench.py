"""What reading costs on this machine, in tables: time, memory, and how both grow.

    python -m tests.measure.bench [--rounds N] [--model M] [--only PART ...]

Nothing else should run meanwhile; where something does, the processor time "cpu", of all threads
together, tells more than the clock. The pages are drawn here, so that no data is needed. Times are
milliseconds, the median with the minimum behind it.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.media.images import read_picture
from hwr_live.recognition.classify import named_outputs
from hwr_live.recognition.models import DEFAULT, find_model
from hwr_live.recognition.network import Network
from hwr_live.recognition.reader import Reader
from hwr_live.ui.marks import draw_reading
from tests.measure import bench_camera, bench_pad
from tests.support.videos import hand_held
from train.devices import processor

SIZES = ((640, 480), (1280, 720), (1920, 1080))
GLYPHS = (5, 60, 200)
PHOTOGRAPH = (4000, 3000)
BATCHES = (1, 16, 64, 256)
STAGES = ("decode", "ink", "segment", "crops", "network", "context", "draw", "all", "cpu")

Image = npt.NDArray[np.uint8]
Run = Callable[[int], npt.NDArray[Any]]
"""Answers for the first so many of some images, (n, classes)."""


class Stopwatch:
    """Counts the time that some methods of one object take.

    Attributes:
        ms: milliseconds since it was set to 0.
    """

    def __init__(self, of: object, *methods: str) -> None:
        self.ms = 0.0
        for name in methods:
            setattr(of, name, self._timed(getattr(of, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any) -> Any:
            began = time.perf_counter()
            result = method(*args)
            self.ms += 1000 * (time.perf_counter() - began)
            return result

        return timed


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the tables that are asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.bench")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--model", default=DEFAULT)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    options = parser.parse_args(argv)
    print(
        f"{processor()}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"OpenCV {cv2.__version__}, LiteRT {metadata.version('ai-edge-litert')}; {options.model}"
    )
    for part in options.only:
        print()
        PARTS[part](options.model, options.rounds)
    return 0


def stages(model: str, rounds: int) -> None:
    """Pictures from a file to the picture with its reading, stage by stage."""
    reader = Reader.load(model)
    network = Stopwatch(reader.classifier, "probabilities", "look")
    line = Stopwatch(reader.vocabulary, "guides", "decide")
    print(f"{'picture':>9} {'glyphs':>6} {'found':>5} " + " ".join(f"{s:>11}" for s in STAGES))
    cost: dict[tuple[tuple[int, int], int], float] = {}
    for size in (*SIZES, PHOTOGRAPH):
        for glyphs in GLYPHS:
            rows, found = read_often(reader, network, line, photograph(glyphs, size), rounds)
            cells = " ".join(told([row[stage] for row in rows]) for stage in STAGES)
            print(f"{size[0]:>4}x{size[1]:<4} {glyphs:>6} {found:>5} {cells}")
            cost[size, glyphs] = median(row["all"] - row["decode"] for row in rows)
    few, _, many = GLYPHS
    for size in SIZES:
        each = (cost[size, many] - cost[size, few]) / (many - few)
        print(f"{size[0]}x{size[1]}: {each:.2f} ms a glyph more, {1000 / each:.0f} glyphs/s")
    small, large = (width * height / 1e6 for width, height in (SIZES[0], PHOTOGRAPH))
    more = (cost[PHOTOGRAPH, few] - cost[SIZES[0], few]) / (large - small)
    print(f"{more:.1f} ms a megapixel more, from {SIZES[0]} to {PHOTOGRAPH} pixels")


def photograph(glyphs: int, size: tuple[int, int]) -> Image:
    """A page as a camera sees it, BGR."""
    return next(iter(hand_held([bench_camera.page(glyphs, size)], seconds=1, fps=1, size=size)))


def read_often(
    reader: Reader, network: Stopwatch, line: Stopwatch, picture: Image, rounds: int
) -> tuple[list[dict[str, float]], int]:
    """The milliseconds of each round by stage, and how many glyphs were found."""
    rows: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "page.jpg")
        cv2.imwrite(path, picture)
        for _ in range(rounds + 1):
            network.ms = line.ms = 0.0
            worked, began = time.process_time(), time.perf_counter()
            decoded = read_picture(path)
            read = time.perf_counter()
            reading = reader.read(decoded)
            drawn = time.perf_counter()
            draw_reading(decoded, reading)
            done = time.perf_counter()
            crops = reading.ms["classify"] - network.ms - line.ms
            rows.append(
                {
                    "decode": 1000 * (read - began),
                    "ink": reading.ms["ink"],
                    "segment": reading.ms["segment"],
                    "crops": crops,
                    "network": network.ms,
                    "context": line.ms,
                    "draw": 1000 * (done - drawn),
                    "all": 1000 * (done - began),
                    "cpu": 1000 * (time.process_time() - worked),
                }
            )
    return rows[1:], len(reading.glyphs)


def start(model: str, rounds: int) -> None:
    """From the start of the program to its first reading, as the user waits for it."""
    command = [sys.executable, "-m", "hwr_live", "sample", "--model", model]
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        # Modules are compiled once and kept, as they are where the program is installed.
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for _ in range(1 + max(3, rounds // 3)):
            began = time.perf_counter()
            with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as program:
                assert program.stdout is not None
                program.stdout.readline()
                taken.append(1000 * (time.perf_counter() - began))
    del taken[0]
    print(f"start of `hwr-live sample` to its first line: {told(taken).strip()} ms")


def memory(model: str, rounds: int) -> None:
    """The most memory that a program had that has read a picture ten times."""
    if not Path("/proc/self/status").exists():
        print("memory: skipped, this system does not tell as Linux does")
        return
    code = (
        "import cv2, sys\n"
        "from hwr_live.recognition.reader import Reader\n"
        "reader = Reader.load(sys.argv[1])\n"
        "for _ in range(10): reader.read(cv2.imread(sys.argv[2]))\n"
        "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
    )
    with tempfile.TemporaryDirectory() as folder:
        for size in ((1280, 720), PHOTOGRAPH):
            path = str(Path(folder) / "page.png")
            cv2.imwrite(path, photograph(60, size))
            done = subprocess.run(
                [sys.executable, "-c", code, model, path], stdout=subprocess.PIPE, check=True
            )
            print(f"{size[0]}x{size[1]}: {int(done.stdout) / 1024:.0f} MB resident at most")


def camera(model: str, rounds: int) -> None:
    """Frames of a hand-held camera, as the camera program reads them."""
    bench_camera.main(["--model", model, "--rounds", str(2 * rounds)])


def pad(model: str, rounds: int) -> None:
    """From the end of a stroke to the updated screen."""
    try:
        bench_pad.main(["--model", model, "--rounds", str(2 * rounds)])
    except OSError as error:
        print(f"pad: skipped, no display and no Xvfb: {error}")


def engines(model: str, rounds: int) -> None:
    """LiteRT against other engines with the same network; only those that are installed."""
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (max(BATCHES), 28, 28), np.uint8)
    reader = Reader.load(model)
    runs: dict[str, Run] = {
        "LiteRT, as shipped": lambda n: reader.classifier.probabilities(crops[:n])
    }
    card = reader.classifier.card
    images = np.asarray(crops[..., None] / 255 * (card.high - card.low) + card.low, np.float32)
    saved = find_model(model) / "model.keras"
    others = "predict, model(x), ONNX Runtime, cv2.dnn"
    if find_spec("keras") is None:
        print(f"skipped, keras is not installed: {others}")
    elif not saved.is_file():
        print(f"skipped, {model} has no model.keras: {others}")
    else:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        runs.update(of_keras(saved, images))
    print(f"{'ms a batch of':>24} " + " ".join(f"{n:>13}" for n in BATCHES) + "  same answer")
    shipped = runs["LiteRT, as shipped"](max(BATCHES)).argmax(1)
    for name, run in runs.items():
        same = float((run(max(BATCHES)).argmax(1) == shipped).mean())
        cells = []
        for n in BATCHES:
            run(n)
            taken = []
            for _ in range(max(3, rounds // 3)):
                began = time.perf_counter()
                run(n)
                taken.append(1000 * (time.perf_counter() - began))
            cells.append(f"{told(taken):>13}")
        print(f"{name:>24} " + " ".join(cells) + f"{same:>13.1%}")


def of_keras(path: Path, images: npt.NDArray[np.float32]) -> dict[str, Run]:
    """Ways to run a Keras file on the first n of the images; each gives its logits."""
    import keras

    from train.results.export import export

    network: Any = keras.models.load_model(path)
    digits, none = np.zeros((1, 28, 28), np.uint8), np.zeros(1, np.int64)
    file = export(network, digits, none, quantize=False).file
    exact = Network(Path("the float32 export"), file, images.shape[1:])
    logits = named_outputs(exact.interpreter)["logits"]
    runs: dict[str, Run] = {
        "LiteRT, float32": lambda n: exact.run(images[:n], [logits])[0],
        "Keras, predict": lambda n: np.asarray(network.predict(images[:n], verbose=0)),
        "Keras, model(x)": lambda n: np.asarray(network(images[:n], training=False)),
    }
    network(images[:1])  # one that has never answered is not exported
    if find_spec("tf2onnx") is None:
        print("skipped, tf2onnx is not installed: ONNX Runtime, cv2.dnn")
        return runs
    with tempfile.TemporaryDirectory() as folder:
        onnx = Path(folder) / "model.onnx"
        network.export(str(onnx), format="onnx", verbose=False)
        content = onnx.read_bytes()
    if find_spec("onnxruntime") is None:
        print("skipped, onnxruntime is not installed: ONNX Runtime")
    else:
        import onnxruntime

        session = onnxruntime.InferenceSession(content)
        name = session.get_inputs()[0].name
        runs["ONNX Runtime"] = lambda n: np.asarray(session.run(None, {name: images[:n]})[0])
    net = cv2.dnn.readNetFromONNX(np.frombuffer(content, np.uint8))

    def by_opencv(n: int) -> npt.NDArray[Any]:
        net.setInput(images[:n])
        return np.asarray(net.forward())

    runs["cv2.dnn"] = by_opencv
    return runs


def told(taken: Sequence[float]) -> str:
    """Median and minimum."""
    return f"{median(taken):6.1f} {min(taken):4.1f}"


PARTS: dict[str, Callable[[str, int], None]] = {
    "stages": stages,
    "start": start,
    "memory": memory,
    "camera": camera,
    "pad": pad,
    "engines": engines,
}

if __name__ == "__main__":
    sys.exit(main())
