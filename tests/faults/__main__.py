"""Inject every fault many times, and print what was injected, survived and lost.

``FAULT_ROUNDS`` says how often, 20 times by default.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from tests.faults.injection import FAULTS, NotInjectedError
from tests.faults.mirrors import fail_mirrors
from tests.faults.server import BAD_RESPONSES
from tests.faults.writers import WRITERS

Inject = Callable[[Path, random.Random], None]


def every_fault() -> Iterator[tuple[str, Inject]]:
    for fault, inject in FAULTS.items():
        for name in WRITERS:
            yield f"{name}: {fault}", partial(inject, name)
    for name in BAD_RESPONSES:
        yield f"mirror: {name}", partial(fail_mirrors, name)


def main() -> int:
    rounds = int(os.environ.get("FAULT_ROUNDS", "20"))
    print(f"{'fault':42} injected survived lost", flush=True)
    totals = [0, 0, 0]
    for title, inject in every_fault():
        survived, lost, reason = 0, 0, ""
        for number in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                shared = Path(folder, "shared")
                shared.mkdir()
                shared.parent.chmod(0o755)
                shared.chmod(0o777)
                try:
                    inject(shared, random.Random(f"{title} {number}"))
                    survived += 1
                except NotInjectedError as error:
                    reason = f"  ({error})"
                    break
                except Exception:
                    lost += 1
                    traceback.print_exc()
        print(f"{title:42} {survived + lost:8} {survived:8} {lost:4}{reason}", flush=True)
        totals = [sum(pair) for pair in zip(totals, (survived + lost, survived, lost), strict=True)]
    print("{:42} {:8} {:8} {:4}".format("all", *totals))
    return 1 if totals[2] else 0


if __name__ == "__main__":
    sys.exit(main())
