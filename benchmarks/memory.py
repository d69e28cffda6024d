"""The peak memory of a process that trains and does nothing else: ``python -m benchmarks.memory``.

It is a program of its own because the other sides of a comparison, once imported, need memory too.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import mnistedu
from benchmarks.keras_side import BATCH_SIZES, training_only


def peak_memory(recipe: str | None = None) -> float:
    """Measure it in a new process.

    Parameters
    ----------
    recipe : str, optional
        What to train for an epoch; nothing by default.

    Returns
    -------
    peak : float
        In MB.
    """
    command = [sys.executable, "-m", "benchmarks.memory", *([recipe] if recipe else [])]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Train for an epoch, and print the process's own peak."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("recipe", nargs="?", choices=BATCH_SIZES, help="nothing by default")
    recipe = parser.parse_args().recipe
    if recipe:
        part = training_only(mnistedu.load_mnist(validation=0).train)
        mnistedu.train(
            mnistedu.build_recipe(recipe),
            part,
            epochs=1,
            batch_size=BATCH_SIZES[recipe][0],
            augmentation=None,
            verbose=False,
        )
    # Not getrusage: a new process begins with the peak of the one that started it.
    status = Path("/proc/self/status").read_text()
    print(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024)


if __name__ == "__main__":
    main()
