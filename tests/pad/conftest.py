"""Pads that are closed after each test."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hwr_live.pad.keeping import Keeping
from hwr_live.pad.program import Pad
from hwr_live.profiles.profile import Profile
from tests.support.fake_reader import FakeReader


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Any]:
    """Makes pads, and closes them."""
    pads: list[Pad] = []

    def make(
        reader: FakeReader | None = None,
        size: tuple[int, int] = (640, 480),
        as_json: bool = False,
        folder: Path | None = None,
        profile: Profile | None = None,
        clock: Callable[[], float] = time.monotonic,
        autosave: bool = False,
        keeping: Keeping | None = None,
    ) -> tuple[Pad, io.StringIO]:
        out = io.StringIO()
        pad = Pad(
            reader or FakeReader(),
            size,
            json=as_json,
            folder=folder or tmp_path / "saved",
            out=out,
            profile=profile,
            clock=clock,
            autosave=autosave,
            keeping=keeping,
        )
        pads.append(pad.__enter__())
        return pad, out

    yield make
    for pad in pads:
        pad.__exit__(None)
