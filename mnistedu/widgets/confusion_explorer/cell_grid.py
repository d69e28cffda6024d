"""A grid of cells, one of which can be selected."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Dict, Int, List, Unicode


class CellGrid(anywidget.AnyWidget):
    """A grid of cells, one of which can be selected by click, by touch or by arrow keys.

    Attributes
    ----------
    label : str
        The accessible name of the grid.
    cells : list of dict
        As :func:`cell` returns them.
    columns : int
        Number of cells per row; 0 for as many as fit.
    selected : int
        The index of the selected cell; -1 for none.
    """

    _esm = Path(__file__).with_name("cell_grid.js")

    label = Unicode().tag(sync=True)
    cells = List(Dict()).tag(sync=True)
    columns = Int(0).tag(sync=True)
    selected = Int(-1).tag(sync=True)


def cell(
    label: str, *, text: str = "", image: str = "", tone: str = "plain", shade: float = 0.0
) -> dict[str, object]:
    """Return a cell for a :class:`CellGrid`.

    Parameters
    ----------
    label : str
        The accessible name of the cell.
    text : str, optional
        The text in the cell.
    image : str, optional
        The URL of an image, see :func:`mnistedu.widgets.common.pixel_images.png_url`.
    tone : {"plain", "head", "right", "wrong"}, default="plain"
        The meaning of its colour.
    shade : float, default=0.0
        The strength of its colour, from 0 to 1.

    Returns
    -------
    cell : dict

    Examples
    --------
    >>> cell("A 4 read as 9: 3 images", text="3", tone="wrong", shade=0.25)["shade"]
    25
    """
    return {
        "label": label,
        "text": text,
        "image": image,
        "tone": tone,
        "shade": round(100 * shade),
    }
