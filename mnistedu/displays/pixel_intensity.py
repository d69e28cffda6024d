"""Which grey levels the pixels have."""

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
    """How often each grey level comes: mostly background, some full ink, little between.

    Parameters
    ----------
    counts : ndarray of shape (256,)
        How many pixels have each level, from 0 (background) to 255 (full ink).

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
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
                "counts must have shape (256,), a number of pixels for each grey level, and not "
                f"all be 0, got shape {self.counts.shape} and sum {self.counts.sum()}"
            )

    @classmethod
    def from_split(cls, split: Split) -> PixelIntensityDisplay:
        """Count the grey levels of all images.

        Parameters
        ----------
        split : Split

        Returns
        -------
        display : PixelIntensityDisplay
        """
        return cls(np.bincount(split.images.ravel(), minlength=256))

    @property
    def alt_text(self) -> str:  # noqa: D102
        share = self.counts / self.counts.sum()
        return (
            f"Histogram of the grey levels of {self.counts.sum():,} pixels: {share[0]:.0%} are "
            f"background (0), {share[240:].sum():.0%} full ink (240 to 255), and "
            f"{share[1:240].sum():.0%} lie between. The mean is "
            f"{share @ np.arange(256):.1f}."
        )

    @styled
    def plot(self, *, ax: Axes | None = None) -> PixelIntensityDisplay:
        """Draw the histogram.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to; a new figure by default.

        Returns
        -------
        display : PixelIntensityDisplay
            Itself.
        """
        shares = self.counts.reshape(-1, _LEVELS_PER_BAR).sum(axis=1) / self.counts.sum()
        places = np.arange(0, 256, _LEVELS_PER_BAR)
        self.ax_ = self._new_axes(ax, size=(5.2, 3.2))
        self.bars_ = self.ax_.bar(places, shares, width=0.9 * _LEVELS_PER_BAR, align="edge")
        self.ax_.set(
            xlabel="grey level: 0 is background, 255 full ink",
            ylabel="pixels",
            title="Which grey levels the pixels have",
            xticks=[0, 64, 128, 192, 255],
        )
        # Square roots: the few pixels between background and ink would vanish beside the many.
        self.ax_.set_yscale("function", functions=(np.sqrt, np.square))
        self.ax_.set_yticks([0.01, 0.05, 0.2, 0.4, 0.6, 0.8])
        self.ax_.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        self.ax_.grid(visible=False, axis="x")
        return self
