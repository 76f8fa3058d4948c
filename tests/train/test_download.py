"""Fetching from a local server that breaks, forgets ranges, lies or is not there."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from hwr_live.errors import InputError
from train.data import download
from train.data.download import Remote, cache_folder, fetch

BODY = np.random.default_rng(5).bytes(900_000)


@dataclass
class Server:
    """What the local server does, and what it was asked."""

    url: str
    body: bytes = BODY
    ranges: bool = True
    break_after: list[int] = field(default_factory=list)  # bytes of each of the next answers
    status: list[int] = field(default_factory=list)  # of the next answers, in place of the file
    wrong_range: bool = False
    location: str = ""  # where to look instead
    length: str = ""  # that is told in place of the right one
    asked: list[str | None] = field(default_factory=list)

    def remote(self, body: bytes = BODY, content: bool = False) -> Remote:
        sha256 = hashlib.sha256(gzip.decompress(body) if content else body).hexdigest()
        return Remote(f"{self.url}/set.bin", len(body), sha256, content)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.asked.append(asked)
            if state.status:
                self.send_error(state.status.pop(0))
                return
            if state.location:
                self.send_response(302)
                self.send_header("Location", state.location)
                self.end_headers()
                return
            start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
            if not state.ranges:
                start = 0
            if asked and state.ranges and start >= len(state.body):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(state.body)}")
                self.end_headers()
                return
            body = state.body[start:]
            self.send_response(206 if asked and state.ranges else 200)
            self.send_header("Content-Length", state.length or str(len(body)))
            if asked and state.ranges:
                first = 0 if state.wrong_range else start
                last = len(state.body) - 1
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(state.body)}")
            self.end_headers()
            if state.break_after:
                body = body[: state.break_after.pop(0)]
            with contextlib.suppress(ConnectionError):  # the client may have heard enough
                self.wfile.write(body)

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = Server(f"http://127.0.0.1:{httpd.server_address[1]}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    httpd.shutdown()
    thread.join()
    httpd.server_close()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def get(remote: Remote, folder: Path) -> str:
    out = io.StringIO()
    fetch([remote], folder, out=out, pause_s=0.0)
    return out.getvalue()


def holds_only(folder: Path, body: bytes = BODY) -> bool:
    """The whole file and nothing else, in particular no half one."""
    return [p.name for p in folder.iterdir()] == ["set.bin"] and (
        folder / "set.bin"
    ).read_bytes() == body


def test_fetches_once_and_tells_its_progress(server: Server, tmp_path: Path) -> None:
    told = get(server.remote(), tmp_path / "new" / "folder")
    assert holds_only(tmp_path / "new" / "folder")
    assert "100% of 0.9 MB" in told
    assert get(server.remote(), tmp_path / "new" / "folder") == ""
    assert server.asked == [None]


def test_goes_on_where_an_earlier_run_stopped(server: Server, tmp_path: Path) -> None:
    (tmp_path / "set.bin.part").write_bytes(BODY[:500_000])
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)
    assert server.asked == ["bytes=500000-"]


def test_a_whole_part_needs_no_further_byte(server: Server, tmp_path: Path) -> None:
    (tmp_path / "set.bin.part").write_bytes(BODY)
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)


def test_a_connection_that_breaks_is_resumed(server: Server, tmp_path: Path) -> None:
    server.break_after = [300_000, 1, 0, 200_000]
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)
    assert server.asked == [None, *(f"bytes={n}-" for n in (300_000, 300_001, 300_001, 500_001))]


def test_a_busy_server_is_asked_again(server: Server, tmp_path: Path) -> None:
    server.status = [503, 429]
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)


def test_a_server_without_ranges_starts_anew(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    server.break_after = [300_000]
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)


@pytest.mark.parametrize("size", [500_000, len(BODY), len(BODY) + 7])
def test_a_beginning_of_another_version_is_thrown_away(
    server: Server, tmp_path: Path, size: int
) -> None:
    (tmp_path / "set.bin.part").write_bytes(bytes(size))
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)


def test_a_wrong_file_is_refused_and_not_kept(server: Server, tmp_path: Path) -> None:
    server.body = b"<html>sign in</html>" * 1000
    with pytest.raises(InputError, match=r"did not send the right file.*by hand"):
        get(server.remote(), tmp_path)
    assert not list(tmp_path.iterdir())


def test_mnist_is_known_by_its_content_however_it_is_compressed(
    server: Server, tmp_path: Path
) -> None:
    remote = server.remote(gzip.compress(BODY, 9), content=True)
    server.body = gzip.compress(BODY, 1, mtime=0)
    get(remote, tmp_path)
    assert holds_only(tmp_path, server.body)
    (tmp_path / "set.bin").unlink()
    server.body = server.body[:-9]
    with pytest.raises(InputError, match="right file"):
        get(remote, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_break_for_good_keeps_what_came(server: Server, tmp_path: Path) -> None:
    server.break_after = [400_000, *[0] * 50]
    with pytest.raises(InputError, match=r"the connection broke \(0.4 MB are kept"):
        get(server.remote(), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["set.bin.part"]
    server.break_after = []
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)


def not_found(server: Server) -> Remote:
    server.status = [404]
    return server.remote()


def endless(server: Server) -> Remote:
    return Remote(f"{server.url}/set.bin", 1000, "0")


def forbidden_range(server: Server) -> Remote:
    server.status = [416]
    return server.remote()


NOWHERE = (
    *("http://[bad", "http://[::1/x", f"http://{'a' * 70}.org/", "http://a..b/"),
    *("http://127.0.0.1:1x/", "http://127.0.0.1:" + "9" * 5000),
)


def elsewhere(to: str, server: Server) -> Remote:
    server.location = to
    return server.remote()


def unreachable(server: Server) -> Remote:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return Remote(f"http://127.0.0.1:{free.getsockname()[1]}/set.bin", 1, "0")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (not_found, "404"),
        (endless, "more than"),
        (forbidden_range, "416"),
        *((partial(elsewhere, to), "an address that is none") for to in NOWHERE),
        (unreachable, "refused"),
    ],
)
def test_what_cannot_be_fetched_is_told_with_the_way_by_hand(
    server: Server, tmp_path: Path, broken: Callable[[Server], Remote], reason: str
) -> None:
    remote = broken(server)
    with pytest.raises(InputError, match=reason) as told:
        get(remote, tmp_path)
    assert f"fetch this file by hand and put it into {tmp_path}: {remote.url}" in str(told.value)
    assert "\n" not in str(told.value)
    assert not (tmp_path / "set.bin").exists()


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1e3", "²", " "])
def test_a_length_that_is_none_is_passed_over(server: Server, tmp_path: Path, length: str) -> None:
    server.length = length
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)


def test_another_range_than_was_asked_for_starts_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / "set.bin.part").write_bytes(BODY[:1000])
    server.wrong_range = True
    told = get(server.remote(), tmp_path)
    assert holds_only(tmp_path)
    assert "not the bytes from 1,000 on" in told
    assert server.asked == ["bytes=1000-", None]


def test_a_server_that_has_no_bytes_at_all_is_told_and_the_next_try_starts_clean(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "set.bin.part").write_bytes(BODY[:1000])
    server.status = [416, 416]
    with pytest.raises(InputError, match="the server answers 416"):
        get(server.remote(), tmp_path)
    assert not list(tmp_path.glob("*.part"))
    get(server.remote(), tmp_path)
    assert holds_only(tmp_path)


def test_more_than_the_file_is_leaves_nothing_to_go_on_from(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than"):
        get(endless(server), tmp_path)
    get(server.remote(), tmp_path)
    assert server.asked == [None, None]


def test_what_unpacks_without_end_is_given_up(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MAX_BYTES", 1 << 20)
    server.body = gzip.compress(bytes(1 << 24))
    with pytest.raises(InputError, match="did not send the right file"):
        get(server.remote(server.body, content=True), tmp_path)


def test_what_a_server_says_cannot_command_a_terminal(server: Server, tmp_path: Path) -> None:
    server.location = "http://[\x1b[31mred"
    with pytest.raises(InputError) as told:
        get(server.remote(), tmp_path)
    assert "\x1b" not in str(told.value)


def test_a_full_disk_is_told_before_anything_is_fetched(server: Server, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="free; make room"):
        get(Remote(f"{server.url}/set.bin", 10**18, "0"), tmp_path)
    assert server.asked == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot write to"):
        get(Remote("http://127.0.0.1:9/x", 1, "0"), tmp_path / "file" / "cache")


def test_two_processes_fetch_a_file_once(server: Server, tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="Windows has no such lock")
    told: list[str] = []
    runs = [
        threading.Thread(target=lambda: told.append(get(server.remote(), tmp_path)))
        for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert holds_only(tmp_path)
    assert server.asked == [None]
    assert len(told) == 3


def test_the_bar_of_a_terminal_ends_with_a_new_line(server: Server, tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    out = Terminal()
    fetch([server.remote()], tmp_path, out=out)
    assert "\r████" in out.getvalue()
    assert out.getvalue().endswith("\n")


def test_the_cache_can_be_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWR_CACHE", "own")
    assert cache_folder() == Path("own")
    monkeypatch.setenv("HWR_CACHE", "")
    monkeypatch.setenv("HOME", "/home/u")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert cache_folder() == Path("/home/u/.cache/hwr-live")
