"""The scripts of this folder."""

from __future__ import annotations

from pathlib import Path

from mnistedu.theme import keyboard_pen_js


def read_scripts(*names: str) -> str:
    """Return several scripts and that of the keyboard's pen as one.

    The script of an anywidget can import no file.

    Parameters
    ----------
    *names : str
        Files of this folder; the last has the module's ``export``.

    Returns
    -------
    script : str

    Examples
    --------
    >>> "export default" in read_scripts("sheet.js", "anywidget_surface.js")
    True
    """
    folder = Path(__file__).parent
    scripts = [folder.joinpath(name).read_text(encoding="utf-8") for name in names]
    return "\n".join([keyboard_pen_js(), *scripts])
