"""The sheet that a learner draws on: pointer events in, ink out.

The canvas in the browser only shows lines. The ink lives here, in the kernel, so that a reloaded
page or a second tab is given the whole drawing again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from ipycanvas import Canvas
from ipycanvas.canvas import _CanvasManager
from ipywidgets import Layout

from mnistedu.ink import Ink

SIZE = 560  # canvas pixels a side, two for each of the page's 280, so that lines are sharp
PEN = 36  # canvas pixels, about as thick as MNIST's line on a digit that fills the sheet
FRAME = 0.012  # seconds between two drawings of a moving pen; a faster pointer waits for the next


class InkCanvas:
    """Turn the pointer events of a canvas into ink, and keep the canvas showing it.

    A stroke ends where the pointer is released or leaves the canvas: of a release outside, nothing
    is ever heard. A finger that comes back starts the next stroke.

    Parameters
    ----------
    lock : threading.RLock
        Held while an event is handled: a kernel may handle them beside a running cell.
    on_move : callable
        Called without arguments when the pen has moved.
    on_stroke : callable
        Called without arguments when a stroke has ended.
    on_key : callable
        Called with the name of a key, such as ``"Tab"``, ``"Shift+Tab"`` or ``"Ctrl+z"``. The
        canvas keeps all keys from the page, so whoever is not to be trapped needs an answer to Tab.

    Attributes
    ----------
    ink : Ink
        Everything on the sheet, the unfinished stroke too.
    widget : ipycanvas.Canvas
        What to put into a layout.
    """

    def __init__(
        self,
        *,
        lock: threading.RLock,
        on_move: Callable[[], None],
        on_stroke: Callable[[], None],
        on_key: Callable[[str], None],
    ) -> None:
        self.ink = Ink()
        # A manager of its own: the one that all canvases share remembers which of them drew last.
        self.widget = Canvas(
            width=SIZE,
            height=SIZE,
            layout=Layout(width="100%", height="auto"),
            _canvas_manager=_CanvasManager(),
        )
        self._lock = lock
        self._on_move = on_move
        self._on_stroke = on_stroke
        self._on_key = on_key
        self._connected = False
        self._pen_down = False
        self._n_drawn = 0  # points of the unfinished stroke that the page shows
        self._drawn_at = 0.0
        self._listen()

    def show(self, ink: Ink) -> None:
        """Replace everything on the sheet, the unfinished stroke too.

        Parameters
        ----------
        ink : Ink
        """
        self.ink = ink.copy()
        self._pen_down = False
        self._redraw()

    def _listen(self) -> None:
        canvas = self.widget
        canvas.on_client_ready(self._locked(self._connect))
        canvas.on_mouse_down(self._locked(self._press))
        canvas.on_mouse_move(self._locked(self._move))
        canvas.on_mouse_up(self._locked(self._release))
        canvas.on_mouse_out(self._locked(self._release))
        canvas.on_touch_start(self._locked(self._touch))
        canvas.on_touch_move(self._locked(self._touch))
        canvas.on_touch_end(self._locked(self._release))
        canvas.on_touch_cancel(self._locked(self._release))
        canvas.on_key_down(self._locked(self._press_key))

    def _locked(self, handle: Callable[..., None]) -> Callable[..., None]:
        def handle_alone(*event: object) -> None:
            with self._lock:
                handle(*event)

        return handle_alone

    def _connect(self) -> None:
        """Draw for a page that has just opened. Before one has, a drawing breaks the canvas."""
        self._connected = True
        canvas = self.widget
        canvas._canvas_manager._current_canvas = None  # the new page has none yet
        canvas.line_width = PEN
        canvas.line_cap = canvas.line_join = "round"
        canvas.stroke_style = "black"
        self._redraw()

    def _press(self, x: float, y: float) -> None:
        self._release()
        self._pen_down, self._n_drawn = True, 0
        self.ink.begin_stroke(x, y)
        self._draw_on()

    def _move(self, x: float, y: float) -> None:
        if not self._pen_down:
            return
        self.ink.add_point(x, y)
        if time.monotonic() - self._drawn_at >= FRAME:
            self._draw_on()
        self._on_move()

    def _touch(self, fingers: Sequence[tuple[float, float]]) -> None:
        x, y = fingers[0]  # the others do not write
        if not (0 <= x <= SIZE and 0 <= y <= SIZE):
            self._release()
        elif self._pen_down:
            self._move(x, y)
        else:
            self._press(x, y)

    def _release(self, *_: object) -> None:
        if self._pen_down:
            self._draw_on()
            self._pen_down = False
            self._on_stroke()

    def _press_key(self, key: str, shift: bool, ctrl: bool, meta: bool) -> None:
        self._on_key("Ctrl+" * (ctrl or meta) + "Shift+" * shift + key)

    def _redraw(self) -> None:
        if self._connected:
            self.widget.clear()
            self._draw(self.ink.strokes)
        self._n_drawn = len(self.ink.strokes[-1]) if self._pen_down else 0

    def _draw_on(self) -> None:
        """Draw what the pen has added since the last time."""
        stroke = self.ink.strokes[-1]
        if self._connected and self._n_drawn < len(stroke):
            self._draw([stroke[max(self._n_drawn - 1, 0) :]])
        self._n_drawn, self._drawn_at = len(stroke), time.monotonic()

    def _draw(self, strokes: Sequence[np.ndarray]) -> None:
        if strokes:  # with its last point twice, a stroke of one point is drawn as a dot
            self.widget.stroke_line_segments([np.vstack([line, line[-1:]]) for line in strokes])


def fit(ink: Ink) -> Ink:
    """Return an ink that can be seen on the sheet.

    Parameters
    ----------
    ink : Ink
        In pixels of any canvas.

    Returns
    -------
    ink : Ink
        The same if it lies on the sheet and is at least a tenth as large; otherwise scaled to
        fill the sheet's middle.

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
