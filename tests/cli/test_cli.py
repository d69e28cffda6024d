"""The command line as a whole."""

from __future__ import annotations

import pytest

import mnistedu
from mnistedu.cli import main


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["paint"], "invalid choice: 'paint'"),
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
