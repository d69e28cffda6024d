"""``mnistedu train``, ``evaluate``, ``predict`` and ``export``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import mnistedu

ROOT = Path(__file__).parents[2]


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
    assert error == "mnistedu: gone.png: there is no image file at 'gone.png'\n"
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
    ],
)
def test_an_error_is_one_line(refuse, drawings, arguments, reason):
    (drawings / "foreign.keras").write_text("no model")
    (drawings / "model.pkl").write_bytes(b"no model")
    if arguments[-1] == "up.keras":
        layers = [keras.layers.UpSampling2D(), keras.layers.Flatten(), keras.layers.Dense(10)]
        mnistedu.save_model(keras.Sequential([keras.Input((28, 28, 1)), *layers]), "up.keras")
    assert reason in refuse(*arguments)


def test_missing_data_is_one_line(refuse, monkeypatch):
    monkeypatch.setenv("MNISTEDU_DATA", "nowhere")
    error = refuse("evaluate")
    assert "--data digits" in error
    assert "MNISTEDU_DATA names nowhere" in error
