"""Fixtures that run the command line in an empty folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

import mnistedu
from mnistedu.cli import main

SEVEN = mnistedu.Ink([[(150, 110), (390, 110), (330, 230), (250, 440)]])


@pytest.fixture
def run(tmp_path, monkeypatch, capsys) -> Callable[..., tuple[int, str, str]]:
    """Run a command in an empty folder: its exit code, and what it printed and complained of."""
    monkeypatch.chdir(tmp_path)

    def run_(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        return code, *capsys.readouterr()

    return run_


@pytest.fixture
def refuse(run) -> Callable[..., str]:
    """Run a command that must fail, and return its one line of explanation."""

    def refuse_(*arguments: str) -> str:
        code, printed, error = run(*arguments)
        assert (code, printed) == (1, "")
        assert error.startswith("mnistedu: ")
        assert error.count("\n") == 1
        return error

    return refuse_


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
