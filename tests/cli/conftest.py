"""Fixtures of the command line's tests."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from hwr_live.cli.sample import draw_sample
from hwr_live.media.images import encode_png


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sample page as a file."""
    path = tmp_path_factory.mktemp("pages") / "page.png"
    path.write_bytes(encode_png(draw_sample()))
    return str(path)
