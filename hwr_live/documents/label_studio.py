"""Words to be put right as tasks for Label Studio, and what was put right there.

Its import and export format is told at labelstud.io/guide/tasks and /guide/export.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from hwr_live import __version__
from hwr_live.documents.doubts import word_of
from hwr_live.errors import InputError
from hwr_live.reading import Word
from hwr_live.system.limits import read_at_most

CONFIG = """<View>
  <Image name="image" value="$image"/>
  <TextArea name="text" toName="image" value="$read" editable="true" maxSubmissions="1" rows="1"/>
</View>
"""
"""The labelling interface for the tasks, to be pasted into a project's settings."""

_MOST_BYTES = 1 << 28  # of an export


def tasks(records: Iterable[Mapping[str, Any]]) -> bytes:
    """Tasks to import: each has its picture within it, and what was read as a prediction.

    Args:
        records: as :func:`hwr_live.documents.doubts.record` makes them.
    """
    return json.dumps([_task(told) for told in records], indent=1).encode()


def _task(told: Mapping[str, Any]) -> dict[str, Any]:
    data = {key: told[key] for key in ("id", "source", "page", "line", "read", "glyphs")}
    result = {
        "from_name": "text",
        "to_name": "image",
        "type": "textarea",
        "value": {"text": [told["read"]]},
    }
    return {
        "data": {"image": f"data:image/png;base64,{told['picture']}", **data},
        "predictions": [
            {
                "model_version": f"hwr-live {__version__}",
                "score": told["confidence"],
                "result": [result],
            }
        ],
    }


def labelled(path: Path) -> list[tuple[Word, str]]:
    """What was put right, from a project's export in the format JSON: words and their texts.

    Raises:
        InputError: if the file is missing, no such export, or not of our tasks.
    """
    try:
        told = json.loads(read_at_most(path, _MOST_BYTES))
        pairs = [
            (task["data"]["glyphs"], text)
            for task in told
            for text in _texts(task["annotations"])[:1]
        ]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(
            f"{path} is no export of tasks from hwr-live read --review; "
            "export from Label Studio as JSON"
        ) from None
    return [(word_of(glyphs, str(path)), text) for glyphs, text in pairs]


def _texts(annotations: Any) -> list[str]:
    """The texts of annotations, the last first; cancelled ones are none."""
    found = []
    for annotation in annotations:
        if annotation.get("was_cancelled"):
            continue
        for result in annotation["result"]:
            if result.get("type") == "textarea":
                text = result["value"]["text"]
                found.append(str(text if isinstance(text, str) else " ".join(text)).strip())
    return [text for text in reversed(found) if text]
