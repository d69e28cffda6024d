"""``mnistedu doctor``."""

from __future__ import annotations

import importlib.metadata

import pytest


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


@pytest.mark.parametrize(("ipywidgets", "code"), [("8.1.8", 0), ("8.1.9", 1)])
def test_the_front_end_is_named(ipywidgets, code, run, monkeypatch):
    monkeypatch.setenv("VSCODE_PID", "1")
    version = importlib.metadata.version
    versions = {"ipywidgets": ipywidgets}
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: versions.get(name) or version(name)
    )
    result, printed, _ = run("doctor")
    assert result == code
    assert "front end      VS Code" in printed
    assert ("-> pip install ipywidgets==8.1.8\n" in printed) == code
