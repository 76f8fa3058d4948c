"""A motion-JPEG server on localhost: an IP camera that can stall, drop clients and restart."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt


class MjpegServer:
    """Serves ``picture(n)`` as frame ``n`` to every client.

    Args:
        picture: frame number → BGR or grey image, or bytes that are sent as they are.
        fps: frames a second.
    """

    def __init__(
        self, picture: Callable[[int], npt.NDArray[np.uint8] | bytes], fps: float = 30.0
    ) -> None:
        self.picture, self.fps = picture, fps
        self.sent = 0
        self._frame = 0
        self._stalled = threading.Event()
        self._server: _Server | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/video.mjpg"

    def start(self) -> None:
        """Listens on a free port; after a stop on the same port as before."""
        self._server = _Server(("127.0.0.1", self._port), _Handler)
        self._server.source = self
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Stops listening and cuts every client off."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.cut()
            self._server = None

    def stall(self, stalled: bool = True) -> None:
        """Keeps the connections but sends nothing."""
        self._stalled.set() if stalled else self._stalled.clear()

    def next_part(self) -> bytes:
        """The next frame as JPEG bytes; waits while stalled."""
        while self._stalled.is_set():
            time.sleep(0.01)
        image = self.picture(self._frame)
        self._frame += 1
        self.sent += 1
        if isinstance(image, bytes):
            return image
        ok, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 95])
        assert ok
        return data.tobytes()

    def __enter__(self) -> MjpegServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stall(False)
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    source: MjpegServer

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.clients: set[Any] = set()
        self.alive = True

    def cut(self) -> None:
        self.alive = False
        for client in list(self.clients):
            with contextlib.suppress(OSError):
                client.shutdown(2)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.server.clients.add(self.connection)
        source = self.server.source
        due = time.monotonic()
        try:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            while self.server.alive:
                data = source.next_part()
                if not self.server.alive:
                    break
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                self.wfile.write(head.encode() + data + b"\r\n")
                due = max(due + 1 / source.fps, time.monotonic() - 1.0)
                time.sleep(max(0.0, due - time.monotonic()))
        except OSError:
            pass
        finally:
            self.server.clients.discard(self.connection)

    def log_message(self, *_: object) -> None:
        """Keeps the tests' output clean."""
