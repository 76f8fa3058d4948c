"""Fixtures for all tests."""

import pytest

from hwr_live.recognition.reader import Reader
from tests.support.display import display

__all__ = ["display", "reader"]


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The shipped model, loaded once."""
    return Reader.load()
