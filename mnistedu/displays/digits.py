"""Images in a grid."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.colors import Colormap

from mnistedu.displays._display import Display, styled


class DigitsDisplay(Display):
    """Grid of images, each with a title.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28)
        Grey levels, 0 for background.
    titles : sequence of str or int, optional
        One per image, such as its label.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes
        One per cell of the grid.
    figure_ : matplotlib Figure
        The figure.

    Examples
    --------
    >>> from mnistedu import load_digits
    >>> images, labels = load_digits().test[:20]
    >>> display = DigitsDisplay(images, labels).plot(columns=10)
    >>> display.axes_.shape
    (2, 10)
    >>> display.plot(cmap="gray").axes_[0, 0].images[0].get_cmap().name
    'gray'
    """

    def __init__(self, images: np.ndarray, titles: Sequence[str | int] | None = None) -> None:
        self.images = np.asarray(images)
        if self.images.ndim != 3 or not len(self.images):
            raise ValueError(
                f"images must have shape (n, 28, 28), n at least 1, got {self.images.shape}"
            )
        self.titles = None if titles is None else [str(title) for title in titles]
        if self.titles is not None and len(self.titles) != len(self.images):
            raise ValueError(
                f"there must be one title for each of the {len(self.images)} images, "
                f"got {len(self.titles)}"
            )

    @property
    def alt_text(self) -> str:  # noqa: D102
        count = len(self.images)
        text = f"{count} image{'s' * (count != 1)} of handwritten digits"
        titles = (title.replace("\n", " ") for title in self.titles or [])
        return text + (f", titled {', '.join(titles)}." if self.titles else ".")

    @styled
    def plot(self, *, columns: int = 10, cmap: str | Colormap | None = None) -> DigitsDisplay:
        """Draw the images in a new figure.

        Parameters
        ----------
        columns : int, default=10
            Number of images per row.
        cmap : str or matplotlib Colormap, optional
            By default 0 has the colour of the page and 255 stands out from it, whether the page is
            light or dark. ``"gray"`` shows the pixels as they are, 0 black and 255 white on any
            page. With a colormap, each image has a frame.

        Returns
        -------
        display : DigitsDisplay
            The display itself.
        """
        columns = min(columns, len(self.images))
        rows = math.ceil(len(self.images) / columns)
        lines = [title.split("\n") for title in self.titles or []]
        longest = max((len(line) for title in lines for line in title), default=0)
        side = min(max(1.1, 0.09 * longest), 5.5 / columns)
        title_height = 0.05 + 0.2 * max(map(len, lines), default=0)
        height = rows * (side + title_height)
        self.axes_ = self._create_grid(
            rows,
            columns,
            size=(side * columns, height),
            # Much faster than matplotlib's constrained layout for many images.
            layout="none",
            gridspec_kw={
                "left": 0.01,
                "right": 0.99,
                "bottom": 0,
                "top": 1 - title_height / height,
                "wspace": 0.1,
                "hspace": title_height / side,
            },
        )
        for index, ax in enumerate(self.axes_.flat):
            if index >= len(self.images) or cmap is None:
                ax.set_axis_off()
            if index < len(self.images):
                ax.imshow(self.images[index], cmap=cmap, vmin=0, vmax=255)
                ax.set(xticks=[], yticks=[])
                ax.spines[:].set_visible(True)
                if self.titles:
                    ax.set_title(
                        self.titles[index], fontsize=10, fontweight="normal", loc="center", pad=3
                    )
        return self
