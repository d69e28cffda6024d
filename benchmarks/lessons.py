"""Duration and memory of each lesson: ``python -m benchmarks.lessons``, or ``... 04 06`` for some.

Runs the learner's notebooks one after the other, each in a new kernel, and prints the seconds and
the peak memory of the kernel. The exit status is 1 if a lesson needs more than `MOST`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import nbclient
import nbformat

from benchmarks.machine import describe, seconds

LESSONS = Path(__file__).parents[1] / "notebooks"
MOST = 950  # MiB for a whole lesson; a class hub commonly allows 1 GB
MOST_FOR_A_PAD = 200
# In KiB, on Linux; ru_maxrss would include the memory of the process that starts the kernel.
PEAK = "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])"


def measure(path: Path) -> tuple[float, float]:
    """Run a notebook.

    Parameters
    ----------
    path : Path
        The notebook.

    Returns
    -------
    seconds : float
        Time from the start of the kernel to the end of the last cell.
    peak : float
        Peak memory of the kernel, in MiB.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    resources = {"metadata": {"path": str(path.parent)}}
    client = nbclient.NotebookClient(notebook, timeout=600, resources=resources)
    took = seconds(client.execute)
    return took, int(notebook.cells[-1].outputs[0].text) / 1024


def main() -> int:
    """Run the lessons and print the table."""
    parser = argparse.ArgumentParser(description="Measure the duration and memory of each lesson.")
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, such as 03 (default: all)")
    wanted = tuple(parser.parse_args().lessons) or ""
    machine = describe(packages=())
    print(f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}")
    print(f"{'lesson':24} {'seconds':>8} {'peak MiB':>9}")
    peaks = {}
    for path in sorted(path for path in LESSONS.glob("*.ipynb") if path.stem.startswith(wanted)):
        took, peaks[path.stem[:2]] = measure(path)
        print(f"{path.stem:24} {took:8.0f} {peaks[path.stem[:2]]:9.0f}", flush=True)
    print("For docs/teaching.md: |", " | ".join(f"{peak:.0f}" for peak in peaks.values()), "|")
    return int(max(peaks.values()) > MOST)


if __name__ == "__main__":
    sys.exit(main())
