"""The options of ``hwr-live read``, known without loading what reads."""

from __future__ import annotations

import argparse

from hwr_live.documents import FORMAT_NAMES


def add_read_options(read: argparse.ArgumentParser) -> None:
    """Adds what only ``read`` has to its options."""
    _add_inputs(read.add_argument_group("what is read"))
    _add_outputs(read.add_argument_group("what is written"))
    many = read.add_argument_group("many pages")
    many.add_argument(
        "--jobs",
        type=count,
        metavar="N",
        help="processes for many pages (default: 1; with --out as many as there are cores)",
    )
    many.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="read on the workers of this Dask scheduler, as tcp://host:8786",
    )


def _add_inputs(read: argparse._ArgumentGroup) -> None:
    read.add_argument(
        "pictures",
        nargs="*",
        metavar="FILE",
        help="a picture, a PDF, a folder of them, or - for standard input",
    )
    read.add_argument(
        "--recursive", action="store_true", help="look into the folders of folders, too"
    )
    read.add_argument(
        "--from-file", metavar="LIST", help="read the files that LIST names, one a line; - is stdin"
    )
    read.add_argument(
        "--watch",
        metavar="DIR",
        help="read what comes into this folder, until Ctrl-C, and write results beside it or to "
        "--out",
    )


def _add_outputs(read: argparse._ArgumentGroup) -> None:
    read.add_argument(
        "--format",
        choices=FORMAT_NAMES,
        help="in which form it is written; the README tells of each (default: text)",
    )
    read.add_argument(
        "--table",
        action="store_true",
        help="write the cells of tables and forms row by row, with tabs between them: --format "
        "table",
    )
    read.add_argument(
        "--names",
        action=argparse.BooleanOptionalAction,
        help="write whose text it is, as == page.jpg ==; by default on a terminal, if there are "
        "several",
    )
    read.add_argument("--overlay", metavar="DIR", help="write each picture with its reading here")
    read.add_argument(
        "--out",
        metavar="DIR",
        help="write a file for each that is read, as DIR/page.jpg.txt; the same command goes on "
        "where it was broken off",
    )
    read.add_argument(
        "--review",
        metavar="DIR",
        help="write the words that are not sure, as pictures, a table to put them right, and tasks "
        "for Label Studio; then: hwr-live teach NAME --from-review DIR",
    )


def count(text: str) -> int:
    """A whole number of at least 1, for argparse."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return int(text)
