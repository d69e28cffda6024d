"""A plot by a function of matplotlib axes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from mnistedu.displays._display import Display, styled


class PlotDisplay(Display):
    """Plot by a function of matplotlib axes, light or dark like the page.

    Parameters
    ----------
    draw : callable
        Draws on the matplotlib axes that it is called with. It is called once for each theme.
    alt_text : str
        A sentence that describes the plot.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        The axes, from left to right.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> def parabola(ax):
    ...     ax.plot([-2, -1, 0, 1, 2], [4, 1, 0, 1, 4])
    ...     ax.set(xlabel="x", ylabel="square of x")
    >>> display = PlotDisplay(parabola, "Line chart of the square of x, from -2 to 2.").plot()
    >>> display.axes_[0].get_xlabel()
    'x'
    """

    def __init__(self, draw: Callable[..., object], alt_text: str) -> None:
        self.draw = draw
        self._alt_text = alt_text

    @property
    def alt_text(self) -> str:  # noqa: D102
        return self._alt_text

    @styled
    def plot(
        self,
        *,
        columns: int = 1,
        size: tuple[float, float] = (5.2, 3.0),
        ax: Axes | None = None,
    ) -> PlotDisplay:
        """Create the axes and draw on them.

        Parameters
        ----------
        columns : int, default=1
            Number of axes, side by side. ``draw`` is called with all of them.
        size : tuple of (float, float), default=(5.2, 3.0)
            Width and height of the new figure, in inches.
        ax : matplotlib Axes, optional
            The axes to draw on, instead of new ones.

        Returns
        -------
        display : PlotDisplay
            The display itself.
        """
        self.axes_ = (
            self._create_grid(1, columns, size=size)[0]
            if ax is None
            else np.array([self._get_axes(ax, size=size)])
        )
        self.draw(*self.axes_)
        return self
