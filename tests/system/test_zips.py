"""Archives on a machine whose clock began in 1970, or is beyond what the format can hold."""

from __future__ import annotations

import io
import time
import zipfile

import numpy as np
import pytest

from hwr_live.system.zips import member, without_times

FIRST = (1980, 1, 1, 0, 0, 0)


@pytest.fixture(params=[0.0, 1e9, 5e9], ids=["1970", "2001", "2128"])
def clock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda *_: real(request.param))


@pytest.mark.usefixtures("clock")
def test_a_member_is_of_no_time_and_can_be_unpacked() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(member("a/b.txt"), b"content")
    with zipfile.ZipFile(data) as archive:
        (info,) = archive.infolist()
        assert archive.read("a/b.txt") == b"content"
    assert info.date_time == FIRST
    assert info.external_attr >> 16 == 0o600


@pytest.mark.usefixtures("clock")
def test_libraries_write_no_times_in_the_block() -> None:
    data, arrays = io.BytesIO(), io.BytesIO()
    real = zipfile.ZipInfo
    with without_times():
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("a", b"1")
            with archive.open("b", "w") as file:
                file.write(b"2")
        np.savez(arrays, a=np.arange(3))
    assert zipfile.ZipInfo is real
    with zipfile.ZipFile(data) as archive:
        assert [one.date_time for one in archive.infolist()] == [FIRST, FIRST]
        assert archive.read("a") + archive.read("b") == b"12"
    arrays.seek(0)
    np.testing.assert_array_equal(np.load(arrays)["a"], np.arange(3))


def test_what_fails_in_the_block_leaves_all_as_it_was() -> None:
    real = zipfile.ZipInfo
    with pytest.raises(KeyError), without_times():
        raise KeyError
    assert zipfile.ZipInfo is real
