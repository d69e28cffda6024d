"""The steps from a drawing to an image of 28x28 pixels, as HTML."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from mnistedu.ink import BOX, PEN, Ink
from mnistedu.widgets.drawing_pad.sheet import PEN as SHEET_PEN
from mnistedu.widgets.drawing_pad.sheet import SIZE


def filmstrip_html(ink: Ink) -> Markup:
    """Render two steps: the ink on the sheet in its bounding box, and the ink in MNIST's box.

    Parameters
    ----------
    ink : Ink
        In pixels of the sheet; a blank ink gives empty pictures.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> filmstrip_html(Ink([[(100, 100), (100, 400)]])).count("<figure>")
    2
    """
    found = scaled = Markup()
    if not ink.blank:
        corner, far = np.reshape(ink.bounds, (2, 2))
        width, height = far - corner
        scale = (BOX - PEN) / (max(width, height) or 1.0)
        middle = (corner + far) / 2
        path = Markup('<path d="{}"/>').format(_path(ink))
        found = Markup(
            '<g stroke-width="{pen}">{path}</g>'
            '<rect x="{x:.0f}" y="{y:.0f}" width="{width:.0f}" height="{height:.0f}"/>'
        ).format(
            pen=SHEET_PEN,
            path=path,
            x=corner[0] - SHEET_PEN / 2,
            y=corner[1] - SHEET_PEN / 2,
            width=width + SHEET_PEN,
            height=height + SHEET_PEN,
        )
        scaled = Markup(
            '<g transform="translate({half:g} {half:g}) scale({scale:.5f})'
            ' translate({x:.1f} {y:.1f})" stroke-width="{pen:.1f}">{path}</g>'
        ).format(half=BOX / 2, scale=scale, x=-middle[0], y=-middle[1], pen=PEN / scale, path=path)
    return Markup('<div class="mnistedu-filmstrip">{}{}</div>').format(
        _figure(found, SIZE, "Find the ink"),
        _figure(scaled, BOX, f"Fit to {BOX:g} × {BOX:g}"),
    )


def _figure(picture: Markup, side: float, caption: str) -> Markup:
    return Markup(
        '<figure><svg viewBox="0 0 {side:g} {side:g}" aria-hidden="true">{picture}</svg>'
        "<figcaption>{caption}</figcaption></figure>"
    ).format(side=side, picture=picture, caption=caption)


def _path(ink: Ink) -> str:
    """Return the strokes as an SVG path; last points are repeated, so that single ones are dots."""
    strokes = [np.rint(np.vstack([stroke, stroke[-1:]])).astype(int) for stroke in ink.strokes]
    return "".join(f"M{' '.join(map(str, stroke.ravel().tolist()))}" for stroke in strokes)
