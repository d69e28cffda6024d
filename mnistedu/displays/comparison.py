"""The accuracies of several models with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from mnistedu.displays._display import Display, styled

if TYPE_CHECKING:
    from mnistedu.evaluation.comparison import Comparison


class ComparisonDisplay(Display):
    """Accuracy of each model with its 95 % interval, the best on top.

    Models whose intervals overlap may be equally good: test this with
    :meth:`mnistedu.Evaluation.mcnemar`.

    Parameters
    ----------
    comparison : Comparison
        Result of :func:`mnistedu.compare`.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure.
    points_ : matplotlib ErrorbarContainer
        The accuracies and their intervals.

    Examples
    --------
    >>> import mnistedu
    >>> baselines = {"mean": mnistedu.build_baseline("class_means")}
    >>> table = mnistedu.compare(baselines, mnistedu.load_digits())
    >>> display = ComparisonDisplay.from_comparison(table).plot()
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['mean']
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.reports = sorted(comparison.reports, key=lambda report: report.result.accuracy)

    @classmethod
    def from_comparison(cls, comparison: Comparison) -> ComparisonDisplay:
        """Create a display from a comparison of models.

        Parameters
        ----------
        comparison : Comparison
            Result of :func:`mnistedu.compare`.

        Returns
        -------
        display : ComparisonDisplay
            Display of the comparison.
        """
        return cls(comparison)

    @property
    def alt_text(self) -> str:  # noqa: D102
        accuracies = "; ".join(
            "{} {:.2%} ({:.2%} to {:.2%})".format(
                report.name, report.result.accuracy, *report.result.interval
            )
            for report in reversed(self.reports)
        )
        return f"Accuracy of {len(self.reports)} models, with 95 % intervals: {accuracies}."

    @styled
    def plot(self, *, ax: Axes | None = None) -> ComparisonDisplay:
        """Draw the accuracies.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            The axes to draw on. By default, those of a new figure.

        Returns
        -------
        display : ComparisonDisplay
            The display itself.
        """
        accuracy = np.array([report.result.accuracy for report in self.reports])
        intervals = np.array([report.result.interval for report in self.reports])
        rows = np.arange(len(accuracy))
        self.ax_ = self._get_axes(ax, size=(5.2, 1.3 + 0.4 * len(accuracy)))
        self.points_ = self.ax_.errorbar(
            accuracy, rows, xerr=np.abs(intervals.T - accuracy), fmt="o", capsize=4
        )
        for row, value in zip(rows, accuracy, strict=True):
            self.ax_.annotate(
                f"{value:.2%}", (value, row), (0, 6), textcoords="offset points", ha="center"
            )
        self.ax_.set_yticks(rows, [report.name for report in self.reports])
        self.ax_.xaxis.set_major_formatter(PercentFormatter(1))
        self.ax_.margins(x=0.15)
        self.ax_.set(
            xlabel="accuracy with 95 % interval",
            title="Accuracy of each model",
            ylim=(-0.5, len(accuracy) - 0.3),
        )
        self.ax_.grid(visible=False, axis="y")
        return self
