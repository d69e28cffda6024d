"""Drawings that are not a digit: scribbles, letters, signs, two digits, crossed-out digits."""

from __future__ import annotations

import numpy as np

from mnistedu.ink import Ink

# Corners of letters and signs that do not look like a digit, on a grid of 5 columns and 7 rows: the
# column and row of each corner, with strokes separated by spaces.
SHAPES = {
    "A": "062046 1434",
    "E": "400006 0333 0646",
    "F": "400006 0333",
    "H": "0006 4046 0343",
    "K": "0006 400346",
    "M": "0600234046",
    "N": "06004640",
    "R": "060030413303 2346",
    "V": "002640",
    "W": "0016233640",
    "X": "0046 4006",
    "k": "0006 320436",
    "m": "0602 0312230623123346",
    "n": "0602 0312324346",
    "w": "0216233642",
    "x": "0246 4206",
    "+": "2125 0343",
    "#": "1016 3036 0242 0444",
    "*": "2026 0145 4105",
    "?": "011030412324 2626",
    "triangle": "20460620",
    "arrow": "0343 3243 3443",
    "star": "203602420620",
}


def draw_shape(name: str) -> Ink:
    """Draw a letter or sign.

    Parameters
    ----------
    name : str
        A key of ``SHAPES``.

    Returns
    -------
    ink : Ink
        The drawing.

    Examples
    --------
    >>> draw_shape("H")
    Ink(3 strokes, 27 points)
    """
    strokes = []
    for stroke in SHAPES[name].split():
        corners = np.array(list(stroke), float).reshape(-1, 2)
        along = np.arange(0, len(corners) - 1 + 1e-9, 0.125)
        strokes.append(
            np.stack([np.interp(along, range(len(corners)), axis) for axis in corners.T], axis=1)
        )
    return Ink([stroke * 10 for stroke in strokes])


def scribble(rng: np.random.Generator) -> Ink:
    """Draw one to three long random curves.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    ink : Ink
        The drawing.

    Examples
    --------
    >>> scribble(np.random.default_rng(0)).blank
    False
    """
    strokes = []
    for _ in range(rng.integers(1, 4)):
        knots = rng.uniform(0, 100, (rng.integers(6, 14), 2))
        if rng.random() < 0.3:  # a zigzag
            knots[:, 0] = np.linspace(0, 100, len(knots))
            knots[:, 1] = np.where(np.arange(len(knots)) % 2, 0, 100) + rng.normal(0, 8, len(knots))
        along = np.linspace(0, len(knots) - 1, 8 * len(knots))
        curve = np.stack([np.interp(along, range(len(knots)), axis) for axis in knots.T], axis=1)
        weights = np.hanning(2 * rng.integers(1, 6) + 3)
        smooth = [np.convolve(axis, weights / weights.sum(), "valid") for axis in curve.T]
        strokes.append(np.stack(smooth, axis=1))
    return Ink(strokes)


def side_by_side(first: Ink, second: Ink, rng: np.random.Generator) -> Ink:
    """Draw two digits next to each other.

    Parameters
    ----------
    first, second : Ink
        The digits.
    rng : numpy.random.Generator
        Random generator of the distance.

    Returns
    -------
    ink : Ink
        The drawing.
    """
    strokes, edge = [], 0.0
    for ink in (first, second):
        left, top, _, bottom = ink.bounds
        scale = 100 / max(bottom - top, 1.0)
        moved = [(points - [left, top]) * scale + [edge, 0] for points in ink.strokes]
        edge = np.concatenate(moved)[:, 0].max() + rng.uniform(5, 40)
        strokes += moved
    return Ink(strokes)


def crossed_out(ink: Ink, rng: np.random.Generator) -> Ink:
    """Cross out a digit with a scribble.

    Parameters
    ----------
    ink : Ink
        The digit.
    rng : numpy.random.Generator
        Random generator of the scribble.

    Returns
    -------
    ink : Ink
        The drawing.
    """
    left, top, right, bottom = ink.bounds
    corner, size = np.array([left, top]), np.array([right - left, bottom - top])
    return Ink([*ink.strokes, *(corner + stroke / 100 * size for stroke in scribble(rng).strokes)])


def draw_negative(inks: list[Ink], names: list[str], rng: np.random.Generator) -> Ink:
    """Draw something that is not a digit.

    Parameters
    ----------
    inks : list of Ink
        Digits to combine or to cross out.
    names : list of str
        Keys of ``SHAPES`` to choose from.
    rng : numpy.random.Generator
        Random generator.

    Returns
    -------
    ink : Ink
        The drawing.
    """
    first, second = (inks[index] for index in rng.integers(len(inks), size=2))
    kind = rng.choice(["shape", "scribble", "pair", "crossed"], p=[0.4, 0.25, 0.25, 0.1])
    if kind == "shape":
        return draw_shape(names[rng.integers(len(names))])
    if kind == "scribble":
        return scribble(rng)
    if kind == "pair":
        return side_by_side(first, second, rng)
    return crossed_out(first, rng)
