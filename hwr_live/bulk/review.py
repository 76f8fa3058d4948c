"""A folder of doubtful words to be put right: pictures, a table, tasks for Label Studio.

review.csv           a row a word; what is written into the column ``correct`` is kept
words/3f2a….png      the pictures
label-studio.json    the same words as tasks; label-studio.xml is the interface for them
page.jpg.review.jsonl    the words of a document with their ink, for ``teach --from-review``
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hwr_live.documents import label_studio
from hwr_live.documents.doubts import TABLE, corrections_in, records_in, table
from hwr_live.errors import InputError
from hwr_live.system.files import make_folder, replace_file
from hwr_live.system.terminal import tell


def gather(folder: Path, outputs: Iterable[str]) -> None:
    """Makes the pictures, the table and the tasks of the documents' words.

    The words are those of ``outputs``, the least sure first; what was put right of them stays.

    Args:
        folder: the review folder.
        outputs: the documents' files in it.

    Raises:
        InputError: if the table is there and cannot be read.
        HwrError: if the folder cannot be written to.
    """
    correct = corrections_in(folder / TABLE) if (folder / TABLE).exists() else {}
    found = {told["id"]: told for told in _all(folder, outputs)}
    records = sorted(found.values(), key=lambda told: (told["confidence"], told["id"]))
    make_folder(folder / "words")
    try:
        for told in records:
            picture = folder / "words" / f"{told['id']}.png"
            if not picture.exists():
                replace_file(picture, base64.b64decode(told["picture"]))
        replace_file(folder / "label-studio.json", label_studio.tasks(records))
        replace_file(folder / "label-studio.xml", label_studio.CONFIG.encode())
        replace_file(folder / TABLE, table(records, correct))
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror})") from None
    done = f", {len(correct)} of them put right" if correct else ""
    tell(f"{len(records):,} words to look at in {folder / TABLE}{done}")
    tell(f"put them right, then: hwr-live teach NAME --from-review {folder}")


def _all(folder: Path, outputs: Iterable[str]) -> Iterator[dict[str, Any]]:
    for name in outputs:
        yield from records_in(folder / name)
