"""The feature maps of a layer."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from mnistedu.displays._display import Display, styled
from mnistedu.inspection import layer_output

if TYPE_CHECKING:
    import keras


class FeatureMapsDisplay(Display):
    """Image and the feature maps that a convolution or pooling layer computes from it.

    Parameters
    ----------
    image : ndarray of shape (28, 28), dtype uint8
        Grey levels, 0 for background.
    maps : ndarray of shape (n, height, width)
        The feature maps; large where a filter responds.
    layer : str
        Name of the layer.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        The image, followed by the maps.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> import mnistedu
    >>> model = mnistedu.build_cnn(filters=(8, 16))
    >>> image = mnistedu.load_digits().test.images[0]
    >>> display = FeatureMapsDisplay.from_model(model, image).plot()
    >>> display.maps.shape
    (8, 26, 26)
    """

    def __init__(self, image: np.ndarray, maps: np.ndarray, *, layer: str) -> None:
        self.image, self.maps, self.layer = np.asarray(image), np.asarray(maps), layer
        if self.maps.ndim != 3 or not len(self.maps):
            raise ValueError(
                f"maps must have shape (n, height, width), n at least 1, got {self.maps.shape}"
            )

    @classmethod
    def from_model(
        cls, model: keras.Model, image: np.ndarray, *, layer: str | None = None, most: int = 31
    ) -> FeatureMapsDisplay:
        """Compute the feature maps of an image.

        Parameters
        ----------
        model : keras.Model
            A model of 28x28 images.
        image : ndarray of shape (28, 28), dtype uint8
            Grey levels, 0 for background.
        layer : str, optional
            Name of a layer that returns maps. By default, the first such layer.
        most : int, default=31
            Maximum number of maps.

        Returns
        -------
        display : FeatureMapsDisplay
            Display of the maps.

        Raises
        ------
        ValueError
            If the model has no such layer, or the layer does not return maps.
        """
        with_maps = [each.name for each in model.layers if len(each.output.shape) == 4]
        if layer is None and not with_maps:
            raise ValueError(
                "the model must have a layer that returns maps; build_cnn's models do, build_mlp's "
                "do not"
            )
        layer = layer or with_maps[0]
        (output,) = layer_output(model, np.asarray(image)[None], layer)
        if output.ndim != 3:
            raise ValueError(
                f"layer must return maps, but {layer} returns values of shape {output.shape}; "
                f"layers that return maps: {', '.join(with_maps) or 'none'}"
            )
        return cls(image, np.moveaxis(output, -1, 0)[:most], layer=layer)

    @property
    def alt_text(self) -> str:  # noqa: D102
        count, height, width = self.maps.shape
        empty = int((self.maps.max(axis=(1, 2)) <= 0).sum())
        return (
            f"A digit and the {count} maps, {width} by {height} pixels each, that the layer "
            f"{self.layer} computes from it; {empty} of them are empty."
        )

    @styled
    def plot(self, *, columns: int = 8) -> FeatureMapsDisplay:
        """Draw the image and its maps in a new figure.

        Parameters
        ----------
        columns : int, default=8
            Number of images per row.

        Returns
        -------
        display : FeatureMapsDisplay
            The display itself.
        """
        count = 1 + len(self.maps)
        columns = min(columns, count)
        rows = math.ceil(count / columns)
        side = min(5.4 / columns, 1.4)
        self.axes_ = self._create_grid(rows, columns, size=(side * columns, side * rows + 0.35))
        for ax in self.axes_.flat:
            ax.set_axis_off()
        first, *others = self.axes_.flat
        first.imshow(self.image, vmin=0, vmax=255)
        for ax, feature in zip(others, self.maps, strict=False):
            ax.imshow(feature, cmap="viridis", vmin=0, vmax=max(self.maps.max(), 1e-6))
        self.figure_.suptitle(
            f"A digit and its feature maps in {self.layer}", x=0.02, ha="left", fontsize=12
        )
        return self
