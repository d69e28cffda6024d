"""Finding the ink in a picture: even light, one polarity, no ruling, no specks."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

from mnistedu.preprocessing.ruling import remove_ruling

_SMALL = 64  # pixels a side; no photo is that small
_TWO_TONES = 0.7  # of a picture; so much in two greys is ground and ink, as a screen shows them
_FLAT = 0.02  # of the contrast; what differs less from a plain ground is ground
_PLAIN_FAINT = 0.04  # of the brightest; a plain ground with less contrast than this is blank
_THUMBNAIL = 200  # pixels, the longer side of the small picture that the light is measured on
_WINDOW = 1 / 6  # of the picture's longer side; a pen's line is thinner than this
_FAINT = 0.15  # of the light; paper on which nothing is darker than that is blank
_SPECK_AREA = 0.03  # of the largest piece of ink
_SPECK_SIDE = 0.12  # of the largest piece of ink


def extract_ink(grey: np.ndarray) -> np.ndarray:
    """Separate the ink from its ground.

    A ground that is the same everywhere, as on a screen, is subtracted. Otherwise the picture is
    taken for a photo or a scan: the light is measured and divided out, ruled lines are removed, and
    so is what reaches in from the edge.

    Parameters
    ----------
    grey : ndarray of shape (height, width)
        From 0 (dark) to 1 (bright).

    Returns
    -------
    ink : ndarray of shape (height, width) and dtype float32
        From 0 (ground) to 1 (full ink); zero everywhere if the picture is blank.

    Examples
    --------
    >>> extract_ink(np.array([[1.0, 1.0, 0.0, 1.0]]))
    array([[0., 0., 1., 0.]], dtype=float32)
    """
    ground = _plain_ground(grey)
    if ground is None:
        paper = grey if _is_dark_on_bright(grey) else 1 - grey
        ink = _keep_digit(remove_ruling(_darkness(paper)))
    else:
        contrast = np.abs(grey - ground)
        full = contrast.max()
        if full < _PLAIN_FAINT:
            return np.zeros(grey.shape, np.float32)
        ink = _drop_specks(np.where(contrast > _FLAT * full, contrast / full, 0))
    return ink.astype(np.float32)


def _plain_ground(grey: np.ndarray) -> float | None:
    """Return the grey of a ground that is the same everywhere; None if there is none such.

    Either the picture has two tones, the ground's and the ink's, and the ground is the one that
    reaches the edge; or most of it is ground.
    """
    counts, edges = np.histogram(grey, bins=51)
    second, first = counts.argsort()[-2:]
    if counts[first] + counts[second] > _TWO_TONES * grey.size:
        edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
        on_edge, _ = np.histogram(edge, bins=edges)
        first = max(first, second, key=lambda tone: on_edge[tone])
    elif counts[first] < grey.size / 2 and max(grey.shape) > _SMALL:
        return None
    return float(np.median(grey[(grey >= edges[first]) & (grey <= edges[first + 1])]))


def _is_dark_on_bright(grey: np.ndarray) -> bool:
    """Tell a pen's dark line on paper from chalk: the few values that stand out are dark."""
    small = _resize(grey, 64 / max(grey.shape))
    light = ndimage.median_filter(small, size=31, mode="nearest")
    return float(((small - light) ** 3).sum()) <= 0


def _darkness(paper: np.ndarray) -> np.ndarray:
    """Divide out the light: 0 for paper, however bright, to 1 for the ink."""
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
    """Return the threshold that separates values from 0 to 1 into two groups best."""
    counts, edges = np.histogram(values, bins=128, range=(0, 1))
    below = counts.cumsum()[:-1]
    above = values.size - below
    sums = (counts * (edges[:-1] + edges[1:]) / 2).cumsum()
    means = sums[:-1] / np.maximum(below, 1), (sums[-1] - sums[:-1]) / np.maximum(above, 1)
    return float(edges[1 + (below * above * (means[0] - means[1]) ** 2).argmax()])


def _drop_specks(ink: np.ndarray) -> np.ndarray:
    """Remove pieces that are tiny beside the largest."""
    pieces, count = ndimage.label(ink, np.ones((3, 3)))
    if count < 2:
        return ink
    areas, sides = _measure(ink, pieces)
    main = areas.argmax()
    kept = (areas >= _SPECK_AREA * areas[main]) & (sides >= _SPECK_SIDE * sides[main])
    return np.where(np.r_[False, kept][pieces], ink, 0)


def _keep_digit(ink: np.ndarray) -> np.ndarray:
    """Remove specks, and what reaches in from the edge unless all does: shadows, a table."""
    pieces, count = ndimage.label(ink > 0, np.ones((3, 3)))
    edge = np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]])
    inside = np.setdiff1d(np.arange(1, count + 1), edge)
    if len(inside):
        areas, _ = _measure(ink, pieces)
        if areas[inside - 1].max() > 0.1 * areas.max():
            ink = np.where(np.isin(pieces, inside), ink, 0)
    return _drop_specks(ink)


def _measure(ink: np.ndarray, pieces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the amount of ink and the longer side of each piece."""
    areas = np.bincount(pieces.ravel(), weights=ink.ravel())[1:]
    sides = [max(part.stop - part.start for part in box) for box in ndimage.find_objects(pieces)]
    return areas, np.array(sides)


def _resize(grey: np.ndarray, scale: float) -> np.ndarray:
    width, height = (max(1, round(side * scale)) for side in grey.shape[::-1])
    image = Image.fromarray(grey.astype(np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BOX))
