"""Ink: the strokes of a pen, as points that can be added, rendered and saved."""

from __future__ import annotations

import json
import os
import reprlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from mnistedu.ink.rasterize import BOX, PEN, rasterize_strokes
from mnistedu.ink.unipen import read_unipen


class Ink:
    """Strokes of a pen.

    Parameters
    ----------
    strokes : iterable of array-like of shape (n_points, 2), default=()
        The points x, y of each stroke in the order of writing, in pixels, y pointing down. The
        canvas may have any size: only the shape of the strokes matters, neither their size nor
        their position. Strokes without points are skipped.

    Attributes
    ----------
    strokes : tuple of ndarray of shape (n_points, 2) and dtype float32
    blank : bool
    bounds : tuple of float

    Raises
    ------
    ValueError
        If a stroke is not a sequence of finite x, y pairs.

    Examples
    --------
    >>> seven = Ink([[(40, 30), (200, 30), (90, 250)]])
    >>> seven.begin_stroke(80, 130)
    >>> seven.add_point(190, 130)
    >>> seven
    Ink(2 strokes, 5 points)
    >>> seven.to_image().shape
    (28, 28)
    """

    def __init__(self, strokes: Iterable = ()) -> None:
        self._strokes = [_Stroke(points) for points in _check_strokes(strokes) if len(points)]

    @property
    def strokes(self) -> tuple[np.ndarray, ...]:
        """The strokes, as read-only arrays of shape (n_points, 2) and dtype float32."""
        return tuple(stroke.points for stroke in self._strokes)

    @property
    def blank(self) -> bool:
        """Whether nothing has been written."""
        return not self._strokes

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """The bounding box of all points: left, top, right, bottom."""
        points = np.concatenate(self._drawn_strokes())
        return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())

    def begin_stroke(self, x: float, y: float) -> None:
        """Start a stroke at a point, in pixels.

        Parameters
        ----------
        x, y : float
            Finite, and at most 3.4e38, the largest float32.

        Raises
        ------
        ValueError
            If they are not such numbers.
        """
        self._strokes.append(_Stroke(_check_points([(x, y)], "the point")))

    def add_point(self, x: float, y: float) -> None:
        """Add a point to the last stroke, in pixels, in amortized constant time.

        Parameters
        ----------
        x, y : float
            Finite, and at most 3.4e38, the largest float32.

        Raises
        ------
        ValueError
            If they are not such numbers, or there is no stroke.
        """
        if self.blank:
            raise ValueError("there is no stroke to add a point to; call begin_stroke first")
        self._strokes[-1].append(_check_points([(x, y)], "the point"))

    def undo(self) -> None:
        """Take the last stroke back; without one, do nothing."""
        del self._strokes[-1:]

    def clear(self) -> None:
        """Remove all strokes."""
        self._strokes.clear()

    def copy(self) -> Ink:
        """Return a copy; its cost and its memory do not grow with the number of points."""
        copy = Ink()
        # A stroke that fills its buffer moves to a new one before it grows.
        copy._strokes = [_Stroke(points) for points in self.strokes]
        return copy

    def to_image(self, *, box: float = BOX, pen: float = PEN) -> np.ndarray:
        """Render the strokes as an image like those of MNIST.

        The strokes are scaled to fill the box, drawn with a round pen, and shifted so that their
        centre of mass is in the middle of the image.

        Parameters
        ----------
        box : float, default=20
            Side of the square that the digit fills with its line width, in pixels; at most 28.
        pen : float, default=2.4
            Width of the line, in pixels; less than `box`.

        Returns
        -------
        image : ndarray of shape (28, 28) and dtype uint8
            White (255) on black (0).

        Raises
        ------
        ValueError
            If the ink is blank, or the box or the pen does not fit.

        Examples
        --------
        >>> angles = np.linspace(0, 6.3, 60)
        >>> ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        >>> image = Ink([ring]).to_image()
        >>> int(image[14, 14]), int(image[14, 5])
        (0, 255)
        """
        return rasterize_strokes(self._drawn_strokes(), box, pen)

    def to_svg(self, *, pen: float = PEN) -> str:
        """Return the strokes as an SVG picture, in their own coordinates.

        Parameters
        ----------
        pen : float, default=2.4
            Width of the line, in pixels of an image in which the ink is 20 pixels large.

        Returns
        -------
        svg : str

        Examples
        --------
        >>> print(Ink([[(0, 0), (0, 100)]]).to_svg())
        <svg xmlns=...<path d="M0 0L0 100"/>...</svg>
        """
        left, top, right, bottom = self.bounds
        width = (max(right - left, bottom - top) or 1.0) * pen / (BOX - pen)
        view = [left - width, top - width, right - left + 2 * width, bottom - top + 2 * width]
        paths = "".join(f'<path d="{_svg_path(points)}"/>' for points in self.strokes)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="handwriting" '
            f'viewBox="{" ".join(f"{value:g}" for value in view)}">'
            f'<g fill="none" stroke="currentColor" stroke-width="{width:g}" '
            f'stroke-linecap="round" stroke-linejoin="round">{paths}</g></svg>'
        )

    def to_json(self) -> str:
        """Return the strokes as JSON text that :meth:`from_json` reads back.

        Returns
        -------
        text : str

        Examples
        --------
        >>> Ink([[(1, 2), (3, 4.5)]]).to_json()
        '{"strokes": [[[1.0, 2.0], [3.0, 4.5]]]}'
        """
        return json.dumps({"strokes": [points.tolist() for points in self.strokes]})

    @classmethod
    def from_json(cls, text: str) -> Ink:
        """Read strokes from the JSON text that :meth:`to_json` writes.

        Parameters
        ----------
        text : str

        Returns
        -------
        ink : Ink

        Raises
        ------
        ValueError
            If the text is not such JSON.

        Examples
        --------
        >>> Ink.from_json('{"strokes": [[[1, 2], [3, 4]]]}')
        Ink(1 stroke, 2 points)
        """
        try:
            strokes = json.loads(text)["strokes"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(
                f'the text must be JSON like {{"strokes": [[[x, y], ...], ...]}}, got {text!r:.60}'
            ) from error
        return cls(strokes)

    @staticmethod
    def from_unipen(source: str | os.PathLike[str], *, height: float = 500) -> list[UnipenSample]:
        """Read labelled digits in the UNIPEN format, that of UCI's pen-based digits.

        Parameters
        ----------
        source : str or path-like
            A file, or the text of one.
        height : float, default=500
            Height of the writing area. UNIPEN's y points up: ``height - y`` points down.

        Returns
        -------
        samples : list of UnipenSample

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        OSError
            If the file is not a regular one or cannot be read.
        ValueError
            If the text holds no labelled digit, or a point that is not a pair of finite numbers.

        References
        ----------
        E. Alpaydin and F. Alimoglu, "Pen-Based Recognition of Handwritten Digits", UCI Machine
        Learning Repository, 1998, https://doi.org/10.24432/C5MG6K

        Examples
        --------
        >>> text = '''.SEGMENT DIGIT 0 ? "1"
        ... .COMMENT 1 26 54
        ... .PEN_DOWN
        ...  250 400
        ...  250 100
        ... .PEN_UP'''
        >>> (sample,) = Ink.from_unipen(text)
        >>> sample.label, sample.writer, sample.ink.bounds
        (1, 26, (250.0, 100.0, 250.0, 400.0))
        """
        return [
            UnipenSample(
                Ink([[(x, height - y) for x, y in points] for points in strokes]), label, writer
            )
            for strokes, label, writer in read_unipen(source)
        ]

    def _drawn_strokes(self) -> tuple[np.ndarray, ...]:
        if self.blank:
            raise ValueError("the ink is blank: add at least one point (check `ink.blank`)")
        return self.strokes

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ink):
            return NotImplemented
        return len(self.strokes) == len(other.strokes) and all(
            np.array_equal(mine, theirs)
            for mine, theirs in zip(self.strokes, other.strokes, strict=True)
        )

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __repr__(self) -> str:
        n_strokes, n_points = len(self.strokes), sum(map(len, self.strokes))
        return (
            f"Ink({n_strokes} stroke{'s' * (n_strokes != 1)}, "
            f"{n_points} point{'s' * (n_points != 1)})"
        )


class UnipenSample(NamedTuple):
    """A digit of a UNIPEN file.

    Attributes
    ----------
    ink : Ink
    label : int
        From 0 to 9.
    writer : int or None
        The number of the person who wrote it, if the file has it.
    """

    ink: Ink
    label: int
    writer: int | None


class _Stroke:
    """Points in a buffer that doubles when it is full: appending takes amortized constant time."""

    def __init__(self, points: np.ndarray) -> None:
        self._buffer = points
        self._length = len(points)

    @property
    def points(self) -> np.ndarray:
        view = self._buffer[: self._length]
        view.flags.writeable = False
        return view

    def append(self, point: np.ndarray) -> None:
        if self._length == len(self._buffer):
            self._buffer = np.concatenate([self._buffer, np.empty_like(self._buffer)])
        self._buffer[self._length] = point
        self._length += 1


def _check_strokes(strokes: Iterable) -> list[np.ndarray]:
    try:
        if isinstance(strokes, (str, bytes)):
            raise TypeError("text")
        strokes = iter(strokes)
    except TypeError as error:
        raise ValueError(
            f"strokes must be a list of arrays of x, y points, got {type(strokes).__name__}; "
            "see Ink.from_json and Ink.from_unipen for text"
        ) from error
    return [_check_points(points, f"strokes[{index}]") for index, points in enumerate(strokes)]


def _check_points(points: object, name: str) -> np.ndarray:
    """Return points as a new array of shape (n, 2) and dtype float32."""
    try:
        array = np.asarray(points)
        if array.dtype.kind not in "biufO":
            raise TypeError(f"dtype {array.dtype}")
        with np.errstate(over="ignore"):
            array = array.astype(np.float32)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        shown = reprlib.repr(points)
        raise ValueError(f"{name} must hold pairs of numbers x, y, got {shown:.60}") from error
    if array.size == 0:
        return np.empty((0, 2), np.float32)
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(
            f"{name} must have shape (n_points, 2), got {array.shape}; "
            "a single stroke goes into a list: Ink([stroke])"
        )
    if not np.isfinite(array).all():
        raise ValueError(
            f"{name} must hold finite numbers of at most 3.4e38, got NaN, infinity or larger ones"
        )
    return array


def _svg_path(points: np.ndarray) -> str:
    steps = [f"{x:g} {y:g}" for x, y in points.tolist()]
    return "M" + "L".join(steps if len(steps) > 1 else steps * 2)
