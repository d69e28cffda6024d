"""Histogram of the grey levels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from mnistedu.displays._display import Display, styled

if TYPE_CHECKING:
    from mnistedu.data import Split

_LEVELS_PER_BAR = 16


class PixelIntensityDisplay(Display):
    """Histogram of grey levels: mostly background, some full ink, few in between.

    Parameters
    ----------
    counts : ndarray of shape (256,)
        Number of pixels of each level, from 0 (background) to 255 (full ink).

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure.
    bars_ : matplotlib BarContainer
        Sixteen bars of sixteen levels each.

    Examples
    --------
    >>> from mnistedu import load_digits
    >>> display = PixelIntensityDisplay.from_split(load_digits().train).plot()
    >>> len(display.bars_)
    16
    """

    def __init__(self, counts: np.ndarray) -> None:
        self.counts = np.asarray(counts)
        if self.counts.shape != (256,) or not self.counts.sum():
            raise ValueError(
                "counts must have shape (256,), a number of pixels for each grey level, not all 0, "
                f"got shape {self.counts.shape} and sum {self.counts.sum()}"
            )

    @classmethod
    def from_split(cls, split: Split) -> PixelIntensityDisplay:
        """Count the grey levels of all images.

        Parameters
        ----------
        split : Split
            The images.

        Returns
        -------
        display : PixelIntensityDisplay
            Display of the counts.
        """
        return cls(np.bincount(split.images.ravel(), minlength=256))

    @property
    def alt_text(self) -> str:  # noqa: D102
        density = self.counts / self.counts.sum()
        return (
            f"Histogram of the grey levels of {self.counts.sum():,} pixels: {density[0]:.0%} are "
            f"background (0), {density[240:].sum():.0%} are full ink (240 to 255), and "
            f"{density[1:240].sum():.0%} are in between. The mean is "
            f"{density @ np.arange(256):.1f}."
        )

    @styled
    def plot(self, *, ax: Axes | None = None) -> PixelIntensityDisplay:
        """Draw the histogram.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            The axes to draw on. By default, those of a new figure.

        Returns
        -------
        display : PixelIntensityDisplay
            The display itself.
        """
        fractions = self.counts.reshape(-1, _LEVELS_PER_BAR).sum(axis=1) / self.counts.sum()
        edges = np.arange(0, 256, _LEVELS_PER_BAR)
        self.ax_ = self._get_axes(ax, size=(5.2, 3.2))
        self.bars_ = self.ax_.bar(edges, fractions, width=0.9 * _LEVELS_PER_BAR, align="edge")
        self.ax_.set(
            xlabel="grey level: 0 is background, 255 full ink",
            ylabel="pixels",
            title="Grey levels of the pixels",
            xticks=[0, 64, 128, 192, 255],
        )
        # On a linear scale, the few pixels between background and ink would be invisible.
        self.ax_.set_yscale("function", functions=(np.sqrt, np.square))
        self.ax_.set_yticks([0.01, 0.05, 0.2, 0.4, 0.6, 0.8])
        self.ax_.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        self.ax_.grid(visible=False, axis="x")
        return self
