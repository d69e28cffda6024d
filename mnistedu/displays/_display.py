"""Base class of the displays: style, figure and alternative text."""

from __future__ import annotations

import base64
import copy
import functools
import html
import io
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from mnistedu.displays._style import is_dark, style_for

_PIXELS_PER_INCH = 100  # on the page
_DPI = 150  # of the image itself, for high-resolution screens

# JupyterLab and Voilà, Sphinx's Furo theme, and VS Code mark dark pages in different ways. On pages
# that remove the style element, the attribute `hidden` leaves only the light image.
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

_Params = ParamSpec("_Params")
_Display = TypeVar("_Display", bound="Display")


class Display:
    """Plot with alternative text that displays itself in a notebook, light or dark like the page.

    Subclasses implement ``plot``, decorated with :func:`styled`, and ``alt_text``.

    Attributes
    ----------
    figure_ : matplotlib Figure
        The figure of the last call of ``plot``.
    """

    figure_: FigureBase
    _new_figure: Figure | None = None  # None if the axes are the caller's
    _options: dict[str, Any]

    @property
    def alt_text(self) -> str:
        """Return a sentence or two that describe the plot."""
        raise NotImplementedError

    def plot(self, *args: Any, **kwargs: Any) -> Display:
        """Draw the plot.

        Parameters
        ----------
        *args, **kwargs
            Options of the plot.

        Returns
        -------
        display : Display
            The display itself.
        """
        raise NotImplementedError

    def _get_axes(self, ax: Axes | None, *, size: tuple[float, float]) -> Axes:
        """Return `ax`, or the axes of a new figure of `size` in inches."""
        if ax is not None:
            self.figure_, self._new_figure = ax.figure, None
            return ax
        return self._create_grid(1, 1, size=size)[0, 0]

    def _create_grid(
        self, rows: int, columns: int, *, size: tuple[float, float], **options: Any
    ) -> np.ndarray:
        """Return the axes of a grid in a new figure of `size` in inches."""
        figure, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, **options)
        self.figure_ = self._new_figure = figure
        return axes

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> tuple:
        """Return the plot as PNG and HTML with alternative text, and its metadata.

        A figure that the caller created is not included: Jupyter displays it. A figure that `plot`
        created is closed here, else Jupyter would display it twice.
        """
        bundle: dict[str, object] = {"text/plain": f"{type(self).__name__}: {self.alt_text}"}
        metadata: dict[str, object] = {}
        if self._new_figure is not None:
            width = round(self._new_figure.get_figwidth() * _PIXELS_PER_INCH)
            png = self._to_png(self._new_figure)
            bundle["image/png"] = png
            metadata["image/png"] = {"alt": self.alt_text, "width": width}
            bundle["text/html"] = self._to_html(png, width)
        return bundle, metadata

    def _to_png(self, figure: Figure) -> bytes:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DPI, facecolor="auto")
        plt.close(figure)
        return buffer.getvalue()

    def _to_html(self, png: bytes, width: int) -> str:
        if is_dark(mpl.rcParams["figure.facecolor"]):  # the user's choice, on any page
            return self._to_img(png, width, "")
        twin = copy.copy(self)
        with plt.style.context("dark_background"):
            twin.plot(**self._options)
            dark = twin._to_png(cast(Figure, twin._new_figure))
        images = self._to_img(png, width, 'class="mnistedu-light"')
        images += self._to_img(dark, width, 'class="mnistedu-dark" hidden')
        return f'<style>{_CSS}</style><div class="mnistedu-figure">{images}</div>'

    def _to_img(self, png: bytes, width: int, attributes: str) -> str:
        return (
            f'<img {attributes} width="{width}" alt="{html.escape(self.alt_text)}" '
            f'src="data:image/png;base64,{base64.b64encode(png).decode()}">'
        )


def styled(
    plot: Callable[Concatenate[_Display, _Params], _Display],
) -> Callable[Concatenate[_Display, _Params], _Display]:
    """Apply the package's style to a ``plot`` method and record its options.

    Parameters
    ----------
    plot : callable
        A method of a :class:`Display` with keyword-only parameters.

    Returns
    -------
    styled_plot : callable
        A method with the same signature.
    """

    @functools.wraps(plot)
    def styled_plot(self: _Display, *args: _Params.args, **options: _Params.kwargs) -> _Display:
        self._options = options
        with plt.style.context(style_for(cast(Axes | None, options.get("ax")))):
            return plot(self, *args, **options)

    return styled_plot
