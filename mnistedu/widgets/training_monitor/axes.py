"""The axes of the training monitor's charts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

Point = tuple[float, float]
"""Epochs trained so far, from 0, and the value of a metric."""

WIDTH, HEIGHT = 320, 190
LEFT, RIGHT, TOP, BOTTOM = 46, 312, 10, 164  # of the axes


class Axes:
    """Axes that fit some curves, with round numbers at their ticks.

    Parameters
    ----------
    curves : sequence of sequence of (float, float)
    log : bool, default=False
        Whether the values may be on a logarithmic axis, which they are if all are positive and the
        largest is more than ten times the smallest.

    Attributes
    ----------
    epochs : int
        The right end of the horizontal axis.
    log : bool
        Whether the vertical axis is logarithmic.

    Examples
    --------
    >>> Axes([[(1, 0.5), (2, 0.1)]]).to_pixels((2, 0.1))[0]
    312.0
    """

    def __init__(self, curves: Sequence[Sequence[Point]], *, log: bool = False) -> None:
        values = [value for curve in curves for _, value in curve if math.isfinite(value)]
        self.epochs = max([1, *(math.ceil(curve[-1][0]) for curve in curves if curve)])
        low, high = (min(values), max(values)) if values else (0.0, 1.0)
        self.log = log and low > 0 and high > 10 * low
        if self.log:
            low, high = math.log10(low), math.log10(high)
        margin = 0.05 * (high - low) or 0.05
        self._low, self._high = low - margin, high + margin

    def to_pixels(self, point: Point) -> Point:
        """Return where a point is drawn.

        Parameters
        ----------
        point : (float, float)

        Returns
        -------
        x, y : float
        """
        epoch, value = point
        value = math.log10(value) if self.log else value
        fraction = (value - self._low) / (self._high - self._low)
        return LEFT + epoch / self.epochs * (RIGHT - LEFT), BOTTOM - fraction * (BOTTOM - TOP)

    def ticks(self) -> list[float]:
        """Return the values of the vertical axis that have a number, as round as possible.

        Returns
        -------
        values : list of float

        Examples
        --------
        >>> Axes([[(1, 0.913), (2, 0.987)]]).ticks()
        [0.92, 0.94, 0.96, 0.98]
        >>> Axes([[(1, 2.3), (2, 0.004)]], log=True).ticks()
        [0.01, 0.1, 1.0]
        """
        if not self.log:
            return round_numbers(self._low, self._high)
        exponents = range(math.ceil(self._low), math.floor(self._high) + 1)
        factors = (1, 2, 5) if len(exponents) < 2 else (1,)
        values = [
            factor * 10.0**exponent
            for exponent in range(exponents.start - 1, exponents.stop)
            for factor in factors
        ]
        return [value for value in values if self._low <= math.log10(value) <= self._high]

    def grid(self) -> Markup:
        """Render the lines and the numbers of the axes.

        Returns
        -------
        svg : markupsafe.Markup
        """
        line = Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>')
        text = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
        parts = []
        for value in self.ticks():
            _, y = self.to_pixels((0, value))
            parts += [
                line.format(LEFT, RIGHT, y, y),
                text.format(LEFT - 6, y + 4, "end", f"{value:g}"),
            ]
        for epoch in round_numbers(0, self.epochs):
            if epoch == int(epoch):
                x, _ = self.to_pixels((epoch, 1))
                parts.append(text.format(x, BOTTOM + 16, "middle", f"{int(epoch):,}"))
        return Markup('<g class="mnistedu-axes">{}</g>').format(Markup().join(parts))


def round_numbers(low: float, high: float) -> list[float]:
    """Return three to seven round numbers of a range, at equal distances.

    Parameters
    ----------
    low, high : float

    Returns
    -------
    values : list of float

    Examples
    --------
    >>> round_numbers(0, 100)
    [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    >>> round_numbers(0.31, 0.33)
    [0.31, 0.315, 0.32, 0.325, 0.33]
    """
    power = 10.0 ** math.floor(math.log10((high - low) / 3))
    step = next(f * power for f in (10, 5, 2, 1) if (high - low) / (f * power) >= 3)
    digits = max(0, 1 - math.floor(math.log10(step)))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, digits) for index in range(first, last + 1)]
