"""``hwr-live``, and ``python -m hwr_live``, which is the same."""

import sys

from hwr_live.system.signals import start


def main() -> int:
    """Runs the command line; returns the exit status."""
    return start("hwr_live.cli.main")


if __name__ == "__main__":
    sys.exit(main())
