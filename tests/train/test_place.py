"""Where models go: never over what is no model, never by half, never where packages lie."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from hwr_live.errors import InputError
from train.results.folder import output_folder, recover, refuse_installed, replace_file, replaced


def model(folder: Path, text: str = "{}") -> Path:
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(text)
    return folder


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("dataset", "net", "name"),
    [
        ("mnist", "hwr", "mnist"),
        ("mnist", "dense", "mnist-dense"),
        ("/data/mine/", "hwr", "mine"),
        ("../mine", "mnist-cnn", "mine-mnist-cnn"),
    ],
)
def test_the_default_is_by_data_set_and_network(
    tmp_path: Path, dataset: str, net: str, name: str
) -> None:
    assert output_folder(dataset, net, None, force=False) == tmp_path / "models" / name


def test_a_model_is_replaced_only_by_force(tmp_path: Path) -> None:
    out = model(tmp_path / "m")
    with pytest.raises(InputError, match="--force replaces it"):
        output_folder("mnist", "hwr", out, force=False)
    assert output_folder("mnist", "hwr", out, force=True) == out


def test_what_is_no_model_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    assert output_folder("mnist", "hwr", tmp_path / "photos", force=False).name == "photos"
    (tmp_path / "photos" / "a.jpg").write_text("")
    (tmp_path / "file").write_text("")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    for name in ("photos", "file", "link", "."):
        with pytest.raises(InputError, match="is there already and is no model"):
            output_folder("mnist", "hwr", Path(name), force=True)


@pytest.mark.parametrize("where", ["purelib", "dist-packages", "/"])
def test_installed_packages_are_left_alone(tmp_path: Path, where: str) -> None:
    place = sysconfig.get_path(where) if where == "purelib" else str(tmp_path / where)
    with pytest.raises(InputError, match="--out"):
        output_folder("mnist", "hwr", Path("/" if where == "/" else f"{place}/models/x"), True)
    if where != "/":
        with pytest.raises(InputError, match="belongs to the installed packages"):
            replace_file(Path(place) / "x", b"")
    refuse_installed(tmp_path)


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    out = model(tmp_path / "m", "old")
    with replaced(out) as new:
        (new / "card.json").write_text("new")
        assert (out / "card.json").read_text() == "old"
    assert (out / "card.json").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_folder(tmp_path: Path, error: type[BaseException]) -> None:
    out = model(tmp_path / "m", "old")

    def fill() -> None:
        with replaced(out) as new:
            (new / "card.json").write_text("new")
            raise error

    with pytest.raises(error):
        fill()
    assert (out / "card.json").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


def test_a_kill_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    model(tmp_path / "m.old", "old")
    model(tmp_path / "m.new", "new")
    with pytest.raises(InputError, match="--force"):
        output_folder("mnist", "hwr", tmp_path / "m", force=False)
    assert (tmp_path / "m" / "card.json").read_text() == "old"
    recover(tmp_path / "m")
    assert not (tmp_path / "m.old").exists()


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    replace_file(tmp_path / "a", b"one")
    replace_file(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"two"
    with pytest.raises(InputError, match="cannot be written"):
        replace_file(tmp_path / "gone" / "a", b"")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
