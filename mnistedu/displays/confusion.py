"""The confusion matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from sklearn.metrics import ConfusionMatrixDisplay

from mnistedu.displays._display import Display, styled
from mnistedu.displays._style import heat_colormap, text_color_on

if TYPE_CHECKING:
    from mnistedu.evaluation import Evaluation


class ConfusionDisplay(Display):
    """Confusion matrix: rows are true digits, columns are predicted digits.

    The colour scale is logarithmic, so that three mistakes are visible next to a thousand correct
    predictions.

    Parameters
    ----------
    confusion : ndarray of shape (10, 10)
        Number of images of the row's digit that were predicted as the column's digit.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure.
    im_ : matplotlib AxesImage
        The colours.
    text_ : ndarray of shape (10, 10) of matplotlib Text
        The count or percentage in each cell; empty where it is 0.

    Examples
    --------
    >>> display = ConfusionDisplay(np.diag(np.full(10, 100))).plot()
    >>> display.text_[3, 3].get_text()
    '100'
    """

    def __init__(self, confusion: np.ndarray) -> None:
        self.confusion = np.asarray(confusion)
        if self.confusion.shape != (10, 10):
            raise ValueError(f"confusion must have shape (10, 10), got {self.confusion.shape}")

    @classmethod
    def from_evaluation(cls, result: Evaluation) -> ConfusionDisplay:
        """Create a display from an evaluation.

        Parameters
        ----------
        result : Evaluation
            Result of :func:`mnistedu.evaluate`.

        Returns
        -------
        display : ConfusionDisplay
            Display of its confusion matrix.
        """
        return cls(result.confusion)

    @property
    def alt_text(self) -> str:  # noqa: D102
        correct, total = np.trace(self.confusion), self.confusion.sum()
        text = f"Confusion matrix of {total:,} images, {correct:,} of them on the diagonal."
        mistakes = _without_diagonal(self.confusion)
        if mistakes.any():
            true, predicted = np.unravel_index(mistakes.argmax(), mistakes.shape)
            text += (
                f" The most frequent mistake is {true} read as {predicted}, "
                f"{mistakes.max():,} times."
            )
        return text

    @styled
    def plot(
        self, *, normalize: bool = False, errors_only: bool = False, ax: Axes | None = None
    ) -> ConfusionDisplay:
        """Draw the matrix.

        Parameters
        ----------
        normalize : bool, default=False
            Whether to show percentages of each true digit instead of counts.
        errors_only : bool, default=False
            Whether to leave out the correct predictions.
        ax : matplotlib Axes, optional
            The axes to draw on. By default, those of a new figure.

        Returns
        -------
        display : ConfusionDisplay
            The display itself.
        """
        cells = self.confusion
        if normalize:
            cells = 100 * cells / np.maximum(cells.sum(axis=1, keepdims=True), 1)
        if errors_only:
            cells = _without_diagonal(cells)
        least, most = cells[cells > 0].min(initial=1), cells.max(initial=2)
        self.ax_ = self._get_axes(ax, size=(5.4, 5.4))
        drawn = ConfusionMatrixDisplay(cells).plot(
            ax=self.ax_,
            cmap=heat_colormap(),
            colorbar=False,
            im_kw={"norm": LogNorm(least, most)},
            text_kw={"fontsize": 10},
        )
        self.im_, self.text_ = drawn.im_, drawn.text_
        for value, text in zip(cells.flat, self.text_.flat, strict=True):
            text.set_text(_format(value, percent=normalize))
            text.set_color(text_color_on(self.im_.cmap(self.im_.norm(value))))
        title = "Which digit is misread as which" if errors_only else "Which digit is read as which"
        self.ax_.set(
            xlabel="predicted digit",
            ylabel="true digit",
            title=title + (", in %" if normalize else ""),
        )
        self.ax_.grid(visible=False)
        return self


def _without_diagonal(cells: np.ndarray) -> np.ndarray:
    return cells - np.diag(np.diag(cells))


def _format(value: float, *, percent: bool) -> str:
    if not value:
        return ""
    return f"{value:.1f}" if percent and value < 99.95 else f"{value:.0f}"
