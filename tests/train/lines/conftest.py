"""Fixtures of the line networks' tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.lines_data import write_data


@pytest.fixture(scope="session", autouse=True)
def kept_ink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Ink is kept in a folder of the tests' own, not in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HWR_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of data of every kind."""
    return write_data(tmp_path_factory.mktemp("data"))
