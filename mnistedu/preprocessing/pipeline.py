"""The steps from a picture to an MNIST image."""

from __future__ import annotations

import numpy as np

from mnistedu.ink import SIZE, centre_by_mass
from mnistedu.preprocessing.cropping import WORKING_SIDE, crop, find_box, fit_box, shrink
from mnistedu.preprocessing.extraction import extract_ink
from mnistedu.preprocessing.reading import Bitmap, read_grey


def normalize(bitmap: Bitmap) -> np.ndarray:
    """Convert a picture of a digit to an image like those of MNIST.

    Parameters
    ----------
    bitmap : array-like of shape (height, width) or (height, width, 1|3|4), PIL.Image.Image or path
        A photo, scan, screenshot or canvas; bright ink on a dark background or the reverse;
        values of any range; a fourth channel is opacity.

    Returns
    -------
    image : ndarray of shape (28, 28) and dtype uint8
        White (255) on black (0), 20 pixels large, with its centre of mass in the middle.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        If the bitmap is not a picture, or blank.

    Examples
    --------
    >>> paper = np.full((300, 200), 255, np.uint8)
    >>> paper[40:240, 90:110] = 0  # a 1 in black on white
    >>> image = normalize(paper)
    >>> int(image[14, 14]), int(image[14, 5])
    (255, 0)
    """
    image = steps(bitmap)["image"]
    if not image.any():
        raise ValueError(
            "the picture is blank: no ink was found on it. Draw larger or with more contrast; "
            "mnistedu.preprocessing.steps returns the picture after each step"
        )
    return image


def steps(bitmap: Bitmap) -> dict[str, np.ndarray]:
    """Return the picture after each step of :func:`normalize`.

    Parameters
    ----------
    bitmap : array-like, PIL.Image.Image or path
        As for :func:`normalize`.

    Returns
    -------
    pictures : dict of str to ndarray
        In this order:

        ``"grey"``
            Grey levels from 0 (black) to 1 (the brightest), float32 of shape (height, width), at
            most 1,000 pixels a side; a larger picture is cropped around its ink.
        ``"ink"``
            The ink alone, bright on black, from 0 to 1: without uneven light, ruled lines or
            specks.
        ``"crop"``
            The digit, cropped from it.
        ``"box"``
            The digit, scaled to MNIST's size: its longer side is 20 pixels.
        ``"image"``
            The MNIST image, uint8 of shape (28, 28).

        A blank picture has only ``grey``, ``ink`` and a black image.

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
    pictures = {"grey": _crop_to_ink(read_grey(bitmap))}
    pictures["ink"] = extract_ink(pictures["grey"])
    if not pictures["ink"].any():
        return pictures | {"image": np.zeros((SIZE, SIZE), np.uint8)}
    pictures["crop"] = crop(pictures["ink"])
    pictures["box"] = fit_box(pictures["crop"])
    pictures["image"] = centre_by_mass(pictures["box"])
    return pictures


def _crop_to_ink(grey: np.ndarray) -> np.ndarray:
    """Crop a large picture to the surroundings of its ink, and scale it down if it is still large.

    A small digit on a large page would vanish if the page were scaled down as a whole.
    """
    while max(grey.shape) > WORKING_SIDE:
        small = shrink(grey)
        ink = extract_ink(small)
        if not ink.any():
            return small
        box = tuple(
            _enlarge(side, small_length, length)
            for side, small_length, length in zip(
                find_box(ink), small.shape, grey.shape, strict=True
            )
        )
        if grey[box].size > grey.size / 4:
            return small
        grey = grey[box]
    return grey


def _enlarge(side: slice, small_length: int, length: int) -> slice:
    """Return a side of a box at twice its length, in pixels of the picture at full size."""
    margin = (side.stop - side.start) // 2 + 2
    scale = length / small_length
    return slice(
        int(max(0, side.start - margin) * scale),
        int(min(small_length, side.stop + margin) * scale),
    )
