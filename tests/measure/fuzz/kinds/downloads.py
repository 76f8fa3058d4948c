"""Servers that send what they should not: where to look, how long it is, which part it is."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from tests.measure.fuzz.damage import Chance, damaged
from tests.measure.fuzz.programs import Case, told

_BODY = bytes(range(256)) * 40
_ADDRESSES = (
    *("http://[bad", "http://[::1", f"http://{'a' * 70}.org/", "http://a..b/", "http://\xff/"),
    *("http://127.0.0.1:x/", "http://127.0.0.1:" + "9" * 5000, "file:///etc/passwd", "//", "http:"),
    *(
        "ftp://127.0.0.1:1/x",
        "http://127.0.0.1:1/",
        "\x1b[31m",
        "/" + "x" * 70_000,
        "?",
        "",
        "same",
    ),
)
_NUMBERS = ("0", "-1", "9" * 5000, "1e3", "0x10", "\xb2", "1, 2", "", "10240", "10239", "10241")
_STATUSES = ("200 OK", "206 Partial Content", "204 No", "302 Found", "301 M", "307 T", "416 R")
_MORE = (
    *("404 \x1b[31mred", "500 E", "503 S", "99 X", "999 Y", "abc", "", "100 Continue", "429 T"),
)


def download(folder: Path) -> Case:
    """Answers of a server that lies; after them the honest one is fetched from, and is believed."""
    from train.data.download import Remote, fetch

    os.environ["no_proxy"] = "*"
    answers: list[bytes] = []
    honest = [False]
    address = _served(lambda asked: _right(asked) if honest[0] or not answers else answers.pop(0))
    remote = Remote(f"{address}/set.bin", len(_BODY), hashlib.sha256(_BODY).hexdigest())
    place = folder / "cache"

    def case(chance: Chance) -> tuple[int, list[str]]:
        place.mkdir(exist_ok=True)
        for file in place.iterdir():
            file.unlink()
        if chance.random() < 0.5:
            (place / "set.bin.part").write_bytes(_BODY[: int(chance.integers(12_000))])
        answers[:] = [_answer(chance, address) for _ in range(int(chance.integers(1, 9)))]
        honest[0] = False
        status, lines = told(lambda: fetch([remote], place, out=io.StringIO(), pause_s=0.0))
        honest[0] = True
        again, more = told(lambda: fetch([remote], place, out=io.StringIO(), pause_s=0.0))
        assert again == 0, f"the next try fails: {more}"
        assert (place / "set.bin").read_bytes() == _BODY
        return status, lines

    return case


def _answer(chance: Chance, address: str) -> bytes:
    """An answer that is wrong in some of its parts."""

    def pick(values: tuple[str, ...]) -> str:
        return values[int(chance.integers(len(values)))]

    lines = [f"HTTP/1.1 {pick(_STATUSES if chance.random() < 0.8 else _MORE)}"]
    if chance.random() < 0.7:
        lines.append(f"Content-Length: {pick(_NUMBERS)}")
    if chance.random() < 0.5:
        first, last, total = pick(_NUMBERS), pick(_NUMBERS), pick(_NUMBERS)
        lines.append(f"Content-Range: bytes {first}-{last}/{total}")
    if "30" in lines[0] or chance.random() < 0.1:
        to = pick(_ADDRESSES)
        lines.append(f"Location: {f'{address}/other.bin' if to == 'same' else to}")
    if chance.random() < 0.1:
        lines.append("Transfer-Encoding: chunked")
    if chance.random() < 0.05:
        lines += ["X: y"] * 200
    body = _BODY[int(chance.integers(len(_BODY))) :] * int(chance.integers(4))
    head = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1")
    whole = head + body
    return damaged(whole, chance) if chance.random() < 0.3 else whole


def _right(asked: str) -> bytes:
    """The file, or what lies behind the part that is there."""
    start = 0
    for line in asked.splitlines():
        if line.lower().startswith("range: bytes="):
            start = int(line.split("=")[1].rstrip("-"))
    if start > len(_BODY) or (start and start == len(_BODY)):
        return f"HTTP/1.1 416 R\r\nContent-Range: bytes */{len(_BODY)}\r\n\r\n".encode()
    status = "206 P" if start else "200 OK"
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(_BODY) - start}\r\n"
    if start:
        head += f"Content-Range: bytes {start}-{len(_BODY) - 1}/{len(_BODY)}\r\n"
    return f"{head}Connection: close\r\n\r\n".encode() + _BODY[start:]


def _served(answer: Callable[[str], bytes]) -> str:
    """The address of a server that gives one answer to each connection."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            connection, _ = listening.accept()
            with connection, contextlib.suppress(OSError):
                asked = b""
                while b"\r\n\r\n" not in asked and (came := connection.recv(1 << 16)):
                    asked += came
                connection.sendall(answer(asked.decode("latin-1")))
                connection.shutdown(socket.SHUT_WR)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"
