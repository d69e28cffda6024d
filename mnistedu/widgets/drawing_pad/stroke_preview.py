"""What the page does for the sheet by itself, without waiting for the kernel."""

from __future__ import annotations

from anywidget import AnyWidget
from traitlets import Int, Unicode

from mnistedu.widgets.drawing_pad.scripts import read_scripts


class StrokePreview(AnyWidget):
    """Run ``stroke_preview.js`` for the canvas in the same box.

    The script shows a stroke at once, limits the rate of pointer events, and leaves the page's own
    keys to the page. Send it any message when the kernel has drawn a stroke. It sends a message if
    there is no canvas, because the page cannot load ipycanvas.

    Attributes
    ----------
    label : str
        The accessible name of the canvas.
    pen : int
        Width of the line, in canvas pixels.
    """

    _esm = read_scripts("sheet.js", "stroke_preview.js")

    label = Unicode().tag(sync=True)
    pen = Int().tag(sync=True)
