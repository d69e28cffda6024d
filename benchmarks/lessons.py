"""What each lesson takes: ``python -m benchmarks.lessons``, or ``... 04 06`` for some of them.

Runs the learner's notebooks from top to bottom, one after the other, each in a kernel of its own,
and prints the seconds that it took and the most memory that its kernel held.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import nbclient
import nbformat

from benchmarks.machine import describe, seconds

LESSONS = Path(__file__).parents[1] / "notebooks"
PEAK = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"  # KiB on Linux


def measure(path: Path) -> tuple[float, float]:
    """Run a notebook.

    Parameters
    ----------
    path : Path

    Returns
    -------
    seconds : float
        From the start of its kernel to the end of its last cell.
    peak : float
        The most memory that the kernel held, in MiB.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(PEAK))
    resources = {"metadata": {"path": str(path.parent)}}
    client = nbclient.NotebookClient(notebook, timeout=600, resources=resources)
    took = seconds(client.execute)
    return took, int(notebook.cells[-1].outputs[0].text) / 1024


def main() -> None:
    """Measure the lessons that the command line names, or all of them."""
    parser = argparse.ArgumentParser(description="Measure what each lesson takes.")
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, 03 for one; default: all")
    wanted = tuple(parser.parse_args().lessons) or ""
    machine = describe()
    print(f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}")
    print(f"{'lesson':24} {'seconds':>8} {'peak MiB':>9}")
    for path in sorted(path for path in LESSONS.glob("*.ipynb") if path.stem.startswith(wanted)):
        took, peak = measure(path)
        print(f"{path.stem:24} {took:8.0f} {peak:9.0f}", flush=True)


if __name__ == "__main__":
    main()
