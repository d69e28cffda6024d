"""The accuracy on corrupted images."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from matplotlib.ticker import PercentFormatter

from mnistedu.displays._display import Display, styled

if TYPE_CHECKING:
    from mnistedu.evaluation.robustness import Robustness


class RobustnessDisplay(Display):
    """Accuracy by strength of each corruption, for one or several models.

    Parameters
    ----------
    results : mapping of str to Robustness
        The name of each model and its result of :func:`mnistedu.robustness`, with the same
        corruptions.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per corruption.
    lines_ : dict of str to list of matplotlib Line2D
        The curves of each corruption, one per model.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import numpy as np
    >>> import mnistedu
    >>> guess = lambda images: np.full((len(images), 10), 0.1)
    >>> result = mnistedu.robustness(guess, mnistedu.load_digits().test[:50])
    >>> display = RobustnessDisplay.from_robustness(result).plot()
    >>> display.axes_.shape
    (5, 2)
    """

    def __init__(self, results: Mapping[str, Robustness]) -> None:
        self.results = dict(results)
        names = {tuple(curve.name for curve in each.curves) for each in self.results.values()}
        if len(names) != 1:
            raise ValueError(
                "there must be at least one result, and all must have the same corruptions, got "
                f"{len(self.results)} results with {len(names)} different sets of corruptions"
            )

    @classmethod
    def from_robustness(cls, result: Robustness) -> RobustnessDisplay:
        """Create a display from the result of one model.

        Parameters
        ----------
        result : Robustness
            Result of :func:`mnistedu.robustness`.

        Returns
        -------
        display : RobustnessDisplay
            Display of the result.
        """
        return cls({"model": result})

    @property
    def alt_text(self) -> str:  # noqa: D102
        details = " ".join(
            f"{name}: {result.accuracy:.1%} on the original images; at worst "
            + ", ".join(f"{min(each.accuracies):.0%} with {each.name}" for each in result.curves)
            + "."
            for name, result in self.results.items()
        )
        return f"Line charts of the accuracy on corrupted images. {details}"

    @styled
    def plot(self, *, columns: int = 2) -> RobustnessDisplay:
        """Draw the curves in a new figure.

        Parameters
        ----------
        columns : int, default=2
            Number of charts per row.

        Returns
        -------
        display : RobustnessDisplay
            The display itself.
        """
        curves = {name: result.curves for name, result in self.results.items()}
        count = len(next(iter(curves.values())))
        columns = min(columns, count)
        rows = math.ceil(count / columns)
        self.axes_ = self._create_grid(rows, columns, size=(5.4, 1.75 * rows + 0.4), sharey=True)
        self.lines_ = {}
        for ax, *same in zip(self.axes_.flat, *curves.values(), strict=False):
            first = same[0]
            self.lines_[first.name] = [
                ax.plot(curve.strengths, curve.accuracies, marker=marker, label=name)[0]
                for name, curve, marker in zip(curves, same, "osD^vP" * len(same), strict=False)
            ]
            ax.axvline(first.harmless, color="0.5", linewidth=1, linestyle="--", zorder=0)
            ax.set_title(first.name, fontsize=11)
            ax.set_xlabel(first.unit, fontsize=10)
            ax.set(ylim=(0, 1.05), yticks=[0, 0.5, 1])
            ax.tick_params(labelsize=10)
            ax.yaxis.set_major_formatter(PercentFormatter(1))
        for ax in self.axes_.flat[count:]:
            ax.set_axis_off()
        if len(curves) > 1:
            handles = self.axes_.flat[0].get_lines()[: len(curves)]
            self.figure_.legend(handles=handles, loc="outside upper left", ncols=3, fontsize=10)
        return self
