"""``mnistedu doctor``."""

from __future__ import annotations

import importlib.metadata


def test_a_complete_installation_has_no_advice(run):
    code, printed, _ = run("doctor")
    assert code == 0
    assert printed.endswith("everything is in order\n")
    for subject in ("python", "mnistedu", "jax", "jupyterlab", "backend", "data", "widgets"):
        assert f"  {subject} " in printed


def test_what_is_wrong_comes_with_advice(run, monkeypatch):
    monkeypatch.setenv("MNISTEDU_DATA", "nowhere")
    version = importlib.metadata.version
    old = {"ipycanvas": "0.1"}
    monkeypatch.setattr(importlib.metadata, "version", lambda name: old.get(name) or version(name))
    code, printed, _ = run("doctor")
    assert code == 1
    assert "-> correct MNISTEDU_DATA, or unset it\n" in printed
    assert '-> pip install "ipycanvas>=' in printed
    assert printed.endswith("do what the arrows say\n")


def test_the_front_end_is_named(run, monkeypatch):
    monkeypatch.setenv("VSCODE_PID", "1")
    _, printed, _ = run("doctor")
    assert "  front end      VS Code: should work" in printed
    version = importlib.metadata.version
    wrong = {"ipywidgets": "8.1.9"}
    monkeypatch.setattr(importlib.metadata, "version", lambda name: wrong.get(name, version(name)))
    code, printed, _ = run("doctor")
    assert code == 1
    assert "-> pip install ipywidgets==8.1.8\n" in printed
