"""The colours of everything that is shown on a page, in one style sheet.

The pad, the views, the app and the exported page share them. They are below all of these, because
no subpackage imports from one that comes after it.
"""

from __future__ import annotations

from importlib import resources


def theme_css() -> str:
    """Return the style sheet that defines the colours as custom properties.

    Returns
    -------
    css : str

    Examples
    --------
    >>> "--mnistedu-accent: light-dark(" in theme_css()
    True
    """
    return resources.files(__package__).joinpath("theme.css").read_text(encoding="utf-8")
