"""Names that OpenCV cannot be given: each is told, and ends no process."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from hwr_live.errors import InputError
from hwr_live.media.recorder import check_path
from hwr_live.media.sources import open_source

BYTES = "\udcff"  # what Python makes of a byte that is no text


@pytest.mark.parametrize("name", ["http://h:1/", "rtsp://127.0.0.1:1/", "concat://"])
def test_addresses_of_bytes_that_are_no_text(name: str) -> None:
    with pytest.raises(InputError, match="no text"):
        open_source(name + BYTES)


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
@pytest.mark.parametrize("suffix", [".avi", ".mp4"])
def test_files_of_such_names(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"{BYTES}{suffix}"
    with pytest.raises(InputError, match="no text"):
        check_path(path)
    path.write_bytes(os.urandom(99))
    with pytest.raises(InputError, match="no text"):
        open_source(path)
