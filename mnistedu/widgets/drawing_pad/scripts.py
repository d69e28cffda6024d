"""The scripts of this folder."""

from __future__ import annotations

from pathlib import Path


def read_scripts(*names: str) -> str:
    """Return several scripts as one, because the script of an anywidget can import no file.

    Parameters
    ----------
    *names : str
        Files of this folder; the last has the module's ``export``.

    Returns
    -------
    script : str

    Examples
    --------
    >>> "export default" in read_scripts("keyboard_pen.js", "anywidget_surface.js")
    True
    """
    folder = Path(__file__).parent
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)
