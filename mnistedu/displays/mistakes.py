"""The images that a model misclassified."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from mnistedu.displays._display import Display, styled

if TYPE_CHECKING:
    from mnistedu.evaluation import Evaluation


class MistakesDisplay(Display):
    """Grid of misclassified images, each with its three most probable digits.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28), dtype uint8
        Grey levels, 0 for background.
    labels : ndarray of shape (n,)
        The true digits.
    probabilities : ndarray of shape (n, 10)
        Probability of each digit according to the model.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per image.
    bar_axes_ : ndarray of matplotlib Axes
        The bars below each image.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> from mnistedu import Evaluation, load_digits
    >>> test = load_digits().test
    >>> result = Evaluation.from_predictions(test, np.eye(10)[(test.labels + 1) % 10])
    >>> display = MistakesDisplay.from_evaluation(result, most=5).plot()
    >>> display.axes_.shape
    (1, 5)
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> None:
        self.images, self.labels = np.asarray(images), np.asarray(labels)
        self.probabilities = np.asarray(probabilities)
        if not len(self.images) == len(self.labels) == len(self.probabilities) > 0:
            raise ValueError(
                "images, labels and probabilities must have the same length, at least 1, got "
                f"{len(self.images)}, {len(self.labels)} and {len(self.probabilities)}"
            )

    @classmethod
    def from_evaluation(
        cls, result: Evaluation, *, most: int = 15, label_errors: bool = False
    ) -> MistakesDisplay:
        """Create a display of the most confident mistakes of an evaluation.

        Parameters
        ----------
        result : Evaluation
            Result of :func:`mnistedu.evaluate`.
        most : int, default=15
            Maximum number of images.
        label_errors : bool, default=False
            Whether to show only the images whose label is probably wrong.

        Returns
        -------
        display : MistakesDisplay
            Display of the mistakes.

        Raises
        ------
        ValueError
            If there are no such mistakes.
        """
        mistakes = result.likely_label_errors if label_errors else result.mistakes
        indices = [mistake.index for mistake in mistakes[:most]]
        if not indices:
            raise ValueError(
                "there is no mistake to show: "
                + ("no label looks wrong" if label_errors else "every image was read correctly")
            )
        images, labels = result.split[np.array(indices)]
        return cls(images, labels, result.probabilities[indices])

    @property
    def titles(self) -> list[str]:
        """Return the title of each image.

        Returns
        -------
        titles : list of str
            Such as ``"3 read as 5"``.
        """
        predicted = self.probabilities.argmax(axis=1)
        return [
            f"{label} read as {digit}" for label, digit in zip(self.labels, predicted, strict=True)
        ]

    @property
    def alt_text(self) -> str:  # noqa: D102
        details = "; ".join(
            f"{title}, {confidence:.0%} sure"
            for title, confidence in zip(self.titles, self.probabilities.max(axis=1), strict=True)
        )
        return f"{len(self.images)} misread images: {details}."

    @styled
    def plot(self, *, columns: int = 5) -> MistakesDisplay:
        """Draw the images in a new figure.

        Parameters
        ----------
        columns : int, default=5
            Number of images per row.

        Returns
        -------
        display : MistakesDisplay
            The display itself.
        """
        columns = min(columns, len(self.images))
        rows = math.ceil(len(self.images) / columns)
        axes = self._create_grid(
            2 * rows,
            columns,
            size=(1.1 * columns, 1.85 * rows),
            height_ratios=[1, 0.55] * rows,
        )
        self.axes_, self.bar_axes_ = axes[::2], axes[1::2]
        for index, (ax, bar_ax) in enumerate(
            zip(self.axes_.flat, self.bar_axes_.flat, strict=True)
        ):
            ax.set_axis_off()
            if index < len(self.images):
                ax.imshow(self.images[index], vmin=0, vmax=255)
                ax.set_title(self.titles[index], fontsize=10, loc="center", pad=3)
                self._draw_bars(bar_ax, self.probabilities[index], self.labels[index])
            else:
                bar_ax.set_axis_off()
        return self

    def _draw_bars(self, ax: Axes, probabilities: np.ndarray, label: int) -> None:
        """Draw the three most probable digits, the true one in another colour."""
        digits = np.argsort(-probabilities, kind="stable")[:3]
        colors = ["C2" if digit == label else "C1" for digit in digits]
        bars = ax.barh(range(3), probabilities[digits], color=colors, height=0.7)
        texts = [f"{probability:.0%}" for probability in probabilities[digits]]
        ax.bar_label(bars, texts, padding=2, fontsize=9.5)
        ax.set(xlim=(0, 1.75), ylim=(2.5, -0.5), xticks=[], yticks=range(3), yticklabels=digits)
        ax.tick_params(length=0, labelsize=9.5)
        ax.spines[:].set_visible(False)
        ax.grid(visible=False)
