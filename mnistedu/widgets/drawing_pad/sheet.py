"""The sheet that a learner draws on: pointer events in, ink out.

The page only shows lines. The ink lives here, in the kernel, so that a reloaded page or a second
tab gets the whole drawing again. The page itself shows the stroke that is being drawn, so that no
line waits for a busy kernel.

What shows the lines and reports the pointer is a *surface*. There are two: `ipycanvas_surface`, and
`anywidget_surface` for front ends that cannot load ipycanvas.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import numpy as np
from ipywidgets import Box, Widget

from mnistedu.ink import Ink

SIZE = 560  # pixels of the sheet per side, two for each of the page's 280, so that lines are sharp
FAR = 100 * SIZE  # farther from the sheet than a pointer on any screen
PEN = 36  # pixels of the sheet, about as thick as MNIST's line on a digit that fills the sheet
LABEL = (
    "Sheet to draw a digit on, with mouse, finger or pen. "
    "Arrow keys move a pen, and Space puts it down or lifts it. "
    "Enter reads the drawing, a digit keeps it as an example, Delete clears it, Control+Z undoes."
)


class Surface(Protocol):
    """Shows strokes on the page, and reports to a :class:`Sheet` what the pointer does.

    Attributes
    ----------
    widgets : sequence of ipywidgets.Widget
        What to put on the page.
    """

    widgets: Sequence[Widget]

    def show(self, strokes: Sequence[np.ndarray], pen: int) -> None:
        """Show these strokes and no others.

        Parameters
        ----------
        strokes : sequence of ndarray of shape (n_points, 2)
            In pixels of the sheet.
        pen : int
            Width of the lines.
        """

    def add(self, stroke: np.ndarray) -> None:
        """Show one more stroke.

        Parameters
        ----------
        stroke : ndarray of shape (n_points, 2)
            In pixels of the sheet.
        """


class Sheet:
    """Turn what a pointer does into ink, and keep the page showing it.

    A stroke ends where the pointer is released or leaves the sheet, because a release outside sends
    no event. A finger that comes back starts the next stroke.

    Parameters
    ----------
    make_surface : callable
        Called with the sheet; returns the surface that shows the lines.
    lock : threading.RLock
        Held while an event is handled: a kernel may handle events while a cell runs.
    on_move : callable
        Called without arguments when the pen has moved.
    on_stroke : callable
        Called with the points of a stroke, of shape (n_points, 2), when it has ended.
    on_key : callable
        Called with the name of a key, such as ``"Enter"`` or ``"Ctrl+Shift+Z"``.

    Attributes
    ----------
    ink : Ink
        Everything on the sheet, including the unfinished stroke.
    surface : Surface
    pen_down : bool
        Whether there is an unfinished stroke.
    widget : ipywidgets.Box
        The widget to put into a layout.
    """

    surface: Surface

    def __init__(
        self,
        make_surface: Callable[[Sheet], Surface],
        *,
        lock: threading.RLock,
        on_move: Callable[[], None],
        on_stroke: Callable[[np.ndarray], None],
        on_key: Callable[[str], None],
    ) -> None:
        self.ink = Ink()
        self.lock = lock
        self.pen_down = False
        self.widget = Box().add_class("mnistedu-paper")
        self._pen = PEN
        self._on_move = on_move
        self._on_stroke = on_stroke
        self._on_key = on_key
        self.use(make_surface)

    @property
    def pen(self) -> int:
        """Width of the lines, in pixels of the sheet. The ink does not depend on it."""
        return self._pen

    @pen.setter
    def pen(self, pen: int) -> None:
        self._pen = pen
        self.redraw()

    def use(self, make_surface: Callable[[Sheet], Surface]) -> None:
        """Show the lines on another surface.

        Parameters
        ----------
        make_surface : callable
            See above.
        """
        with self.lock:
            self.surface = make_surface(self)
            self.redraw()
            self.widget.children = self.surface.widgets

    def show(self, ink: Ink) -> None:
        """Replace everything on the sheet, including the unfinished stroke.

        Parameters
        ----------
        ink : Ink
        """
        self.ink = ink.copy()
        self.pen_down = False
        self.redraw()

    def redraw(self) -> None:
        """Let the surface show the ink as it is."""
        self.surface.show(self.ink.strokes, self._pen)

    def press(self, x: float, y: float) -> None:
        """Begin a stroke; one whose end was missed ends first.

        Parameters
        ----------
        x, y : float
            In pixels of the sheet.

        Raises
        ------
        ValueError
            If a page sends anything else.
        """
        _check_position(x, y)
        with self.lock:
            try:
                self.lift()
            finally:  # also where an observer raises
                self.ink.begin_stroke(x, y)
                self.pen_down = True

    def move(self, points: Iterable[tuple[float, float]]) -> None:
        """Extend the stroke, if the pen is down.

        Parameters
        ----------
        points : iterable of (float, float)
            In pixels of the sheet.

        Raises
        ------
        ValueError
            If a page sends anything else.
        """
        with self.lock:
            if self.pen_down:
                for x, y in points:
                    _check_position(x, y)
                    self.ink.add_point(x, y)
                self._on_move()

    def lift(self) -> None:
        """End the stroke, if the pen is down."""
        with self.lock:
            if self.pen_down:
                self.pen_down = False
                stroke = self.ink.strokes[-1]
                self.surface.add(stroke)
                self._on_stroke(stroke)

    def press_key(self, key: str, *, shift: bool, ctrl: bool) -> None:
        """Pass on a key.

        Parameters
        ----------
        key : str
            As in the page's ``KeyboardEvent.key``.
        shift, ctrl : bool
            Whether these keys are held, too.
        """
        with self.lock:
            self._on_key("Ctrl+" * bool(ctrl) + "Shift+" * bool(shift) + str(key))


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
