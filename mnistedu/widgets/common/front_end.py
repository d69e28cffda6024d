"""Which front end shows the widgets, as far as a kernel can know."""

from __future__ import annotations

import os
import sys


def detect_front_end() -> str:
    """Return the name of the front end that this process works for.

    Returns
    -------
    name : {"Colab", "VS Code", "marimo", "Voilà", "Jupyter", ""}
        ``"Jupyter"`` is JupyterLab, Notebook 7 or any other that Jupyter's server serves; an empty
        string is none that is known, such as a terminal.

    Examples
    --------
    >>> detect_front_end()
    ''
    """
    environment = os.environ
    if "google.colab" in sys.modules or "COLAB_RELEASE_TAG" in environment:
        return "Colab"
    if _is_marimo():
        return "marimo"
    if "VSCODE_PID" in environment or "VSCODE_CWD" in environment or _has_vs_code_file():
        return "VS Code"
    if "VOILA_APP_PORT" in environment or environment.get("SERVER_SOFTWARE", "")[:5] == "voila":
        return "Voilà"
    return "Jupyter" if "JPY_SESSION_NAME" in environment else ""


def _is_marimo() -> bool:
    marimo = sys.modules.get("marimo")
    return marimo is not None and marimo.running_in_notebook()


def _has_vs_code_file() -> bool:
    """Check for the variable by which VS Code tells a kernel the notebook's path."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return "__vsc_ipynb_file__" in getattr(shell, "user_ns", {})
