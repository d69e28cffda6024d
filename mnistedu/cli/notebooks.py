"""The command that opens the lessons in JupyterLab; finding and copying the lessons."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import shutil
from pathlib import Path

import mnistedu
from mnistedu._atomic_files import atomic_path
from mnistedu.cli.arguments import port
from mnistedu.cli.errors import printable

INSTALL = 'Install it with: pip install "mnistedu[lab]"'


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add the command of this module to a parser."""
    command = commands.add_parser("lab", help="open the lessons in JupyterLab")
    command.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("mnistedu-lessons"),
        help="your copy of the lessons, made where it is missing (default: %(default)s)",
    )
    command.add_argument("--port", type=port, default=8888, help="default: %(default)s")
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Copy the lessons into the learner's folder, and open JupyterLab there."""
    try:
        from jupyterlab.labapp import LabApp
    except ImportError as error:
        raise ImportError(f"JupyterLab cannot be started ({error}). {INSTALL}") from error
    new = copy_lessons(options.folder)
    folder = printable(options.folder.resolve())
    print(f"{folder}: copied {len(new)} files, kept those that were there")
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    LabApp.launch_instance(
        [
            f"--notebook-dir={options.folder}",
            f"--port={options.port}",
            *["--no-browser"] * options.no_browser,
            *["--allow-root"] * as_root,
        ]
    )
    return 0


def find_lessons() -> Path:
    """Return the folder of the lessons: that of a clone, or the installed one.

    Returns
    -------
    folder : pathlib.Path

    Raises
    ------
    FileNotFoundError
        If the package was installed without them.

    Examples
    --------
    >>> (find_lessons() / "app.ipynb").is_file()
    True
    """
    clone = Path(mnistedu.__file__).parents[1] / "notebooks"
    if (clone / "source").is_dir():
        return clone
    for file in importlib.metadata.files("mnistedu") or []:
        if file.parts[-2:] == ("notebooks", "app.ipynb"):
            return Path(file.locate()).resolve().parent
    raise FileNotFoundError("the lessons are not installed; reinstall mnistedu from its wheel")


def copy_lessons(folder: Path) -> list[Path]:
    """Copy the lessons that a folder lacks; change no file that is there.

    Parameters
    ----------
    folder : pathlib.Path
        Created if it is missing.

    Returns
    -------
    new : list of pathlib.Path
        The files that were written.
    """
    lessons = find_lessons()
    new = []
    for pattern in ("*.ipynb", "solutions/*.ipynb"):
        for source in sorted(lessons.glob(pattern)):
            target = folder / source.relative_to(lessons)
            if not target.exists():
                with atomic_path(target) as temporary:
                    shutil.copyfile(source, temporary)
                new.append(target)
    return new
