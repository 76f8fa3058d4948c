"""What decides a result besides the document: the same settings give the same result."""

from __future__ import annotations

import hashlib
import json

from hwr_live import __version__
from hwr_live.bulk.manifest import digest_of
from hwr_live.profiles.profile import Profile
from hwr_live.recognition.models import find_model


def settings_of(
    model: str,
    chars: str,
    language: str | None,
    profile: str | None,
    *,
    handwriting: bool = False,
) -> str:
    """SHA-256, in hexadecimal, of the program's version, the model's files, the characters, the
    language, the profile's samples, and whether print is left out.

    Args:
        model: a name or a folder.
        chars: a set or the characters themselves, as they were given.
        language: its code; None without one.
        profile: a name or a path; None without one.
        handwriting: whether print is left out.

    Raises:
        InputError: if there is no such model or profile.
    """
    folder = find_model(model)
    samples = Profile.open(profile).samples if profile is not None else ()
    told = {
        "version": __version__,
        "model": [digest_of(folder / name) for name in ("card.json", "model.tflite")],
        "chars": chars,
        "language": language,
        "handwriting": handwriting,
        "profile": [(s.char, hashlib.sha256(s.ink.tobytes()).hexdigest()) for s in samples],
    }
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
