"""The values of the pixels of an image."""

from __future__ import annotations

import numpy as np
from matplotlib.patches import Rectangle

from mnistedu.displays._display import Display, styled
from mnistedu.displays._style import text_color_on

_MOST_COLUMNS = 14  # that remain legible on a phone
_CELL = 0.34  # inches
_IMAGE = 1.7  # inches


class PixelValuesDisplay(Display):
    """Image next to an enlarged part of it with the value of each pixel.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        Grey levels from 0 (background) to 255 (full ink).
    rows, columns : tuple of (int, int)
        Limits of the part, excluding the second of each. At most 14 columns.

    Attributes
    ----------
    axes_ : ndarray of shape (1, 2) of matplotlib Axes
        The whole image with a rectangle around the part, and the part.
    figure_ : matplotlib Figure
        The figure.
    texts_ : list of matplotlib Text
        The values of the part, row by row.

    Examples
    --------
    >>> from mnistedu import load_digits
    >>> image = load_digits().test.images[0]
    >>> display = PixelValuesDisplay(image, rows=(8, 16), columns=(8, 20)).plot()
    >>> len(display.texts_)
    96
    """

    def __init__(
        self, image: np.ndarray, *, rows: tuple[int, int], columns: tuple[int, int]
    ) -> None:
        self.image = np.asarray(image)
        self.rows, self.columns = tuple(rows), tuple(columns)
        if self.image.ndim != 2:
            raise ValueError(f"image must have shape (height, width), got {self.image.shape}")
        height, width = self.image.shape
        _check_range(self.rows, "rows", length=height, most=height)
        _check_range(self.columns, "columns", length=width, most=_MOST_COLUMNS)

    @property
    def part(self) -> np.ndarray:
        """Return the pixels whose values are shown.

        Returns
        -------
        part : ndarray of shape (n_rows, n_columns)
            A part of the image.
        """
        return self.image[slice(*self.rows), slice(*self.columns)]

    @property
    def alt_text(self) -> str:  # noqa: D102
        (top, bottom), (left, right) = self.rows, self.columns
        return (
            f"An image and, enlarged, its rows {top} to {bottom - 1} and columns {left} to "
            f"{right - 1} with the value of each pixel, from {self.part.min()} to "
            f"{self.part.max()}."
        )

    @styled
    def plot(self) -> PixelValuesDisplay:
        """Draw the image and the part in a new figure.

        Returns
        -------
        display : PixelValuesDisplay
            The display itself.
        """
        height, width = self.part.shape
        self.axes_ = self._create_grid(
            1,
            2,
            size=(_IMAGE + _CELL * width + 0.2, max(_IMAGE, _CELL * height) + 0.2),
            width_ratios=[_IMAGE, _CELL * width],
        )
        whole, enlarged = self.axes_.flat
        whole.imshow(self.image, vmin=0, vmax=255)
        corner = self.columns[0] - 0.5, self.rows[0] - 0.5
        whole.add_patch(Rectangle(corner, width, height, fill=False, edgecolor="C1", linewidth=2))
        shown = enlarged.imshow(self.part, vmin=0, vmax=255)
        self.texts_ = [
            enlarged.text(
                column,
                row,
                str(value),
                color=text_color_on(shown.to_rgba(value)),
                fontsize=11,
                ha="center",
                va="center",
            )
            for (row, column), value in np.ndenumerate(self.part)
        ]
        for ax in (whole, enlarged):
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(True)
        enlarged.spines[:].set(color="C1", linewidth=2)
        return self


def _check_range(bounds: tuple[int, ...], name: str, *, length: int, most: int) -> None:
    if len(bounds) != 2 or not 0 <= bounds[0] < bounds[1] <= length or np.ptp(bounds) > most:
        raise ValueError(
            f"{name} must be two numbers, the first smaller than the second, from 0 to {length}, "
            f"and at most {min(most, length)} apart, got {bounds}"
        )
