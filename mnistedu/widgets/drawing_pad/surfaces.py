"""Which surface shows the sheet."""

from __future__ import annotations

from collections.abc import Callable

from mnistedu.widgets.common.front_end import detect_front_end
from mnistedu.widgets.drawing_pad.anywidget_surface import AnywidgetSurface
from mnistedu.widgets.drawing_pad.ipycanvas_surface import IpycanvasSurface
from mnistedu.widgets.drawing_pad.sheet import Sheet, Surface

SURFACES: dict[str, Callable[[Sheet], Surface]] = {
    "ipycanvas": IpycanvasSurface,
    "anywidget": AnywidgetSurface,
}
WITHOUT_IPYCANVAS = ("Colab", "VS Code", "marimo")  # docs/frontends.md has the reasons


def find_surface(name: str) -> Callable[[Sheet], Surface]:
    """Return the function that makes a surface.

    Parameters
    ----------
    name : {"auto", "ipycanvas", "anywidget"}
        ``"auto"`` is ipycanvas, or anywidget where ipycanvas cannot load.

    Returns
    -------
    make_surface : callable
        Takes the sheet.

    Raises
    ------
    ValueError
        If there is no surface of this name.

    Examples
    --------
    >>> find_surface("auto") is find_surface("ipycanvas")
    True
    """
    if name == "auto":
        name = "anywidget" if detect_front_end() in WITHOUT_IPYCANVAS else "ipycanvas"
    if name not in SURFACES:
        raise ValueError(f"sheet must be auto, {' or '.join(SURFACES)}, not {name!r}")
    return SURFACES[name]
