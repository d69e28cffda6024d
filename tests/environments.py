"""Environments with front ends that this one does not have."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from filelock import FileLock
from platformdirs import user_cache_path

from tests.conftest import require_or_skip


def find_python(*packages: str) -> str:
    """Return the Python of an environment that has some packages on top of this one.

    It is made once, outside the repository, which takes a minute or more: only where
    ``MNISTEDU_REQUIRE`` asks for it, as `make frontends` does.
    """
    if "front-ends" not in os.environ.get("MNISTEDU_REQUIRE", "").split(","):
        pytest.skip(f"{', '.join(packages)} is installed by make frontends only")
    content = [*packages, sys.prefix, sys.version]
    name = hashlib.sha256(" ".join(content).encode()).hexdigest()[:12]
    folder = user_cache_path("mnistedu") / "front-ends" / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    python, done = folder / "bin" / "python", folder / "done"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            try:
                make_environment(folder, *packages)
            except (OSError, subprocess.SubprocessError) as error:
                shutil.rmtree(folder, ignore_errors=True)
                require_or_skip("front-ends", f"{', '.join(packages)} cannot be installed: {error}")
            done.touch()
    return str(python)


def find_axe() -> str:
    """Return the script of axe-core, from its node package; without it, the test is skipped."""
    folder = user_cache_path("mnistedu") / "axe-core"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not script.exists():
            options = ["--silent", "--ignore-scripts", "--fetch-retries=0", f"--prefix={folder}"]
            install = ["npm", "install", *options]
            try:
                subprocess.run([*install, "axe-core@4"], check=True, timeout=120)
            except (OSError, subprocess.SubprocessError) as error:
                require_or_skip("axe", f"axe-core cannot be installed: {error}")
    return script.read_text(encoding="utf-8")


def make_environment(folder: Path, *packages: str) -> Path:
    """Make an environment with some packages on top of this one, but without mnistedu."""

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=300)

    run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    purelib = sysconfig.get_path("purelib", vars={"base": str(folder)})
    # In a .pth file, a folder's own .pth files do not count, so that editable packages are missing.
    Path(purelib, "this-environment.pth").write_text(sysconfig.get_path("purelib"))
    if packages:
        options = ["--quiet", "--disable-pip-version-check", "--retries=0"]  # offline: give up soon
        run(python, "-m", "pip", "install", *options, *packages)
    return python
