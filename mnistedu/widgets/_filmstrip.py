"""How a drawing becomes an image of 28x28 pixels, step by step, as HTML."""

from __future__ import annotations

import numpy as np

from mnistedu.ink import BOX, PEN, Ink
from mnistedu.widgets._canvas import PEN as SHEET_PEN
from mnistedu.widgets._canvas import SIZE


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
        found = (
            f'{_lines(ink, SHEET_PEN)}<rect x="{corner[0] - SHEET_PEN / 2:.0f}"'
            f' y="{corner[1] - SHEET_PEN / 2:.0f}"'
            f' width="{width + SHEET_PEN:.0f}" height="{height + SHEET_PEN:.0f}"/>'
        )
        scaled = (
            f'<g transform="translate({BOX / 2:g} {BOX / 2:g}) scale({scale:.5f})'
            f' translate({-middle[0]:.1f} {-middle[1]:.1f})">{_lines(ink, PEN / scale)}</g>'
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


def _lines(ink: Ink, pen: float) -> str:
    paths = [" ".join(f"{x:.0f},{y:.0f}" for x, y in (*s, s[-1])) for s in ink.strokes]
    lines = "".join(f'<polyline points="{path}"/>' for path in paths)
    return f'<g stroke-width="{pen:.1f}">{lines}</g>'
