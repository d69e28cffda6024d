"""How a drawing becomes an image of 28x28 pixels, step by step, as HTML."""

from __future__ import annotations

import numpy as np

from mnistedu.ink import BOX, PEN, Ink
from mnistedu.widgets.drawing_pad.canvas import PEN as SHEET_PEN
from mnistedu.widgets.drawing_pad.canvas import SIZE


def filmstrip_html(ink: Ink) -> str:
    """Show the ink on the sheet in the box around it, and the ink scaled to MNIST's box.

    Parameters
    ----------
    ink : Ink
        In pixels of the sheet; blank ink gives empty pictures.

    Returns
    -------
    html : str

    Examples
    --------
    >>> filmstrip_html(Ink([[(100, 100), (100, 400)]])).count("<figure>")
    2
    """
    found = scaled = ""
    if not ink.blank:
        corner, far = np.reshape(ink.bounds, (2, 2))
        width, height = far - corner
        scale = (BOX - PEN) / (max(width, height) or 1.0)
        middle = (corner + far) / 2
        lines = _lines(ink)
        found = (
            f'<g stroke-width="{SHEET_PEN}">{lines}</g><rect x="{corner[0] - SHEET_PEN / 2:.0f}"'
            f' y="{corner[1] - SHEET_PEN / 2:.0f}"'
            f' width="{width + SHEET_PEN:.0f}" height="{height + SHEET_PEN:.0f}"/>'
        )
        scaled = (
            f'<g transform="translate({BOX / 2:g} {BOX / 2:g}) scale({scale:.5f})'
            f' translate({-middle[0]:.1f} {-middle[1]:.1f})"'
            f' stroke-width="{PEN / scale:.1f}">{lines}</g>'
        )
    return (
        '<div class="mnistedu-filmstrip">'
        f"{_figure(found, SIZE, 'Find the ink')}"
        f"{_figure(scaled, BOX, f'Fit to {BOX:g} × {BOX:g}')}"
        "</div>"
    )


def _figure(picture: str, side: float, caption: str) -> str:
    return (
        f'<figure><svg viewBox="0 0 {side:g} {side:g}" aria-hidden="true">{picture}</svg>'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _lines(ink: Ink) -> str:
    """Give each stroke as a line; with its last point twice, one of a single point is a dot."""
    strokes = (np.rint(np.vstack([stroke, stroke[-1:]])).astype(int) for stroke in ink.strokes)
    return "".join(
        f'<polyline points="{" ".join(map(str, stroke.ravel().tolist()))}"/>' for stroke in strokes
    )
