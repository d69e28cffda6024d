"""Peak memory of a process that only trains: ``python -m benchmarks.memory``.

It is a separate program because the other libraries of a comparison need memory when imported.
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
    """Measure the peak memory in a new process.

    Parameters
    ----------
    recipe : str, optional
        Recipe to train for an epoch. By default, nothing is trained.

    Returns
    -------
    peak : float
        Peak memory in MB.
    """
    command = [sys.executable, "-m", "benchmarks.memory", *([recipe] if recipe else [])]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Train for an epoch and print the peak memory of this process."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument(
        "recipe", nargs="?", choices=BATCH_SIZES, help="recipe to train (default: none)"
    )
    recipe = parser.parse_args().recipe
    if recipe:
        data = training_only(mnistedu.load_mnist(validation=0).train)
        mnistedu.train(
            mnistedu.build_recipe(recipe),
            data,
            epochs=1,
            batch_size=BATCH_SIZES[recipe][0],
            augmentation=None,
            verbose=False,
        )
    # Not getrusage: a new process starts with the peak of its parent.
    status = Path("/proc/self/status").read_text()
    print(int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024)


if __name__ == "__main__":
    main()
