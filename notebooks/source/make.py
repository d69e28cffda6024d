"""Generate the lessons from the sources in this folder and run them to store their outputs.

Each lesson has one source, a script in jupytext's percent format:

    python notebooks/source/make.py               generates and runs every lesson,
    python notebooks/source/make.py 03 06         generates and runs these lessons,
    python notebooks/source/make.py --check       lists notebooks that differ from their source.

A source with exercises generates two notebooks: the learner's in ``notebooks/``, and one with the
solutions in ``notebooks/solutions/``. They differ in the cells with these tags:

    # %% tags=["blank"]                 only in the learner's notebook, usually a cell to fill in
    decode = ...

    # %% tags=["solution"]              only in the solutions; may also be [markdown]
    def decode(answers):
        return answers.argmax(axis=1)

    # %%                                nbval compares the output of cells that start like this
    check("02.1", decode)               with the stored output: "still blank", or "right"

A cell after the title of every notebook installs mnistedu where it is missing, as in Colab.

Stored outputs are those that are readable on a static page: images and text. Progress bars,
warnings and live widgets are removed; a widget with a static image is stored as that image. A cell
whose image has no alternative text states it: ``# %% alt="Two groups ..."``.
"""

from __future__ import annotations

import argparse
import base64
import copy
import hashlib
import io
import sys
from pathlib import Path

import jupytext
import nbclient
import nbformat
from nbformat import NotebookNode
from PIL import Image

import mnistedu

SOURCES = Path(__file__).parent
LESSONS = SOURCES.parent
SOLUTIONS = LESSONS / "solutions"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
INSTALL = """\
import importlib.util

if importlib.util.find_spec("mnistedu") is None:  # as in Colab: install it first
    get_ipython().run_line_magic("pip", "install --quiet git+https://github.com/mnistedu/mnistedu")
"""
COLOURS = 128  # in the palette of a stored image


def sources() -> list[Path]:
    """Return the sources of all lessons, in the order of the course."""
    return sorted(path for path in SOURCES.glob("*.py") if path != Path(__file__))


def editions(source: Path) -> dict[Path, NotebookNode]:
    """Return the notebooks of a source, without outputs, by their paths.

    The id of a cell is a hash of its text, so that a change does not affect other cells.
    """
    lesson = jupytext.read(source, fmt="py:percent")
    _add_install_cell(lesson)
    lesson.metadata = NotebookNode(kernelspec=KERNEL, language_info=NotebookNode(name="python"))
    seen: dict[str, int] = {}
    for cell in lesson.cells:
        digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        if cell.source.startswith("check("):
            cell.metadata.tags = ["nbval-check-output"]
    notebooks = {LESSONS / f"{source.stem}.ipynb": _without(lesson, "solution")}
    if any(_has(cell, "solution") for cell in lesson.cells):
        notebooks[SOLUTIONS / f"{source.stem}.ipynb"] = _without(lesson, "blank")
    return notebooks


def stale(source: Path) -> list[Path]:
    """Return the paths of notebooks that are missing or differ from their source."""
    return [
        path
        for path, lesson in editions(source).items()
        if not path.exists() or _cells(nbformat.read(path, as_version=4)) != _cells(lesson)
    ]


def run(lesson: NotebookNode, folder: Path) -> None:
    """Run a notebook in a new kernel and keep the outputs to store."""
    nbclient.NotebookClient(
        lesson,
        timeout=600,
        kernel_name=KERNEL["name"],
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    lesson.metadata.language_info = NotebookNode(name="python")
    for cell in lesson.cells:
        if cell.cell_type == "code":
            tidied = [_tidy(output, cell.metadata.get("alt")) for output in cell.outputs]
            cell.outputs = [output for output in tidied if output]


def _add_install_cell(lesson: NotebookNode) -> None:
    """Add a cell after the title, folded in JupyterLab and Colab, absent from the documentation."""
    hidden = {"tags": ["install", "remove-cell"], "jupyter": {"source_hidden": True}}
    cell = nbformat.v4.new_code_cell(INSTALL.rstrip(), metadata={**hidden, "cellView": "form"})
    index = 1 + next(i for i, each in enumerate(lesson.cells) if each.cell_type == "markdown")
    if _has(lesson.cells[index], "solution"):  # the link to the lesson
        index += 1
    lesson.cells.insert(index, cell)


def _without(lesson: NotebookNode, tag: str) -> NotebookNode:
    edition = copy.deepcopy(lesson)
    edition.cells = [cell for cell in edition.cells if not _has(cell, tag)]
    return edition


def _has(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def _cells(notebook: NotebookNode) -> list[tuple[str, str, str, dict]]:
    return [(cell.cell_type, cell.id, cell.source, cell.metadata) for cell in notebook.cells]


def _tidy(output: NotebookNode, alt: str | None) -> NotebookNode | None:
    """Return an output as it is stored, or None if it is not stored.

    An image without alternative text gets `alt`.
    """
    data = output.get("data", {})
    is_widget = data.pop(WIDGET, None)
    if output.get("name") == "stderr" or (is_widget and "image/png" not in data):
        return None
    if "image/png" in data:
        data["image/png"] = _compress(data["image/png"])
        data.pop("text/html", None)  # the same image in a form that some pages remove
        output.metadata.setdefault("image/png", {}).setdefault("alt", alt)
    if is_widget:
        data["text/plain"] = alt or output.metadata["image/png"]["alt"]
    return output


def _compress(png: str) -> str:
    """Convert a base64-encoded PNG to a palette, without metadata: a third of its size."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    small = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Generate the lessons from their sources.")
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, such as 03 (default: all)")
    parser.add_argument("--check", action="store_true", help="only list the stale notebooks")
    options = parser.parse_args()
    wanted = tuple(options.lessons) or ""
    chosen = [path for path in sources() if path.stem.startswith(wanted)]
    if options.check:
        old = [path.relative_to(LESSONS) for source in chosen for path in stale(source)]
        print("\n".join(f"{path} is stale: run make lessons" for path in old) or "all current")
        return bool(old)
    mnistedu.load_mnist()  # fails without MNIST: outputs for the fallback must not be stored
    for source in chosen:
        for path, lesson in editions(source).items():
            print(f"{path.relative_to(LESSONS)} ...", flush=True)
            run(lesson, path.parent)  # if a cell fails, the old notebook is kept
            nbformat.write(lesson, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
