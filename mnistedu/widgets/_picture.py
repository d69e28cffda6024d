"""The pad as a still picture, for places where no widget can show: GitHub, PDF, printed pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from mnistedu.ink import Ink
from mnistedu.widgets._answer import N_TOP, percent
from mnistedu.widgets._canvas import PEN, SIZE

if TYPE_CHECKING:
    from mnistedu.recognizer import Prediction

_HEIGHT = 240  # pixels; the picture is three squares of this side: sheet, network's view, answer
_SCALE = 2  # drawn larger and shrunk, for smooth lines


def picture_png(ink: Ink, prediction: Prediction | None) -> bytes:
    r"""Draw the sheet, the network's view and the answer side by side.

    Parameters
    ----------
    ink : Ink
        In pixels of the pad's canvas.
    prediction : Prediction or None

    Returns
    -------
    png : bytes

    Examples
    --------
    >>> picture_png(Ink(), None)[:4]
    b'\x89PNG'
    """
    side = _HEIGHT * _SCALE
    picture = Image.new("L", (3 * side, side), "white")
    picture.paste(_sheet(ink, side), (0, 0))
    if prediction is not None:
        view = Image.fromarray(prediction.image)
        picture.paste(view.resize((side, side), Image.Resampling.NEAREST), (side, 0))
    picture.paste(_words(prediction, side), (2 * side, 0))
    png = io.BytesIO()
    picture.resize((3 * _HEIGHT, _HEIGHT), Image.Resampling.LANCZOS).save(png, "PNG", optimize=True)
    return png.getvalue()


def _sheet(ink: Ink, side: int) -> Image.Image:
    sheet = Image.new("L", (side, side), "white")
    draw = ImageDraw.Draw(sheet)
    scale, width = side / SIZE, round(PEN * side / SIZE)
    for stroke in ink.strokes:
        points = [tuple(point) for point in (stroke * scale).tolist()]
        draw.line(points, fill="black", width=width, joint="curve")
        for end in (points[0], points[-1]):
            draw.circle(end, width / 2, fill="black")
    draw.rectangle((0, 0, side - 1, side - 1), outline="lightgrey", width=_SCALE)
    return sheet


def _words(prediction: Prediction | None, side: int) -> Image.Image:
    words = Image.new("L", (side, side), "white")
    draw = ImageDraw.Draw(words)
    middle = side / 2
    if prediction is None:
        lines = "Run this notebook\nto draw a digit."
        draw.text((middle, middle), lines, "grey", _font(side / 14), "mm", align="center")
        return words
    sign = str(prediction.digit) if prediction.confident else "?"
    draw.text((middle, 0.36 * side), sign, "black", _font(side / 2), "mm")
    lines = "\n".join(f"{digit}:  {percent(p)}" for digit, p in prediction.top(N_TOP))
    draw.text((middle, 0.8 * side), lines, "dimgrey", _font(side / 14), "mm", align="center")
    return words


def _font(size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size)
