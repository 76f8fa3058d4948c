"""What a training runs on."""

from __future__ import annotations

import os
import platform
from pathlib import Path


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
    """The models of the GPUs that TensorFlow can use."""
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
