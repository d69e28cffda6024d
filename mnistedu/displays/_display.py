"""What every display has in common: its style, its figure and its alternative text."""

from __future__ import annotations

import base64
import copy
import functools
import html
import io
from collections.abc import Callable

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from mnistedu.displays._style import is_dark, style_for

_PIXELS_PER_INCH = 100  # on the page
_DPI = 150  # of the image itself, for sharp screens

# JupyterLab and Voilà, Sphinx's Furo theme, and VS Code each have their own sign for dark pages.
# Where a page lets no style through, `hidden` leaves the light picture.
_CSS = """
.mnistedu-figure img { max-width: 100%; height: auto; }
:is([data-jp-theme-light="false"], [data-theme="dark"], .vscode-dark) .mnistedu-light
  { display: none; }
:is([data-jp-theme-light="false"], [data-theme="dark"], .vscode-dark) .mnistedu-dark
  { display: inline !important; }
@media (prefers-color-scheme: dark) {
  [data-theme="auto"] .mnistedu-light { display: none; }
  [data-theme="auto"] .mnistedu-dark { display: inline !important; }
}
"""


class Display:
    """A picture that shows itself in a notebook with a text for those who cannot see it.

    Subclasses draw in a ``plot`` that is :func:`styled`, and say in ``alt_text`` what it shows. In
    a notebook the picture follows the page from light to dark.
    """

    figure_: Figure | None = None
    owns_figure_: bool = False

    @property
    def alt_text(self) -> str:
        """What the picture shows, in a sentence or two."""
        raise NotImplementedError

    def _new_axes(self, ax: Axes | None, *, size: tuple[float, float]) -> Axes:
        """Give the axes to draw on: the caller's, or those of a new figure of `size` in inches."""
        if ax is not None:
            self.figure_, self.owns_figure_ = ax.figure, False
            return ax
        return self._new_grid(1, 1, size=size)[0, 0]

    def _new_grid(
        self, rows: int, columns: int, *, size: tuple[float, float], **options: object
    ) -> np.ndarray:
        """Give axes in rows and columns, in a new figure of `size` in inches."""
        self.figure_, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, **options)
        self.owns_figure_ = True
        return axes

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        """Give the picture as PNG and as HTML, each with its alternative text.

        A figure of the caller's own is left to whoever made it. Ours is closed here, or Jupyter
        would show it a second time.
        """
        bundle, metadata = {"text/plain": f"{type(self).__name__}: {self.alt_text}"}, {}
        if self.owns_figure_:
            width = round(self.figure_.get_figwidth() * _PIXELS_PER_INCH)
            picture = self._to_png()
            bundle["image/png"] = picture
            metadata["image/png"] = {"alt": self.alt_text, "width": width}
            bundle["text/html"] = self._to_html(picture, width)
        return bundle, metadata

    def _to_png(self) -> bytes:
        buffer = io.BytesIO()
        self.figure_.savefig(buffer, format="png", dpi=_DPI, facecolor="auto")
        plt.close(self.figure_)
        return buffer.getvalue()

    def _to_html(self, picture: bytes, width: int) -> str:
        images = self._to_img(picture, width, 'class="mnistedu-light"')
        if is_dark(mpl.rcParams["figure.facecolor"]):  # as the user wishes, wherever it is shown
            return self._to_img(picture, width, "")
        twin = copy.copy(self)
        with plt.style.context("dark_background"):
            twin.plot(**self._options)
            images += self._to_img(twin._to_png(), width, 'class="mnistedu-dark" hidden')
        return f'<style>{_CSS}</style><div class="mnistedu-figure">{images}</div>'

    def _to_img(self, picture: bytes, width: int, attributes: str) -> str:
        return (
            f'<img {attributes} width="{width}" alt="{html.escape(self.alt_text)}" '
            f'src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
        )


def styled(plot: Callable[..., Display]) -> Callable[..., Display]:
    """Make a ``plot`` draw in the house style, and remember with which options it did."""

    @functools.wraps(plot)
    def draw(self: Display, **options: object) -> Display:
        self._options = options
        with plt.style.context(style_for(options.get("ax"))):
            return plot(self, **options)

    return draw
