"""A pack of data: the composer reads from it as from the folder; broken ones are told."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import HwrError, InputError
from hwr_live.segmentation.ink import find_ink
from train.lines import pack
from train.lines.compose import SHARES, Composer
from train.lines.sources import cutouts
from train.lines.sources.crops import Glyphs
from train.main import main


@pytest.fixture(scope="module", autouse=True)
def whole() -> Iterator[None]:
    """The small data has no more crops than a pack holds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pack, "FEW", 99)
        yield


@pytest.fixture(scope="module")
def packed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pack of the small data."""
    path = tmp_path_factory.mktemp("packs") / "lines.pack"
    assert pack.write_pack(data, path) == path.stat().st_size
    return path


@pytest.mark.parametrize("content", [b"", b"PK no", b"{}"])
def test_what_is_no_pack_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.pack").write_bytes(content)
    with pytest.raises(InputError, match="no pack"):
        pack.opened(tmp_path / "x.pack")


@pytest.mark.parametrize("name", ["../out.txt", "/out.txt", "a\\b.txt"])
def test_a_pack_writes_nowhere_else(name: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.pack", "w") as archive:
        archive.writestr("pack.json", '{"form": 1}')
        archive.writestr(name, "out")
    with pytest.raises(InputError, match="it names"):
        pack.opened(tmp_path / "x.pack")


def test_a_cut_off_pack_is_told(packed: Path, tmp_path: Path) -> None:
    content = bytearray(packed.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = bytes(64)
    (tmp_path / "x.pack").write_bytes(content)
    with pytest.raises(InputError, match="no pack"):
        pack.opened(tmp_path / "x.pack")


def test_the_same_data_gives_the_same_pack(data: Path, packed: Path, tmp_path: Path) -> None:
    pack.write_pack(data, tmp_path / "again.pack")
    assert (tmp_path / "again.pack").read_bytes() == packed.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["again.pack"]


@pytest.mark.parametrize("held", [False, True])
def test_lines_of_a_pack_are_those_of_the_folder(data: Path, packed: Path, held: bool) -> None:
    folder = pack.opened(packed)
    own, other = Composer(data, held), Composer(folder, held)
    for number, source in enumerate(SHARES):
        for _ in range(4):
            a, b = (one.line(np.random.default_rng(number), source) for one in (own, other))
            assert a.text == b.text
            assert np.array_equal(a.image, b.image)


def test_a_pack_is_unpacked_once(packed: Path) -> None:
    folder = pack.opened(packed)
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    assert pack.opened(packed) == folder
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == before
    with pytest.raises(InputError, match="a pack already"):
        pack.write_pack(folder, packed.with_name("more.pack"))


def test_a_pack_that_is_large_is_told(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(pack, "LARGEST", 1000)
    pack.write_pack(data, tmp_path / "x.pack")
    assert "more than 1,000 bytes" in capsys.readouterr().err


def test_a_pack_that_cannot_be_written_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(HwrError, match="cannot be written"):
        pack.write_pack(data, tmp_path / "nowhere" / "x.pack")


def test_the_command_packs(
    data: Path, packed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "lines.pack"
    assert main(["lines", "--data", str(data), "--pack", str(out)]) == 0
    assert f"{out.stat().st_size:,} bytes" in capsys.readouterr().out
    assert out.read_bytes() == packed.read_bytes()
    assert main(["lines", "--data", str(tmp_path), "--pack", str(tmp_path / "no.pack")]) == 2


def test_points_come_back_from_their_differences() -> None:
    points = np.random.default_rng(1).integers(-32768, 32768, (50, 2)).astype(np.int16)
    again = pack._together(pack._apart(points))
    assert again.dtype == points.dtype
    assert np.array_equal(again, points)


def test_few_crops_of_each_character_and_source() -> None:
    labels, sources = np.repeat([0, 1], 10), np.tile([0, 1], 10).astype(np.uint8)
    images = np.arange(20, dtype=np.uint8)[:, None, None] * np.ones((1, 28, 28), np.uint8)
    few = Glyphs(images, labels, sources, ("a", "b"), 16).few(2)
    assert few.trained == 8
    assert few.images[:, 0, 0].tolist() == [0, 1, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19]
    whole = Glyphs(images, labels, sources, ("a", "b"), 16).few(99)
    assert np.array_equal(whole.images, images)
    assert whole.trained == 16


def test_ink_is_made_once(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWR_CACHE", str(tmp_path / "cache"))
    own = shutil.copytree(data / "words", tmp_path / "data" / "words").parent
    first = cutouts.read_cutouts(own, "train")
    asked: list[int] = []

    def counted(*given: Any) -> Any:
        asked.append(1)
        return find_ink(*given)

    monkeypatch.setattr(cutouts, "find_ink", counted)
    again = cutouts.read_cutouts(own, "train")
    assert not asked
    assert again.texts == first.texts == ["check", "order"]
    for name in ("inks", "clean"):
        pairs = zip(getattr(first, name), getattr(again, name), strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)
    (tmp_path / "cache" / "lines" / "hdbpmn_train.npz").write_bytes(b"broken")
    assert cutouts.read_cutouts(own, "train").texts == first.texts
    assert len(asked) == 2
    monkeypatch.setattr(cutouts, "_key", lambda path: "other code")
    cutouts.read_cutouts(own, "train")
    assert len(asked) == 4


def test_ink_needs_no_cache(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").write_text("a file where the folder would be")
    monkeypatch.setenv("HWR_CACHE", str(tmp_path / "cache"))
    assert cutouts.read_cutouts(data, "train").texts == ["check", "order"]
