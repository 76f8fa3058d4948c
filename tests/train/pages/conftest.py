"""Fixtures of the maps of writing' tests."""

from pathlib import Path

import pytest

from tests.support.lines_data import write_data


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small folder of data of every kind."""
    return write_data(tmp_path_factory.mktemp("data"))
