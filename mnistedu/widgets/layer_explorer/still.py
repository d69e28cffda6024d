"""The layer explorer as a still picture, for places where no widget can show."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnistedu.widgets.common.pixel_images import as_picture
from mnistedu.widgets.layer_explorer.html import COLORMAP, WIDTH, describe_layer, lay_out

_CAPTION = 24  # pixels
_GAP = 8


def layers_png(kinds: dict[str, str], outputs: dict[str, np.ndarray]) -> bytes:
    r"""Draw the first maps of all layers as one picture.

    Parameters
    ----------
    kinds : dict of str to str
        The classes of the layers, by their names.
    outputs : dict of str to ndarray
        Their outputs; if empty, the picture shows a hint.

    Returns
    -------
    png : bytes

    Examples
    --------
    >>> layers_png({"dense": "Dense"}, {"dense": np.zeros(10)})[:4]
    b'\x89PNG'
    """
    font = ImageFont.load_default(13)
    rows: list[tuple[str, Image.Image | None]] = []
    if not outputs:
        rows.append(("Run this notebook and draw a digit to see the layers.", None))
    for name, output in outputs.items():
        levels, width = lay_out(output, first_row=True)
        drawn = as_picture(levels, colormap=COLORMAP).convert("RGB")
        size = width, drawn.height * width // drawn.width
        caption = describe_layer(name, kinds[name], output.shape).replace("×", "x")  # no such glyph
        rows.append((caption, drawn.resize(size, Image.Resampling.NEAREST)))
    height = sum(_CAPTION + (sheet.height + _GAP if sheet else 0) for _, sheet in rows)
    picture = Image.new("RGB", (WIDTH, height), "white")
    draw, top = ImageDraw.Draw(picture), 0
    for caption, sheet in rows:
        draw.text((0, top + 4), caption, "black", font)
        top += _CAPTION
        if sheet:
            picture.paste(sheet, (0, top))
            top += sheet.height + _GAP
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
