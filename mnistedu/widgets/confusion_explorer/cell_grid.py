"""Cells of which one can be chosen, by click, by touch or by arrow keys."""

from __future__ import annotations

from pathlib import Path

import anywidget
from traitlets import Dict, Int, List, Unicode


class CellGrid(anywidget.AnyWidget):
    """A grid of cells of which one can be chosen, by click, by touch or by arrow keys.

    Attributes
    ----------
    label : str
        What a screen reader calls the whole.
    cells : list of dict
        As :func:`cell` makes them.
    columns : int
        How many cells a row has; 0 for as many as fit.
    chosen : int
        Which cell is chosen, from 0; -1 for none.
    """

    _esm = Path(__file__).with_name("cell_grid.js")

    label = Unicode().tag(sync=True)
    cells = List(Dict()).tag(sync=True)
    columns = Int(0).tag(sync=True)
    chosen = Int(-1).tag(sync=True)


def cell(
    label: str, *, text: str = "", image: str = "", tone: str = "plain", shade: float = 0.0
) -> dict[str, object]:
    """Describe a cell.

    Parameters
    ----------
    label : str
        What it stands for, in words.
    text : str, optional
        What is written in it.
    image : str, optional
        The URL of a picture, as :func:`mnistedu.widgets.common.pixel_images.png_url` makes it.
    tone : {"plain", "head", "right", "wrong"}, default="plain"
        What its colour says.
    shade : float, default=0.0
        How strong its colour is, from 0 to 1.

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
