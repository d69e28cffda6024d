"""The average image of each digit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import Colormap

from mnistedu.displays._display import styled
from mnistedu.displays.digits import DigitsDisplay

if TYPE_CHECKING:
    from mnistedu.data import Split


class ClassAveragesDisplay(DigitsDisplay):
    """Mean image of each digit: sharp where most people write alike, blurred where they differ.

    Parameters
    ----------
    averages : ndarray of shape (10, 28, 28)
        Grey levels, 0 for background.
    counts : ndarray of shape (10,)
        Number of images of each digit.

    Attributes
    ----------
    axes_ : ndarray of shape (2, 5) of matplotlib Axes
        One per digit.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> from mnistedu import load_digits
    >>> display = ClassAveragesDisplay.from_split(load_digits().train).plot()
    >>> display.axes_[0, 3].get_title()
    '3'
    """

    def __init__(self, averages: np.ndarray, counts: np.ndarray) -> None:
        super().__init__(averages, range(10))
        self.counts = np.asarray(counts)

    @classmethod
    def from_split(cls, split: Split) -> ClassAveragesDisplay:
        """Average the images of each digit.

        Parameters
        ----------
        split : Split
            Images of every digit.

        Returns
        -------
        display : ClassAveragesDisplay
            Display of the averages.

        Raises
        ------
        ValueError
            If a digit has no image.
        """
        counts = np.bincount(split.labels, minlength=10)
        if not counts.all():
            raise ValueError(f"there must be an image of each digit, got none of {counts.argmin()}")
        averages = [split.images[split.labels == digit].mean(axis=0) for digit in range(10)]
        return cls(np.array(averages), counts)

    @property
    def alt_text(self) -> str:  # noqa: D102
        return (
            "The average image of each digit from 0 to 9, each computed from "
            f"{self.counts.min():,} to {self.counts.max():,} images."
        )

    @styled
    def plot(self, *, columns: int = 5, cmap: str | Colormap | None = None) -> ClassAveragesDisplay:
        """Draw the ten averages in a new figure.

        Parameters
        ----------
        columns : int, default=5
            Number of images per row.
        cmap : str or matplotlib Colormap, optional
            As for :meth:`DigitsDisplay.plot`.

        Returns
        -------
        display : ClassAveragesDisplay
            The display itself.
        """
        super().plot(columns=columns, cmap=cmap)
        return self
