"""A map of images, as a model sees them."""

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
    """Images on a plane, near each other where a model finds them alike; each drawn as its digit.

    Parameters
    ----------
    places : ndarray of shape (n, 2)
    labels : ndarray of shape (n,)
        The true digits.
    method : {"pca", "tsne"}
        How the places were found.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
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

    def __init__(self, places: np.ndarray, labels: np.ndarray, *, method: str) -> None:
        self.places, self.labels, self.method = np.asarray(places), np.asarray(labels), method
        if self.places.shape != (len(self.labels), 2):
            raise ValueError(
                f"places must have shape ({len(self.labels)}, 2), one for each label, got "
                f"{self.places.shape}"
            )

    @classmethod
    def from_model(
        cls, model: keras.Model, split: Split, *, method: str = "pca", seed: int = 0
    ) -> EmbeddingDisplay:
        """Show a model some images.

        Parameters
        ----------
        model : keras.Model
        split : Split
            A thousand images or two are enough: ``data.test[:1000]`` for one.
        method : {"pca", "tsne"}, default="pca"
            See :func:`mnistedu.inspection.embed`.
        seed : int, default=0

        Returns
        -------
        display : EmbeddingDisplay
        """
        places = embed(model, split.images, method=method, seed=seed)
        return cls(places, split.labels, method=method)

    @property
    def alt_text(self) -> str:  # noqa: D102
        kinds = np.unique(self.labels)
        centres = np.array([self.places[self.labels == kind].mean(axis=0) for kind in kinds])
        text = (
            f"Map of {len(self.labels):,} images by {_NAMES[self.method]}, each drawn as its digit."
        )
        if len(kinds) > 1:
            distances = np.linalg.norm(centres[:, None] - centres, axis=2)
            np.fill_diagonal(distances, np.inf)
            one, other = np.unravel_index(distances.argmin(), distances.shape)
            text += f" The groups nearest each other are {kinds[one]} and {kinds[other]}."
        return text

    @styled
    def plot(self, *, ax: Axes | None = None) -> EmbeddingDisplay:
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to; a new figure by default.

        Returns
        -------
        display : EmbeddingDisplay
            Itself.
        """
        self.ax_ = self._new_axes(ax, size=(5.4, 5.4))
        self.points_ = {
            int(digit): self.ax_.scatter(
                *self.places[self.labels == digit].T,
                marker=f"${digit}$",
                color=f"C{digit % 4}",
                s=50,
                linewidths=0.2,
            )
            for digit in np.unique(self.labels)
        }
        self.ax_.set(xticks=[], yticks=[], title=f"Who looks like whom ({_NAMES[self.method]})")
        self.ax_.spines[:].set_visible(False)
        return self
