"""The surface for front ends that cannot load ipycanvas: a canvas of our own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from anywidget import AnyWidget
from ipywidgets import Widget
from traitlets import Int, List, Unicode

from mnistedu.widgets.drawing_pad.scripts import read_scripts
from mnistedu.widgets.drawing_pad.sheet import LABEL, SIZE, Sheet


class AnywidgetSurface(AnyWidget):
    """Report the pointer's strokes to a sheet, and show them.

    The page sends the points of a stroke in batches, one per frame, also those that the browser
    has combined into one event.

    Parameters
    ----------
    sheet : Sheet

    Attributes
    ----------
    strokes : list of list of [float, float]
        What the page shows; a trait.
    taken : str
        The page's name of the stroke that was added last; a trait.
    pen, size, label : int, int, str
        Width of the lines, side of the sheet in pixels, and its accessible name; traits.
    """

    _esm = read_scripts("sheet.js", "anywidget_surface.js")

    strokes: List = List().tag(sync=True)
    taken = Unicode().tag(sync=True)
    pen = Int().tag(sync=True)
    size = Int().tag(sync=True)
    label = Unicode().tag(sync=True)

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(label=LABEL, pen=sheet.pen, size=SIZE)
        self.widgets: Sequence[Widget] = (self,)
        self._sheet = sheet
        self.on_msg(self._receive)

    def show(self, strokes: Sequence[np.ndarray], pen: int) -> None:  # noqa: D102 - see Surface
        with self.hold_sync():
            self.pen = pen
            self.strokes = [stroke.round(1).tolist() for stroke in strokes]

    def add(self, stroke: np.ndarray) -> None:  # noqa: D102 - see Surface
        self.strokes = [*self.strokes, stroke.round(1).tolist()]

    def _receive(self, _: object, content: object, buffers: object) -> None:
        match content:
            case {"key": key, "shift": shift, "ctrl": ctrl}:
                self._sheet.press_key(key, shift=shift, ctrl=ctrl)
            case {"stroke": str(stroke), "points": [*points], "begin": begin, "end": end} if all(
                isinstance(point, list | tuple) and len(point) == 2 for point in points
            ) and (points or not begin):
                self._extend(stroke, points, begin=bool(begin), end=bool(end))
            case _:
                raise ValueError(f"a page must send a key or points, got {content!r:.50}")

    def _extend(
        self, stroke: str, points: Sequence[tuple[float, float]], *, begin: bool, end: bool
    ) -> None:
        with self._sheet.lock, self.hold_sync():  # the page replaces its stroke at once
            try:
                if begin:
                    self._sheet.press(*points[0])
                    points = points[1:]
                if points:
                    self._sheet.move(points)
                if end:
                    self._sheet.lift()
            finally:  # also where an observer raises
                if end:
                    self.taken = stroke
