"""``python -m mnistedu``: the same as the command ``mnistedu``."""

import sys

from mnistedu.cli import main

sys.exit(main())
