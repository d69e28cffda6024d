"""The command that checks the installation and says what to do."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import mnistedu
from mnistedu.cli.errors import in_one_line, printable

# What was tried where: docs/frontends.md
WORKS = {
    "Jupyter": "the pad and the views work",
    "Voilà": "the pad works; messages to widgets wait while a cell runs",
    "marimo": "the pad and the views work, each as one anywidget",
    "Colab": "should work, with the pad's anywidget sheet; it was not tried",
    "VS Code": "should work, with the pad's anywidget sheet; it was not tried",
}


class Finding(NamedTuple):
    """One line of the report; `advice` says what to do where something is wrong."""

    subject: str
    state: str
    advice: str = ""


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add the command of this module to a parser."""
    command = commands.add_parser("doctor", help="check the installation and say what to do")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the findings; return 1 if something has to be done."""
    healthy = True
    for finding in examine():
        healthy &= not finding.advice
        print(
            f"{'!' if finding.advice else ' '} {finding.subject:<14} {printable(finding.state)}",
            flush=True,
        )
        if finding.advice:
            print(f"  {'':<14} -> {printable(finding.advice)}", flush=True)
    print("everything is in order" if healthy else "do what the arrows say")
    return 0 if healthy else 1


def examine() -> Iterator[Finding]:
    """Check the versions, the backend, the data and what widgets need, one after the other.

    Yields
    ------
    finding : Finding

    Examples
    --------
    >>> next(examine()).subject
    'python'
    """
    yield Finding("python", f"{platform.python_version()} on {platform.platform(terse=True)}")
    yield Finding("mnistedu", f"{mnistedu.__version__} in {Path(mnistedu.__file__).parent}")
    yield from _packages()
    yield _backend()
    yield _data()
    yield _front_end()
    yield _widgets()
    yield _lessons()


def _packages() -> Iterator[Finding]:
    from packaging.requirements import Requirement

    for line in importlib.metadata.requires("mnistedu") or []:
        needed = Requirement(line)
        if needed.marker and not needed.marker.evaluate({"extra": "lab"}):
            continue
        optional = 'pip install "mnistedu[lab]"' if needed.marker else ""
        try:
            version = importlib.metadata.version(needed.name)
        except importlib.metadata.PackageNotFoundError:
            advice = optional or f'pip install "{needed.name}{needed.specifier}"'
            yield Finding(needed.name, f"missing, needs {needed.specifier}", advice)
            continue
        fits = needed.specifier.contains(version, prereleases=True)
        advice = "" if fits else f'pip install "{needed.name}{needed.specifier}"'
        yield Finding(needed.name, version, advice)


def _backend() -> Finding:
    from mnistedu._backend import import_keras

    try:
        import_keras()
        import jax

        devices = ", ".join(str(device) for device in jax.devices())
    except Exception as error:  # of any kind: it is what the report is about
        chosen = os.environ.get("KERAS_BACKEND")
        advice = "set KERAS_BACKEND=jax, or unset it" if chosen != "jax" else "reinstall jax"
        return Finding("backend", in_one_line(error)[:200], advice)
    return Finding("backend", f"Keras on JAX: {devices}")


def _data() -> Finding:
    from mnistedu.data import DataError
    from mnistedu.data.mnist import find_files

    try:
        folder = find_files()
    except DataError as error:
        return Finding("data", in_one_line(error), "correct MNISTEDU_DATA, or unset it")
    if folder:
        return Finding("data", f"MNIST in {folder}")
    return Finding("data", "MNIST is not here yet, and is downloaded at first use (11.6 MB)")


def _front_end() -> Finding:
    from mnistedu.widgets.common.front_end import detect_front_end

    name = detect_front_end()
    if not name:
        return Finding("front end", "none here: run !mnistedu doctor in a notebook to check its")
    state, advice = f"{name}: {WORKS[name]}", ""
    if name == "VS Code" and importlib.metadata.version("ipywidgets") == "8.1.9":
        state, advice = (
            "VS Code shows no widgets of ipywidgets 8.1.9",
            "pip install ipywidgets==8.1.8",
        )
    return Finding("front end", state, advice)


def _widgets() -> Finding:
    try:
        from jupyter_core.paths import jupyter_path
    except ImportError:
        return Finding("widgets", "no Jupyter", 'pip install "mnistedu[lab]"')
    try:
        folders = [Path(folder) for folder in jupyter_path("labextensions")]
    except RuntimeError as error:  # of a user without a home folder
        return Finding("widgets", in_one_line(error), "set the environment variable HOME")
    wanted = ("@jupyter-widgets/jupyterlab-manager", "ipycanvas")
    missing = [name for name in wanted if not any((f / name).is_dir() for f in folders)]
    if missing:
        advice = "install it in the environment that JupyterLab runs in, and restart JupyterLab"
        return Finding("widgets", f"JupyterLab does not have {', '.join(missing)}", advice)
    return Finding("widgets", "JupyterLab has what they need")


def _lessons() -> Finding:
    from mnistedu.cli.notebooks import find_lessons

    try:
        return Finding("lessons", str(find_lessons()))
    except FileNotFoundError as error:
        return Finding("lessons", "missing", str(error))
