"""Small profiles."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from hwr_live.profiles.files import GlyphInk
from hwr_live.profiles.profile import Profile


def ink(seed: int = 0, height: int = 40, width: int = 30) -> GlyphInk:
    """Something like a character: a bar and a blot."""
    picture = np.zeros((height, width), np.uint8)
    picture[:, : max(1, width // 6)] = 255
    rng = np.random.default_rng(seed)
    y, x = int(rng.integers(height // 2)), int(rng.integers(width // 2))
    picture[y : y + height // 2, x : x + width // 2] = 200
    picture[-1, -1] = 90
    return picture


def filled(where: str = "ann") -> Profile:
    """A profile of four samples."""
    profile = Profile.open(where, new=True)
    for number, char in enumerate("7Aaq"):
        profile.add(char, ink(number), "pad")
    return profile


def listed(profile: Profile) -> Any:
    return json.loads((profile.folder / "profile.json").read_text())
