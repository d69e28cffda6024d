"""The command line: what it prints and writes, and the one line in which it says what is wrong."""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import shutil
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import pytest
from PIL import Image, ImageDraw

import mnistedu
from mnistedu.cli import main
from mnistedu.cli.notebooks import copy_lessons, describe_address, find_lessons
from mnistedu.jupyter.page_kernels import PageKernels

ROOT = Path(__file__).parents[2]
SEVEN = mnistedu.Ink([[(150, 110), (390, 110), (330, 230), (250, 440)]])

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Run:
    """Run a command in an empty folder: its exit code, and what it printed and complained of."""
    monkeypatch.chdir(tmp_path)

    def run_(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return code, *capsys.readouterr()

    return run_


@pytest.fixture
def drawings(tmp_path) -> Path:
    """A folder with a 7 on paper, a 7 as ink, and an empty sheet."""
    paper = Image.new("L", (300, 300), "white")
    paper.save(tmp_path / "blank.png")
    points = [tuple(point) for point in (SEVEN.strokes[0] / 2).tolist()]
    ImageDraw.Draw(paper).line(points, "black", 18, joint="curve")
    paper.save(tmp_path / "seven.png")
    (tmp_path / "seven.json").write_text(SEVEN.to_json(), encoding="utf-8")
    return tmp_path


def one_line(error: str) -> str:
    assert error.startswith("mnistedu: ")
    assert error.count("\n") == 1
    return error


def test_predict_reads_images_and_ink(run, drawings):
    code, printed, error = run("predict", "seven.png", "seven.json", "blank.png")
    assert (code, error) == (0, "")
    image, ink, blank = printed.splitlines()
    assert image.startswith("seven.png: 7  (7 ")
    assert ink.startswith("seven.json: 7  (7 ")
    assert blank == "blank.png: blank"


def test_predict_goes_on_after_a_file_that_it_cannot_read(run, drawings):
    (drawings / "broken.json").write_text("[]", encoding="utf-8")
    code, printed, error = run("predict", "gone.png", "broken.json", ".", "seven.json")
    assert code == 1
    assert printed.startswith("seven.json: 7")
    gone, broken, folder = error.splitlines()
    assert gone == "mnistedu: gone.png: there is no image file at 'gone.png'"
    assert broken.startswith("mnistedu: broken.json: ")
    assert folder.startswith("mnistedu: .: ")


def test_predict_as_json(run, drawings):
    code, printed, error = run("predict", "--json", "seven.json", "blank.png", "gone.png")
    seven, blank, gone = json.loads(printed)
    assert code == 1
    assert "gone.png" in one_line(error)
    assert seven["digit"] == 7
    assert seven["probabilities"].index(max(seven["probabilities"])) == 7
    assert blank["digit"] is None
    assert not blank["confident"]
    assert gone == {"file": "gone.png", "error": "there is no image file at 'gone.png'"}


def test_predict_and_the_app_need_neither_keras_nor_matplotlib(drawings):
    code = (
        "import runpy, sys; from mnistedu.cli import main; main(['predict', 'seven.json']);"
        f"runpy.run_path({str(ROOT / 'notebooks' / 'source' / 'app.py')!r});"
        "print(sorted({'keras', 'jax', 'matplotlib', 'sklearn'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=drawings, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["[]"], done.stderr


def test_train_evaluate_predict_and_export_one_model(run, drawings):
    code, printed, _ = run("train", "mlp", "--data", "digits", "--epochs", "1", "-o", "my.keras")
    assert code == 0
    assert printed.startswith("my.keras: ")
    code, printed, _ = run("evaluate", "my.keras", "--data", "digits", "--json")
    assert code == 0
    accuracy = json.loads(printed)["accuracy"]
    code, printed, _ = run("evaluate", "my.keras", "--data", "digits")
    assert f"accuracy {accuracy:.2%}" in printed
    assert len(printed.splitlines()) == 12
    assert run("predict", "seven.json", "--model", "my.keras")[0] == 0
    code, printed, _ = run("export", "my.keras", "-o", "page.html", "--title", "Mine")
    assert code == 0
    assert printed.startswith("page.html: 0.")
    assert "<h1>Mine</h1>" in (drawings / "page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["evaluate", "gone.keras"], "there is no file gone.keras"),
        (["export", "foreign.keras"], "could not be read as a Keras model"),
        (["predict", "x.png", "--model", "seven.json"], "a model's file must end in .keras"),
        (["evaluate", "model.pkl"], "is a pickle, and loading a pickle runs"),
        (["export", "up.keras"], "the page cannot run the layer 'up_sampling2d"),
        (["train", "-o", "model.txt"], "--output must end in .keras, .h5, .pkl, got model.txt"),
        (["train", "--data", "digits", "--epochs", "0"], "epochs must be a positive whole number"),
        (["app", "--models", "gone"], "there is no folder gone to choose models from"),
        (["lab", "blank.png"], "blank.png"),
    ],
)
def test_what_goes_wrong_is_said_in_one_line(run, drawings, arguments, reason):
    (drawings / "foreign.keras").write_text("no model")
    (drawings / "model.pkl").write_bytes(b"no model")
    if arguments[-1] == "up.keras":
        layers = [keras.layers.UpSampling2D(), keras.layers.Flatten(), keras.layers.Dense(10)]
        mnistedu.save_model(keras.Sequential([keras.Input((28, 28, 1)), *layers]), "up.keras")
    code, printed, error = run(*arguments)
    assert (code, printed) == (1, "")
    assert reason in one_line(error)


def test_no_data_is_said_in_one_line(run, monkeypatch):
    monkeypatch.setenv("MNISTEDU_DATA", "nowhere")
    code, _, error = run("evaluate")
    assert code == 1
    assert "--data digits" in one_line(error)
    assert "MNISTEDU_DATA names nowhere" in error


def test_a_port_in_use(run):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        code, _, error = run("app", "--port", str(port))
    assert code == 1
    assert f"cannot listen on port {port} of 127.0.0.1, choose another" in one_line(error)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["paint"], "invalid choice: 'paint'"),
        (["app", "--port", "99999"], "--port: must be a number from 1 to 65535, got '99999'"),
    ],
)
def test_what_is_no_command(capsys, arguments, reason):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert reason in capsys.readouterr().err


def test_the_version(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == f"mnistedu {mnistedu.__version__}\n"


def test_who_can_reach_the_app_is_said():
    assert "only this computer" in describe_address("localhost", 8866)
    assert "Everyone who can reach" in describe_address("0.0.0.0", 8866)


def test_doctor_finds_a_sound_installation(run):
    code, printed, _ = run("doctor")
    assert code == 0
    assert printed.endswith("everything is in place\n")
    for subject in ("python", "mnistedu", "jax", "jupyterlab", "backend", "data", "widgets"):
        assert f"  {subject} " in printed


def test_doctor_says_what_to_do(run, monkeypatch):
    monkeypatch.setenv("MNISTEDU_DATA", "nowhere")
    version = importlib.metadata.version
    old = {"ipycanvas": "0.1"}
    monkeypatch.setattr(importlib.metadata, "version", lambda name: old.get(name) or version(name))
    code, printed, _ = run("doctor")
    assert code == 1
    assert "-> set MNISTEDU_DATA anew, or unset it\n" in printed
    assert '-> pip install "ipycanvas>=' in printed
    assert printed.endswith("see what the arrows say\n")


def test_lessons_are_copied_and_the_learner_s_work_stays(tmp_path):
    folder = tmp_path / "new" / "lessons"
    first = copy_lessons(folder)
    assert {path.name for path in find_lessons().glob("*.ipynb")} <= {path.name for path in first}
    mine, lost = sorted(folder.glob("*.ipynb"))[:2]
    mine.write_text("my work")
    lost.unlink()
    assert copy_lessons(folder) == [lost]
    assert mine.read_text() == "my work"


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
    copy = "from mnistedu.cli.notebooks import *; copy_lessons(Path('lessons')); print(TEMPLATES)"
    printed = python("-c", copy, cwd=tmp_path, env={"PYTHONPATH": str(packages)})
    assert printed.startswith(str(packages))
    copied = {path.name for path in (tmp_path / "lessons").rglob("*.ipynb")}
    assert copied == {path.name for path in find_lessons().rglob("*.ipynb")}


def test_a_kernel_ends_some_time_after_its_page(tmp_path):
    async def look() -> list[bool]:
        kernels = PageKernels(cull_idle_timeout=0, connection_dir=str(tmp_path))
        kernel = await kernels.start_kernel()
        alive = []

        async def look_twice() -> None:
            for _ in range(2):
                await kernels.cull_kernel_if_idle(kernel)
            alive.append(kernel in kernels)

        await look_twice()  # before the page comes
        kernels.notify_connect(kernel)
        await look_twice()
        kernels.notify_disconnect(kernel)
        await look_twice()
        return alive

    with ThreadPoolExecutor() as thread:  # browser tests leave a running loop in this one
        assert thread.submit(asyncio.run, look()).result() == [True, True, False]
