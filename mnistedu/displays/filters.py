"""The weights of a layer as images."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mnistedu.displays._display import Display, styled
from mnistedu.inspection import kernel_pictures

if TYPE_CHECKING:
    import keras


class FiltersDisplay(Display):
    """Weights of a layer as images: positive where a filter responds to ink.

    Parameters
    ----------
    filters : ndarray of shape (n, height, width)
        The weights.
    layer : str
        Name of the layer.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per cell of the grid.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import mnistedu
    >>> model = mnistedu.build_cnn(filters=(8, 16))
    >>> display = FiltersDisplay.from_model(model).plot()
    >>> display.filters.shape
    (8, 3, 3)
    """

    def __init__(self, filters: np.ndarray, *, layer: str) -> None:
        self.filters, self.layer = np.asarray(filters), layer
        if self.filters.ndim != 3 or not len(self.filters):
            raise ValueError(
                f"filters must have shape (n, height, width), n at least 1, got "
                f"{self.filters.shape}"
            )

    @classmethod
    def from_model(cls, model: keras.Model, *, most: int = 32) -> FiltersDisplay:
        """Create a display of the first layer with weights.

        Parameters
        ----------
        model : keras.Model
            A model that starts with a convolution, or with a dense layer on all 784 pixels.
        most : int, default=32
            Maximum number of filters.

        Returns
        -------
        display : FiltersDisplay
            Display of the weights.

        Raises
        ------
        ValueError
            If the first layer with weights is not applied to the pixels.
        """
        layer = next((layer for layer in model.layers if layer.weights), None)
        if layer is None:
            raise ValueError(
                "the model must start with a convolution or a dense layer, but it has no weights"
            )
        filters = kernel_pictures(np.asarray(layer.weights[0]))
        return cls(filters[:most], layer=layer.name)

    @property
    def alt_text(self) -> str:  # noqa: D102
        count, height, width = self.filters.shape
        return (
            f"{count} filters of the layer {self.layer}, {width} by {height} pixels each, with "
            f"weights from {self.filters.min():.2f} to {self.filters.max():.2f}."
        )

    @styled
    def plot(self, *, columns: int = 8) -> FiltersDisplay:
        """Draw the filters in a new figure.

        Parameters
        ----------
        columns : int, default=8
            Number of filters per row.

        Returns
        -------
        display : FiltersDisplay
            The display itself.
        """
        columns = min(columns, len(self.filters))
        rows = math.ceil(len(self.filters) / columns)
        side = 5.4 / columns
        self.axes_ = self._create_grid(rows, columns, size=(5.4, min(side, 1.4) * rows + 0.6))
        limit = np.abs(self.filters).max()
        for ax in self.axes_.flat:
            ax.set_axis_off()
        for ax, weights in zip(self.axes_.flat, self.filters, strict=False):
            drawn = ax.imshow(weights, cmap="RdBu_r", vmin=-limit, vmax=limit)
        bar = self.figure_.colorbar(
            drawn, ax=self.axes_, location="bottom", aspect=40, shrink=0.8, pad=0.02
        )
        bar.set_ticks([-limit, 0, limit], labels=["against ink", "0", "for ink"])
        bar.outline.set_visible(False)
        return self
