"""The surface of JupyterLab, Notebook 7 and Voilà: an ipycanvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from ipycanvas import Canvas
from ipycanvas.canvas import _CanvasManager
from ipywidgets import Layout, Widget

from mnistedu.widgets.drawing_pad.anywidget_surface import AnywidgetSurface
from mnistedu.widgets.drawing_pad.sheet import LABEL, SIZE, Sheet
from mnistedu.widgets.drawing_pad.stroke_preview import StrokePreview

DOT = 0.1, 0  # pixels that are added to a line, because one of no length is not drawn


class IpycanvasSurface:
    """Report the events of a canvas to a sheet, and draw its strokes.

    Parameters
    ----------
    sheet : Sheet

    Attributes
    ----------
    canvas : ipycanvas.Canvas
    widgets : tuple of ipywidgets.Widget
        See :class:`~mnistedu.widgets.drawing_pad.sheet.Surface`.
    """

    def __init__(self, sheet: Sheet) -> None:
        # A manager of its own: the one that all canvases share remembers which of them drew last.
        self.canvas = Canvas(
            width=SIZE,
            height=SIZE,
            layout=Layout(width="100%", height="auto"),
            _canvas_manager=_CanvasManager(),
        )
        self._preview = StrokePreview(label=LABEL, pen=sheet.pen)
        self.widgets: Sequence[Widget] = (self.canvas, self._preview)
        self._sheet = sheet
        self._connected = False
        self._listen()

    def show(self, strokes: Sequence[np.ndarray], pen: int) -> None:  # noqa: D102 - see Surface
        self._preview.pen = pen
        if self._connected:
            self.canvas.clear()
            self.canvas.line_width = pen
            self._draw(strokes)

    def add(self, stroke: np.ndarray) -> None:  # noqa: D102 - see Surface
        self._draw([stroke])

    def _listen(self) -> None:
        canvas = self.canvas
        canvas.on_client_ready(self._locked(self._connect))
        canvas.on_mouse_down(self._sheet.press)
        canvas.on_mouse_move(lambda x, y: self._sheet.move([(x, y)]))
        canvas.on_mouse_up(self._locked(self._lift))
        canvas.on_mouse_out(self._locked(self._lift))
        canvas.on_touch_start(self._locked(self._touch))
        canvas.on_touch_move(self._locked(self._touch))
        canvas.on_touch_end(self._locked(self._lift))
        canvas.on_touch_cancel(self._locked(self._lift))
        canvas.on_key_down(
            lambda key, shift, ctrl, meta: self._sheet.press_key(
                key, shift=shift, ctrl=ctrl or meta
            )
        )
        self._preview.on_msg(lambda *_: self._sheet.use(AnywidgetSurface))

    def _locked(self, handle: Callable[..., None]) -> Callable[..., None]:
        def handle_locked(*event: object) -> None:
            with self._sheet.lock:
                handle(*event)

        return handle_locked

    def _connect(self) -> None:
        """Draw for a page that has just opened. To draw before that would break the canvas."""
        self._connected = True
        self.canvas._canvas_manager._current_canvas = None  # the new page has none yet
        self.canvas.line_cap = self.canvas.line_join = "round"
        self.canvas.stroke_style = "black"
        self._sheet.redraw()

    def _touch(self, fingers: Sequence[tuple[float, float]]) -> None:
        if not fingers:
            return
        x, y = fingers[0]  # the others do not write
        if not (0 <= x <= SIZE and 0 <= y <= SIZE):
            self._sheet.lift()
        elif self._sheet.pen_down:
            self._sheet.move([(x, y)])
        else:
            self._sheet.press(x, y)

    def _lift(self, *_: object) -> None:
        """End what the page took for one stroke; here it may be several strokes, or none."""
        if not self._sheet.pen_down:
            self._sheet.redraw()
        try:
            self._sheet.lift()
        finally:  # also where an observer raises
            self._preview.send("drawn")

    def _draw(self, strokes: Sequence[np.ndarray]) -> None:
        if self._connected and strokes:
            self.canvas.stroke_line_segments(
                [np.vstack([line, line[-1:] + DOT]) for line in strokes]
            )
