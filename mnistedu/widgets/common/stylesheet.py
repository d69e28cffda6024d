"""Style sheets as part of a widget, so that they are there wherever the widget is."""

from __future__ import annotations

from importlib import resources

from ipywidgets import Layout
from markupsafe import Markup

from mnistedu.widgets.common.safe_html import SafeHTML


def style(*names: str) -> SafeHTML:
    """Make an invisible widget that brings style sheets of this folder to the page.

    Parameters
    ----------
    *names : str
        The files' names.

    Returns
    -------
    widget : SafeHTML

    Examples
    --------
    >>> "mnistedu-view" in style("views.css").value
    True
    """
    folder = resources.files(__package__)
    css = "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
    html = Markup("<style>{}</style>").format(Markup(css))  # noqa: S704 - files of this package
    return SafeHTML(html, layout=Layout(display="none"))
