"""``python -m train letters``: from lists of words to a finished folder."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from hwr_live.recognition.languages import LANGUAGES
from hwr_live.recognition.letters import packed
from train.letters import card
from train.letters.ngram import ORDER, count, levels
from train.letters.words import common_words
from train.results.folder import output_folder, replaced

NAME = "letters"
_STEP = 0.1  # of a natural logarithm: finer than a beam search can tell
_CONTEXTS = 70_000
"""As read in pictures of words on paper, pen words and pen lines that validation people wrote, with
contexts of six letters: 24.0, 6.8 and 14.8 % of the letters wrong with 70,000, 23.4, 6.8 and 14.8
with 100,000, 24.1, 6.4 and 14.5 with 200,000; 30,000 contexts of five letters leave 25.0, 8.1 and
16.3."""
_WORDS = 50_000
_MOST = 1_000_000


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="the model's folder [./models/letters]"
    )
    parser.add_argument("--force", action="store_true", help="replace a model that is there")
    parser.add_argument(
        "--contexts", type=_count, default=_CONTEXTS, metavar="N", help=f"to keep [{_CONTEXTS}]"
    )
    parser.add_argument(
        "--words", type=_count, default=_WORDS, metavar="N", help=f"of each language [{_WORDS}]"
    )


def make(options: argparse.Namespace) -> dict[str, Any]:
    """Counts words and writes the model's folder, whole; gives its card.

    Raises:
        InputError: if the folder must not be written to.
        HwrError: if the package wordfreq is not there.
    """
    out = output_folder(NAME, "hwr", options.out, options.force)
    words = common_words(options.words)
    contexts, p = count(words, options.contexts)
    content = packed(contexts, levels(p, _STEP))
    counted = {
        "words": len(words),
        "most": options.words,
        "languages": list(LANGUAGES),
        "contexts": len(contexts),
        "order": ORDER,
    }
    told = card.make_card(out.name, counted, _STEP, len(content))
    with replaced(out) as new:
        (new / told["file"]).write_bytes(content)
        (new / "card.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
        (new / "README.md").write_text(card.readme(told), encoding="utf-8")
    return told


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= _MOST:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to {_MOST:,}")
    return int(text)
