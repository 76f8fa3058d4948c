"""What each decoder setting is worth: what cannot be measured first, then a changed reader."""

from __future__ import annotations

import pytest

from hwr_live.cli.sample import TEXT, draw_sample
from hwr_live.recognition.reader import Reader
from tests.measure.settings import errors, main, with_setting


def test_without_data_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HWR_DATA", raising=False)
    assert main([]) == 2
    assert capsys.readouterr().err == "settings: set HWR_DATA to the folder of the data\n"


def test_what_is_out_of_range_or_the_same_is_not_measured(reader: Reader) -> None:
    assert with_setting(reader, "view", "upright", 2.0) is None
    assert with_setting(reader, "cuts", "cuts", 1.1) is None


def test_one_setting_is_changed_and_nothing_else(reader: Reader) -> None:
    usual = reader.classifier.card.decoder
    changed = with_setting(reader, "lattice", "glyph", 2.0)
    assert changed is not None
    found = changed.classifier.card.decoder
    assert found.lattice.glyph == 2 * usual.lattice.glyph
    assert found.cuts == usual.cuts
    assert reader.classifier.card.decoder == usual


def test_errors_are_those_of_all_pages_together(reader: Reader) -> None:
    right, wrong = ("\n".join(TEXT), draw_sample()), ("", draw_sample())
    count = sum(len(line.replace(" ", "")) for line in TEXT)
    assert errors(reader, [right]) == 0
    assert errors(reader, [right, wrong]) == pytest.approx(100)
    assert errors(reader, [right, right, ("x", draw_sample())]) == pytest.approx(
        100 * count / (2 * count + 1)
    )
