"""Handling a widget's messages while a cell runs."""

from __future__ import annotations

from ipywidgets import Widget


def handle_on_subshell(*widgets: Widget) -> None:
    """Let the kernel handle a page's messages to widgets while a cell runs.

    JupyterLab sends the messages of widgets to a thread of the kernel, a "subshell". ipykernel 7.4,
    however, handles a widget's messages on the shell that last sent something to it. That is mostly
    the main one, where they wait for a running cell. Here the page's choice holds. Without
    subshells, nothing changes.

    Parameters
    ----------
    *widgets : ipywidgets.Widget
        These, and those inside them. Their handlers must be thread-safe.

    Examples
    --------
    >>> from ipywidgets import Button
    >>> handle_on_subshell(Button(description="Stop"))
    """
    for widget in widgets:
        if hasattr(widget.comm, "_reply_subshell_for"):
            widget.comm._reply_subshell_for = lambda data, subshell: subshell
        handle_on_subshell(*getattr(widget, "children", ()))
