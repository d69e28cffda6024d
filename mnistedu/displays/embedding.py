"""Images on a plane, arranged by a model's features."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from mnistedu.displays._display import Display, styled
from mnistedu.inspection import embed

if TYPE_CHECKING:
    import keras

    from mnistedu.data import Split

_NAMES = {"pca": "principal components", "tsne": "t-SNE"}


class EmbeddingDisplay(Display):
    """Images on a plane, close together if a model finds them similar; each drawn as its digit.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        Coordinates of each image.
    labels : ndarray of shape (n,)
        The true digits.
    method : {"pca", "tsne"}
        How the coordinates were computed.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes.
    figure_ : matplotlib Figure
        The figure.
    points_ : dict of int to matplotlib PathCollection
        The points of each digit that occurs.

    Examples
    --------
    >>> import mnistedu
    >>> test = mnistedu.load_digits().test[:100]
    >>> display = EmbeddingDisplay.from_model(mnistedu.build_mlp(), test).plot()
    >>> sorted(display.points_)
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """

    def __init__(self, points: np.ndarray, labels: np.ndarray, *, method: str) -> None:
        self.points, self.labels, self.method = np.asarray(points), np.asarray(labels), method
        if self.points.shape != (len(self.labels), 2):
            raise ValueError(
                f"points must have shape ({len(self.labels)}, 2), one per label, got "
                f"{self.points.shape}"
            )

    @classmethod
    def from_model(
        cls, model: keras.Model, split: Split, *, method: str = "pca", seed: int = 0
    ) -> EmbeddingDisplay:
        """Compute the features of images and their coordinates on a plane.

        Parameters
        ----------
        model : keras.Model
            See :func:`mnistedu.inspection.embed`.
        split : Split
            The images and their labels. One or two thousand are enough, such as
            ``data.test[:1000]``.
        method : {"pca", "tsne"}, default="pca"
            See :func:`mnistedu.inspection.embed`.
        seed : int, default=0
            Random seed of t-SNE.

        Returns
        -------
        display : EmbeddingDisplay
            Display of the images.
        """
        points = embed(model, split.images, method=method, seed=seed)
        return cls(points, split.labels, method=method)

    @property
    def alt_text(self) -> str:  # noqa: D102
        digits = np.unique(self.labels)
        centres = np.array([self.points[self.labels == digit].mean(axis=0) for digit in digits])
        text = (
            f"Map of {len(self.labels):,} images by {_NAMES[self.method]}, each drawn as its digit."
        )
        if len(digits) > 1:
            distances = np.linalg.norm(centres[:, None] - centres, axis=2)
            np.fill_diagonal(distances, np.inf)
            one, other = divmod(int(distances.argmin()), len(digits))
            text += f" The groups closest to each other are {digits[one]} and {digits[other]}."
        return text

    @styled
    def plot(self, *, ax: Axes | None = None) -> EmbeddingDisplay:
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            The axes to draw on. By default, those of a new figure.

        Returns
        -------
        display : EmbeddingDisplay
            The display itself.
        """
        self.ax_ = self._get_axes(ax, size=(5.4, 5.4))
        self.points_ = {
            int(digit): self.ax_.scatter(
                self.points[self.labels == digit, 0],
                self.points[self.labels == digit, 1],
                marker=f"${digit}$",
                color=f"C{digit % 4}",
                s=50,
                linewidths=0.2,
            )
            for digit in np.unique(self.labels)
        }
        self.ax_.set(xticks=[], yticks=[], title=f"Images by similarity ({_NAMES[self.method]})")
        self.ax_.spines[:].set_visible(False)
        return self
