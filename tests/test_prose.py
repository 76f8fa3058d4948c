"""What CONTRIBUTING, the README, the changelog and setup.cfg name is there."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest

import hwr_live

ROOT = Path(__file__).parents[1]
CONTRIBUTING, CHANGELOG, README = (
    ROOT / name for name in (".github/CONTRIBUTING.md", ".github/CHANGELOG.md", "README.md")
)
PLACES = (ROOT, ROOT / "hwr_live")


def quoted(text: str) -> list[str]:
    """What stands between single back quotes."""
    return re.findall(r"`([^`\n]+)`", text)


def test_paths_in_contributing_are_there() -> None:
    paths = [p for p in quoted(CONTRIBUTING.read_text("utf-8")) if re.fullmatch(r"[\w./-]+", p)]
    paths = [path for path in paths if "/" in path or path.endswith(".py")]
    assert len(paths) > 20
    rooms = [room for place in PLACES for room in place.rglob("*.py")]
    for path in paths:
        there = any((place / path).exists() for place in PLACES)
        assert there or any(room.name == path for room in rooms), path


def test_names_beside_a_path_are_in_it() -> None:
    rows = re.findall(r"`([\w/]+\.py)` \(((?:`\w+`(?:, )?)+)\)", CONTRIBUTING.read_text("utf-8"))
    assert len(rows) >= 3
    for path, names in rows:
        source = next(p / path for p in PLACES if (p / path).exists()).read_text("utf-8")
        for name in quoted(names):
            assert re.search(rf"^(?:def |class )?{name}\b", source, re.MULTILINE), (path, name)


@pytest.mark.parametrize("page", [CONTRIBUTING, CHANGELOG, README], ids=lambda page: page.name)
def test_measuring_programs_that_are_named_are_there(page: Path) -> None:
    named = set(re.findall(r"python -m\s+tests\.measure\.(\w+)", page.read_text("utf-8")))
    for name in named - {"NAME"}:
        place = ROOT / "tests" / "measure" / name
        assert place.with_suffix(".py").is_file() or (place / "__main__.py").is_file(), name


def test_every_package_is_installed() -> None:
    """A folder of code that setup.cfg does not list is missing from wheels, and only there."""
    told = configparser.ConfigParser()
    told.read(ROOT / "setup.cfg", "utf-8")
    listed = set(told["options"]["packages"].split()) - {"hwr_live.models"}  # of data, elsewhere
    there = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for room in ("hwr_live", "train")
        for init in (ROOT / room).rglob("__init__.py")
    }
    assert listed == there


def test_the_changelog_tells_of_this_version() -> None:
    heads = re.findall(r"^## (.+)$", CHANGELOG.read_text("utf-8"), re.MULTILINE)
    assert heads[0] == "Unreleased" or heads[0].startswith(hwr_live.__version__)
    assert any(head.startswith(hwr_live.__version__) for head in heads)


def test_pictures_and_pages_that_the_readme_links_to_are_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README.read_text("utf-8"))
    assert links
    for link in links:
        assert (ROOT / link).is_file(), link
