"""A LiteRT file and its interpreters: batches of images in, outputs out, in several threads."""

from __future__ import annotations

import contextlib
import os
import stat
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.recognition.litert.trust import trust
from hwr_live.system.limits import MOST_MODEL, read_at_most
from hwr_live.system.silence import silence

if TYPE_CHECKING:
    from hwr_live.recognition.litert.graph import Shape

Floats = npt.NDArray[np.float32]

_BATCH = 16  # images: larger batches are no quicker an image, and take more memory
_ALONE = 6  # images: fewer are done before another thread has begun
_LINES_ALONE = 2  # the same of inputs that each take as long as a line does
_MOST_THREADS = 4
# Inputs since the start, from which an interpreter more is worth its making: as long as they take.
_WORTH, _LINES_WORTH = 36, 4
_FAILURES = (ValueError, RuntimeError, TypeError, IndexError, KeyError, OverflowError)


def litert_file(path: Path) -> bytes:
    """The content of a LiteRT file.

    Raises:
        InputError: if it cannot be read, or is none by its first bytes.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would wait for ever
            raise InputError(f"cannot read the model {path}: it is no file")
        content = read_at_most(path, MOST_MODEL)
    except OSError as error:
        raise InputError(f"cannot read the model {path}: {error.strerror}") from None
    if content[4:8] != b"TFL3":
        raise InputError(f"{path} is no LiteRT file")
    return content


class Network:
    """A LiteRT model with one input.

    LiteRT's own threads wait for each other after every layer, which takes several times as long
    if the machine is busy. Here each thread has an interpreter and takes the next batch when it is
    done with one. One caller is served at a time; others wait.

    Args:
        path: what the model is called in errors.
        content: the LiteRT file.
        shape: of one input image.
        threads: that share the batches of a call; by default as many as there are processors, at
            most four.
        also: shapes of other images that it will be given.
        trusted: whether the file is known to be harmless; else ``trust`` finds out.

    Attributes:
        interpreter: one that has run an image of zeros, to tell of the model's outputs.

    Raises:
        InputError: if the model cannot take it.
    """

    def __init__(
        self,
        path: Path,
        content: bytes,
        shape: Shape,
        threads: int | None = None,
        *,
        also: Sequence[Shape] = (),
        trusted: bool = False,
    ) -> None:
        if not trusted:
            trust(path, content, [(1, *shape), (_BATCH, *shape), *((1, *one) for one in also)])
        self._path, self._content = path, content
        self._serving = threading.Lock()
        self._forms: dict[int, tuple[int, int]] = {}  # axes and width of each output
        self.interpreter = self._run(None, np.zeros((1, *shape), np.float32))
        self._interpreters = [self.interpreter]  # for each thread, as far as it was needed
        self._given = 1  # inputs since the start
        self._threads = threads or min(_MOST_THREADS, os.cpu_count() or 1)

    def first(self, outputs: Sequence[int]) -> list[Floats]:
        """Outputs of the image of zeros that was run at the start; to be asked before any other is.

        Args:
            outputs: as of :meth:`run`.

        Returns:
            For each of the outputs float32 (1, …).

        Raises:
            InputError: as :meth:`run`.
        """
        one = np.zeros((1,), np.float32)
        return [self._output(self.interpreter, output, one) for output in outputs]

    def run(self, images: Floats, outputs: Sequence[int]) -> list[Floats]:
        """Outputs of any number of images.

        Args:
            images: float32 (n, *shape), n at least 1.
            outputs: tensors of the model, by their numbers.

        Returns:
            For each of the outputs float32 (n, width).

        Raises:
            InputError: if the model does not run, or gives anything but finite (n, width), always
                of the same width.
        """
        threads = self._threads_for(len(images), _ALONE, _WORTH)
        # As many batches for each thread, if all get on as well.
        count = threads * -(-len(images) // (threads * _BATCH))
        found = self._served(np.array_split(images, count), outputs, threads)
        return [np.concatenate(rows) for rows in zip(*found, strict=True)]

    def each(self, inputs: Sequence[Floats], output: int) -> list[Floats]:
        """One output of each of several inputs that differ in size.

        Args:
            inputs: each float32, without an axis for the batch; those of one size next to each
                other take less time than mixed.
            output: tensor of the model, by its number.

        Returns:
            For each input what the model gives, without an axis for the batch.

        Raises:
            InputError: if the model does not run, or gives anything but finite numbers, the last
                axis always of the same width.
        """
        if not inputs:
            return []
        threads = self._threads_for(len(inputs), _LINES_ALONE, _LINES_WORTH)
        found = self._served([one[None] for one in inputs], [output], threads)
        return [one[0] for (one,) in found]

    def _threads_for(self, count: int, alone: int, worth: int) -> int:
        self._given += count
        made = self._threads if self._given >= worth else len(self._interpreters)
        return max(1, min(made, self._threads, 2 * count // alone))

    def _served(
        self, batches: Sequence[Floats], outputs: Sequence[int], threads: int
    ) -> list[list[Floats]]:
        """The outputs of each batch; each thread takes the next one when it is done with one."""
        with self._serving:
            found: list[list[Floats]] = [[] for _ in batches]
            left = iter(range(len(batches)))
            failures: list[InputError] = []

            def take(thread: int) -> None:
                """Runs batches that no other thread has taken, until there are none."""
                try:
                    for number in left:
                        interpreter = self._run(self._interpreters[thread], batches[number])
                        self._interpreters[thread] = interpreter
                        found[number] = [
                            self._output(interpreter, i, batches[number]) for i in outputs
                        ]
                except InputError as error:  # raised where the outputs are waited for
                    failures.append(error)

            while len(self._interpreters) < threads:
                self._interpreters.append(None)
            helpers: list[threading.Thread] = []
            with contextlib.suppress(RuntimeError):  # the system has no more: this one does it all
                for n in range(1, threads):
                    helper = threading.Thread(target=take, args=(n,))
                    helper.start()
                    helpers.append(helper)
            take(0)
            for helper in helpers:
                helper.join()
        if failures:
            raise failures[0]
        return found

    def _output(self, interpreter: Any, index: int, images: Floats) -> Floats:
        try:
            found = np.asarray(interpreter.get_tensor(index), np.float32)
        except _FAILURES as error:
            raise self._failed(error) from None
        if not found.ndim:
            raise InputError(f"{self._path} gives one number where rows are due")
        axes, width = self._forms.setdefault(index, (found.ndim, found.shape[-1]))
        if (found.ndim, found.shape[0], found.shape[-1]) != (axes, len(images), width):
            wanted = (len(images), *[None] * (axes - 2), width)
            raise InputError(f"{self._path} gives {found.shape} where {wanted} is due")
        if not np.isfinite(found).all():
            raise InputError(f"{self._path} gives no numbers; it may be damaged")
        return found

    def _run(self, interpreter: Any, images: Floats) -> Any:
        """The interpreter, a new one if it is None, when it has run the images."""
        try:
            if interpreter is None:
                interpreter = self._made()
            given = interpreter.get_input_details()[0]
            if tuple(given["shape"]) != images.shape:
                interpreter.resize_tensor_input(given["index"], list(images.shape))
                interpreter.allocate_tensors()
            interpreter.set_tensor(given["index"], images)
            interpreter.invoke()
            return interpreter
        except _FAILURES as error:
            raise self._failed(error) from None

    def _failed(self, error: BaseException) -> InputError:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:120]
        return InputError(f"{self._path} does not run: {reason}")

    def _made(self) -> Any:
        from ai_edge_litert.interpreter import Interpreter

        with silence():  # it greets on stderr, whatever one sets
            made: Any = Interpreter(model_content=self._content, num_threads=1)
            made.allocate_tensors()
        return made
