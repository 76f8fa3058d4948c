"""A window on the screen: pictures out, keys and mouse in."""

from __future__ import annotations

import functools
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

import cv2
import numpy as np
import numpy.typing as npt

from hwr_live.errors import DeviceError
from hwr_live.system.keyboard import capitals_held
from hwr_live.system.memory import give_back_pictures
from hwr_live.system.screen import QT_SCALES
from hwr_live.system.signals import SIGNALS, after
from hwr_live.ui.keys import key_code

MouseCallback = Callable[[int, int, int, int], None]
"""event (``cv2.EVENT_…``), x, y in pixels of the picture, flags (``cv2.EVENT_FLAG_…``)."""

# Without the toolbar of the "expanded" GUI: the window has exactly the picture's size, and mouse
# coordinates are the picture's pixels.
_FIXED = cv2.WINDOW_AUTOSIZE | cv2.WINDOW_GUI_NORMAL
# A picture of another size is stretched over the window until one of its own size comes.
_RESIZABLE = cv2.WINDOW_NORMAL | cv2.WINDOW_FREERATIO | cv2.WINDOW_GUI_NORMAL

CAN_RESIZE = int(cv2.__version__.split(".")[0]) >= 5
"""Whether windows can have another size: before OpenCV 5 Qt's picture does not grow with its
window, which does not tell its size either."""

# Turns of the loop, each of 3 to 18 ms: every so many the window is put once more where it was
# asked to be, until it has settled. Then it has the size that the window manager lets it have; only
# that of Qt's own is not believed for some more, as a window manager that has no processor tells of
# it that late. By trials beside two programs that took all processors.
_AGAIN, _SETTLED, _BELIEVED = 12, 40, 120

# What is tried in a child process before the program opens its own window; whoever looks for that
# by its title is not to find this one.
_TRIAL = "import cv2; cv2.namedWindow('trial', cv2.WINDOW_AUTOSIZE); cv2.destroyAllWindows()"
_TRIAL_SECONDS = 60.0  # a loaded machine starts slowly; a dead display is noticed long before
_CONNECT_SECONDS = 1.5


class Window:
    """A window of the size of the picture that it shows; a context manager.

    While it is open, Ctrl-C, SIGTERM and SIGHUP close it in the same way as its close button does:
    they set ``closed``, so that the loop that shows pictures ends where it would end anyway. A
    second Ctrl-C is the usual KeyboardInterrupt.

    Args:
        title: the text in the window's title bar.
        resizable: whether the user may give it another size, which :attr:`size` then tells,
            as far as OpenCV can (:data:`CAN_RESIZE`). Its pixels are the screen's, however fine;
            what is shown has to be large enough.

    Attributes:
        closed: True once the user has closed the window.
        capital: whether the letter that the last key typed is a capital; None where the window
            system does not tell.

    Raises:
        DeviceError: on entering, where there is no display or OpenCV has no windows.
    """

    def __init__(self, title: str, *, resizable: bool = False) -> None:
        self.title = title
        self.closed = False
        self.capital: bool | None = None
        self._fine = resizable
        self._resizable = resizable and CAN_RESIZE
        self._asked_size = self._own_size = (0, 0)
        self._shape: tuple[int, ...] = ()
        self._open = False
        self._turns = 0
        self._callback: MouseCallback | None = None
        self._handlers: dict[int, signal._HANDLER] = {}
        self._ended_by: int | None = None

    def __enter__(self) -> Window:
        if self._fine:
            os.environ.setdefault(QT_SCALES, "0")
        require_display()
        self._catch_signals()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, after(handler, number, self._ended_by))
        self._handlers.clear()
        if self._open:
            self._open = False
            try:
                cv2.destroyWindow(self.title)
                cv2.waitKey(1)  # some backends take a window away only in their event loop
            except cv2.error:  # the close button was quicker
                pass

    def on_mouse(self, callback: MouseCallback) -> None:
        """Calls ``callback`` for what the mouse does, from inside :meth:`show`."""
        self._callback = callback

    def show(self, image: npt.NDArray[np.uint8] | None, wait_ms: int = 1) -> int:
        """Shows a picture and waits for a key: one turn of the program's loop.

        Args:
            image: uint8 (h, w, 3) BGR or (h, w) grey; ``None`` leaves the last picture standing.
                The window opens with the first.
            wait_ms: how long to wait for a key, in milliseconds, at least 1.

        Returns:
            The key's code, as :func:`key_code` makes it, or -1.

        Raises:
            DeviceError: if the window cannot be opened after all.
        """
        if self.closed:
            return -1
        if image is not None:
            opening = not self._open
            if opening:
                self._create()
            cv2.imshow(self.title, image)
            give_back_pictures(at_once=image.shape != self._shape)
            self._shape = image.shape
            if opening and self._resizable:
                self._own_size = self._real_size()
                self._asked_size = (image.shape[1], image.shape[0])
                cv2.resizeWindow(self.title, *self._asked_size)
        if not self._open:
            return -1
        # One waitKey a turn: each call takes one key from the queue, and a second would lose one.
        key = cv2.waitKeyEx(max(1, wait_ms))
        if not self._visible():  # never set to False: a signal may have set it meanwhile
            self.closed = True
        if not self.closed:
            self._place()
        self.capital = _is_capital(key)
        return key_code(key)

    @property
    def size(self) -> tuple[int, int] | None:
        """Width and height that the window has for its picture now, in pixels; None before it has
        settled, and where that cannot be found out."""
        if not self._resizable or not self._open or self.closed:
            return None
        size = self._real_size()
        return None if min(size) <= 0 or self._on_its_way(size) else size

    def _real_size(self) -> tuple[int, int]:
        """Width and height of the window in pixels as they are now; 0 where they are not known."""
        try:
            _, _, width, height = cv2.getWindowImageRect(self.title)
        except cv2.error:
            return (0, 0)
        return width, height

    def _on_its_way(self, size: tuple[int, int]) -> bool:
        """Whether a size is one that the window has only before the one that it was asked for."""
        if size == self._asked_size:
            return False
        return self._turns <= (_BELIEVED if size == self._own_size else _SETTLED)

    def _create(self) -> None:
        # Only now: a window without a picture would be seen, for a moment, in another size.
        try:
            cv2.namedWindow(self.title, _RESIZABLE if self._resizable else _FIXED)
        except cv2.error as error:
            raise DeviceError(f"the window cannot be opened: {_first_line(error)}") from None
        self._open = True
        self._place()

        def on_mouse(event: int, x: int, y: int, flags: int, _: object) -> None:
            if self._callback is not None and not self.closed:
                self._callback(event, x, y, flags)

        cv2.setMouseCallback(self.title, on_mouse)

    def _place(self) -> None:
        """Puts the window where the most of it is on the screen: at the upper left.

        Qt shows it in a small size of its own first, and the window manager puts that into the
        middle, from where the picture's size may reach over the edge of the screen. A busy window
        manager may do so, and give it that small size again, after it was told better.
        """
        if self._turns % _AGAIN == 0:
            late = self._turns > 0 and self._resizable and self._on_its_way(self._real_size())
            if late:
                cv2.resizeWindow(self.title, *self._asked_size)
            if sys.platform.startswith("linux") and (late or self._turns < _SETTLED):
                cv2.moveWindow(self.title, 0, 0)
        self._turns += 1

    def _visible(self) -> bool:
        """Whether the window is still there; a minimised one is."""
        try:
            return cv2.getWindowProperty(self.title, cv2.WND_PROP_VISIBLE) >= 1
        except cv2.error:  # Qt after its last window was closed: "NULL guiReceiver"
            return False

    def _catch_signals(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return  # only the main thread may set handlers

        def close(number: int, frame: FrameType | None) -> None:
            if self.closed and number == signal.SIGINT:
                raise KeyboardInterrupt
            self.closed, self._ended_by = True, number

        # Not left to KeyboardInterrupt: raised inside a mouse callback it would be printed by
        # OpenCV and forgotten.
        for number in SIGNALS:
            if signal.getsignal(number) == signal.SIG_IGN:  # as under nohup
                continue
            self._handlers[number] = signal.signal(number, close) or signal.SIG_DFL


def _is_capital(code: int) -> bool | None:
    """Whether what ``cv2.waitKeyEx`` returned is a capital letter; Qt tells all letters alike."""
    code &= 0xFFFF
    if ord("A") <= code <= ord("Z"):
        return True
    return capitals_held() if ord("a") <= code <= ord("z") else False


@functools.lru_cache(maxsize=1)
def require_display() -> None:
    """Makes sure that a window can be opened; the answer is kept.

    Qt, the window system of OpenCV's wheels on Linux, ends the whole process where it finds no
    display. So the display is asked first, and then a child process opens a window.

    Raises:
        DeviceError: with one line that says what is missing.
    """
    if re.search(r"GUI:\s+NONE", cv2.getBuildInformation()):
        raise DeviceError(
            "this OpenCV has no windows (opencv-python-headless): "
            "uninstall it and install opencv-python again"
        )
    if sys.platform in ("win32", "darwin"):  # there namedWindow fails as other calls do
        return
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform in ("", "xcb"):
        display = os.environ.get("DISPLAY", "")
        if not display and os.environ.get("WAYLAND_DISPLAY"):
            raise DeviceError(
                "no display for OpenCV's windows, which are X11's (DISPLAY is not set): "
                "turn on XWayland in this Wayland session, or start this from one of X11"
            )
        if not display:
            raise DeviceError(
                "no display (DISPLAY is not set): start this from a desktop session or with ssh -X"
            )
        if not _answers(display):
            raise DeviceError(
                f"no display: nothing answers at DISPLAY={display}; "
                "start this from a desktop session or with ssh -X"
            )
    try:
        trial = subprocess.run(
            [sys.executable, "-c", _TRIAL], capture_output=True, timeout=_TRIAL_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise DeviceError(f"the display did not open a window in {_TRIAL_SECONDS:.0f} s") from None
    if trial.returncode != 0 and platform not in ("", "xcb"):
        raise DeviceError(
            f"OpenCV's windows cannot be opened with QT_QPA_PLATFORM={platform}: unset it, "
            "or set it to xcb (a Wayland session shows such windows by XWayland)"
        )
    if trial.returncode != 0:
        said = trial.stderr.decode(errors="replace").strip().splitlines()
        raise DeviceError(
            "the display cannot open a window"
            + (f": {said[0][:160]}" if said else " and does not say why")
        )


def _answers(display: str) -> bool:
    """Whether an X server answers at ``display``, such as ``:0``, ``:1.0`` or ``host:10``.

    Only an address that surely leads nowhere gives False; any answer will do, a refusal too.
    """
    match = re.fullmatch(r"(?P<host>.*?):(?P<number>\d+)(\.\d+)?", display)
    if match is None:
        return False
    host, number = match["host"].removesuffix("/unix"), int(match["number"])
    local = host in ("", "unix")
    path = f"/tmp/.X11-unix/X{number}"
    addresses: list[str | tuple[str, int]] = (
        ["\0" + path, path] if local else [(host.strip("[]"), 6000 + number)]
    )
    hello = b"l\0" + (11).to_bytes(2, "little") + bytes(8)  # X11's greeting, without authorisation
    for address in addresses:
        try:
            if isinstance(address, str):
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                connection.settimeout(_CONNECT_SECONDS)
                connection.connect(address)
            else:
                connection = socket.create_connection(address, _CONNECT_SECONDS)
                connection.settimeout(_CONNECT_SECONDS)
        except (OSError, OverflowError):
            continue
        with connection:
            try:
                connection.sendall(hello)
                return bool(connection.recv(1))
            except OSError:
                continue
    return False


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["it does not say why"])[0]
