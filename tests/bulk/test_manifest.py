"""A folder of results: what is known again, what is replaced, and what never is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hwr_live.bulk.manifest import Manifest, PageRecord, Record, digest_of, opened
from hwr_live.errors import HwrError, InputError

READ = (PageRecord(3, 1, 0.9),)


def record(settings: str = "s", pages: tuple[PageRecord, ...] = READ) -> Record:
    return Record("page.png", "content", settings, "page.png.txt", pages)


def kept(folder: Path, data: bytes = b"text", settings: str = "s") -> Record:
    with opened(folder) as manifest:
        return manifest.keep(record(settings), data)


def is_done(folder: Path, content: str = "content", settings: str = "s") -> bool:
    with opened(folder) as manifest:
        return manifest.done("page.png.txt", content, settings) is not None


def test_nothing_is_done_in_an_empty_folder(tmp_path: Path) -> None:
    assert not is_done(tmp_path / "deep" / "out")
    assert os.listdir(tmp_path / "deep" / "out") == [".hwr-live"]


def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="no folder"), opened(tmp_path / "file"):
        pass


@pytest.mark.parametrize("data", [b"", b"text"])
def test_a_result_is_known_again(data: bytes, tmp_path: Path) -> None:
    told = kept(tmp_path, data)
    assert (tmp_path / "page.png.txt").read_bytes() == data
    assert is_done(tmp_path)
    assert not is_done(tmp_path, content="other")
    assert not is_done(tmp_path, content="")
    assert not is_done(tmp_path, settings="other")
    with opened(tmp_path) as manifest:
        assert manifest.done("page.png.txt", "content", "s") == told
        assert manifest.outputs == {os.path.realpath(tmp_path / "page.png.txt")}
        assert manifest.keep(record("other"), data).digest == told.digest


@pytest.mark.parametrize("pages", [(), (*READ, PageRecord(failed="broken"))])
def test_what_failed_is_not_done(pages: tuple[PageRecord, ...], tmp_path: Path) -> None:
    with opened(tmp_path) as manifest:
        manifest.keep(record(pages=pages), b"")
    assert not is_done(tmp_path)


def test_a_result_that_is_gone_or_changed_is_not_done(tmp_path: Path) -> None:
    kept(tmp_path)
    (tmp_path / "page.png.txt").write_bytes(b"tex")
    assert not is_done(tmp_path)
    (tmp_path / "page.png.txt").unlink()
    assert not is_done(tmp_path)


def test_own_results_are_replaced_and_others_never(tmp_path: Path) -> None:
    kept(tmp_path)
    kept(tmp_path, b"new text", settings="new")
    assert (tmp_path / "page.png.txt").read_bytes() == b"new text"
    (tmp_path / "page.png.txt").write_bytes(b"put right by hand")
    with pytest.raises(InputError, match="there already"):
        kept(tmp_path, settings="newest")
    assert (tmp_path / "page.png.txt").read_bytes() == b"put right by hand"


@pytest.mark.parametrize("rest", [b'{"name": "pa', b"[1]\n", b"\xff\0\n{}\n", b'{"pages": 3}\n'])
def test_damaged_lines_count_as_not_there(rest: bytes, tmp_path: Path) -> None:
    kept(tmp_path)
    path = tmp_path / ".hwr-live" / "manifest.jsonl"
    path.write_bytes(path.read_bytes() + rest)
    assert is_done(tmp_path)
    kept(tmp_path, b"again", settings="s2")  # the line after the damaged one is whole
    assert is_done(tmp_path, settings="s2")


def test_killed_between_the_line_and_the_result(tmp_path: Path) -> None:
    kept(tmp_path)
    (tmp_path / "page.png.txt").unlink()
    (tmp_path / ".hwr-live" / "part").write_bytes(b"tex")
    assert not is_done(tmp_path)
    assert sorted(os.listdir(tmp_path / ".hwr-live")) == ["lock", "manifest.jsonl"]
    kept(tmp_path)
    assert is_done(tmp_path)


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with opened(tmp_path) as manifest:
        monkeypatch.setattr(Path, "write_bytes", full)
        with pytest.raises(HwrError, match="No space left") as told:
            manifest.keep(record(), b"text")
    assert told.value.status == 1
    assert not (tmp_path / "page.png.txt").exists()


def test_one_run_at_a_time(tmp_path: Path) -> None:
    with opened(tmp_path), pytest.raises(HwrError, match="another run"), opened(tmp_path):
        pass
    assert isinstance(Manifest(tmp_path), Manifest)


def test_what_has_no_digest(tmp_path: Path) -> None:
    assert digest_of(tmp_path) == digest_of("-") == digest_of("gone") == digest_of("a\0b") == ""
