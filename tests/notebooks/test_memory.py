"""Memory of the lessons' kernels; ``python -m benchmarks.lessons`` measures whole lessons."""

import re
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

from benchmarks import lessons

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is in KiB on Linux only")
def test_an_idle_pad_needs_little_memory():
    lesson = nbformat.read(ROOT / "notebooks" / "00-start-here.ipynb", as_version=4)
    pad = next(cell.source for cell in lesson.cells if "DrawingPad(" in cell.source)
    heavy = "print({'jax', 'keras', 'matplotlib', 'sklearn'} & {*__import__('sys').modules})"
    cells = [nbformat.v4.new_code_cell(source) for source in (pad, heavy, lessons.PEAK)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60).execute()
    assert cells[1].outputs[0].text == "set()\n"
    assert int(cells[2].outputs[0].text) / 1024 < lessons.MOST_FOR_A_PAD


def test_the_teaching_guide_has_the_peak_of_each_lesson():
    guide = (ROOT / "docs" / "teaching.md").read_text(encoding="utf-8")
    row = re.search(r"^\| peak memory of the kernel, MiB \|(.+)\|$", guide, flags=re.MULTILINE)[1]
    peaks = [int(figure) for figure in row.split("|")]
    assert len(peaks) == len([*(ROOT / "notebooks").glob("0*.ipynb")])
