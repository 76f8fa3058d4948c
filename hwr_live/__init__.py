"""Reads handwriting live: from a drawing pad, a camera, or pictures.

>>> from hwr_live import Canvas, Reader
>>> reader = Reader.load()
>>> canvas = Canvas()
>>> canvas.stroke([(120, 70), (220, 70), (150, 240)])
>>> reader.read(canvas).text
'7'
"""

from __future__ import annotations

from hwr_live.system.limits import limit_pictures

__version__ = "0.1.0"
__all__ = [
    "Canvas",
    "DeviceError",
    "HwrError",
    "InputError",
    "Reader",
    "Reading",
    "__version__",
    "errors",
]

limit_pictures()

TYPE_CHECKING = False  # as of typing, which takes long to load
if TYPE_CHECKING:
    from hwr_live import errors
    from hwr_live.canvas import Canvas
    from hwr_live.errors import DeviceError, HwrError, InputError
    from hwr_live.reading import Reading
    from hwr_live.recognition.reader import Reader

_HOMES = {
    "Canvas": "hwr_live.canvas",
    "DeviceError": "hwr_live.errors",
    "HwrError": "hwr_live.errors",
    "InputError": "hwr_live.errors",
    "Reader": "hwr_live.recognition.reader",
    "Reading": "hwr_live.reading",
}


def __getattr__(name: str) -> object:
    # Looked up when first asked for, so that `hwr-live --version` needs no OpenCV.
    if name in _HOMES:
        from importlib import import_module

        globals()[name] = found = getattr(import_module(_HOMES[name]), name)
        return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
