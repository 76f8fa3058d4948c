"""Documents: pages of files in, and what was read of them out, in the formats of other programs."""

from __future__ import annotations

FORMAT_NAMES = ("text", "json", "jsonl", "tsv", "csv", "hocr", "alto", "pdf", "table", "md")
"""The formats that :mod:`hwr_live.documents.formats` writes; here, they are known in no time."""
