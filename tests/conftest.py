"""Fixtures for all tests."""

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from hwr_live.recognition.reader import Reader
from hwr_live.system.signals import SIGNALS
from tests.support.display import display
from tests.support.interrupts import hear_interrupts

__all__ = ["cache", "display", "interrupts", "reader", "signals"]


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the program remembers of its runs here is not to be remembered on this machine."""
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> None:
    """Programs that tests interrupt hear that where the tests run in the background, too."""
    hear_interrupts()


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """What a signal does is the same before each test: a program that a test runs within its own
    process answers them in its way, and what the tests after it start would not hear them."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    if threading.current_thread() is threading.main_thread():
        for number, answer in before.items():
            if answer is not None and signal.getsignal(number) is not answer:
                signal.signal(number, answer)


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The shipped model, loaded once."""
    return Reader.load()
