"""Buttons."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import Button


def make_button(action: Callable[[], None], description: str, tooltip: str) -> Button:
    """Create a button that calls a function when it is pressed.

    Parameters
    ----------
    action : callable
        Called without arguments.
    description, tooltip : str

    Returns
    -------
    button : ipywidgets.Button

    Examples
    --------
    >>> make_button(lambda: None, "Clear", "Clear the sheet").description
    'Clear'
    """
    button = Button(description=description, tooltip=tooltip)
    button.on_click(lambda _: action())
    return button
