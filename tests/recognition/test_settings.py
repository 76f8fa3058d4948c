"""What the search was tuned by: wrong numbers first, then a card's own in place of the defaults."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import pytest

from hwr_live.recognition.settings import DEFAULTS, CutSettings, DecoderSettings, LatticeSettings


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"colour": {}}, "no decoder settings 'colour'"),
        ({"lattice": {"price": 1}}, "no decoder setting lattice.price"),
        ({"lattice": {"glyph": -1}}, "lattice.glyph must lie within 0 and 100: -1"),
        ({"lattice": {"glyph": float("nan")}}, "lattice.glyph must lie within"),
        ({"lattice": {"glyph": "dear"}}, "lattice.glyph must be a number: 'dear'"),
        ({"lattice": {"glyph": True}}, "lattice.glyph must be a number"),
        ({"cuts": {"cuts": 2.5}}, "cuts.cuts must be a whole number: 2.5"),
        ({"context": {"digits": 0}}, "context.digits must lie within"),
    ],
)
def test_settings_that_are_none(given: dict[str, dict[str, Any]], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        DecoderSettings.from_dict(given)


def test_no_settings_are_the_defaults() -> None:
    assert DecoderSettings.from_dict({}) == DEFAULTS
    assert DecoderSettings.from_dict({"cuts": {}}) == DEFAULTS


def test_what_is_not_told_stays_as_it_is() -> None:
    found = DecoderSettings.from_dict({"lattice": {"glyph": 1, "most_joined": 2}})
    assert found.lattice == LatticeSettings(glyph=1, most_joined=2)
    assert found.cuts == CutSettings()
    assert found.vocabulary == DEFAULTS.vocabulary


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.lattice.glyph = 1  # type: ignore[misc]


@pytest.mark.parametrize("stage", [one.name for one in fields(DecoderSettings)])
def test_every_setting_is_described(stage: str) -> None:
    kind = type(getattr(DEFAULTS, stage))
    described = (kind.__doc__ or "").replace(",", " ").replace(":", " ").split()
    assert [one.name for one in fields(kind) if one.name not in described] == []
