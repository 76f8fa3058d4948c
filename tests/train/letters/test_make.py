"""The command: folders that are taken, then a model that is loaded, the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwr_live.recognition.letters import SYMBOLS, Letters
from train.main import main

pytest.importorskip("wordfreq")


@pytest.mark.parametrize("count", ["0", "none", "99999999999"])
def test_a_count_out_of_range_is_bad_use(
    count: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as status:
        main(["letters", "--out", str(tmp_path / "m"), "--words", count])
    assert status.value.code == 2
    assert "whole number" in capsys.readouterr().err
    assert not (tmp_path / "m").exists()


def test_a_model_is_made_the_same_each_time_and_replaced_by_force_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ["--words", "60", "--contexts", "300"]
    for name in ("one", "two"):
        assert main(["letters", "--out", str(tmp_path / name), *few]) == 0
    files = [(tmp_path / name / "letters.bin").read_bytes() for name in ("one", "two")]
    assert files[0] == files[1]
    letters = Letters.load(tmp_path / "one")
    levels = [letters.level(letters.begin, k) for k in range(len(SYMBOLS))]
    assert min(levels[1:]) < levels[0]  # no word is empty
    assert main(["letters", "--out", str(tmp_path / "one"), *few]) == 2
    assert "--force" in capsys.readouterr().err
    assert main(["letters", "--out", str(tmp_path / "one"), *few, "--force"]) == 0


def test_its_readme_is_written_anew_from_its_card(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m"
    assert main(["letters", "--out", str(out), "--words", "20", "--contexts", "50"]) == 0
    text = (out / "README.md").read_text(encoding="utf-8")
    assert "CC BY-SA 4.0" in text
    (out / "README.md").unlink()
    assert main(["report", str(out)]) == 0
    assert (out / "README.md").read_text(encoding="utf-8") == text
    assert main(["evaluate", str(out)]) == 2
    assert "of letters" in capsys.readouterr().err
