"""``mnistedu train``, ``evaluate``, ``predict`` and ``export``."""

from __future__ import annotations

import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keras
import pytest
from PIL import Image

import mnistedu
from tests.models.hostile import write_hostile_files

ROOT = Path(__file__).parents[2]


def test_predict_reads_images_and_ink(run, drawings):
    code, printed, error = run("predict", "seven.png", "seven.json", "blank.png")
    assert (code, error) == (0, "")
    image, ink, blank = printed.splitlines()
    assert image.startswith("seven.png: 7  (7 ")
    assert ink.startswith("seven.json: 7  (7 ")
    assert blank == "blank.png: blank"


def test_predict_continues_after_a_file_that_it_cannot_read(run, drawings):
    (drawings / "broken.json").write_text("[]", encoding="utf-8")
    code, printed, error = run("predict", "gone.png", "broken.json", ".", "seven.json")
    assert code == 1
    assert printed.startswith("seven.json: 7")
    gone, broken, folder, count = error.splitlines()
    assert gone == "mnistedu: gone.png: there is no image file at 'gone.png'"
    assert broken.startswith("mnistedu: broken.json: ")
    assert folder == "mnistedu: .: it is a folder"
    assert count == "mnistedu: 3 of 4 files could not be read"


def write_broken_drawings(folder: Path) -> Iterator[Path]:
    """Write files that an image library or a JSON parser stumbles over in many ways."""
    rng = random.Random(0)
    image = Image.open(folder / "seven.png")
    for suffix in ("png", "jpg", "gif", "bmp", "tiff", "webp", "ppm", "ico", "avif", "pcx", "tga"):
        whole = io.BytesIO()
        exif = {"exif": b"Exif\0\0II*\0\xff\xff"} if suffix == "jpg" else {}
        image.save(whole, Image.registered_extensions()[f".{suffix}"], **exif)
        for number in range(4):
            spoilt = bytearray(whole.getvalue()[: rng.randrange(len(whole.getvalue()))])
            for _ in range(number and 20):
                spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
            path = folder / f"{number}.{suffix}"
            path.write_bytes(spoilt)
            yield path
    texts = {
        "deep": b"[" * 1_000_000,
        "bytes": b"\xff\xfe",
        "number": b'{"strokes": [[[' + b"9" * 5000 + b", 1]]]}",
        "infinite": b'{"strokes": [[[1e400, NaN]]]}',
        "object": b'{"strokes": {"a": [[1, 2]]}}',
        "ragged": b'{"strokes": [[[1, 2], [3]]]}',
        "null": b"null",
        "empty": b"",
    }
    for name, text in texts.items():
        path = folder / f"{name}.json"
        path.write_bytes(text)
        yield path
    for suffix in ("png", "json"):
        os.mkfifo(folder / f"pipe.{suffix}")
        yield folder / f"pipe.{suffix}"
        (folder / f"zero.{suffix}").symlink_to("/dev/zero")
        yield folder / f"zero.{suffix}"
    with (folder / "large.json").open("wb") as file:
        file.truncate(2**33)
    yield folder / "large.json"
    yield folder / "nul\0.png"


def test_predict_reads_the_last_file_after_many_broken_ones(run, drawings):
    broken = [str(path) for path in write_broken_drawings(drawings)]
    code, printed, error = run("predict", *broken, "seven.json")
    assert code == 1
    assert printed.splitlines()[-1].startswith("seven.json: 7")
    *lines, count = [line for line in error.splitlines() if not line.startswith("mnistedu: note: ")]
    assert all(line.startswith(f"mnistedu: {drawings}") for line in lines)
    assert len(lines) + len(printed.splitlines()) == len(broken) + 1
    assert count == f"mnistedu: {len(lines)} of {len(broken) + 1} files could not be read"
    assert len(lines) > 40


def test_names_of_files_reach_the_terminal_as_text(run, drawings):
    for name in ("\x1b[2J\n7.json", "\udcff.json"):
        (drawings / name).write_bytes((drawings / "seven.json").read_bytes())
    code, printed, error = run("predict", "\x1b[2J\n7.json", "\udcff.json", "\x1b[2J\n.png")
    assert code == 1
    assert [line.split(":")[0] for line in printed.splitlines()] == [
        r"\x1b[2J\n7.json",
        r"\udcff.json",
    ]
    assert error.startswith(r"mnistedu: \x1b[2J\n.png: there is no image file")
    assert error.count("\n") == 2


def test_predict_as_json(run, drawings):
    code, printed, error = run("predict", "--json", "seven.json", "blank.png", "gone.png")
    seven, blank, gone = json.loads(printed)
    assert code == 1
    assert error.startswith("mnistedu: gone.png: there is no image file at 'gone.png'\n")
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
    ],
)
def test_an_error_is_one_line(refuse, drawings, arguments, reason):
    (drawings / "foreign.keras").write_text("no model")
    (drawings / "model.pkl").write_bytes(b"no model")
    if arguments[-1] == "up.keras":
        layers = [keras.layers.UpSampling2D(), keras.layers.Flatten(), keras.layers.Dense(10)]
        mnistedu.save_model(keras.Sequential([keras.Input((28, 28, 1)), *layers]), "up.keras")
    assert reason in refuse(*arguments)


HOSTILE = (
    "lambda.keras",
    "lambda-named.h5",
    "activation-setting.keras",
    "registered.h5",
    "bomb-weights.keras",
    "link-weights.h5",
    "traversal.keras",
    "pickle.pkl",
)


@pytest.mark.parametrize("command", ["evaluate", "predict", "export"])
def test_a_hostile_model_is_refused_in_one_line(refuse, tmp_path, command):
    write_hostile_files(tmp_path, tmp_path / "canary")
    before = sorted(tmp_path.iterdir())
    for name in HOSTILE:
        model = ["x.png", "--model", name] if command == "predict" else [name]
        assert name in refuse(command, *model)
    assert sorted(tmp_path.iterdir()) == before


def test_missing_data_is_one_line(refuse, monkeypatch):
    monkeypatch.setenv("MNISTEDU_DATA", "nowhere")
    error = refuse("evaluate")
    assert "--data digits" in error
    assert "MNISTEDU_DATA names nowhere" in error
