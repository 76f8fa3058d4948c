"""Fixtures for all tests."""

import os

import pytest

from hwr_live.recognition.reader import Reader
from tests.support.display import display
from tests.support.interrupts import hear_interrupts

__all__ = ["cache", "display", "interrupts", "reader"]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the program remembers of its runs here is not to be remembered on this machine."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> None:
    """Programs that tests interrupt hear that where the tests run in the background, too."""
    hear_interrupts()


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The shipped model, loaded once."""
    return Reader.load()
