"""A real Jupyter server, apart from the user's."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import psutil


@contextmanager
def serve(command: str, *options: str, root: Path, python: str = sys.executable) -> Iterator[str]:
    """Run a server on a port of its own, its settings and kernels apart from the user's.

    With another `python`, a Jupyter server has its own front end, and this environment's widgets
    and kernel.

    Yields its address with the token that opens it.
    """
    home = root / ".jupyter-of-this-server"
    for file, content in _settings().items():
        (home / file).parent.mkdir(parents=True, exist_ok=True)
        (home / file).write_text(json.dumps(content))
    environment = {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_TOKEN": secrets.token_hex(16),
        "JUPYTERLAB_DIR": str(Path(sys.prefix, "share", "jupyter", "lab")),
        "JUPYTER_PATH": str(Path(sys.prefix, "share", "jupyter")),
        "JUPYTER_CONFIG_PATH": str(Path(sys.prefix, "etc", "jupyter")),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = "--headless" if command.startswith("marimo") else "--no-browser"
    start = [python, "-m", *command.split(), f"--port={port}", quiet]
    with (root / ".server.log").open("w") as log:
        server = subprocess.Popen(
            [*start, *options],
            cwd=root,
            env=os.environ | environment,
            stdout=log,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server, Path(log.name))
            yield f"{address}?token={environment['JUPYTER_TOKEN']}"
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()


def serve_lab(root: Path) -> AbstractContextManager[str]:
    """Run a JupyterLab that lets a page use its commands, as ``jupyterapp``."""
    return serve("jupyterlab", "--LabApp.expose_app_in_browser=True", root=root)


def end_sessions(address: str, notebooks: set[str]) -> None:
    """End the kernels of some notebooks."""
    base, token = address.split("?token=")

    def ask(method: str, path: str) -> bytes:
        headers = {"Authorization": f"token {token}"}
        request = urllib.request.Request(f"{base}/api/{path}", method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    for session in json.loads(ask("GET", "sessions")):
        if session["path"] in notebooks:
            ask("DELETE", f"sessions/{session['id']}")


def find_kernels(command: str = "app") -> set[int]:
    """Return the kernel processes of the servers that a command started."""
    kernels = set()
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it has ended meanwhile
            if "ipykernel_launcher" in process.cmdline() and command in process.parent().cmdline():
                kernels.add(process.pid)
    return kernels


def await_kernels(count: int, seconds: float = 60) -> set[int]:
    """Wait until the app has so many kernels, and return their processes."""
    end = time.monotonic() + seconds
    while len(kernels := find_kernels()) != count and time.monotonic() < end:
        time.sleep(0.1)
    assert len(kernels) == count
    return kernels


def _settings() -> dict[str, object]:
    """The server's settings: what each file holds."""
    kernel = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    return {
        "data/kernels/python3/kernel.json": {
            "argv": kernel,
            "display_name": "Python 3",
            "language": "python",
        },
        "config/jupyter_server_config.json": {"ServerApp": {"allow_root": True}},
        "config/labconfig/default_setting_overrides.json": {
            "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"}
        },
    }


def _wait_for(address: str, server: subprocess.Popen, log: Path, seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/api/status", timeout=1):
                return
        except urllib.error.HTTPError:
            return  # it answers, if only that it needs the token or has no such page
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start:\n{log.read_text()[-2000:]}")
