"""The kinds of bad input, each made from good input and chance.

A kind is a function in a module of this folder: given an empty folder it returns a ``Case``, which
makes one bad input and has it read. One line in ``KINDS`` makes it known.
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.measure.fuzz.programs import Case


@dataclass(frozen=True)
class Kind:
    """Where a kind is.

    Attributes:
        module: in this folder; only a child imports it.
        name: of the function.
        needs: a package that may not be installed.
    """

    module: str
    name: str
    needs: str = ""

    def missing(self) -> str:
        """The package that the kind needs and that is not installed; "" if there is none."""
        return self.needs if self.needs and importlib.util.find_spec(self.needs) is None else ""

    def made(self, folder: Path) -> Case:
        """What makes the cases, in an empty folder."""
        made: Case = self.function()(folder)
        return made

    def function(self) -> Any:
        """The function itself."""
        return getattr(importlib.import_module(f"{__name__}.{self.module}"), self.name)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("pictures", "picture"),
        Kind("pictures", "video"),
        Kind("bombs", "bombs"),
        Kind("sources", "sources"),
        Kind("scarce", "scarce"),
        Kind("training", "data"),
        Kind("training", "idx"),
        Kind("training", "archive"),
        Kind("training", "checkpoint"),
        Kind("training", "keras", needs="tensorflow"),
        Kind("downloads", "download"),
        Kind("models", "model"),
        Kind("models", "structure"),
        Kind("models", "card"),
        Kind("models", "report"),
        Kind("profiles", "profile"),
        Kind("words", "words"),
    )
}
