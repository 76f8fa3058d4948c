"""What a training runs on."""

from __future__ import annotations

import importlib.util
import os
import platform
from pathlib import Path

from hwr_live.errors import HwrError, InputError

BACKENDS = ("tensorflow", "jax")
"""What Keras can run a training of lines on; the first that is installed does."""


def choose_backend() -> str:
    """One of ``BACKENDS``: that of ``KERAS_BACKEND``, else the first that is installed. Keras asks
    that variable when it is imported, and will run on it.

    Raises:
        InputError: if the variable names none of them.
        HwrError: if what is asked for is not installed, or none of them.
    """
    asked = os.environ.get("KERAS_BACKEND")
    if asked and asked not in BACKENDS:
        raise InputError(f"KERAS_BACKEND is one of {', '.join(BACKENDS)}, not {asked}")
    found = [one for one in (asked,) if one] or list(BACKENDS)
    there = [one for one in found if importlib.util.find_spec(one)]
    if not there or not importlib.util.find_spec("keras"):
        named = {"tensorflow": "TensorFlow", "jax": "Keras with JAX"}
        needed = " or ".join(named[one] for one in found)
        raise HwrError(
            f"training needs {needed}: python -m pip install "
            + ("keras 'jax[cuda]'" if asked == "jax" else "'hwr-live[train]'")
        )
    os.environ["KERAS_BACKEND"] = there[0]
    return there[0]


def backend() -> str:
    """What Keras runs on; Keras is imported."""
    import keras

    return str(keras.backend.backend())


def processor() -> str:
    """The processor's model, as the system names it."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def cores() -> int:
    """How many processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def gpus() -> list[str]:
    """The models of the GPUs that Keras's backend can use."""
    if backend() == "jax":
        import jax

        return [str(one.device_kind) for one in jax.devices() if one.platform == "gpu"]
    import tensorflow as tf

    found = tf.config.list_physical_devices("GPU")
    details = [tf.config.experimental.get_device_details(gpu) for gpu in found]
    return [str(one.get("device_name", "GPU")) for one in details]


def describe() -> str:
    """One line: GPUs, or the processor and its cores."""
    found = gpus()
    if found:
        return "GPU: " + ", ".join(found)
    count = cores()
    return f"CPU: {processor()}, {count} core{'s' if count != 1 else ''}"
