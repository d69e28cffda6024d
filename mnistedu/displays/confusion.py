"""Which digit is taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from sklearn.metrics import ConfusionMatrixDisplay

from mnistedu.displays._display import STYLE, Display

if TYPE_CHECKING:
    from mnistedu.evaluation import Evaluation


class ConfusionDisplay(Display):
    """The confusion matrix: rows are true digits, columns are answers.

    The colours run on a logarithmic scale, so that three mistakes are seen beside a thousand right
    answers.

    Parameters
    ----------
    confusion : ndarray of shape (10, 10)
        How many images of the digit of the row were read as the digit of the column.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    im_ : matplotlib AxesImage
    text_ : ndarray of shape (10, 10) of matplotlib Text
        The count in each cell; empty where it is 0.

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
        """Take the confusion matrix of an evaluation.

        Parameters
        ----------
        result : Evaluation

        Returns
        -------
        display : ConfusionDisplay
        """
        return cls(result.confusion)

    @property
    def alt_text(self) -> str:  # noqa: D102
        right, total = np.trace(self.confusion), self.confusion.sum()
        text = f"Confusion matrix of {total:,} images, {right:,} of them on the diagonal."
        mistakes = self.confusion - np.diag(np.diag(self.confusion))
        if mistakes.any():
            true, answer = np.unravel_index(mistakes.argmax(), mistakes.shape)
            text += (
                f" The most frequent mistake is {true} read as {answer}, {mistakes.max():,} times."
            )
        return text

    def plot(self, *, ax: Axes | None = None) -> ConfusionDisplay:
        """Draw the matrix.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to; a new figure by default.

        Returns
        -------
        display : ConfusionDisplay
            Itself.
        """
        with plt.style.context(STYLE):
            self.ax_ = self._new_axes(ax, size=(5.4, 5.4))
            drawn = ConfusionMatrixDisplay(self.confusion).plot(
                ax=self.ax_,
                cmap="Blues",
                colorbar=False,
                values_format="d",
                im_kw={"norm": LogNorm(1, max(2, self.confusion.max())), "interpolation": "none"},
                text_kw={"fontsize": 9},
            )
            self.im_, self.text_ = drawn.im_, drawn.text_
            for count, text in zip(self.confusion.flat, self.text_.flat, strict=True):
                if not count:
                    text.set_text("")
                text.set_color("white" if count > np.sqrt(self.confusion.max()) * 2 else "#1a1a1a")
            self.ax_.set(xlabel="answer", ylabel="true digit", title="Which digit is read as which")
            self.ax_.grid(visible=False)
        return self
