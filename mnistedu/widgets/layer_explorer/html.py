"""What the layer explorer shows, as HTML: layers, weights, and what moves the answer."""

from __future__ import annotations

import io

import numpy as np
from markupsafe import Markup
from PIL import Image, ImageDraw, ImageFont

from mnistedu.widgets.common.pixel_images import (
    GAP,
    as_picture,
    levels,
    picture_html,
    png_url,
    tile,
)

COLORMAP = "viridis"
FEW = 8  # maps of each layer where all layers are shown
_ACROSS = 416  # pixels of the page that a row of pictures takes at the most
_ROW = 16  # values in a row, of a layer that gives no maps
_ZOOM = 6  # pixels of the page for each pixel of an image


def describe_layer(name: str, kind: str, shape: tuple[int, ...]) -> str:
    """Say what a layer is and gives.

    Parameters
    ----------
    name : str
    kind : str
        The name of its class.
    shape : tuple of int
        Of its answer to one image.

    Returns
    -------
    text : str

    Examples
    --------
    >>> describe_layer("conv2d", "Conv2D", (26, 26, 32))
    'conv2d (Conv2D): 32 maps of 26 × 26'
    >>> describe_layer("dense", "Dense", (10,))
    'dense (Dense): 10 values'
    """
    if len(shape) == 3:
        return f"{name} ({kind}): {shape[2]} maps of {shape[0]} × {shape[1]}"
    return f"{name} ({kind}): {np.prod(shape):,} values"


def layer_html(name: str, kind: str, output: np.ndarray, *, few: bool = False) -> Markup:
    """Show what a layer answers: its maps side by side, or its values as squares.

    Parameters
    ----------
    name : str
    kind : str
        The name of its class.
    output : ndarray of shape (height, width, n) or (n,)
    few : bool, default=False
        Show no more than the first maps, in one row.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(layer_html("conv2d", "Conv2D", np.zeros((26, 26, 32))))
    <figure class="mnistedu-layer"><figcaption>conv2d ...</figcaption><img ...></figure>
    """
    caption = describe_layer(name, kind, output.shape)
    sheet, width = _sheet(output, few=few)
    if output.ndim == 3:
        alt = f"{caption}; bright where they found something"
    else:
        alt = f"{caption}; the largest is number {output.argmax()}"
    picture = picture_html(png_url(sheet, colormap=COLORMAP), alt=alt, width=width)
    return _figure(caption, picture)


def layers_png(kinds: dict[str, str], outputs: dict[str, np.ndarray]) -> bytes:
    r"""Draw the first maps of all layers as one picture.

    Parameters
    ----------
    kinds : dict of str to str
        The classes of the layers, by their names.
    outputs : dict of str to ndarray
        What they answer; none for a picture of a hint.

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
        rows.append(("Run this notebook and draw a digit to look inside.", None))
    for name, output in outputs.items():
        values, width = _sheet(output, few=True)
        drawn = as_picture(values, colormap=COLORMAP).convert("RGB")
        size = width, drawn.height * width // drawn.width
        caption = describe_layer(name, kinds[name], output.shape).replace("×", "x")  # no such glyph
        rows.append((caption, drawn.resize(size, Image.Resampling.NEAREST)))
    height = sum(24 + (sheet.height + 8 if sheet else 0) for _, sheet in rows)
    picture = Image.new("RGB", (_ACROSS, height), "white")
    draw, top = ImageDraw.Draw(picture), 0
    for caption, sheet in rows:
        draw.text((0, top + 4), caption, "black", font)
        top += 24
        if sheet:
            picture.paste(sheet, (0, top))
            top += sheet.height + 8
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


def filters_html(filters: np.ndarray) -> Markup:
    """Show weights as pictures: red where a filter wants ink, blue where it wants none.

    Parameters
    ----------
    filters : ndarray of shape (n, height, width)

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(filters_html(np.zeros((32, 3, 3))))
    <figure class="mnistedu-layer"><figcaption>...</figcaption><img ...></figure>
    """
    shown = filters[:32]
    count, height, width = shown.shape
    limit = np.abs(shown).max()
    sheet = tile(levels(shown, -limit, limit), columns=8)
    caption = Markup(
        "What the first layer looks for, {} of {}: "
        '<b class="mnistedu-wants">ink</b> or <b class="mnistedu-wants-none">no ink</b>'
    ).format(count, len(filters))
    alt = f"{count} filters of {width} by {height} weights, from {-limit:.2f} to {limit:.2f}"
    return _figure(caption, picture_html(png_url(sheet, colormap="RdBu_r"), alt=alt, width=_ACROSS))


def attribution_html(caption: str, strength: np.ndarray, image: np.ndarray) -> Markup:
    """Show how much each pixel matters, with the outline of the digit.

    Parameters
    ----------
    caption : str
    strength : ndarray of shape (28, 28)
        Large where a pixel matters much.
    image : ndarray of shape (28, 28), dtype uint8

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(attribution_html("What counts", np.zeros((28, 28)), np.zeros((28, 28), np.uint8)))
    <figure class="mnistedu-layer"><figcaption>What counts</figcaption><img ...></figure>
    """
    large = levels(strength, 0, strength.max()).repeat(_ZOOM, axis=0).repeat(_ZOOM, axis=1)
    large[_outline(image)] = GAP
    row, column = np.unravel_index(strength.argmax(), strength.shape)
    alt = f"{caption}: most in row {row + 1}, column {column + 1} of 28"
    url = png_url(large, colormap=COLORMAP, outlined=True)
    return _figure(caption, picture_html(url, alt=alt, width=28 * _ZOOM))


def _sheet(output: np.ndarray, *, few: bool) -> tuple[np.ndarray, int]:
    """Lay out what a layer answers; give its levels, and how wide it is shown."""
    low, high = min(output.min(), 0), output.max()
    if output.ndim == 3:
        maps = np.moveaxis(levels(output, low, high), -1, 0)[: FEW if few else None]
        return tile(maps, columns=8 if len(maps) <= 32 else 12), _ACROSS
    values = levels(output.ravel(), low, high)[:, None, None]
    sheet = tile(values, columns=min(_ROW, len(values)))
    return sheet, _ACROSS * sheet.shape[1] // (2 * _ROW - 1)


def _outline(image: np.ndarray) -> np.ndarray:
    """Find the edge of the ink, in an image that is enlarged."""
    ink = np.pad((image > 127).repeat(_ZOOM, axis=0).repeat(_ZOOM, axis=1), 1)
    within = ink[:-2, 1:-1] & ink[2:, 1:-1] & ink[1:-1, :-2] & ink[1:-1, 2:]
    return ink[1:-1, 1:-1] & ~within


def _figure(caption: str, picture: Markup) -> Markup:
    return Markup('<figure class="mnistedu-layer"><figcaption>{}</figcaption>{}</figure>').format(
        caption, picture
    )
