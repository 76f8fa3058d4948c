"""The formats that are written, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from hwr_live.documents import alto, hocr, pdf, plain, records, tables
from hwr_live.documents.model import Page


@dataclass(frozen=True)
class Format:
    """One way to write pages.

    Attributes:
        name: by which it is asked for.
        suffix: of its files, with the point.
        write: gives out a document piece by piece; pieces are text, or bytes of what is no text.
        pictures: whether pages need their pictures.
        packages: modules that must be there, of the extra ``documents``.
    """

    name: str
    suffix: str
    write: Callable[[Iterable[Page]], Iterator[str] | Iterator[bytes]]
    pictures: bool = False
    packages: tuple[str, ...] = ()

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
        Format("text", ".txt", plain.text),
        Format("json", ".json", records.json_array),
        Format("jsonl", ".jsonl", records.json_lines),
        Format("tsv", ".tsv", tables.tsv),
        Format("csv", ".csv", tables.spreadsheet),
        Format("hocr", ".hocr", hocr.hocr),
        Format("alto", ".xml", alto.alto),
        Format("pdf", ".pdf", pdf.pdf, pictures=True, packages=("pikepdf",)),
        Format("md", ".md", plain.markdown),
    )
}
"""Each format by its name."""
