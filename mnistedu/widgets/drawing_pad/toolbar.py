"""The buttons below the sheet."""

from __future__ import annotations

from collections.abc import Callable

from ipywidgets import Box, IntSlider, ToggleButton, VBox

from mnistedu.widgets.common.button import make_button
from mnistedu.widgets.drawing_pad.sheet import PEN


class Toolbar:
    """The buttons below the sheet: Recognise, Clear, Undo, Redo, Live, the pen and Teach.

    Parameters
    ----------
    on_recognize, on_clear, on_undo, on_redo : callable
        Called without arguments when the button is pressed.

    Attributes
    ----------
    live, teach : ipywidgets.ToggleButton
    pen : ipywidgets.IntSlider
    widget : ipywidgets.VBox
        The widget to put into a layout.
    """

    def __init__(
        self,
        *,
        on_recognize: Callable[[], None],
        on_clear: Callable[[], None],
        on_undo: Callable[[], None],
        on_redo: Callable[[], None],
    ) -> None:
        recognise = make_button(on_recognize, "Recognise", "Read the drawing (Enter)")
        recognise.button_style = "primary"
        clear = make_button(on_clear, "Clear", "Clear the sheet (Delete)")
        self._undo = make_button(on_undo, "Undo", "Undo the last change (Ctrl+Z)")
        self._redo = make_button(on_redo, "Redo", "Redo what was undone (Ctrl+Y)")
        self.live = ToggleButton(description="Live", tooltip="Read while you draw")
        self.pen = IntSlider(
            min=PEN // 3,
            max=2 * PEN,
            description="Pen",
            readout=False,
            tooltip="Width of the line here. The network's line is always equally wide.",
        ).add_class("mnistedu-pen")
        self.teach = ToggleButton(description="Teach", tooltip="Teach the model your handwriting")
        rows = [recognise, clear, self._undo, self._redo, self.live], [self.pen, self.teach]
        self.widget = VBox([Box(row).add_class("mnistedu-buttons") for row in rows])
        self.widget.add_class("mnistedu-toolbar")
        self.show_undo(can_undo=False, can_redo=False)

    def show_undo(self, *, can_undo: bool, can_redo: bool) -> None:
        """Enable Undo and Redo, or disable them."""
        self._undo.disabled = not can_undo
        self._redo.disabled = not can_redo
