"""Files that are named by URLs."""

from __future__ import annotations

import http.server
import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from hwr_live.cli.main import main
from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.documents.inputs import Source, find
from hwr_live.documents.pages import open_document
from hwr_live.documents.remote import identity, is_remote, name_of_url, read_remote
from hwr_live.errors import InputError
from hwr_live.media.images import encode_png
from tests.support.documents import frames_of

SAMPLE = "\n".join(TEXT) + "\n"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A server of files that says nothing."""

    def log_message(self, *arguments: object) -> None:
        return


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a web server, with a page, two pages in one file, and an empty file."""
    page = draw_sample()
    (tmp_path / "page.png").write_bytes(encode_png(page))
    (tmp_path / "two.tif").write_bytes(frames_of([page, page[:210]], ".tif"))
    (tmp_path / "empty.png").touch()
    handler = partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.fixture
def bucket() -> Iterator[str]:
    """A folder in memory, as fsspec has it, with a page, one below, and a note."""
    fsspec = pytest.importorskip("fsspec", reason="needs fsspec: the extra cluster")
    system = fsspec.filesystem("memory")
    for name in ("page10.png", "page9.png", "deep/page.png"):
        system.pipe(f"/bucket/{name}", encode_png(draw_sample()[:210]))
    system.pipe("/bucket/note.txt", b"x")
    system.pipe("/empty/note.txt", b"x")
    yield "memory://bucket"
    system.rm("/bucket", recursive=True)
    system.rm("/empty", recursive=True)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("https://host/a.png", True), ("s3://bucket", True), ("memory://a", True)),
        *(("page.png", False), ("C:\\a.png", False), ("a b://c", False), ("://", False)),
    ],
)
def test_what_is_remote(path: str, expected: bool) -> None:
    assert is_remote(path) is expected


def test_the_name_of_a_web_file() -> None:
    assert name_of_url("https://host/a/b.png?size=3") == "b.png"
    assert name_of_url("https://host/?x") == "host"


@pytest.mark.parametrize("name", ["gone.png", "empty.png"])
def test_what_a_server_has_not_is_told(name: str, web: str) -> None:
    with pytest.raises(InputError, match=name):
        read_remote(f"{web}/{name}")


def test_no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot read http"):
        read_remote("http://127.0.0.1:1/page.png")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(InputError, match=r"hwr-live\[cluster\]"):
        read_remote("memory://page.png")


def test_pictures_of_the_web_are_read(web: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", f"{web}/page.png", f"{web}/two.tif"]) == 0
    assert capsys.readouterr().out == f"{SAMPLE}\n{SAMPLE}\n{TEXT[0]}\n"
    assert identity(f"{web}/page.png") == ""


def test_remote_folders(bucket: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = find([bucket])
    assert [s.name for s in found.sources if isinstance(s, Source)] == ["page9.png", "page10.png"]
    assert [path.rpartition("/")[2] for path in found.skipped] == ["note.txt"]
    deep = find([bucket], recursive=True).sources
    assert [s.name for s in deep if isinstance(s, Source)] == [
        "deep/page.png",
        "page9.png",
        "page10.png",
    ]
    assert main(["read", bucket, "--recursive"]) == 0
    assert capsys.readouterr().out == "\n".join([TEXT[0] + "\n"] * 3)
    assert isinstance(find(["memory://empty"]).sources[0], InputError)


def test_a_remote_file_that_changes_is_known_by_it(bucket: str, tmp_path: Path) -> None:
    import fsspec

    before = identity(f"{bucket}/page9.png")
    assert before == identity(f"{bucket}/page9.png") != ""
    fsspec.filesystem("memory").pipe("/bucket/page9.png", encode_png(draw_sample()))
    assert identity(f"{bucket}/page9.png") != before
    assert open_document(f"{bucket}/page9.png").count == 1


def test_storage_that_nobody_knows_is_told() -> None:
    pytest.importorskip("fsspec", reason="needs fsspec: the extra cluster")
    with pytest.raises(InputError, match="nosuch://"):
        read_remote("nosuch://page.png")
    (told,) = find(["nosuch://folder"]).sources
    assert isinstance(told, InputError)
