"""``python -m train``: trains a model, or measures, exports, shows or describes one."""

import sys

from hwr_live.system.signals import start

if __name__ == "__main__":
    sys.exit(start("train.main"))
