"""What the layer explorer shows as HTML: layer outputs, weights and attributions."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from mnistedu.inference import CLASSES
from mnistedu.widgets.common.pixel_images import GAP, levels, picture_html, png_url, tile

COLORMAP = "viridis"
WIDTH = 416  # pixels of the page that a row of pictures takes at most
_FEW = 16  # maps of a layer that are all shown when all layers are shown; of more, the first row
_FIRST_ROW = 8
_VALUES_PER_ROW = 16  # of a layer without maps
_ZOOM = 6  # pixels of the page for each pixel of an image


def describe_layer(name: str, kind: str, shape: tuple[int, ...]) -> str:
    """Return a layer's name, class and output shape in words.

    Parameters
    ----------
    name : str
    kind : str
        The name of its class.
    shape : tuple of int
        Shape of its output for one image.

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


def layer_html(name: str, kind: str, output: np.ndarray, *, first_row: bool = False) -> Markup:
    """Render a layer's output: its maps in a grid, or its values as squares.

    Parameters
    ----------
    name : str
    kind : str
        The name of its class.
    output : ndarray of shape (height, width, n) or (n,)
    first_row : bool, default=False
        Show only the first maps, in one row.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(layer_html("conv2d", "Conv2D", np.zeros((26, 26, 32))))
    <figure class="mnistedu-layer"><figcaption>conv2d ...</figcaption><div ...><img ...></div>...
    """
    caption = describe_layer(name, kind, output.shape)
    sheet, width = lay_out(output, first_row=first_row)
    url = png_url(sheet, colormap=COLORMAP)
    if output.ndim == 3:
        count, columns = count_maps(output, first_row=first_row)
        if count < output.shape[2]:
            caption += f", the first {count}"
        alt = f"{caption}; bright where they are active"
        picture = Markup(
            '<div class="mnistedu-maps" title="Click a map to look closer" data-layer="{}" '
            'data-count="{}" data-columns="{}" data-rows="{}">{}</div>'
        ).format(
            name, count, columns, -(-count // columns), picture_html(url, alt=alt, width=width)
        )
    else:
        alt = f"{caption}; the largest is number {output.argmax()}"
        picture = picture_html(url, alt=alt, width=width)
        if output.size == CLASSES:
            digits = Markup().join(Markup("<span>{}</span>").format(d) for d in range(CLASSES))
            picture += Markup(
                '<div class="mnistedu-output-digits" aria-hidden="true" style="width:{}px">{}</div>'
            ).format(width, digits)
    return _figure(caption, picture)


def filters_html(filters: np.ndarray) -> Markup:
    """Render filters as pictures: red for positive weights, blue for negative ones.

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
        '<b class="mnistedu-positive">ink</b> or <b class="mnistedu-negative">no ink</b>'
    ).format(count, len(filters))
    alt = f"{count} filters of {width} by {height} weights, from {-limit:.2f} to {limit:.2f}"
    return _figure(caption, picture_html(png_url(sheet, colormap="RdBu_r"), alt=alt, width=WIDTH))


def attribution_html(caption: str, strength: np.ndarray, image: np.ndarray) -> Markup:
    """Render how much the answer depends on each pixel, with the outline of the digit.

    Parameters
    ----------
    caption : str
    strength : ndarray of shape (28, 28)
        Large where the answer depends on a pixel.
    image : ndarray of shape (28, 28), dtype uint8

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> html = attribution_html("Saliency", np.zeros((28, 28)), np.zeros((28, 28), np.uint8))
    >>> print(html)
    <figure class="mnistedu-layer"><figcaption>Saliency</figcaption><img ...></figure>
    """
    large = levels(strength, 0, strength.max()).repeat(_ZOOM, axis=0).repeat(_ZOOM, axis=1)
    large[_outline(image)] = GAP
    row, column = np.unravel_index(strength.argmax(), strength.shape)
    alt = f"{caption}: most in row {row + 1}, column {column + 1} of 28"
    url = png_url(large, colormap=COLORMAP, outlined=True)
    return _figure(caption, picture_html(url, alt=alt, width=28 * _ZOOM))


def count_maps(output: np.ndarray, *, first_row: bool) -> tuple[int, int]:
    """Return how many maps of a layer are shown, and how many in a row.

    Parameters
    ----------
    output : ndarray of shape (height, width, n)
    first_row : bool
        Show only the first maps, if there are many.

    Returns
    -------
    count, columns : int

    Examples
    --------
    >>> count_maps(np.zeros((9, 9, 16)), first_row=True)
    (16, 8)
    >>> count_maps(np.zeros((9, 9, 32)), first_row=True)
    (8, 8)
    """
    count = output.shape[2]
    if first_row and count > _FEW:
        count = _FIRST_ROW
    return count, min(count, 8 if count <= 32 else 12)


def lay_out(output: np.ndarray, *, first_row: bool) -> tuple[np.ndarray, int]:
    """Arrange a layer's output as one picture.

    Parameters
    ----------
    output : ndarray of shape (height, width, n) or (n,)
    first_row : bool
        Take only the first maps, in one row.

    Returns
    -------
    sheet : ndarray of dtype uint8
        Levels of a coloured picture, see :func:`mnistedu.widgets.common.pixel_images.levels`.
    width : int
        Width on the page, in pixels.

    Examples
    --------
    >>> sheet, width = lay_out(np.zeros((3, 3, 8)), first_row=True)
    >>> sheet.shape, width
    ((3, 31), 416)
    """
    low, high = min(output.min(), 0), output.max()
    if output.ndim == 3:
        count, columns = count_maps(output, first_row=first_row)
        maps = np.moveaxis(levels(output, low, high), -1, 0)[:count]
        return tile(maps, columns=columns), WIDTH * columns // max(columns, 8)
    values = levels(output.ravel(), low, high)[:, None, None]
    sheet = tile(values, columns=min(_VALUES_PER_ROW, len(values)))
    return sheet, WIDTH * sheet.shape[1] // (2 * _VALUES_PER_ROW - 1)


def _outline(image: np.ndarray) -> np.ndarray:
    """Return where the edge of the ink is, in the enlarged image."""
    ink = np.pad((image > 127).repeat(_ZOOM, axis=0).repeat(_ZOOM, axis=1), 1)
    inside = ink[:-2, 1:-1] & ink[2:, 1:-1] & ink[1:-1, :-2] & ink[1:-1, 2:]
    return ink[1:-1, 1:-1] & ~inside


def _figure(caption: str, picture: Markup) -> Markup:
    return Markup('<figure class="mnistedu-layer"><figcaption>{}</figcaption>{}</figure>').format(
        caption, picture
    )
