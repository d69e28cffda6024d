"""The way from a picture to an MNIST image, step by step."""

from __future__ import annotations

import numpy as np

from mnistedu.ink import SIZE, place_by_mass
from mnistedu.preprocessing.extraction import extract_ink
from mnistedu.preprocessing.framing import LARGEST, crop, find_box, fit_box, shrink
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
        White (255) on black (0), 20 pixels large, its centre of mass in the middle.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        If the bitmap is no picture, or a blank one.

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
            "mnistedu.preprocessing.steps shows what was seen"
        )
    return image


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
            at most 1,000 pixels a side; of a larger picture, the part around its ink.
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
    pictures = {"grey": _look_closer(read_grey(bitmap))}
    pictures["ink"] = extract_ink(pictures["grey"])
    if not pictures["ink"].any():
        return pictures | {"image": np.zeros((SIZE, SIZE), np.uint8)}
    pictures["crop"] = crop(pictures["ink"])
    pictures["box"] = fit_box(pictures["crop"])
    pictures["image"] = place_by_mass(pictures["box"])
    return pictures


def _look_closer(grey: np.ndarray) -> np.ndarray:
    """Cut a large picture down to the surroundings of its ink, then scale it down if it has to be.

    A small digit on a large page would not survive being scaled down with the page.
    """
    while max(grey.shape) > LARGEST:
        small = shrink(grey)
        ink = extract_ink(small)
        if not ink.any():
            return small
        part = tuple(
            _widen(side, length, whole)
            for side, length, whole in zip(find_box(ink), small.shape, grey.shape, strict=True)
        )
        if grey[part].size > grey.size / 4:
            return small
        grey = grey[part]
    return grey


def _widen(side: slice, length: int, whole: int) -> slice:
    """Double a part of a small picture's side, and give it in pixels of the whole one."""
    margin = (side.stop - side.start) // 2 + 2
    scale = whole / length
    return slice(
        int(max(0, side.start - margin) * scale), int(min(length, side.stop + margin) * scale)
    )
