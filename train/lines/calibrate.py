"""How sure a line network may be: the temperature that its logits are divided by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from train.lines.alphabet import BLANK, encode

_TEMPERATURES = np.geomspace(0.5, 3.0, 19)
_HOPELESS = 200.0  # loss of a line: one that is quite misread tells nothing more
_LINES = 32  # at a time


def fit_temperature(logits: Sequence[npt.NDArray[np.float32]], texts: Sequence[str]) -> float:
    """The temperature by which validation texts are likeliest as CTC counts (Guo et al. 2017, for
    sequences).

    Args:
        logits: (frames, classes) of each line, at least one line.
        texts: what they say.

    Returns:
        One of 19 values from 0.5 to 3.
    """
    import tensorflow as tf

    signature = [
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None, None, logits[0].shape[1]), tf.float32),
        tf.TensorSpec((None,), tf.int32),
        tf.TensorSpec((None,), tf.int32),
    ]
    ctc = tf.function(
        lambda labels, given, lengths, frames: tf.nn.ctc_loss(
            labels, given, lengths, frames, logits_time_major=False, blank_index=BLANK
        ),
        input_signature=signature,
    )
    totals = np.zeros(len(_TEMPERATURES))
    order = sorted(range(len(logits)), key=lambda i: len(logits[i]))
    for start in range(0, len(order), _LINES):
        some = order[start : start + _LINES]
        frames = np.array([len(logits[i]) for i in some], np.int32)
        codes = [encode(texts[i]) for i in some]
        given = np.zeros((len(some), frames.max(), logits[0].shape[1]), np.float32)
        labels = np.zeros((len(some), max(1, *(len(code) for code in codes), 1)), np.int32)
        for row, (i, code) in enumerate(zip(some, codes, strict=True)):
            given[row, : frames[row]] = logits[i]
            labels[row, : len(code)] = code
        lengths = np.array([len(code) for code in codes], np.int32)
        for k, temperature in enumerate(_TEMPERATURES):
            losses = np.asarray(ctc(labels, given / np.float32(temperature), lengths, frames))
            totals[k] += float(np.minimum(losses, _HOPELESS).sum())
    return round(float(_TEMPERATURES[int(totals.argmin())]), 3)
