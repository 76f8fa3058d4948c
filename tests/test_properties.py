"""What holds for any input: a right answer, or an error of one line, whatever hypothesis finds."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("hypothesis", reason="hypothesis is not installed (the extra test)")

from hypothesis import example, given, settings
from hypothesis import strategies as st

from hwr_live.chars import ALL, SETS, SIGNS, parse_chars
from hwr_live.errors import HwrError, InputError, one_line
from hwr_live.media.images import encode_png
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.reader import Reader
from hwr_live.system.terminal import prepare_streams
from train.data.idx import read_images, read_labels

settings.register_profile("hwr", derandomize=True, database=None, deadline=None)
settings.load_profile("hwr")

Array = npt.NDArray[Any]
Answer = TypeVar("Answer")


def outcome(function: Callable[..., Answer], *arguments: Any) -> tuple[Answer | None, str]:
    """What a function gives, or the error that the user would be told."""
    try:
        return function(*arguments), ""
    except HwrError as error:
        return None, str(error)


# Arrays, to the reader

TYPES = (
    *("bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"),
    *("float16", "float32", "float64", "longdouble", "complex64", "U1", "S3", "O", "M8[s]", "V4"),
)
PICTURES = ("uint8", "uint16", "float32", "bool")
SIDES = st.sampled_from((60, 90, 150, 240, 60, 150, 0, 1, 2, 3, 5, 28, 4000))


@st.composite
def arrays(draw: st.DrawFn) -> Array:
    """Arrays of any type, shape, content and layout, of at most 64,000 elements."""
    shape = draw(
        st.one_of(
            st.tuples(SIDES, SIDES),
            st.tuples(SIDES, SIDES),
            st.tuples(SIDES, SIDES, st.sampled_from((1, 3, 4))),
            st.tuples(SIDES, SIDES, st.sampled_from((1, 3, 4))),
            st.lists(SIDES, max_size=5).map(tuple),
        ).filter(lambda sides: int(np.prod(sides, dtype=float)) <= 64_000)
    )
    kind = np.dtype(draw(st.sampled_from(PICTURES) | st.sampled_from(TYPES)))
    chance = np.random.default_rng(draw(st.integers(0, 99)))
    content = draw(st.sampled_from(("strokes", "zeros", "noise", "extremes")))
    values = np.zeros(shape)
    if content == "noise":
        values = chance.random(shape)
    elif content == "strokes" and values.size and len(shape) in (2, 3):
        page = np.full(shape[:2], 0.9)
        for points in chance.integers(0, max(shape[:2]), (4, 3, 2)):
            cv2.polylines(page, [points.astype(np.int32)], False, 0.1, 3)
        values[:] = page.reshape(*shape[:2], *[1] * (len(shape) - 2))
    elif content == "extremes" and values.size:
        values = chance.choice([np.nan, np.inf, -np.inf, -1, 1e38, 0.5], shape)
    made: Array = np.asarray(values * (255 if kind.kind in "iu" else 1))
    with np.errstate(all="ignore"):
        made = made.astype(kind) if kind.kind in "biufcO" else np.zeros(shape, kind)
    layout = draw(st.sampled_from(("plain", "backwards", "columns", "locked", "steps")))
    if layout == "backwards" and made.ndim:
        made = made[::-1]
    elif layout == "columns":
        made = np.asfortranarray(made)
    elif layout == "steps" and made.ndim:
        made = made[::2]
    elif layout == "locked":
        made.flags.writeable = False
    return made


@pytest.mark.filterwarnings("error")
@settings(max_examples=60)
@given(arrays())
@example(np.zeros((0, 0), np.uint8))
@example(np.zeros((1, 1), np.uint8))
@example(np.zeros((30_000, 2), np.uint8))
@example(np.zeros((2, 30_000, 4), np.float32))
def test_any_array_is_read_or_is_no_picture(reader: Reader, frame: Array) -> None:
    before = frame.copy()
    reading, refused = outcome(reader.read, frame)
    assert refused.isprintable()
    if reading is None:
        return
    assert frame.tobytes() == before.tobytes()
    height, width = frame.shape[:2]
    told = reading.to_dict()
    json.dumps(told, allow_nan=False)
    assert told["size"] == [width, height]
    assert told["text"] == "\n".join(line["text"] for line in told["lines"] if line["text"])
    for line in told["lines"]:
        for part in (line, *line["glyphs"]):
            x, y, w, h = part["box"]
            assert 0 <= x <= x + w <= width
            assert 0 <= y <= y + h <= height
        for glyph in line["glyphs"]:
            assert 0 <= glyph["confidence"] <= 1
            assert glyph["char"] is None or glyph["char"] in reader.known


# IDX files


@st.composite
def idx_files(draw: st.DrawFn) -> tuple[bytes, tuple[int, ...], bytes]:
    """An IDX file, mostly nearly right: its bytes, the sizes that it tells, and its elements."""
    count = draw(st.integers(0, 4))
    sizes = draw(st.sampled_from(((count,), (count, 28, 28), (count, 28), (count, 27, 28))))
    if draw(st.booleans()):
        sizes = (*sizes[:-1], draw(st.sampled_from((0, 1, 2**31, 2**32 - 1))))
    number = min(int(np.prod(sizes, dtype=float)), 4 * 28 * 28)
    data = draw(st.binary(min_size=0, max_size=8)).ljust(max(0, number + draw(OFF)), b"\7")
    start = draw(st.sampled_from((b"\0\0\10", b"\0\0\10", b"\0\0\10", b"\0\0\11", b"\1\0\10", b"")))
    head = start + bytes([draw(st.sampled_from((len(sizes), len(sizes), 1, 3, 0)))])
    return head + struct.pack(f">{len(sizes)}I", *sizes) + data, sizes, data


OFF = st.sampled_from((0, 0, 0, 1, -1, -5))


@settings(max_examples=300)
@given(idx_files(), st.booleans(), st.integers(0, 40))
def test_an_idx_file_is_read_as_it_is_or_told_of(
    made: tuple[bytes, tuple[int, ...], bytes], packed: bool, lost: int
) -> None:
    raw, sizes, data = made
    right = raw[:4] == bytes([0, 0, 8, len(sizes)]) and len(data) == np.prod(sizes, dtype=float)
    if packed:
        raw = gzip.compress(raw, mtime=0)
        if lost < 8:  # of the check at its end, too
            raw, right = raw[: len(raw) - 1 - lost], False
    for read, dimensions, sides in ((read_labels, 1, ()), (read_images, 3, (28, 28))):
        wanted = right and len(sizes) == dimensions and sizes[1:] == sides and sizes[0] > 0
        found, refused = outcome(read, raw, "x-idx")
        assert (found is not None) == wanted
        assert found is not None or "x-idx" in refused
        if found is not None:
            assert (found.shape, found.dtype) == (sizes, np.dtype(np.uint8))
            assert found.tobytes() == data


@settings(max_examples=100)
@given(
    st.binary(max_size=60), st.sampled_from((b"", b"\x1f\x8b", b"\x1f\x8b\x08", b"\0\0\x08\x03"))
)
def test_no_bytes_are_a_data_set_by_chance(rest: bytes, start: bytes) -> None:
    with pytest.raises(InputError):
        read_images(start + rest, "x")


# Text


@given(
    st.one_of(
        st.text(max_size=40),
        st.text(ALL + SIGNS + " ", max_size=40),
        st.lists(st.sampled_from([*SETS, "+", "x", "."]), max_size=5).map("".join),
    )
)
def test_any_set_of_characters_is_one_or_is_refused(text: str) -> None:
    chosen, refused = outcome(parse_chars, text)
    assert refused.isprintable()
    letters_alone = re.search("[A-Za-z]{3}|[0Aa]-[9Zz]", text)
    if chosen is None:
        known = all(char in ALL + SIGNS + " " for char in text)
        assert not text.strip(" ") or not known or letters_alone
        return
    assert chosen
    assert len(set(chosen)) == len(chosen)
    assert set(chosen) <= set(ALL + SIGNS)
    assert letters_alone or set(chosen) == set(text) - {" "}


ENCODINGS = (
    "ascii",
    "cp1252",
    "cp437",
    "latin-1",
    "koi8-r",
    "shift_jis",
    "utf-8",
    "utf-16",
)


@given(
    st.text(st.characters(), max_size=30),
    st.sampled_from(ENCODINGS),
    st.sampled_from(("strict", "surrogateescape", "backslashreplace")),
)
def test_any_text_is_printed_in_any_encoding(text: str, encoding: str, errors: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        terminal = io.BytesIO()
        stdout = io.TextIOWrapper(terminal, encoding=encoding, errors=errors)
        patch.setattr("sys.stdout", stdout)
        prepare_streams()
        print(text)
        stdout.flush()
    if encoding == "utf-8" and not any("\ud800" <= char <= "\udfff" for char in text):
        assert terminal.getvalue().decode("utf-8") == text + "\n"


@given(st.text(max_size=2000))
def test_any_message_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert str(HwrError(line)) == line or len(line) > 700
    assert not text.isprintable() or len(text) > 700 or line == text


# Profiles

KEYS = ("char", "source", "date", "file", "format", "version", "name", "samples", "x")
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 2**70),
    st.floats(allow_nan=False),
    st.text(max_size=12),
    st.sampled_from(
        ("7", "a", "pad", "digit_7/a.png", "../x.png", "/etc/hostname", "digit_7/../../x.png")
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
GOOD = {"char": "7", "source": "pad", "date": "2026-01-01T00:00:00", "file": "digit_7/a.png"}


@settings(max_examples=150)
@given(
    st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=3),
    st.lists(
        st.one_of(
            VALUES, st.dictionaries(st.sampled_from(KEYS), SCALARS).map(lambda d: {**GOOD, **d})
        )
    ),
)
def test_any_list_of_a_profile_is_used_as_far_as_it_is_good(
    whole: dict[str, Any], entries: list[Any]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "hand"
        (folder / "digit_7").mkdir(parents=True)
        good = encode_png(np.full((20, 9), 255, np.uint8))
        (folder / "digit_7" / "a.png").write_bytes(good)
        (Path(place) / "x.png").write_bytes(good)
        told = {"format": "hwr-live profile", "version": 1, "name": "hand", "samples": entries}
        (folder / "profile.json").write_text(json.dumps({**told, **whole}))
        before = sorted(Path(place).rglob("*"))
        profile, refused = outcome(Profile.open, folder)
        assert refused.isprintable()
        if profile is None:
            return
        assert all(line.isprintable() for line in profile.problems)
        for sample in profile.samples:
            assert (sample.char, sample.file) == ("7", "digit_7/a.png")
            assert sample.crop.shape == (28, 28)
        assert [path for path in sorted(Path(place).rglob("*")) if path.name != ".lock"] == before
