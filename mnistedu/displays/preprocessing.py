"""The steps of preprocessing."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mnistedu.displays._display import Display, styled
from mnistedu.preprocessing import Bitmap, steps


class PreprocessingDisplay(Display):
    """Result of each step of :func:`mnistedu.normalize`.

    Parameters
    ----------
    pictures : mapping of str to ndarray of shape (height, width)
        Name and result of each step, as returned by :func:`mnistedu.preprocessing.steps`.

    Attributes
    ----------
    axes_ : ndarray of shape (1, n_steps) of matplotlib Axes
        One per step.
    figure_ : matplotlib Figure
        The figure.

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
        """Normalize a picture and keep the result of every step.

        Parameters
        ----------
        bitmap : array-like, PIL.Image.Image or path
            See :func:`mnistedu.normalize`.

        Returns
        -------
        display : PreprocessingDisplay
            Display of the steps.
        """
        return cls(steps(bitmap))

    @property
    def alt_text(self) -> str:  # noqa: D102
        details = ", ".join(
            f"{name} ({picture.shape[1]} by {picture.shape[0]} pixels)"
            for name, picture in self.pictures.items()
        )
        return f"A digit after each step of preprocessing: {details}."

    @styled
    def plot(self) -> PreprocessingDisplay:
        """Draw the steps in a new figure.

        Returns
        -------
        display : PreprocessingDisplay
            The display itself.
        """
        count = len(self.pictures)
        self.axes_ = self._create_grid(1, count, size=(1.1 * count, 1.6))
        for ax, (name, picture) in zip(self.axes_.flat, self.pictures.items(), strict=True):
            ax.imshow(picture, cmap="gray", vmin=0, vmax=255 if picture.dtype == np.uint8 else 1)
            ax.set_title(name, loc="center", fontsize=11)
            ax.set_xlabel("{1} × {0}".format(*picture.shape), fontsize=10)
            ax.set(xticks=[], yticks=[], box_aspect=1, adjustable="datalim")
            ax.spines[:].set_visible(True)
            ax.grid(visible=False)
        return self
