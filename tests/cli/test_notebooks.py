"""The lessons: copied to a learner, and installed with the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat

from mnistedu.cli.notebooks import copy_lessons, find_lessons
from tests.environments import make_environment

ROOT = Path(__file__).parents[2]


def test_lessons_are_copied_and_the_learner_s_work_stays(tmp_path):
    folder = tmp_path / "new" / "lessons"
    first = copy_lessons(folder)
    assert {path.name for path in find_lessons().glob("*.ipynb")} <= {path.name for path in first}
    assert {path.parent.name for path in first} == {"lessons", "solutions"}  # and not the sources
    mine, lost = sorted(folder.glob("*.ipynb"))[:2]
    mine.write_text("my work")
    lost.unlink()
    assert copy_lessons(folder) == [lost]
    assert mine.read_text() == "my work"


def test_a_file_in_place_of_the_folder(refuse, drawings):
    assert "blank.png" in refuse("lab", "blank.png")


def test_a_wheel_brings_all_that_the_commands_need(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("mnistedu", "notebooks"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))

    def python(*arguments: str, **options: object) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout

    build = "from hatchling.build import build_wheel; build_wheel('..')"
    python("-c", build, cwd=source)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        shipped = {Path(name) for name in files.namelist()}
    package = {path.relative_to(source) for path in (source / "mnistedu").rglob("*.*")}
    assert {path for path in package if path.suffix} <= shipped

    prefix = tmp_path / "prefix"
    apart = ("--no-deps", "--no-index", "--ignore-installed", f"--prefix={prefix}")
    python("-m", "pip", "install", *apart, str(wheel))
    settings = prefix / "etc" / "jupyter" / "jupyter_server_config.d" / "mnistedu.json"
    assert "mnistedu.jupyter.server_extension" in settings.read_text()
    (packages,) = prefix.glob("lib*/python*/site-packages")
    copy = (
        "from mnistedu.cli.app import TEMPLATES; from mnistedu.cli.notebooks import *;"
        "copy_lessons(Path('lessons')); print(TEMPLATES)"
    )
    printed = python("-c", copy, cwd=tmp_path, env={"PYTHONPATH": str(packages)})
    assert printed.startswith(str(packages))
    copied = {path.name for path in (tmp_path / "lessons").rglob("*.ipynb")}
    assert copied == {path.name for path in find_lessons().rglob("*.ipynb")}

    environment = make_environment(tmp_path / "environment")
    lesson = nbformat.read(ROOT / "notebooks" / "01-digits-are-data.ipynb", as_version=4)
    (install,) = (c.source for c in lesson.cells if "install" in c.metadata.get("tags", []))
    assert "git+https://github.com/mnistedu/mnistedu" in install
    cell = install.replace("git+https://github.com/mnistedu/mnistedu", str(wheel))
    options = {"PYTHONPATH": "", "PIP_NO_DEPS": "1", "PIP_FORCE_REINSTALL": "1"}
    run_in = {"check": True, "capture_output": True, "text": True, "env": os.environ | options}
    missing = [environment, "-c", "import mnistedu"]
    assert subprocess.run(missing, **run_in | {"check": False}, cwd=tmp_path).returncode == 1
    show = f"{cell}\nimport mnistedu\nprint(mnistedu.__file__)"
    shown = subprocess.run([environment, "-m", "IPython", "-c", show], **run_in, cwd=tmp_path)
    assert str(tmp_path / "environment") in shown.stdout
