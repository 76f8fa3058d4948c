"""Silence on stderr: for the block only, and whatever happens in it."""

from __future__ import annotations

import os
import threading

import pytest

from hwr_live.system.silence import silence


def say(text: str) -> None:
    os.write(2, text.encode())


def test_only_the_block_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    say("before ")
    with silence():
        say("within ")
        with silence():
            say("deeper ")
        say("still ")
    say("after")
    assert capfd.readouterr().err == "before after"


def test_an_error_ends_the_silence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), silence():
        raise KeyError
    say("heard")
    assert capfd.readouterr().err == "heard"


def test_threads_do_not_keep_each_others_silence(capfd: pytest.CaptureFixture[str]) -> None:
    def quiet() -> None:
        for _ in range(50):
            with silence():
                say("within ")

    threads = [threading.Thread(target=quiet) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say("heard")
    assert capfd.readouterr().err == "heard"


def test_no_file_is_left_open() -> None:
    if not os.path.isdir("/proc/self/fd"):
        pytest.skip("needs /proc")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with silence():
            pass
    assert len(os.listdir("/proc/self/fd")) == before
