"""Names and states of controls for screen readers."""

from __future__ import annotations

from pathlib import Path

from anywidget import AnyWidget


class ControlNames(AnyWidget):
    """Run ``control_names.js`` for the pad or view that contains this invisible widget.

    The script adds what ipywidgets leaves out: whether a toggle button is pressed, and the names of
    sliders.
    """

    _esm = Path(__file__).with_name("control_names.js")

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
