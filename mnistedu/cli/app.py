"""The command that serves the app: a page to draw digits on."""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

import mnistedu
from mnistedu.cli.arguments import count, port
from mnistedu.cli.notebooks import INSTALL, find_lessons
from mnistedu.jupyter import LOOPBACK

TEMPLATES = Path(mnistedu.__file__).parent / "jupyter"


def add_commands(commands: argparse._SubParsersAction) -> None:
    """Add the command of this module to a parser."""
    command = commands.add_parser("app", help="serve a page to draw digits on")
    command.add_argument(
        "--models",
        type=Path,
        default=Path(),
        help="folder of .keras files to choose from (default: the current folder)",
    )
    command.add_argument("--port", type=port, default=8866, help="default: %(default)s")
    command.add_argument(
        "--host", default=LOOPBACK[0], help="address to listen on (default: %(default)s)"
    )
    command.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="name of a proxy in front of the app, which otherwise answers only on this computer's",
    )
    command.add_argument(
        "--max-pages",
        type=count,
        default=50,
        metavar="N",
        help="pages that may be open at once; each takes about 100 MB (default: %(default)s)",
    )
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve the app until it is interrupted."""
    try:
        from mnistedu.jupyter.app import AppServer
    except ImportError as error:
        raise ImportError(f"Voilà cannot be started ({error}). {INSTALL}") from error
    if not options.models.is_dir():
        raise NotADirectoryError(f"there is no folder {options.models} to choose models from")
    _check_port(options.host, options.port)
    os.environ["MNISTEDU_MODELS"] = str(options.models.resolve())
    folders = [str(TEMPLATES), os.environ.get("JUPYTER_PATH", "")]  # where Voilà finds our template
    os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, folders))
    # One small drawing gains nothing from many threads, and many people wait for each other's.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    print(describe_address(options.host, options.port), flush=True)
    AppServer.launch_instance(
        [
            str(find_lessons() / "app.ipynb"),
            f"--port={options.port}",
            f"--Voila.ip={options.host}",
            f"--AppServer.max_pages={options.max_pages}",
            *[f"--AppServer.host_names={name}" for name in options.allow_host],
            *["--no-browser"] * options.no_browser,
        ]
    )
    return 0


def describe_address(host: str, port: int) -> str:
    """Describe where the app is, and who can open it.

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
        address = f"[{host}]" if ":" in host else host
        return (
            f"In a few seconds the app is at http://{address}:{port}/ where only this computer can "
            "reach it. Ctrl+C stops it."
        )
    return (
        f"In a few seconds the app is on port {port} of {host}. Everyone who can reach this "
        "computer can open it, without a password and unencrypted. Each page runs a process of "
        "yours, with no code of the visitor's. Ctrl+C stops it."
    )


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise RuntimeError(
            f"cannot listen on port {port} of {host}, choose another with --port: {error.strerror}"
        ) from error
