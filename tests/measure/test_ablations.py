"""Readers that lack a part: no way first, then that each lacks what it is said to."""

from __future__ import annotations

import pytest

from tests.measure.ablations import WAYS, main, reader


def test_no_way_is_an_error() -> None:
    with pytest.raises(ValueError, match="no way"):
        reader("neither")


def test_without_data_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HWR_DATA", raising=False)
    assert main([]) == 2
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("way", WAYS)
def test_each_way_lacks_what_it_leaves_out(way: str) -> None:
    one = reader(way)
    assert (one.lines is None) == (way == "glyphs")
    assert (one.letters is None) == (way in ("glyphs", "no letters"))
    assert (one.pages is None) == (way == "no map")
    joint = one.classifier.card.decoder.joint
    assert (joint.glyph == joint.structure == 0) == (way == "lines")
    assert (one.classifier.card.decoder.spelling.doubted == 0) == (way == "one look")
