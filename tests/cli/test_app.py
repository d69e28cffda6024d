"""``mnistedu app`` before the server runs; tests/jupyter and tests/browser visit it."""

from __future__ import annotations

import runpy
import socket

import mnistedu
from mnistedu.cli.app import describe_address
from mnistedu.cli.notebooks import find_lessons
from tests.models.hostile import write_hostile_files


def test_a_port_in_use(refuse):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        error = refuse("app", "--port", str(port))
    assert f"cannot listen on port {port} of 127.0.0.1, choose another" in error


def test_a_missing_folder_of_models(refuse):
    assert "there is no folder gone to choose models from" in refuse("app", "--models", "gone")


def test_who_can_reach_the_app_is_said():
    assert "only this computer" in describe_address("localhost", 8866)
    assert "Everyone who can reach" in describe_address("0.0.0.0", 8866)


def test_the_page_goes_on_after_every_model_that_cannot_be_loaded(tmp_path, monkeypatch):
    write_hostile_files(tmp_path, tmp_path / "canary")
    markup = "<img src=x onerror=alert(1)>.keras"
    (tmp_path / markup).write_text("no model")
    (tmp_path / "bad\udcff\n.keras").write_text("no model")
    mnistedu.save_model(mnistedu.build_mlp(units=(4,)), tmp_path / "good.keras")
    monkeypatch.setenv("MNISTEDU_MODELS", str(tmp_path))
    page = runpy.run_path(str(find_lessons() / "source" / "app.py"))
    pad, chooser, state = page["pad"], page["chooser"], page["state"]
    assert len(chooser.options) > 60

    chooser.value = "good.keras"
    assert state.value == ""
    good = pad.recognizer
    for name in ("lambda.keras", "registered.keras", "bomb-weights.keras", "nested.keras", markup):
        chooser.value = name
        assert pad.recognizer is good
        assert chooser.value == "good.keras"
        assert " is not " in state.value
        assert str(tmp_path) not in state.value
        assert "<" not in state.value
    chooser.value = chooser.options[0]
    assert state.value == ""
    assert pad.recognizer.model is None
    assert not (tmp_path / "canary").exists()
