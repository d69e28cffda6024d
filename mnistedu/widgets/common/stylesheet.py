"""Style sheets as part of a widget, so that they are on the page wherever the widget is."""

from __future__ import annotations

from importlib import resources

from ipywidgets import Layout
from markupsafe import Markup

from mnistedu.theme import theme_css
from mnistedu.widgets.common.safe_html import SafeHTML


def style(name: str) -> SafeHTML:
    """Return an invisible widget that adds the theme and a style sheet of this folder to the page.

    Parameters
    ----------
    name : str
        The file's name.

    Returns
    -------
    widget : SafeHTML

    Examples
    --------
    >>> "mnistedu-view" in style("views.css").value
    True
    """
    folder = resources.files(__package__)
    sheets = [folder.joinpath(file).read_text(encoding="utf-8") for file in ("widgets.css", name)]
    css = Markup("\n".join([theme_css(), *sheets]))  # noqa: S704 - files of this package
    return SafeHTML(Markup("<style>{}</style>").format(css), layout=Layout(display="none"))
