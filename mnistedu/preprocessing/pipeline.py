"""The way from a picture to an MNIST image, step by step."""

from __future__ import annotations

import numpy as np

from mnistedu.ink import SIZE, place_by_mass
from mnistedu.preprocessing.extraction import extract_ink
from mnistedu.preprocessing.framing import crop, fit_box, shrink
from mnistedu.preprocessing.reading import Bitmap, read_grey


def normalize(bitmap: Bitmap) -> np.ndarray:
    """Make a picture of a digit look like an image of MNIST.

    Parameters
    ----------
    bitmap : array-like of shape (height, width) or (height, width, 1|3|4), PIL.Image.Image or path
        A photo, scan, screenshot or canvas; bright ink on dark ground or the other way round;
        numbers of any range; a fourth channel is opacity.

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8
        White (255) on black (0), 20 pixels large, its centre of mass in the middle. A blank
        picture gives a black image.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        If the bitmap is no picture.

    Examples
    --------
    >>> paper = np.full((300, 200), 255, np.uint8)
    >>> paper[40:240, 90:110] = 0  # a 1 in black on white
    >>> image = normalize(paper)
    >>> int(image[14, 14]), int(image[14, 5])
    (255, 0)
    """
    return steps(bitmap)["image"]


def steps(bitmap: Bitmap) -> dict[str, np.ndarray]:
    """Show how :func:`normalize` works: the picture after each step.

    Parameters
    ----------
    bitmap : array-like, PIL.Image.Image or path
        As for :func:`normalize`.

    Returns
    -------
    pictures : dict of str to ndarray
        In the order of the work:

        ``"grey"``
            Shades of grey, from 0 (black) to 1 (the brightest), float32 of shape (height, width),
            at most 1,000 pixels a side.
        ``"ink"``
            The ink alone, bright on black, from 0 to 1: even light, no ruling, no specks.
        ``"crop"``
            The part of it that holds the digit.
        ``"box"``
            The digit in MNIST's size: its longer side is 20 pixels.
        ``"image"``
            The MNIST image, uint8 of shape (28, 28).

        A blank picture has only the first two and a black image.

    Examples
    --------
    >>> for name, picture in steps(np.eye(100)).items():
    ...     print(name, picture.shape)
    grey (100, 100)
    ink (100, 100)
    crop (100, 100)
    box (20, 20)
    image (28, 28)
    """
    pictures = {"grey": shrink(read_grey(bitmap))}
    pictures["ink"] = extract_ink(pictures["grey"])
    if not pictures["ink"].any():
        return pictures | {"image": np.zeros((SIZE, SIZE), np.uint8)}
    pictures["crop"] = crop(pictures["ink"])
    pictures["box"] = fit_box(pictures["crop"])
    pictures["image"] = place_by_mass(pictures["box"])
    return pictures
