"""``python -m hwr_live``: the same as ``hwr-live``."""

import sys

from hwr_live.cli import main

if __name__ == "__main__":
    sys.exit(main())
