"""What lets a user point at a map, and at a pixel of a map."""

from __future__ import annotations

from pathlib import Path

from anywidget import AnyWidget
from traitlets import Int, Unicode


class MapClicks(AnyWidget):
    """An invisible widget that reports clicks on the maps in a view's pictures.

    It sends ``{"layer": name, "map": number}`` for the pictures that
    :func:`mnistedu.widgets.layer_explorer.html.layer_html` renders.
    """

    _esm = Path(__file__).with_name("map_clicks.js")

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})


class PixelPicker(AnyWidget):
    """An enlarged image of which a pixel can be picked by pointer, touch or arrow keys.

    Attributes
    ----------
    url, label : str
        The image and its accessible name; traits.
    rows, columns : int
        Its size in pixels; traits.
    row, column : int
        The pixel that is picked; traits.
    """

    _esm = Path(__file__).with_name("pixel_picker.js")

    url = Unicode().tag(sync=True)
    label = Unicode().tag(sync=True)
    rows = Int(1).tag(sync=True)
    columns = Int(1).tag(sync=True)
    row = Int(0).tag(sync=True)
    column = Int(0).tag(sync=True)
