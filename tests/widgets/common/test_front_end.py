"""Which front end a process works for."""

from __future__ import annotations

import sys
import types

import pytest

from mnistedu.widgets.common.front_end import detect_front_end

VARIABLES = (
    *("COLAB_RELEASE_TAG", "VSCODE_PID", "VSCODE_CWD"),
    *("SERVER_SOFTWARE", "VOILA_APP_PORT", "JPY_SESSION_NAME"),
)


@pytest.fixture(autouse=True)
def no_front_end(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("COLAB_RELEASE_TAG", "release-colab-1", "Colab"),
        ("VSCODE_PID", "17", "VS Code"),
        ("SERVER_SOFTWARE", "voila/0.5.13", "Voilà"),
        ("VOILA_APP_PORT", "8866", "Voilà"),
        ("JPY_SESSION_NAME", "notebook.ipynb", "Jupyter"),
        ("OTHER", "", ""),
    ],
)
def test_by_the_environment(
    variable: str, value: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    assert detect_front_end() == name


@pytest.mark.parametrize("running", [True, False])
def test_marimo_is_one_only_where_its_notebook_runs(
    running: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    marimo = types.ModuleType("marimo")
    marimo.running_in_notebook = lambda: running
    monkeypatch.setitem(sys.modules, "marimo", marimo)
    assert detect_front_end() == ("marimo" if running else "")


def test_vs_code_sets_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    import IPython

    shell = types.SimpleNamespace(user_ns={"__vsc_ipynb_file__": "/a.ipynb"})
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    assert detect_front_end() == "VS Code"
