"""IDX files, whole and broken."""

from __future__ import annotations

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from hwr_live.errors import InputError
from tests.support.datasets import idx
from train.data import idx as reader
from train.data.idx import read_idx, read_images, read_labels, read_text

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
LABELS = np.arange(5, dtype=np.uint8)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_reads_what_was_written_packed_or_not(pack: type[bytes]) -> None:
    assert (read_images(pack(idx(IMAGES)), "i") == IMAGES).all()
    assert (read_labels(pack(idx(LABELS)), "l") == LABELS).all()


def test_reads_a_gzip_file_of_several_members() -> None:
    raw = idx(IMAGES)
    assert (read_images(gzip.compress(raw[:999]) + gzip.compress(raw[999:]), "i") == IMAGES).all()


def header(*sizes: int, kind: int = 8, dimensions: int | None = None, magic: int = 0) -> bytes:
    return struct.pack(f">HBB{len(sizes)}I", magic, kind, dimensions or len(sizes), *sizes)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "only 0 bytes"),
        (b"\0\0\x08", "only 3 bytes"),
        (header(5, 28, 28, magic=1), "two zero bytes"),
        (b"<html><body>sign in</body></html>", "two zero bytes"),
        (header(5, 28, 28, kind=13), "0x0d, not 0x08"),
        (header(5, dimensions=1) + bytes(5), r"holds labels \(idx1\), not images"),
        (header(5, 28, dimensions=2), "holds 2 dimensions"),
        (header(5, 28, dimensions=3), "truncated inside its header"),
        (header(0, 28, 28), "is empty"),
        (header(5, 28, 28) + bytes(5 * 784 - 1), "truncated: 3,919 of 3,920"),
        (header(5, 28, 28) + bytes(5 * 784 + 1), "more bytes than its header says"),
        (header(5, 32, 28) + bytes(5 * 32 * 28), "28x32 pixels, not 28x28"),
        (header(2**32 - 1, 2**32 - 1, 2**32 - 1), "more than this program reads"),
        (header(1_500_000, 28, 28), "more than this program reads"),
        (header(1_000_000, 28, 28) + bytes(784), "is truncated: (784 of|its .* cannot hold)"),
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_anything_else_is_an_error_that_names_the_file(
    pack: type[bytes], raw: bytes, reason: str
) -> None:
    with pytest.raises(InputError, match=f"^some-file .*{reason}"):
        read_images(pack(raw), "some-file")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (gzip.compress(idx(IMAGES))[:-9], "truncated"),
        (gzip.compress(idx(IMAGES))[:5], "truncated"),
        (gzip.compress(idx(IMAGES))[:-8] + bytes(8), "broken"),
        (gzip.compress(idx(IMAGES)) + b"rest", "broken"),
        (b"\x1f\x8b" + bytes(100), "broken"),
    ],
    ids=["end missing", "head alone", "another length", "more behind", "zeros"],
)
def test_broken_gzip_is_an_error_that_names_the_file(raw: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=f"^some-file is {reason}.*fetch it again"):
        read_images(raw, "some-file")


def test_a_header_that_claims_much_takes_no_memory_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 10_000)
    bomb = gzip.compress(header(20_000) + bytes(20_000))
    with pytest.raises(InputError, match="more than this program reads"):
        read_idx(bomb, "bomb", 1)


def test_text_of_another_encoding_or_without_end_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(InputError, match="no text"):
        read_text(b"\xff\xfe0", "mapping.txt")
    monkeypatch.setattr(reader, "MAX_TEXT_BYTES", 1000)
    assert read_text(gzip.compress(b"0 48\n"), "mapping.txt") == "0 48\n"
    with pytest.raises(InputError, match="more than this program reads"):
        read_text(gzip.compress(bytes(1001)), "mapping.txt")


def test_a_file_that_unpacks_to_much_takes_its_array_and_no_more() -> None:
    count = 200_000
    packed = gzip.compress(header(count, 28, 28) + bytes(count * 784), 1)
    tracemalloc.start()
    try:
        images = read_images(packed, "i")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert images.shape == (count, 28, 28)
    assert most < 1.2 * images.nbytes


@pytest.mark.parametrize("sizes", [(1_369_000, 28, 28), (2_000_000,), (1, 1 << 30, 1)])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_what_a_header_only_claims_takes_no_memory(
    pack: type[bytes], sizes: tuple[int, ...]
) -> None:
    raw = pack(header(*sizes) + bytes(5000))
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            read_idx(raw, "i", dimensions=len(sizes))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1 << 20
