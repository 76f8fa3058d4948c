"""Bad profiles."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from hwr_live.cli.sample import draw_sample
from hwr_live.profiles.profile import Profile
from tests.measure.fuzz.damage import Chance, damaged, damaged_json
from tests.measure.fuzz.programs import Case, remembered, run


def profile(folder: Path) -> Case:
    """Profiles with damaged lists and samples: they are told of, and the rest is used."""
    remembered()
    page = folder / "page.png"
    cv2.imwrite(str(page), draw_sample())
    kept = Profile.open(folder / "hand", new=True)
    for number, char in enumerate("0aB7"):
        ink = np.zeros((40, 30), np.uint8)
        cv2.putText(ink, char, (2, 36), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 255, 2 + number)
        kept.add(char, ink, "pad")
    files = sorted(path for path in kept.folder.rglob("*") if path.is_file())
    good = {path: path.read_bytes() for path in files if path.name != ".lock"}
    listed = kept.folder / "profile.json"

    def case(chance: Chance) -> tuple[int, list[str]]:
        for path, content in good.items():
            path.write_bytes(content)
        if chance.random() < 0.5:
            text = damaged_json(good[listed].decode(), chance)
            listed.write_bytes(text.encode("utf-8", "surrogatepass"))
        else:
            path = list(good)[int(chance.integers(len(good)))]
            path.write_bytes(damaged(good[path], chance))
        commands = (
            ("profile", "show", str(kept.folder)),
            ("read", "--profile", str(kept.folder), str(page)),
        )
        status, lines = run(*commands[int(chance.integers(2))])
        if status == 0:  # what is left out is told in lines of its own
            assert all(line.startswith("hwr-live: ") for line in lines), lines
        return status, lines

    return case
