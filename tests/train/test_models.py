"""Models by name or path, and by kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hwr_live.errors import InputError
from hwr_live.recognition.models import shipped_folder
from train.fit.models import folder_of, model_of


@pytest.mark.parametrize("name", ["", "nowhere", "a/b"])
def test_a_model_that_is_not_there_is_told(name: str) -> None:
    with pytest.raises(InputError, match="no model"):
        folder_of(name)
    with pytest.raises(InputError, match="no model"):
        model_of(name, "lines")


def test_a_broken_card_is_told(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(InputError, match=r"card\.json"):
        model_of(str(tmp_path), "lines")


def test_a_path_goes_before_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert folder_of("lines") == shipped_folder() / "lines"
    (tmp_path / "lines").mkdir()
    card = {"name": "mine", "kind": "odd", "labels": []}
    (tmp_path / "lines" / "card.json").write_text(json.dumps(card))
    assert folder_of("lines") == Path("lines")
    assert model_of("lines", "odd") == (Path("lines"), card)


@pytest.mark.parametrize("kind", ["lines", "pages", "letters"])
def test_a_model_is_only_of_its_own_kind(kind: str) -> None:
    found = model_of(kind, kind)
    assert found is not None
    assert found[0].name == kind
    assert model_of(kind, "another") is None
