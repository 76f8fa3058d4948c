"""What the program needs and this machine lacks: told in one line, with what to install."""

from __future__ import annotations

import importlib
from typing import Any

from hwr_live.errors import InputError

_PACKAGES = {
    "cv2": "opencv-python",
    "numpy": "numpy",
    "ai_edge_litert": "ai-edge-litert",
}
_LIBRARIES = {  # that OpenCV's wheels take from the system: where Debian and Ubuntu have them
    "libGL.so": "libgl1",
    "libglib-2.0.so": "libglib2.0-0",
    "libgthread-2.0.so": "libglib2.0-0",
    "libX11.so": "libx11-6",
    "libxcb.so": "libxcb1",
    "libSM.so": "libsm6",
    "libICE.so": "libice6",
    "libXext.so": "libxext6",
}


def what_is_missing(error: ImportError) -> str:
    """What to install, for a package or a library of the system that is not there.

    Returns:
        One line; "" if the error is another.
    """
    if isinstance(error, ModuleNotFoundError):
        package = _PACKAGES.get(error.name or "")
        if package is None:
            return ""
        return f"the package {package} is not installed: python -m pip install {package}"
    place, _, reason = str(error).partition(": ")
    library = place.rpartition("/")[2]
    if not (library.startswith("lib") and ".so" in library and reason):  # else of Python's modules
        return ""
    gone = "cannot open shared object file" in reason
    told = f"the system has no {library}" if gone else f"{place} cannot be used ({reason})"
    for name, package in _LIBRARIES.items():
        if library.startswith(name):
            return (
                f"{told}, which OpenCV needs: apt install {package}, "
                "or use opencv-python-headless in place of opencv-python, which has no windows"
            )
    return f"{told}, which is needed"


def need(module: str, what: str, extra: str = "documents") -> Any:
    """Imports a module of a package that only some uses need.

    Args:
        module: what to import.
        what: what it is for, the start of the line where it is missing.
        extra: of this project, that installs it.

    Raises:
        InputError: if it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        name = module.partition(".")[0]
        package = {"PIL": "pillow"}.get(name, name.replace("_", "-"))
        raise InputError(
            f'{what} needs the package {package}: python -m pip install "hwr-live[{extra}]"'
        ) from None
