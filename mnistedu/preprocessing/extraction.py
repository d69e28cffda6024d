"""Separating the ink of a picture from its background."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from mnistedu.preprocessing.ruled_lines import remove_ruled_lines

_SMALL = 64  # pixels a side; no photo is that small
_TWO_TONES = 0.7  # fraction of the pixels in two grey levels: a screenshot's background and ink
_FLAT = 0.02  # of the contrast; smaller differences from a uniform background are background
_UNIFORM_FAINT = 0.04  # of the brightest; a uniform background with less contrast is blank
_THUMBNAIL = 200  # pixels, the longer side of the small picture for measuring the light
_WINDOW = 1 / 6  # of the picture's longer side; the line of a pen is thinner than this
_FAINT = 0.15  # of the light; paper with nothing darker than that is blank
_SPECK_AREA = 0.03  # of the largest connected component
_SPECK_SIDE = 0.12  # of the largest connected component


def extract_ink(grey: np.ndarray) -> np.ndarray:
    """Separate the ink from its background.

    A uniform background, as in a screenshot, is subtracted. Otherwise the picture is a photo or a
    scan: the light is estimated and divided out, and ruled lines and objects that touch the edge
    are removed.

    Parameters
    ----------
    grey : ndarray of shape (height, width)
        From 0 (dark) to 1 (bright).

    Returns
    -------
    ink : ndarray of shape (height, width) and dtype float32
        From 0 (background) to 1 (full ink); zero everywhere if the picture is blank.

    Examples
    --------
    >>> extract_ink(np.array([[1.0, 1.0, 0.0, 1.0]]))
    array([[0., 0., 1., 0.]], dtype=float32)
    """
    background = _uniform_background(grey)
    if background is None:
        paper = grey if _is_dark_on_bright(grey) else 1 - grey
        ink = _keep_digit(remove_ruled_lines(_darkness(paper)))
    else:
        contrast = np.abs(grey - background)
        full = contrast.max()
        if full < _UNIFORM_FAINT:
            return np.zeros(grey.shape, np.float32)
        ink = _drop_specks(np.where(contrast > _FLAT * full, contrast / full, 0))
    return ink.astype(np.float32)


def _uniform_background(grey: np.ndarray) -> float | None:
    """Return the grey level of a uniform background, or None if the background is not uniform.

    Either the picture has two grey levels, and that of the background is more frequent at the
    edge; or more than half of the picture is background.
    """
    counts, edges = np.histogram(grey, bins=51)
    second, first = counts.argsort()[-2:]
    if counts[first] + counts[second] > _TWO_TONES * grey.size:
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        on_edge, _ = np.histogram(edge, bins=edges)
        first = max(first, second, key=lambda level: on_edge[level])
    elif counts[first] < grey.size / 2 and max(grey.shape) > _SMALL:
        return None
    return float(np.median(grey[(grey >= edges[first]) & (grey <= edges[first + 1])]))


def _is_dark_on_bright(grey: np.ndarray) -> bool:
    """Return whether the ink is dark, as a pen's, and not chalk: the outliers are dark."""
    small = _resize(grey, 64 / max(grey.shape))
    light = ndimage.median_filter(small, size=31, mode="nearest")
    return float(((small - light) ** 3).sum()) <= 0


def _darkness(paper: np.ndarray) -> np.ndarray:
    """Return the darkness relative to the local light, from 0 for paper to 1 for ink."""
    small = _resize(paper, min(1.0, _THUMBNAIL / max(paper.shape)))
    window = max(3, round(_WINDOW * max(small.shape)))
    light = ndimage.grey_closing(ndimage.median_filter(small, 3), size=(window, window))
    light = ndimage.uniform_filter(light, window // 3)
    light = np.asarray(Image.fromarray(light).resize(paper.shape[::-1], Image.Resampling.BILINEAR))
    smooth = ndimage.gaussian_filter(paper, max(paper.shape) / 1000)
    dark = np.clip(1 - smooth / np.maximum(light, 0.05), 0, 1)
    threshold = _otsu(dark)
    full = float(np.median(dark[dark > threshold])) if (dark > threshold).any() else 0.0
    noise = 1.4826 * float(np.median(np.abs(dark - np.median(dark))))
    if full < max(_FAINT, 6 * noise):
        return np.zeros_like(dark)
    lowest = max(0.3 * full, float(np.median(dark)) + 4 * noise)
    return np.clip((dark - lowest) / (0.9 * full - lowest), 0, 1)


def _otsu(values: np.ndarray) -> float:
    """Return Otsu's threshold of values from 0 to 1."""
    counts, edges = np.histogram(values, bins=128, range=(0, 1))
    below = counts.cumsum()[:-1]
    above = values.size - below
    sums = (counts * (edges[:-1] + edges[1:]) / 2).cumsum()
    means = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1 + (below * above * (means[0] - means[1]) ** 2).argmax()])


def _drop_specks(ink: np.ndarray) -> np.ndarray:
    """Remove connected components that are tiny compared to the largest."""
    components, count = ndimage.label(ink, np.ones((3, 3)))
    if count < 2:
        return ink
    areas, sides = _measure(ink, components)
    main = areas.argmax()
    is_kept = (areas >= _SPECK_AREA * areas[main]) & (sides >= _SPECK_SIDE * sides[main])
    return np.where(np.r_[False, is_kept][components], ink, 0)


def _keep_digit(ink: np.ndarray) -> np.ndarray:
    """Remove specks, and components that touch the edge (shadows, a table) unless all do."""
    components, count = ndimage.label(ink > 0, np.ones((3, 3)))
    edge = np.concatenate([components[0], components[-1], components[:, 0], components[:, -1]])
    inside = np.setdiff1d(np.arange(1, count + 1), edge)
    if len(inside):
        areas, _ = _measure(ink, components)
        if areas[inside - 1].max() > 0.1 * areas.max():
            ink = np.where(np.isin(components, inside), ink, 0)
    return _drop_specks(ink)


def _measure(ink: np.ndarray, components: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the amount of ink and the longer side of each component."""
    areas = np.bincount(components.ravel(), weights=ink.ravel())[1:]
    sides = [
        max(side.stop - side.start for side in box) for box in ndimage.find_objects(components)
    ]
    return areas, np.array(sides)


def _resize(grey: np.ndarray, scale: float) -> np.ndarray:
    width, height = (max(1, round(side * scale)) for side in grey.shape[::-1])
    image = Image.fromarray(grey.astype(np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))
