"""The style of all plots, on light and dark backgrounds."""

from __future__ import annotations

from importlib.resources import files

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.typing import ColorType

LIGHT = str(files("mnistedu.displays") / "mnistedu.mplstyle")
DARK = str(files("mnistedu.displays") / "dark.mplstyle")


def style_for(ax: Axes | None = None) -> list[str]:
    """Return the style sheets for axes or for a new figure, dark ones on a dark background.

    The background is matplotlib's: ``plt.style.use("dark_background")`` makes all plots dark.

    Parameters
    ----------
    ax : matplotlib Axes, optional
        The axes to draw on. By default, a new figure.

    Returns
    -------
    styles : list of str
        Arguments for ``plt.style.context``.
    """
    figure_color = mpl.rcParams["figure.facecolor"] if ax is None else ax.figure.get_facecolor()
    return [LIGHT, DARK] if is_dark(figure_color) else [LIGHT]


def is_dark(color: ColorType) -> bool:
    """Check whether a colour is dark. Fully transparent is not.

    Parameters
    ----------
    color : matplotlib color
        Any format that matplotlib understands.

    Returns
    -------
    dark : bool
        True if the colour needs light text on it.

    Examples
    --------
    >>> is_dark("black"), is_dark("white"), is_dark("none")
    (True, False, False)
    """
    return to_rgba(color)[3] > 0 and luminance(color) < 0.18


def text_color_on(color: ColorType) -> str:
    """Return black or white, whichever has more contrast with a colour.

    Parameters
    ----------
    color : matplotlib color
        The background of the text.

    Returns
    -------
    text_color : str
        Colour of the text.

    Examples
    --------
    >>> text_color_on("navy"), text_color_on("yellow")
    ('white', '#1a1a1a')
    """
    return "white" if luminance(color) < 0.2 else "#1a1a1a"


def luminance(color: ColorType) -> float:
    """Compute the relative luminance of a colour as defined by WCAG.

    Parameters
    ----------
    color : matplotlib color
        Any format that matplotlib understands; transparency is ignored.

    Returns
    -------
    luminance : float
        From 0 for black to 1 for white.

    Examples
    --------
    >>> luminance("white")
    1.0
    """
    rgb: np.ndarray = np.array(to_rgba(color)[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def heat_colormap() -> str:
    """Return the name of a colormap whose lowest values are close to the background.

    Returns
    -------
    name : str
        Name of a matplotlib colormap.
    """
    return "Blues_r" if is_dark(mpl.rcParams["figure.facecolor"]) else "Blues"
