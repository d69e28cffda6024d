"""Arrays as small PNG images for pages, fast enough to follow a pen."""

from __future__ import annotations

import base64
import functools
import io

import numpy as np
from markupsafe import Markup
from PIL import Image

GAP = 255  # the level of a coloured picture outside its colour map


def png_url(image: np.ndarray, *, colormap: str | None = None, outlined: bool = False) -> str:
    """Encode an image as a data URL.

    Parameters
    ----------
    image : ndarray of shape (height, width), dtype uint8
        Grey levels from 0 to 255, or with `colormap` what :func:`levels` and :func:`tile` return.
    colormap : str, optional
        The name of one of matplotlib's colour maps.
    outlined : bool, default=False
        Whether :data:`GAP` is white; by default it is transparent.

    Returns
    -------
    url : str

    Examples
    --------
    >>> png_url(np.zeros((28, 28), np.uint8))
    'data:image/png;base64,...'
    """
    options = {"transparency": GAP} if colormap and not outlined else {}
    file = io.BytesIO()
    as_picture(image, colormap=colormap).save(file, "PNG", compress_level=1, **options)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def as_picture(image: np.ndarray, *, colormap: str | None = None) -> Image.Image:
    """Convert the levels of an image to a picture in colours.

    Parameters
    ----------
    image : ndarray of shape (height, width), dtype uint8
    colormap : str, optional
        See :func:`png_url`.

    Returns
    -------
    picture : PIL.Image.Image

    Examples
    --------
    >>> picture = as_picture(np.full((1, 1), GAP, np.uint8), colormap="viridis")
    >>> picture.convert("RGB").getpixel((0, 0))
    (255, 255, 255)
    """
    picture = Image.fromarray(image)
    if colormap:
        picture.putpalette(_palette(colormap))
    return picture


def picture_html(url: str, *, alt: str, width: int) -> Markup:
    """Render a small image enlarged, its pixels as squares.

    Parameters
    ----------
    url : str
    alt : str
        A description of the image.
    width : int
        Width on the page, in pixels.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(picture_html("data:,", alt="A 7", width=56))
    <img class="mnistedu-pixels" src="data:," alt="A 7" style="width:56px">
    """
    return Markup('<img class="mnistedu-pixels" src="{}" alt="{}" style="width:{}px">').format(
        url, alt, width
    )


def levels(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Scale values to the levels of a coloured picture, from 0 to 254.

    Parameters
    ----------
    values : ndarray
        Clipped to `low` and `high`.
    low, high : float
        The values of level 0 and of level 254.

    Returns
    -------
    levels : ndarray of dtype uint8

    Examples
    --------
    >>> levels(np.array([-1, 0, 1, 3]), -1, 1)
    array([  0, 127, 254, 254], dtype=uint8)
    """
    fractions = (values - low) / ((high - low) or 1.0)
    return ((GAP - 1) * np.clip(fractions, 0, 1)).astype(np.uint8)


def tile(pictures: np.ndarray, *, columns: int) -> np.ndarray:
    """Arrange pictures of one size in a grid, a pixel of :data:`GAP` apart.

    Parameters
    ----------
    pictures : ndarray of shape (n, height, width), dtype uint8
    columns : int

    Returns
    -------
    sheet : ndarray of dtype uint8

    Examples
    --------
    >>> tile(np.ones((3, 1, 1), np.uint8), columns=2)
    array([[  1, 255,   1],
           [255, 255, 255],
           [  1, 255, 255]], dtype=uint8)
    """
    count, height, width = pictures.shape
    rows = -(-count // columns)
    sheet = np.full((rows * columns, height + 1, width + 1), GAP, np.uint8)
    sheet[:count, :height, :width] = pictures
    sheet = sheet.reshape(rows, columns, height + 1, width + 1).swapaxes(1, 2)
    return sheet.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]


@functools.cache
def _palette(colormap: str) -> bytes:
    from matplotlib import colormaps

    colours = colormaps[colormap](np.linspace(0, 1, GAP), bytes=True)[:, :3]
    return colours.tobytes() + b"\xff\xff\xff"
