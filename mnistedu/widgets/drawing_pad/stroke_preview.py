"""What the page does for the sheet by itself, without waiting for the kernel."""

from __future__ import annotations

from pathlib import Path

from anywidget import AnyWidget
from traitlets import Int, Unicode


class SheetScript(AnyWidget):
    """Run ``stroke_preview.js`` for the canvas that lies in the same box.

    It shows a stroke at once, slows down a quick pointer, and leaves the page its own keys. Send it
    any message when the kernel has drawn a stroke.

    Attributes
    ----------
    label : str
        What the canvas is called for those who cannot see it.
    pen : int
        Width of the line, in canvas pixels.
    """

    _esm = Path(__file__).with_name("stroke_preview.js")

    label = Unicode().tag(sync=True)
    pen = Int().tag(sync=True)
