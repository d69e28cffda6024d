"""Arguments of the command line, in a folder of odd files."""

from __future__ import annotations

import contextlib
import functools
import io
import os
import sys
import tempfile
from pathlib import Path
from unittest.mock import patch

import mnistedu
from mnistedu import Ink
from mnistedu.cli import main
from mnistedu.cli.models import DATA, NETWORKS
from tests.fuzz.choices import Choices

COMMANDS = ("predict", "predict", "predict", "evaluate", "export", "train", "app", "lab", "doctor")
OPTIONS = (
    *("--json", "--trust", "-m", "--model", "-o", "--output", "--title", "--epochs", "--seed"),
    *("--batch-size", "--data", "--port", "--host", "--models", "--max-pages", "--no-browser"),
    *("--help", "--version", "--", "-", "--=", "-x", "--mod"),
)
FILES = (
    *("seven.json", "seven.png", "broken.keras", "page.html", "model.pkl", "gone.keras", "."),
    *("folder", "folder/x.keras", "/dev/null", "/dev/zero", "/proc/self/mem", "", "\udcff.json"),
    *("nul\0.png", "x" * 5000, "ä\u202e\n.png", "-seven.json", "https://example.com/x.keras"),
)
TEXTS = ("0", "1", "-1", "1e3", "9" * 5000, "65536", "٣", "nan", "::1", *DATA, *NETWORKS)


def run_command(content: bytes) -> bool:
    """Run a command in this process; it must end with a status, and at most a line of error."""
    choices = Choices(content)
    arguments = [choices.pick(COMMANDS)]
    while choices and len(arguments) < 8:
        arguments.append(choices.pick(choices.pick((OPTIONS, FILES, FILES, TEXTS))))
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors) for errors in ("strict", "replace"))
    with _in_folder(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as exit_:  # of argparse
            status = exit_.code
    err.flush()
    errors = err.buffer.getvalue().decode()
    assert status in (0, 1, 2), status
    assert "Traceback" not in errors, errors
    if status == 1 and arguments[0] != "doctor":
        assert all(line.startswith("mnistedu: ") for line in errors.splitlines()), errors
    return status == 0


@contextlib.contextmanager
def _in_folder():
    """Go to a folder of odd files; train nothing, serve nothing, download nothing."""
    before = Path.cwd()
    os.chdir(_folder())
    with (
        patch.object(mnistedu, "train"),
        patch("jupyterlab.labapp.LabApp.launch_instance"),
        patch("mnistedu.jupyter.app.AppServer.launch_instance"),
        patch.dict("os.environ", {"MNISTEDU_DATA": str(_folder() / "gone")}),
        patch.object(sys, "stdin", None),
    ):
        try:
            yield
        finally:
            os.chdir(before)


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp())
    seven = Ink([[(150, 110), (390, 110), (330, 230), (250, 440)]])
    (folder / "folder").mkdir()
    for name in ("seven.json", "\udcff.json", "-seven.json"):
        (folder / name).write_text(seven.to_json())
    picture = 255 - mnistedu.load_digits().test.images[0]
    from PIL import Image

    Image.fromarray(picture).save(folder / "seven.png")
    for name in ("broken.keras", "model.pkl"):
        (folder / name).write_bytes(b"no model")
    return folder
