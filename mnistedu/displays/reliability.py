"""The reliability diagram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from mnistedu.displays._display import Display, styled
from mnistedu.evaluation import wilson_interval

if TYPE_CHECKING:
    from mnistedu.evaluation import Evaluation, ReliabilityBin


class ReliabilityDisplay(Display):
    """Reliability diagram: the accuracy of predictions by their confidence.

    On the diagonal, the confidence equals the accuracy. Below it, the model is overconfident. The
    bar through each point is the 95 % interval, which is long if there are few such images.

    Parameters
    ----------
    bins : sequence of ReliabilityBin
        As returned by :meth:`mnistedu.Evaluation.reliability`.
    calibration_error : float
        The expected calibration error, for the title.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure.
    points_ : matplotlib ErrorbarContainer
        The accuracy of each bin and its interval.
    diagonal_ : matplotlib Line2D
        The line of perfect calibration.

    Examples
    --------
    >>> from mnistedu import Evaluation, load_digits
    >>> test = load_digits().test
    >>> result = Evaluation.from_predictions(test, np.eye(10)[test.labels])
    >>> display = ReliabilityDisplay.from_evaluation(result).plot()
    >>> display.alt_text
    'Reliability diagram, calibration error 0.0000: of 400 predictions with a confidence of 90% to
     100%, 100.0% are correct.'
    """

    def __init__(self, bins: Sequence[ReliabilityBin], *, calibration_error: float) -> None:
        self.bins, self.calibration_error = tuple(bins), calibration_error
        if not self.bins:
            raise ValueError("there must be at least one bin, got none")

    @classmethod
    def from_evaluation(cls, result: Evaluation, *, bins: int = 10) -> ReliabilityDisplay:
        """Compute the reliability diagram of an evaluation.

        Parameters
        ----------
        result : Evaluation
            Result of :func:`mnistedu.evaluate`.
        bins : int, default=10
            Number of bins of equal width.

        Returns
        -------
        display : ReliabilityDisplay
            Display of the diagram.
        """
        return cls(result.reliability(bins=bins), calibration_error=result.calibration_error)

    @property
    def alt_text(self) -> str:  # noqa: D102
        details = "; ".join(
            f"of {each.count:,} predictions with a confidence of {each.low:.0%} to "
            f"{each.high:.0%}, {each.accuracy:.1%} are correct"
            for each in self.bins
        )
        return f"Reliability diagram, calibration error {self.calibration_error:.4f}: {details}."

    @styled
    def plot(self, *, ax: Axes | None = None) -> ReliabilityDisplay:
        """Draw the diagram.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            The axes to draw on. By default, those of a new figure.

        Returns
        -------
        display : ReliabilityDisplay
            The display itself.
        """
        confidence = np.array([each.confidence for each in self.bins])
        accuracy = np.array([each.accuracy for each in self.bins])
        intervals = np.array(
            [wilson_interval(round(each.accuracy * each.count), each.count) for each in self.bins]
        )
        self.ax_ = self._get_axes(ax, size=(5.0, 4.6))
        (self.diagonal_,) = self.ax_.plot([0, 1], [0, 1], color="0.5", linestyle="--", linewidth=1)
        self.points_ = self.ax_.errorbar(
            confidence,
            accuracy,
            yerr=np.abs(intervals.T - accuracy),
            marker="o",
            linewidth=1.5,
            capsize=3,
        )
        self.ax_.text(0.99, 0.02, "below the line: overconfident", ha="right", style="italic")
        for axis in (self.ax_.xaxis, self.ax_.yaxis):
            axis.set_major_formatter(PercentFormatter(1))
        self.ax_.set(
            xlim=(min(0.4, self.bins[0].low), 1.01),
            ylim=(0, 1.03),
            xlabel="confidence",
            ylabel="accuracy",
            title=f"Reliability (calibration error {self.calibration_error:.2%})",
        )
        return self
