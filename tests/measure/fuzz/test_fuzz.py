"""A few cases of what ``python -m tests.measure.fuzz`` does by the thousand, and how it judges."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from hwr_live.recognition.models import find_model
from tests.measure.fuzz import children
from tests.measure.fuzz.child import be_judged
from tests.measure.fuzz.children import run
from tests.measure.fuzz.damage import damaged, damaged_json
from tests.measure.fuzz.kinds import KINDS, Kind
from tests.measure.fuzz.structure import restructured


@pytest.mark.skipif(sys.platform == "win32", reason="children are watched as Unix does")
@pytest.mark.parametrize("kind", ["picture", "video", "card", "structure"])
def test_damaged_input_is_answered_or_told_in_one_line(kind: str) -> None:
    tally = run(kind, 0, 12)
    assert tally.failures == []
    assert tally.right + tally.told == 12


@pytest.mark.parametrize(
    ("status", "lines", "right"),
    [
        (0, [], True),
        (0, ["wrote a file"], True),
        (2, ["hwr-live: it is broken"], True),
        (1, ["train: stopped"], True),
        (2, [], False),
        (2, ["hwr-live: it is broken", "and more"], False),
        (2, ["libpng error"], False),
        (2, ["hwr-live: " + "x" * 1000], False),
        (2, ["hwr-live: page 1 of a.tif is broken", "hwr-live: page 2 of a.tif is broken"], True),
        (2, ["hwr-live: page 1 of a.tif is broken", "hwr-live: page 1 of a.tif is broken"], False),
        (2, ["hwr-live: page 1 of a.tif is broken", "hwr-live: and so on"], False),
        (0, ["Traceback (most recent call last):"], False),
        (130, [], False),
        (-11, [], False),
    ],
)
def test_what_is_a_failure(status: int, lines: list[str], right: bool) -> None:
    assert (be_judged(status, lines) == "") is right


def test_what_befalls_a_child_is_noted_and_the_next_case_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The children find these kinds in a copy of the package, put before the real one.
    package = tmp_path / "tests" / "measure" / "fuzz"
    shutil.copytree(Path(children.__file__).parent, package)
    for folder in (tmp_path / "tests", tmp_path / "tests" / "measure"):
        (folder / "__init__.py").touch()
    with (package / "kinds" / "__init__.py").open("a") as kinds:
        kinds.write("KINDS = {name: Kind('broken', name) for name in ('odd', 'torn', 'hung')}\n")
    (package / "kinds" / "broken.py").write_text(
        "import os, time\n"
        "def odd(folder):\n"
        "    turn = iter(range(9))\n"
        "    def case(chance):\n"
        "        n = next(turn)\n"
        "        if n == 1: os.kill(os.getpid(), 11)\n"
        "        return 0, []\n"
        "    return case\n"
        "def torn(folder):\n"
        "    def case(chance): raise KeyError('inside')\n"
        "    return case\n"
        "def hung(folder):\n"
        "    def case(chance): time.sleep(60)\n"
        "    return case\n"
    )
    monkeypatch.setattr(children, "ROOT", tmp_path)
    assert [(case, wrong[:24]) for case, wrong in run("odd", 0, 4).failures] == [
        (1, "the child ended with -11"),
        (3, "the child ended with -11"),
    ]
    ((case, wrong),) = run("torn", 5, 1).failures
    assert case == 5
    assert "KeyError: 'inside'" in wrong
    monkeypatch.setattr(children, "SECONDS", 2.0)
    monkeypatch.setattr(children, "END_SECONDS", 0.1)
    ((case, wrong),) = run("hung", 0, 1).failures
    assert wrong.startswith("no answer in 2 s")


@pytest.mark.parametrize("still", [False, True])
def test_damage_is_the_same_for_the_same_seed_and_changes_something(still: bool) -> None:
    data = np.random.default_rng(0).bytes(500)
    made = [damaged(data, np.random.default_rng(seed), still=still) for seed in range(50)]
    assert made == [damaged(data, np.random.default_rng(n), still=still) for n in range(50)]
    assert sum(one != data for one in made) > 40
    assert not still or {len(one) for one in made} == {500}
    assert all(damaged(b"", np.random.default_rng(n), still=still) is not None for n in range(20))


def test_structures_are_whole_others_and_do_not_depend_on_those_made_before() -> None:
    good = (find_model("mnist-dense") / "model.tflite").read_bytes()
    made = [restructured(good, np.random.default_rng(seed)) for seed in range(12)]
    assert [restructured(good, np.random.default_rng(n)) for n in reversed(range(12))] == made[::-1]
    assert {one[4:8] for one in made} == {b"TFL3"}
    assert len(set(made)) > 8


def test_damaged_json_is_json() -> None:
    good = '{"a": [1, 2, {"b": null}], "c": "text"}'
    for seed in range(500):
        made = damaged_json(good, np.random.default_rng(seed))
        json.loads(made)
        assert made == damaged_json(good, np.random.default_rng(seed))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_every_kind_is_there_and_has_a_description(kind: Kind) -> None:
    assert kind.function().__doc__
