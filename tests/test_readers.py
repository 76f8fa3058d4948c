"""What windows do with a reader: go through sets of characters, and let it learn in its thread."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from hwr_live.readers import TaughtReader, char_sets, next_chars
from tests.support.fake_reader import FakeReader

CROP = np.zeros((28, 28), np.uint8)


@pytest.mark.parametrize(
    ("chars", "sets"),
    [
        ("all", ["all", "digits", "letters"]),
        ("digits", ["digits", "all", "letters"]),
        ("xyz", ["xyz", "all", "digits", "letters"]),
    ],
)
def test_the_readers_own_set_comes_first(chars: str, sets: list[str]) -> None:
    assert char_sets(FakeReader(chars)) == sets


def test_sets_follow_each_other_round_and_unknown_ones_are_passed_over() -> None:
    reader = FakeReader("all", knows="abc")
    sets = [*char_sets(reader), "ab"]
    seen = []
    for _ in range(4):
        found = next_chars(reader, sets)
        assert found is not None
        assert found[0].chars == found[1]
        reader = FakeReader(found[1], knows="abc")
        seen.append(found[1])
    assert seen == ["letters", "ab", "all", "letters"], "the model knows no digits"


@pytest.mark.parametrize("sets", [["digits"], ["digits", "letters"]])
def test_a_model_that_reads_no_others(sets: list[str]) -> None:
    assert next_chars(FakeReader("digits", knows="0123456789"), sets) is None


class Learning(FakeReader):
    """Notes in which thread it learnt."""

    threads: list[threading.Thread]

    def with_samples(self, samples: object) -> FakeReader:
        self.threads.append(threading.current_thread())
        return FakeReader(self.chars)


def test_a_reader_learns_once_and_only_when_it_reads() -> None:
    reader = Learning()
    reader.threads = []
    page = np.full((30, 40), 255, np.uint8)
    TaughtReader(reader, ()).read(page)
    assert reader.threads == [], "there is nothing to learn"
    taught = TaughtReader(reader, ()).with_samples([("a", CROP)])
    assert (taught.chars, reader.threads) == ("all", [])
    thread = threading.Thread(target=lambda: (taught.read(page), taught.read(page)))
    thread.start()
    thread.join()
    assert reader.threads == [thread]
