"""The formats that are written, by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hwr_live.documents.model import Page


@dataclass(frozen=True)
class Format:
    """One way to write pages.

    Attributes:
        name: by which it is asked for.
        suffix: of its files, with the point.
        module: of this package, which writes it; loaded when it is needed.
        function: in that module, which has the format's name if this is "".
        pictures: whether pages need their pictures.
        packages: modules that must be there, of the extra ``documents``.
    """

    name: str
    suffix: str
    module: str
    function: str = ""
    pictures: bool = False
    packages: tuple[str, ...] = ()

    def write(self, pages: Iterable[Page]) -> Iterator[str] | Iterator[bytes]:
        """Gives out a document piece by piece; pieces are text, or bytes of what is no text.

        Raises:
            InputError: if it cannot be written, as where a package is missing.
        """
        module = import_module(f"hwr_live.documents.{self.module}")
        write: Any = getattr(module, self.function or self.name)
        pieces: Iterator[str] | Iterator[bytes] = write(pages)
        return pieces

    def document(self, pages: Iterable[Page]) -> bytes:
        """A whole document as the bytes of a file; text is UTF-8 with lines that end in ``\\n``.

        Raises:
            InputError: if it cannot be written, as where a package is missing.
        """
        pieces: Iterable[str | bytes] = self.write(pages)
        return b"".join(p if isinstance(p, bytes) else p.encode(errors="replace") for p in pieces)


FORMATS = {
    form.name: form
    for form in (
        Format("text", ".txt", "plain"),
        Format("json", ".json", "records", "json_array"),
        Format("jsonl", ".jsonl", "records", "json_lines"),
        Format("tsv", ".tsv", "tables"),
        Format("csv", ".csv", "tables", "spreadsheet"),
        Format("hocr", ".hocr", "hocr"),
        Format("alto", ".xml", "alto"),
        Format("pdf", ".pdf", "pdf", pictures=True, packages=("pikepdf",)),
        Format("table", ".table.txt", "plain", "table"),
        Format("md", ".md", "plain", "markdown"),
    )
}
"""Each format by its name."""

REVIEW = Format("review", ".review.jsonl", "doubts", "doubts")
"""The doubtful words of a document, as ``--review`` keeps them; not asked for by name."""
