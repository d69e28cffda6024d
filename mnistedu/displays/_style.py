"""The one look of all pictures, on light and on dark ground."""

from __future__ import annotations

from importlib.resources import files

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

LIGHT = str(files("mnistedu.displays") / "mnistedu.mplstyle")
DARK = str(files("mnistedu.displays") / "dark.mplstyle")


def style_for(ax: Axes | None = None) -> list[str]:
    """Give the style sheets for some axes, or for a new figure: dark ones where the ground is dark.

    Matplotlib's own settings decide: ``plt.style.use("dark_background")`` makes all pictures dark.

    Parameters
    ----------
    ax : matplotlib Axes, optional

    Returns
    -------
    styles : list of str
        For ``plt.style.context``.
    """
    ground = mpl.rcParams["figure.facecolor"] if ax is None else ax.figure.get_facecolor()
    return [LIGHT, DARK] if is_dark(ground) else [LIGHT]


def is_dark(color: object) -> bool:
    """Tell whether a colour is a dark one; nothing, fully transparent, is not.

    Examples
    --------
    >>> is_dark("black"), is_dark("white"), is_dark("none")
    (True, False, False)
    """
    return to_rgba(color)[3] > 0 and luminance(color) < 0.18


def ink_on(color: object) -> str:
    """Choose black or white for a text on a colour, whichever stands out more.

    Examples
    --------
    >>> ink_on("navy"), ink_on("yellow")
    ('white', '#1a1a1a')
    """
    return "white" if luminance(color) < 0.2 else "#1a1a1a"


def luminance(color: object) -> float:
    """Give the relative luminance of a colour as WCAG defines it, from 0 to 1.

    Examples
    --------
    >>> luminance("white")
    1.0
    """
    rgb = np.array(to_rgba(color)[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def heat_colormap() -> str:
    """Name the colours of a heat map: its lowest values are near the ground that is drawn on."""
    return "Blues_r" if is_dark(mpl.rcParams["figure.facecolor"]) else "Blues"
