"""Style sheets as part of a widget, so that they are there wherever the widget is."""

from __future__ import annotations

from importlib import resources

from ipywidgets import HTML, Layout


def style(*names: str) -> HTML:
    """Make an invisible widget that brings style sheets of this folder to the page.

    Parameters
    ----------
    *names : str
        The files' names.

    Returns
    -------
    widget : ipywidgets.HTML

    Examples
    --------
    >>> "mnistedu-view" in style("views.css").value
    True
    """
    folder = resources.files(__package__)
    css = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    return HTML(f"<style>{css}</style>", layout=Layout(display="none"))
