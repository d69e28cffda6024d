"""Reading a picture from an array, a Pillow image or a file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from mnistedu._atomic_files import check_regular

MAX_PIXELS = 100_000_000  # about 10,000 x 10,000; checked before the picture is decoded
MAX_SIDE = 65_535  # the longest side of a JPEG
LARGEST_VALUE = np.float32(1e30)  # so that sums of products stay finite in float32
_ROWS = 256
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601

Bitmap = np.ndarray | Image.Image | str | os.PathLike


def read_grey(bitmap: Bitmap) -> np.ndarray:
    """Read a picture as grey levels.

    Transparent pixels become background: white for dark ink, black for bright ink.

    Parameters
    ----------
    bitmap : array-like of shape (height, width) or (height, width, 1|3|4), PIL.Image.Image or path
        Values of any range, bright or dark ink; a fourth channel is opacity.

    Returns
    -------
    grey : ndarray of shape (height, width) and dtype float32
        From 0 for black, or for the lowest value if that is negative, to 1 for the brightest.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError
        If the bitmap is neither an array, nor an image, nor a path.
    ValueError
        If it is not a picture: unreadable, empty, too large, of another shape, or not finite.

    Examples
    --------
    >>> read_grey(np.full((2, 2, 3), 255, np.uint8))
    array([[1., 1.],
           [1., 1.]], dtype=float32)
    """
    grey = _grey(_read(bitmap))
    grey -= min(0, grey.min())
    grey /= grey.max() or 1
    return grey


def _read(bitmap: Bitmap) -> np.ndarray:
    if isinstance(bitmap, (str, os.PathLike)):
        return _open(Path(bitmap))
    if isinstance(bitmap, Image.Image):
        return _decode(bitmap, "the PIL image")
    if isinstance(bitmap, (bytes, dict, set)) or bitmap is None:
        raise TypeError(
            "a bitmap must be an array, a PIL image or the path of an image file, "
            f"got {type(bitmap).__name__}"
        )
    return _check_array(bitmap)


def _open(path: Path) -> np.ndarray:
    shown = repr(path.name if len(path.name) <= 100 else f"{path.name[:100]}...")
    with _decoder_errors(shown):
        is_there = check_regular(path)
        image = Image.open(path) if is_there else None
    if image is None:
        raise FileNotFoundError(f"there is no image file at {str(path)!r}")
    with image:
        return _decode(image, shown)


def _decode(image: Image.Image, shown: str) -> np.ndarray:
    """Return the pixels of an image, once its size is known to be within the limits."""
    if image.format == "EPS":
        raise ValueError(f"{shown} is a PostScript program, not an image: save it as PNG")
    _check_size(image.height, image.width)
    with _decoder_errors(shown):
        image = ImageOps.exif_transpose(image)
        if not (image.mode in ("1", "L", "I", "F") or image.mode.startswith("I;16")):
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        array = np.asarray(image)
    return _check_array(array)


@contextmanager
def _decoder_errors(shown: str) -> Iterator[None]:
    """Raise a ValueError for any error of a decoder: each of Pillow's raises others."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, and of sizes: see _check_size
            yield
    except Image.DecompressionBombError as error:
        raise ValueError(f"{shown} would unpack to too large an image: {error}") from error
    except Exception as error:
        raise ValueError(
            f"{shown} cannot be read as an image ({str(error)[:200] or type(error).__name__}); "
            "try PNG or JPEG, and check that the file is complete"
        ) from error


def _check_array(bitmap: object) -> np.ndarray:
    try:
        array = np.asarray(bitmap)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise ValueError(f"a bitmap must be a rectangle of numbers: {error}") from error
    if array.dtype.kind not in "buif":
        raise ValueError(f"a bitmap must hold numbers, got an array of dtype {array.dtype}")
    is_colour = array.ndim == 3 and array.shape[2] in (1, 3, 4)
    if array.size == 0 or not (array.ndim == 2 or is_colour):
        raise ValueError(
            "a bitmap must have shape (height, width) or (height, width, 1|3|4), "
            f"got {array.shape}; pass several images one by one"
        )
    _check_size(*array.shape[:2])
    if array.dtype.kind == "f" and not (np.abs(array) <= LARGEST_VALUE).all():
        raise ValueError(
            f"a bitmap must hold finite numbers of at most {LARGEST_VALUE:g}, "
            "got NaN, infinity or larger ones"
        )
    return array


def _check_size(height: int, width: int) -> None:
    if height * width > MAX_PIXELS or max(height, width) > MAX_SIDE:
        raise ValueError(
            f"a bitmap may have at most {MAX_PIXELS:,} pixels and {MAX_SIDE:,} on a side, "
            f"got {height} x {width}; scale it down or crop it first"
        )


def _grey(array: np.ndarray) -> np.ndarray:
    if array.ndim == 2:
        return array.astype(np.float32)
    if array.shape[2] == 1:
        return array[:, :, 0].astype(np.float32)
    grey = np.empty(array.shape[:2], np.float32)
    for start in range(0, len(array), _ROWS):  # all rows at once would take three times the memory
        rows = slice(start, start + _ROWS)
        grey[rows] = array[rows, :, :3].astype(np.float32) @ _LUMA
    if array.shape[2] == 4:
        white = _white(array)
        opacity = array[:, :, 3].astype(np.float32) / white
        if opacity.min() < 1:
            mean = (grey * opacity).sum() / max(opacity.sum(), 1e-6)
            background = white if mean < white / 2 else 0.0
            grey = grey * opacity + background * (1 - opacity)
    return grey


def _white(array: np.ndarray) -> float:
    """Return the value of full opacity: the dtype's maximum, or 1 or 255 for other dtypes."""
    if array.dtype.kind in "ui" and array.dtype.itemsize <= 2:
        return float(np.iinfo(array.dtype).max)
    return 1.0 if array.max() <= 1 else 255.0
