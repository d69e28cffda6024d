"""What the pad, the views, the app and the exported page share: colours, and the keyboard's pen.

It is below all of these, because no subpackage imports from one that comes after it.
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
    return _read("theme.css")


def keyboard_pen_js() -> str:
    """Return the script that draws on a canvas with the arrow keys and Space.

    Returns
    -------
    js : str
        It defines the function ``addKeyboardPen``.

    Examples
    --------
    >>> "function addKeyboardPen(canvas, el, fire, signal)" in keyboard_pen_js()
    True
    """
    return _read("keyboard_pen.js")


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
