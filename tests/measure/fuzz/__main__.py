"""``python -m tests.measure.fuzz``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.measure.fuzz.child import be_child
from tests.measure.fuzz.children import run
from tests.measure.fuzz.kinds import KINDS


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the kinds that are asked for, or all; returns 1 if a case failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.measure.fuzz")
    parser.add_argument("--cases", type=int, default=500, help="of each kind [500]")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="number of the first")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what failed here")
    parser.add_argument("--child", choices=KINDS, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child:
        be_child(options.child, options.first, options.cases, options.seed, options.keep)
        return 0
    for end in (signal.SIGINT, signal.SIGTERM):  # what is in the background may not hear Ctrl-C
        signal.signal(end, signal.default_int_handler)
    tallies = []
    print(f"{'kind':>10} {'cases':>6} {'right':>6} {'told':>6} {'failed':>6} {'MB':>6} {'s':>6}")
    for kind in options.kinds:
        if missing := KINDS[kind].missing():
            print(f"{kind:>10} skipped, {missing} is not installed")
            continue
        tally = run(kind, options.first, options.cases, seed=options.seed, keep=options.keep)
        tallies.append(tally)
        print(
            f"{kind:>10} {tally.cases:6} {tally.right:6} {tally.told:6} "
            f"{len(tally.failures):6} {tally.worst_mb:6.0f} {tally.worst_s:6.1f}",
            flush=True,
        )
        same: Counter[str] = Counter()
        for number, wrong in tally.failures:
            last = wrong.strip().splitlines()[-1] if wrong.strip() else ""
            same[last] += 1
            if same[last] <= 3:
                print(f"  {kind} {number}: {wrong.strip()}", flush=True)
        for last, count in same.items():
            if count > 3:
                print(f"  {count} times: {last}")
        if not tally.whole:
            print(f"broken off at {tally.cases} of {options.cases}")
            return 130
    return 1 if any(tally.failures for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
