"""The way from a picture to the image that a model reads."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mnistedu.displays._display import Display, styled
from mnistedu.preprocessing import Bitmap, steps


class PreprocessingDisplay(Display):
    """A film strip of what :func:`mnistedu.normalize` does, one picture after each step.

    Parameters
    ----------
    pictures : mapping of str to ndarray of shape (height, width)
        Name and picture of each step, as :func:`mnistedu.preprocessing.steps` gives them.

    Attributes
    ----------
    axes_ : ndarray of shape (1, n_steps) of matplotlib Axes
    figure_ : matplotlib Figure

    Examples
    --------
    >>> display = PreprocessingDisplay.from_bitmap(np.eye(100)).plot()
    >>> [ax.get_title() for ax in display.axes_.flat]
    ['grey', 'ink', 'crop', 'box', 'image']
    """

    def __init__(self, pictures: Mapping[str, np.ndarray]) -> None:
        self.pictures = dict(pictures)
        if not self.pictures:
            raise ValueError("there must be at least one picture, got none")

    @classmethod
    def from_bitmap(cls, bitmap: Bitmap) -> PreprocessingDisplay:
        """Normalize a picture, keeping every step.

        Parameters
        ----------
        bitmap : array-like, PIL.Image.Image or path
            As for :func:`mnistedu.normalize`.

        Returns
        -------
        display : PreprocessingDisplay
        """
        return cls(steps(bitmap))

    @property
    def alt_text(self) -> str:  # noqa: D102
        films = ", ".join(
            f"{name} ({picture.shape[1]} by {picture.shape[0]} pixels)"
            for name, picture in self.pictures.items()
        )
        return f"Film strip of a digit on its way to the model: {films}."

    @styled
    def plot(self) -> PreprocessingDisplay:
        """Draw the film strip in a new figure.

        Returns
        -------
        display : PreprocessingDisplay
            Itself.
        """
        count = len(self.pictures)
        self.axes_ = self._new_grid(1, count, size=(1.1 * count, 1.6))
        for ax, (name, picture) in zip(self.axes_.flat, self.pictures.items(), strict=True):
            ax.imshow(picture, cmap="gray", vmin=0, vmax=255 if picture.dtype == np.uint8 else 1)
            ax.set_title(name, loc="center", fontsize=11)
            ax.set_xlabel("{1} × {0}".format(*picture.shape), fontsize=10)
            ax.set(xticks=[], yticks=[], box_aspect=1, adjustable="datalim")
            ax.spines[:].set_visible(True)
            ax.grid(visible=False)
        return self
