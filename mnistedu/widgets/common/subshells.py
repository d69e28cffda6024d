"""Widgets that are heard while a cell runs."""

from __future__ import annotations

from ipywidgets import Widget


def hear_beside_cells(*widgets: Widget) -> None:
    """Let the kernel handle what a page sends to widgets beside the cell that runs.

    JupyterLab has a thread of the kernel (a "subshell") for the messages of widgets. ipykernel 7.4
    gives a widget's messages to whoever sent to it last, though; mostly that is a cell, and where
    it still runs, they wait. Here the page decides. Where there are no subshells, nothing changes.

    Parameters
    ----------
    *widgets : ipywidgets.Widget
        And those inside them. Their handlers must be right in any thread.

    Examples
    --------
    >>> from ipywidgets import Button
    >>> hear_beside_cells(Button(description="Stop"))
    """
    for widget in widgets:
        if hasattr(widget.comm, "_reply_subshell_for"):
            widget.comm._reply_subshell_for = lambda data, subshell: subshell
        hear_beside_cells(*getattr(widget, "children", ()))
