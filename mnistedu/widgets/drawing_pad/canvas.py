"""The sheet that a learner draws on: pointer events in, ink out.

The canvas in the browser only shows lines. The ink lives here, in the kernel, so that a reloaded
page or a second tab gets the whole drawing again. The page itself shows the stroke that is being
drawn (`stroke_preview`), so that no line waits for a busy kernel.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
from ipycanvas import Canvas
from ipycanvas.canvas import _CanvasManager
from ipywidgets import Box, Layout

from mnistedu.ink import Ink
from mnistedu.widgets.drawing_pad.stroke_preview import StrokePreview

SIZE = 560  # canvas pixels per side, two for each of the page's 280, so that lines are sharp
PEN = 36  # canvas pixels, about as thick as MNIST's line on a digit that fills the sheet
FAR = 100 * SIZE  # farther from the sheet than a pointer on any screen
DOT = 0.1, 0  # canvas pixels that are added to a line, because one of no length is not drawn
LABEL = (
    "Sheet to draw a digit on, with mouse, finger or pen. "
    "Enter reads it, a digit keeps it as an example, Delete clears it, Control+Z undoes."
)


class InkCanvas:
    """Turn the pointer events of a canvas into ink, and keep the canvas showing it.

    A stroke ends where the pointer is released or leaves the canvas, because a release outside
    sends no event. A finger that comes back starts the next stroke.

    Parameters
    ----------
    lock : threading.RLock
        Held while an event is handled: a kernel may handle events while a cell runs.
    on_move : callable
        Called without arguments when the pen has moved.
    on_stroke : callable
        Called with the points of a stroke, of shape (n_points, 2), when it has ended.
    on_key : callable
        Called with the name of a key, such as ``"Enter"`` or ``"Ctrl+Shift+Z"``. Tab and the keys
        that scroll are left to the page.

    Attributes
    ----------
    ink : Ink
        Everything on the sheet, including the unfinished stroke.
    canvas : ipycanvas.Canvas
    widget : ipywidgets.Box
        The widget to put into a layout.
    """

    def __init__(
        self,
        *,
        lock: threading.RLock,
        on_move: Callable[[], None],
        on_stroke: Callable[[np.ndarray], None],
        on_key: Callable[[str], None],
    ) -> None:
        self.ink = Ink()
        # A manager of its own: the one that all canvases share remembers which of them drew last.
        self.canvas = Canvas(
            width=SIZE,
            height=SIZE,
            layout=Layout(width="100%", height="auto"),
            _canvas_manager=_CanvasManager(),
        )
        self._preview = StrokePreview(label=LABEL, pen=PEN)
        self.widget = Box([self.canvas, self._preview]).add_class("mnistedu-paper")
        self._lock = lock
        self._on_move = on_move
        self._on_stroke = on_stroke
        self._on_key = on_key
        self._connected = False
        self._pen_down = False
        self._listen()

    @property
    def pen(self) -> int:
        """Width of the lines on the canvas, in its pixels. The ink does not depend on it."""
        return self._preview.pen

    @pen.setter
    def pen(self, pen: int) -> None:
        self._preview.pen = pen
        self._redraw()

    def show(self, ink: Ink) -> None:
        """Replace everything on the sheet, including the unfinished stroke.

        Parameters
        ----------
        ink : Ink
        """
        self.ink = ink.copy()
        self._pen_down = False
        self._redraw()

    def _listen(self) -> None:
        canvas = self.canvas
        canvas.on_client_ready(self._locked(self._connect))
        canvas.on_mouse_down(self._locked(self._press))
        canvas.on_mouse_move(self._locked(self._move))
        canvas.on_mouse_up(self._locked(self._lift))
        canvas.on_mouse_out(self._locked(self._lift))
        canvas.on_touch_start(self._locked(self._touch))
        canvas.on_touch_move(self._locked(self._touch))
        canvas.on_touch_end(self._locked(self._lift))
        canvas.on_touch_cancel(self._locked(self._lift))
        canvas.on_key_down(self._locked(self._press_key))

    def _locked(self, handle: Callable[..., None]) -> Callable[..., None]:
        def handle_locked(*event: object) -> None:
            with self._lock:
                handle(*event)

        return handle_locked

    def _connect(self) -> None:
        """Draw for a page that has just opened. To draw before that would break the canvas."""
        self._connected = True
        self.canvas._canvas_manager._current_canvas = None  # the new page has none yet
        self.canvas.line_cap = self.canvas.line_join = "round"
        self.canvas.stroke_style = "black"
        self._redraw()

    def _press(self, x: float, y: float) -> None:
        _check_position(x, y)
        try:
            self._release()
        finally:  # also where an observer raises
            self.ink.begin_stroke(x, y)
            self._pen_down = True

    def _move(self, x: float, y: float) -> None:
        if self._pen_down:
            _check_position(x, y)
            self.ink.add_point(x, y)
            self._on_move()

    def _touch(self, fingers: Sequence[tuple[float, float]]) -> None:
        if not fingers:
            return
        x, y = fingers[0]  # the others do not write
        _check_position(x, y)
        if not (0 <= x <= SIZE and 0 <= y <= SIZE):
            self._release()
        elif self._pen_down:
            self._move(x, y)
        else:
            self._press(x, y)

    def _release(self) -> None:
        if self._pen_down:
            self._pen_down = False
            stroke = self.ink.strokes[-1]
            self._draw([stroke])
            self._on_stroke(stroke)

    def _lift(self, *_: object) -> None:
        """End what the page took for one stroke; here it may be several strokes, or none."""
        if not self._pen_down:
            self._redraw()
        try:
            self._release()
        finally:  # also where an observer raises
            self._preview.send("drawn")

    def _press_key(self, key: str, shift: bool, ctrl: bool, meta: bool) -> None:
        self._on_key("Ctrl+" * bool(ctrl or meta) + "Shift+" * bool(shift) + str(key))

    def _redraw(self) -> None:
        if self._connected:
            self.canvas.clear()
            self.canvas.line_width = self.pen
            self._draw(self.ink.strokes)

    def _draw(self, strokes: Sequence[np.ndarray]) -> None:
        if self._connected and strokes:
            self.canvas.stroke_line_segments(
                [np.vstack([line, line[-1:] + DOT]) for line in strokes]
            )


def _check_position(x: object, y: object) -> None:
    """Check the coordinates of an event: a page may send anything."""
    for value in (x, y):
        if not (isinstance(value, int | float) and -FAR <= value <= FAR):
            raise ValueError(f"a pointer must be on the sheet or near it, got {x!r:.50}, {y!r:.50}")


def fit(ink: Ink) -> Ink:
    """Scale an ink so that it can be seen on the sheet.

    Parameters
    ----------
    ink : Ink
        In pixels of any canvas.

    Returns
    -------
    ink : Ink
        The same ink if it lies on the sheet and is at least a tenth as large; otherwise the ink
        scaled to fill the middle of the sheet.

    Examples
    --------
    >>> fit(Ink([[(100, 100), (100, 400)]])).bounds
    (100.0, 100.0, 100.0, 400.0)
    >>> fit(Ink([[(0, 0), (0, 28)]])).bounds
    (280.0, 84.0, 280.0, 476.0)
    """
    if ink.blank:
        return ink
    corners = np.reshape(ink.bounds, (2, 2))
    side = np.ptp(corners, axis=0).max()
    if side >= SIZE / 10 and corners.min() >= 0 and corners.max() <= SIZE:
        return ink
    scale = 0.7 * SIZE / (side or 1.0)
    return Ink([(stroke - corners.mean(axis=0)) * scale + SIZE / 2 for stroke in ink.strokes])
