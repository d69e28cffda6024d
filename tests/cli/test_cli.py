"""The command line as a whole."""

from __future__ import annotations

import pytest

import mnistedu
from mnistedu.cli import main


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["paint"], "invalid choice: 'paint'"),
        (["train", "--epochs", "0"], "--epochs: must be a whole number from 1"),
        (["train", "--batch-size", "2.5"], "--batch-size: must be a whole number from 1"),
        (["train", "--seed=-1"], "--seed: must be a whole number from 0 to 4294967295, got '-1'"),
        (["app", "--port", "99999"], "--port: must be a whole number from 1 to 65535, got '99999'"),
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


def test_an_error_of_any_kind_is_one_line(capsys, monkeypatch):
    def fail(*_: object) -> None:
        raise KeyError("strokes\nand more")

    monkeypatch.setattr(mnistedu, "Recognizer", fail)
    assert main(["predict", "x.png"]) == 1
    assert capsys.readouterr().err == "mnistedu: KeyError: 'strokes\\nand more'\n"


def test_help_names_every_default(capsys):
    for command in ("lab", "app", "train", "evaluate", "predict", "export"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        printed = " ".join(capsys.readouterr().out.split())
        assert "(default: " in printed
        assert "None" not in printed
