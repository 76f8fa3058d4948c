"""The weights of a finished line network, which another training begins with or is taught by."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwr_live.errors import InputError
from hwr_live.system.zips import without_times
from train.fit.rounding import rounded

FILE = "weights.npz"
"""In a model's folder: float16 of eight significant bits, packed."""


def pack(weights: list[npt.NDArray[Any]]) -> bytes:
    """The file's bytes. Running variances may be too large or small for float16: they stay."""
    arrays = {}
    for i, weight in enumerate(weights):
        with np.errstate(over="ignore"):
            half = rounded(weight).astype(np.float16)
        exact = weight.ndim < 2 or not np.isfinite(half).all()
        arrays[f"w{i}"] = weight.astype(np.float32) if exact else half
    out = io.BytesIO()
    with without_times():
        np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def read_weights(folder: Path) -> list[npt.NDArray[np.float32]]:
    """The weights in the network's own order.

    Raises:
        InputError: if the folder has none.
    """
    path = folder / FILE
    try:
        with np.load(path, allow_pickle=False) as file:
            return [file[f"w{i}"].astype(np.float32) for i in range(len(file.files))]
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise InputError(f"{path} holds no weights of a line network: {error}") from None
