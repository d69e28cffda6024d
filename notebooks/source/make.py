"""Make the lessons: from the sources in this folder to notebooks with their outputs stored.

Each lesson has one source, a script in jupytext's percent format. Run this file

    python notebooks/source/make.py               to make and run every lesson,
    python notebooks/source/make.py 03 06         to make and run these,
    python notebooks/source/make.py --check       to name those that are older than their source.

A source with exercises makes two notebooks: the learner's in ``notebooks/`` and the one with the
solutions in ``notebooks/solutions/``. Two tags tell them apart; all other cells are in both:

    # %% tags=["blank"]                 what only learners have: mostly a cell to fill in
    decode = ...

    # %% tags=["solution"]              what stands in its place; may be [markdown], too
    def decode(answers):
        return answers.argmax(axis=1)

    # %%                                nbval compares what a cell that begins so shows with what
    check("02.1", decode)               is stored: "still blank" for learners, "right" in solutions

What is stored is what reads well on a page that cannot run: pictures and text. Progress bars,
warnings and live widgets are left out; a widget that comes with a still picture is stored as that.
A cell whose picture does not say what it shows states it: ``# %% alt="Two heaps ..."``.
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
COLOURS = 128  # in the palette of a stored picture


def sources() -> list[Path]:
    """Return the source of every lesson, in the order of the course."""
    return sorted(path for path in SOURCES.glob("*.py") if path != Path(__file__))


def editions(source: Path) -> dict[Path, NotebookNode]:
    """Return the notebooks of a source, without outputs, by where they belong.

    A cell's id is drawn from its text, so that a change touches no other cell.
    """
    lesson = jupytext.read(source, fmt="py:percent")
    lesson.metadata = NotebookNode(kernelspec=KERNEL, language_info=NotebookNode(name="python"))
    seen: dict[str, int] = {}
    for cell in lesson.cells:
        digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:8]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = digest if seen[digest] == 1 else f"{digest}-{seen[digest]}"
        if cell.source.startswith("check("):
            cell.metadata.tags = ["nbval-check-output"]
    made = {LESSONS / f"{source.stem}.ipynb": _without(lesson, "solution")}
    if any(_has(cell, "solution") for cell in lesson.cells):
        made[SOLUTIONS / f"{source.stem}.ipynb"] = _without(lesson, "blank")
    return made


def stale(source: Path) -> list[Path]:
    """Return the notebooks of a source that are missing or have other cells than the source."""
    return [
        path
        for path, lesson in editions(source).items()
        if not path.exists() or _cells(nbformat.read(path, as_version=4)) != _cells(lesson)
    ]


def run(lesson: NotebookNode, folder: Path) -> None:
    """Run a notebook in a fresh kernel and keep those of its outputs that are to be stored."""
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


def _without(lesson: NotebookNode, tag: str) -> NotebookNode:
    edition = copy.deepcopy(lesson)
    edition.cells = [cell for cell in edition.cells if not _has(cell, tag)]
    return edition


def _has(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get("tags", [])


def _cells(notebook: NotebookNode) -> list[tuple[str, str, str, dict]]:
    return [(cell.cell_type, cell.id, cell.source, cell.metadata) for cell in notebook.cells]


def _tidy(output: NotebookNode, alt: str | None) -> NotebookNode | None:
    """Return an output as it is stored, or None if it is not.

    A picture that says itself what it shows keeps that; `alt` is for those that do not.
    """
    data = output.get("data", {})
    is_widget = data.pop(WIDGET, None)
    if output.get("name") == "stderr" or (is_widget and "image/png" not in data):
        return None
    if "image/png" in data:
        data["image/png"] = _compress(data["image/png"])
        data.pop("text/html", None)  # the same picture in a form that not every page lets through
        output.metadata.setdefault("image/png", {}).setdefault("alt", alt)
    if is_widget:
        data["text/plain"] = alt or output.metadata["image/png"]["alt"]
    return output


def _compress(png: str) -> str:
    """Return a picture, PNG in base64, with a palette and no metadata: a third of its size."""
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    small = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return base64.b64encode(small.getvalue()).decode()


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description="Make the lessons from their sources.")
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, 03 for one; default: all")
    parser.add_argument("--check", action="store_true", help="only name the stale notebooks")
    options = parser.parse_args()
    wanted = tuple(options.lessons) or ""
    chosen = [path for path in sources() if path.stem.startswith(wanted)]
    if options.check:
        old = [path.relative_to(LESSONS) for source in chosen for path in stale(source)]
        print("\n".join(f"{path} is stale: run make lessons" for path in old) or "all current")
        return bool(old)
    mnistedu.load_mnist()  # or an error: the outputs of the fallback are not to be stored
    for source in chosen:
        for path, lesson in editions(source).items():
            print(f"{path.relative_to(LESSONS)} ...", flush=True)
            run(lesson, path.parent)  # if a cell fails, the old notebook stays
            nbformat.write(lesson, path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
