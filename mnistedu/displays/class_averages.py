"""What a digit looks like on average."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import Colormap

from mnistedu.displays._display import styled
from mnistedu.displays.digits import DigitsDisplay

if TYPE_CHECKING:
    from mnistedu.data import Split


class ClassAveragesDisplay(DigitsDisplay):
    """The mean image of each digit: sharp where most people write alike, blurred where they differ.

    Parameters
    ----------
    averages : ndarray of shape (10, 28, 28)
        Grey levels, 0 for background.
    counts : ndarray of shape (10,)
        How many images each average is made of.

    Attributes
    ----------
    axes_ : ndarray of shape (2, 5) of matplotlib Axes
    figure_ : matplotlib Figure

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

        Returns
        -------
        display : ClassAveragesDisplay

        Raises
        ------
        ValueError
            If some digit has no image.
        """
        counts = np.bincount(split.labels, minlength=10)
        if not counts.all():
            raise ValueError(
                f"each digit needs an image to be averaged, got none of {counts.argmin()}"
            )
        averages = [split.images[split.labels == digit].mean(axis=0) for digit in range(10)]
        return cls(np.array(averages), counts)

    @property
    def alt_text(self) -> str:  # noqa: D102
        return (
            f"The average image of each digit from 0 to 9, each made of {self.counts.min():,} to "
            f"{self.counts.max():,} images."
        )

    @styled
    def plot(self, *, columns: int = 5, cmap: str | Colormap | None = None) -> ClassAveragesDisplay:
        """Draw the ten averages in a new figure.

        Parameters
        ----------
        columns : int, default=5
            How many images a row has.
        cmap : str or matplotlib Colormap, optional
            As for :meth:`DigitsDisplay.plot`.

        Returns
        -------
        display : ClassAveragesDisplay
            Itself.
        """
        return super().plot(columns=columns, cmap=cmap)
