"""The checkpoint: whole or not there, and never gone on from with other settings."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwr_live.errors import HwrError
from train.fit.checkpoint import Checkpoint, State, held, saved_recipe
from train.recipe import HWR62, RECIPES, TUTORIALS, Recipe, recipe_from


def state(epochs: int = 2) -> State:
    rng = np.random.default_rng(epochs)
    arrays = [rng.random((3, 4), np.float32) for _ in range(12)] + [np.array(7, np.int64)]
    history = [{"epoch": float(e + 1), "loss": 1 / (e + 1)} for e in range(epochs)]
    return State(arrays, arrays[:11], (0.75, arrays[1:12]), history, 12.5)


def settings(recipe: Recipe, images: str = "abc") -> dict[str, Any]:
    return {"recipe": asdict(recipe), "classes": 63, "images": images}


def same(one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(
        a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize("recipe", [*RECIPES.values(), *TUTORIALS.values()])
def test_what_is_saved_is_loaded(tmp_path: Path, recipe: Recipe) -> None:
    path = tmp_path / "checkpoint.npz"
    assert Checkpoint(path, settings(recipe)).load() is None
    assert saved_recipe(path) is None
    saved = state()
    Checkpoint(path, settings(recipe)).save(saved)
    found = Checkpoint(path, settings(recipe)).load()
    assert found is not None
    assert same(found.variables, saved.variables)
    assert same(found.average, saved.average)
    assert found.best is not None
    assert saved.best is not None
    assert found.best[0] == saved.best[0]
    assert same(found.best[1], saved.best[1])
    assert (found.history, found.seconds, found.epochs) == (saved.history, 12.5, 2)
    assert saved_recipe(path) == recipe
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.npz"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"epochs": 3}, r"epochs 11, not 3"),
        ({"augmentation": replace(HWR62.augmentation, rotate=3.0)}, r"rotate 10\.0, not 3\.0"),  # type: ignore[type-var]
        ({"augmentation": None}, r"augmentation \{.*\}, not None"),
        ({"source_weights": {}}, r"0 1\.0, not None"),
    ],
)
def test_other_settings_are_refused_and_named(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    path = tmp_path / "x.training" / "checkpoint.npz"
    path.parent.mkdir()
    Checkpoint(path, settings(HWR62)).save(state())
    with pytest.raises(HwrError, match=told) as error:
        Checkpoint(path, settings(replace(HWR62, **change))).load()
    assert "--resume" in str(error.value)
    assert "--restart" in str(error.value)


def test_other_images_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.npz"
    Checkpoint(path, settings(HWR62)).save(state())
    with pytest.raises(HwrError, match="from other images"):
        Checkpoint(path, settings(HWR62, "abd")).load()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_broken_file_is_told_of(tmp_path: Path, share: float) -> None:
    path = tmp_path / "checkpoint.npz"
    Checkpoint(path, settings(HWR62)).save(state())
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    for read in (Checkpoint(path, settings(HWR62)).load, lambda: saved_recipe(path)):
        with pytest.raises(HwrError, match=r"checkpoint\.npz is no checkpoint .* --restart"):
            read()


def test_a_save_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "checkpoint.npz"
    checkpoint = Checkpoint(path, settings(HWR62))
    checkpoint.save(state(1))

    def full(file: Any, **arrays: Any) -> None:
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(HwrError, match=r"checkpoint\.npz cannot be written \(No space"):
        checkpoint.save(state(2))
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint.npz"]
    found = checkpoint.load()
    assert found is not None
    assert found.epochs == 1


def test_only_one_training_works_in_a_folder(tmp_path: Path) -> None:
    pytest.importorskip("fcntl", reason="this platform has no such locks")
    with held(tmp_path / "a.training"):
        with pytest.raises(HwrError, match="another training"), held(tmp_path / "a.training"):
            pass
        with held(tmp_path / "b.training"):
            pass
    with held(tmp_path / "a.training"):
        pass


def test_a_table_that_is_no_recipe_is_an_error() -> None:
    assert recipe_from({}) == Recipe()
    for table in ({"epoch": 3}, {"augmentation": {"turn": 1}}):
        with pytest.raises(ValueError, match="no settings"):
            recipe_from(table)


@pytest.mark.parametrize(("at", "value"), [(6, 0x41), (8, 99), (8, 14), (30, 0xFF)])
def test_a_zip_file_of_other_kinds_is_told_of(at: int, value: int, tmp_path: Path) -> None:
    """Encrypted, packed in unknown ways: what zipfile raises for them is no BadZipFile."""
    path = tmp_path / "checkpoint.npz"
    Checkpoint(path, settings(HWR62)).save(state())
    data = bytearray(path.read_bytes())
    for sign, first in ((b"PK\3\4", at), (b"PK\1\2", at + 2)):
        place = 0
        while (place := data.find(sign, place)) >= 0:
            data[place + first] = value
            place += 4
    path.write_bytes(data)
    with pytest.raises(HwrError, match="is no checkpoint that can be read"):
        saved_recipe(path)
