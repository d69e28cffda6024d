"""Commands that open notebooks: the lessons in JupyterLab, and the app with Voilà."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import shutil
import socket
from pathlib import Path

import mnistedu
from mnistedu._atomic_files import atomic_path

TEMPLATES = Path(mnistedu.__file__).parent / "jupyter"
LOOPBACK = ("127.0.0.1", "::1", "localhost")

# A closed page's kernel ends at the second look after it has gone (mnistedu.jupyter.page_kernels).
SECONDS_BETWEEN_LOOKS = 25


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add the commands of this module to a parser."""
    command = commands.add_parser("lab", help="open the lessons in JupyterLab")
    command.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("mnistedu-lessons"),
        help="where your copy of the lessons is, or is put (%(default)s)",
    )
    command.add_argument("--port", type=_port, default=8888, help="%(default)s by default")
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.set_defaults(run=lab)

    command = commands.add_parser("app", help="serve a page to draw digits on")
    command.add_argument(
        "--models", type=Path, default=Path(), help="folder of .keras files to choose from (here)"
    )
    command.add_argument("--port", type=_port, default=8866, help="%(default)s by default")
    command.add_argument("--host", default=LOOPBACK[0], help="address to listen on (%(default)s)")
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.set_defaults(run=app)


def lab(options: argparse.Namespace) -> int:
    """Put the lessons into the learner's folder, and open JupyterLab there."""
    try:
        from jupyterlab.labapp import LabApp
    except ImportError as error:
        raise ImportError(f"JupyterLab cannot be started ({error}). {_INSTALL}") from error
    new = copy_lessons(options.folder)
    print(f"{options.folder.resolve()}: {len(new)} new files; what was there stays as it is")
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0  # which JupyterLab wants to be told
    LabApp.launch_instance(
        [
            f"--notebook-dir={options.folder}",
            f"--port={options.port}",
            *["--no-browser"] * options.no_browser,
            *["--allow-root"] * as_root,
        ]
    )
    return 0


def app(options: argparse.Namespace) -> int:
    """Serve the app until it is interrupted."""
    try:
        from voila.app import Voila
    except ImportError as error:
        raise ImportError(f"Voilà cannot be started ({error}). {_INSTALL}") from error
    if not options.models.is_dir():
        raise NotADirectoryError(f"there is no folder {options.models} to choose models from")
    _check_port(options.host, options.port)
    os.environ["MNISTEDU_MODELS"] = str(options.models.resolve())
    folders = [str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")]  # where Voilà finds our template
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, folders))
    # One small drawing gains nothing from many threads, and many people wait for each other's.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    print(describe_address(options.host, options.port), flush=True)
    Voila.launch_instance(
        [
            str(find_lessons() / "app.ipynb"),
            f"--port={options.port}",
            "--Voila.port_retries=0",
            f"--Voila.ip={options.host}",
            "--Voila.log_level=ERROR",
            "--template=mnistedu",
            "--preheat_kernel=True",
            "--pool_size=1",
            "--VoilaConfiguration.multi_kernel_manager_class=mnistedu.jupyter.page_kernels.PageKernels",
            "--Voila.kernel_websocket_connection_class=mnistedu.jupyter.server_extension.PromptConnection",
            f"--MappingKernelManager.cull_interval={SECONDS_BETWEEN_LOOKS}",
            "--MappingKernelManager.cull_idle_timeout=1",
            *["--no-browser"] * options.no_browser,
        ]
    )
    return 0


def find_lessons() -> Path:
    """Find the lessons: those of a clone, or those that were installed.

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
    raise FileNotFoundError("the lessons are not installed; install mnistedu anew from its wheel")


def copy_lessons(folder: Path) -> list[Path]:
    """Copy into a folder those lessons that it does not have; touch no file that is there.

    Parameters
    ----------
    folder : pathlib.Path
        Made if it is missing.

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


def describe_address(host: str, port: int) -> str:
    """Say where the app is, and who can open it.

    Parameters
    ----------
    host : str
        The address that it listens on.
    port : int

    Returns
    -------
    text : str

    Examples
    --------
    >>> describe_address("127.0.0.1", 8866)
    'In a few seconds the app is at http://127.0.0.1:8866/ where only this computer can reach it...'
    """
    if host in LOOPBACK:
        return (
            f"In a few seconds the app is at http://{host}:{port}/ where only this computer can "
            "reach it. Ctrl+C stops it."
        )
    return (
        f"In a few seconds the app is on port {port} of {host}. Everyone who can reach this "
        "computer can open it, without a password and unencrypted. Each page runs a process of "
        "yours, with no code of the visitor's. Ctrl+C stops it."
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to 65535, got {text!r}")
    return int(text)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise RuntimeError(
            f"cannot listen on port {port} of {host}, choose another with --port: {error.strerror}"
        ) from error


_INSTALL = 'Install it with: pip install "mnistedu[lab]"'
