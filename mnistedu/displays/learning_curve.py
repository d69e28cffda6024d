"""Accuracy by number of training images."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullLocator, PercentFormatter

from mnistedu.displays._display import Display, styled

if TYPE_CHECKING:
    from mnistedu.evaluation.learning_curve import LearningCurve


class LearningCurveDisplay(Display):
    """Accuracy by number of training images, on a logarithmic scale.

    Parameters
    ----------
    curve : LearningCurve
        Result of :func:`mnistedu.learning_curve`.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure.
    lines_ : list of matplotlib Line2D
        The accuracies on the training images and on the validation images.
    band_ : matplotlib FillBetweenPolyCollection
        The 95 % interval of the validation accuracy.

    Examples
    --------
    >>> import mnistedu
    >>> baseline = lambda: mnistedu.build_baseline("class_means")
    >>> curve = mnistedu.learning_curve(baseline, mnistedu.load_digits(), sizes=[50, 1000])
    >>> display = LearningCurveDisplay.from_learning_curve(curve).plot()
    >>> display.lines_[0].get_xdata().tolist()
    [50, 1000]
    """

    def __init__(self, curve: LearningCurve) -> None:
        self.curve = curve

    @classmethod
    def from_learning_curve(cls, curve: LearningCurve) -> LearningCurveDisplay:
        """Create a display from a learning curve.

        Parameters
        ----------
        curve : LearningCurve
            Result of :func:`mnistedu.learning_curve`.

        Returns
        -------
        display : LearningCurveDisplay
            Display of the curve.
        """
        return cls(curve)

    @property
    def alt_text(self) -> str:  # noqa: D102
        curve = self.curve
        return (
            f"Line chart of the accuracy with {curve.sizes[0]:,} to {curve.sizes[-1]:,} training "
            f"images: on the validation images from {curve.validation[0]:.1%} to "
            f"{curve.validation[-1]:.1%}, on the training images from {curve.training[0]:.1%} to "
            f"{curve.training[-1]:.1%}."
        )

    @styled
    def plot(self, *, ax: Axes | None = None) -> LearningCurveDisplay:
        """Draw the curves.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            The axes to draw on. By default, those of a new figure.

        Returns
        -------
        display : LearningCurveDisplay
            The display itself.
        """
        sizes = np.array(self.curve.sizes)
        self.ax_ = self._get_axes(ax, size=(5.2, 3.6))
        self.lines_ = [
            self.ax_.plot(sizes, accuracies, marker=marker, label=label)[0]
            for accuracies, marker, label in (
                (self.curve.training, "o", "training"),
                (self.curve.validation, "s", "validation"),
            )
        ]
        self.band_ = self.ax_.fill_between(
            sizes, *np.transpose(self.curve.intervals), color="C1", alpha=0.2, linewidth=0
        )
        self.ax_.set_xscale("log", base=2)
        self.ax_.set_xticks(sizes)
        self.ax_.xaxis.set_minor_locator(NullLocator())
        self.ax_.xaxis.set_major_formatter(FuncFormatter(lambda size, _: f"{size:,.0f}"))
        self.ax_.yaxis.set_major_formatter(PercentFormatter(1))
        self.ax_.set(
            xlabel="training images", ylabel="accuracy", title="Accuracy by number of images"
        )
        self.ax_.legend(loc="lower right")
        return self
