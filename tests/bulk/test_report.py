"""The report of a run: a row a page, and a few lines."""

from __future__ import annotations

import csv
import io

from hwr_live.bulk.manifest import PageRecord, Record
from hwr_live.bulk.report import Report


def report_of(**documents: list[PageRecord]) -> Report:
    report = Report()
    for name, pages in documents.items():
        report.add(Record(name, "", "", f"{name}.txt", tuple(pages)))
    return report


def test_a_run_without_pages() -> None:
    assert Report().table() == b"source,page,state,words,doubtful,confidence,output,reason,remark\n"
    assert list(Report().summary()) == [
        "0 documents, 0 pages: 0 read (0 words), 0 without text, 0 failed"
    ]


def test_failures_come_first_then_the_doubtful() -> None:
    report = report_of(
        blank=[PageRecord()],
        sure=[PageRecord(5, 0, 0.99)],
        gone=[PageRecord(failed="no file")],
        scan=[PageRecord(1200, 7, 0.71), PageRecord(3, 1, 0.62), PageRecord(failed="no file")],
    )
    rows = list(csv.DictReader(io.StringIO(report.table().decode())))
    assert [(row["source"], row["page"], row["state"]) for row in rows] == [
        ("gone", "1", "failed"),
        ("scan", "3", "failed"),
        ("scan", "2", "read"),
        ("scan", "1", "read"),
        ("sure", "1", "read"),
        ("blank", "1", "blank"),
    ]
    assert rows[0]["reason"] == "no file"
    assert rows[3] == {
        **{"source": "scan", "page": "1", "state": "read", "words": "1200", "doubtful": "7"},
        **{"confidence": "0.7100", "output": "scan.txt", "reason": "", "remark": ""},
    }
    assert list(report.summary()) == [
        "4 documents, 6 pages: 3 read (1,208 words), 1 without text, 2 failed",
        "failed, 2 pages: no file",
        "2 pages with doubtful words, the least sure: scan page 2 (0.62), scan (0.71)",
    ]


def test_what_was_done_before_is_told_apart() -> None:
    report = report_of(new=[PageRecord(4, 0, 0.9), PageRecord()], gone=[PageRecord(failed="no")])
    pages = (PageRecord(1000, 0, 0.9), PageRecord(), PageRecord(9, 0, 0.8))
    report.add(Record("old", "", "", "old.txt", pages), before=True)
    assert next(report.summary()) == (
        "3 documents, 6 pages: 1 read (4 words), 1 without text, 1 failed, "
        "3 done before (1,009 words)"
    )
    report.clear()
    assert "before" not in next(report.summary())


def test_ink_that_was_left_out_is_counted() -> None:
    lost = "most of the ink was left out, as long lines"
    blank = "nothing was read: the ink was left out, as a frame"
    report = report_of(
        a=[PageRecord(3, 0, 0.9, remark=lost)],
        b=[PageRecord(remark=blank), PageRecord(2, 0, 0.9, remark=lost)],
    )
    assert list(report.summary())[1:] == [f"2 pages: {lost}", f"1 page: {blank}"]
    rows = list(csv.DictReader(io.StringIO(report.table().decode())))
    assert [row["remark"] for row in rows] == [lost, lost, blank]
