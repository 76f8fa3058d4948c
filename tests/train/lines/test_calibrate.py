"""The temperature of a line network's logits."""

from __future__ import annotations

import numpy as np
import pytest

from train.lines.alphabet import CLASSES, encode
from train.lines.calibrate import fit_temperature


def test_logits_twice_as_sure_need_twice_the_temperature() -> None:
    rng = np.random.default_rng(1)
    texts = ["hello"[: 1 + i % 5] for i in range(40)]
    logits = []
    for text in texts:
        one = rng.normal(0, 0.5, (30, CLASSES)).astype(np.float32)
        one[:, 0] += 6
        for k, code in enumerate(encode(text)):
            # One in four is another character, and looks as sure.
            shown = code if rng.random() < 0.75 else int(rng.integers(1, CLASSES))
            one[3 * k + 1, shown] += 8
        logits.append(one)
    single = fit_temperature(logits, texts)
    double = fit_temperature([2 * one for one in logits], texts)
    assert 0.5 < single < 3
    assert double == pytest.approx(2 * single, rel=0.12)


def test_a_line_without_text_is_counted_too() -> None:
    sure = np.zeros((8, CLASSES), np.float32)
    sure[:, 0] = 9
    assert fit_temperature([sure], [""]) == 0.5
