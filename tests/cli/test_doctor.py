"""``mnistedu doctor``."""

from __future__ import annotations

import importlib.metadata


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
