"""The pad as a still picture, for places where no widget can show: GitHub, PDF, printed pages."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from mnistedu.ink import Ink
from mnistedu.widgets.common.answer_html import N_TOP, percent
from mnistedu.widgets.drawing_pad.sheet import PEN, SIZE

if TYPE_CHECKING:
    from mnistedu.recognition import Prediction

_SIDE = 224  # pixels, eight for each of the image's 28
_GAP = 24
_SCALE = 2  # drawn larger and shrunk, for smooth lines


def still_png(ink: Ink, prediction: Prediction | None) -> bytes:
    r"""Draw the sheet, the image that the network sees and the answer side by side.

    Parameters
    ----------
    ink : Ink
        In pixels of the pad's canvas.
    prediction : Prediction or None
        If None, only the sheet is drawn.

    Returns
    -------
    png : bytes

    Examples
    --------
    >>> still_png(Ink(), None)[:4]
    b'\x89PNG'
    """
    side = _SIDE * _SCALE
    parts = [_sheet(ink, side)]
    if prediction is not None:
        view = Image.fromarray(prediction.image)
        parts += [view.resize((side, side), Image.Resampling.NEAREST), _answer(prediction, side)]
    step = side + _GAP * _SCALE
    picture = Image.new("L", (step * len(parts) - _GAP * _SCALE, side), "white")
    for column, part in enumerate(parts):
        picture.paste(part, (column * step, 0))
    png = io.BytesIO()
    picture.reduce(_SCALE).save(png, "PNG", optimize=True)
    return png.getvalue()


def still_alt(prediction: Prediction | None) -> str:
    """Return the alternative text of the picture.

    Parameters
    ----------
    prediction : Prediction or None

    Returns
    -------
    text : str

    Examples
    --------
    >>> still_alt(None)
    'A drawing pad.'
    """
    if prediction is None:
        return "A drawing pad."
    answer = f"the answer {prediction.digit}" if prediction.confident else "no sure answer"
    top = ", ".join(f"{digit}: {percent(p)}" for digit, p in prediction.top(N_TOP))
    return f"A drawing pad with a digit, the 28x28 image made from it, and {answer} ({top})."


def _sheet(ink: Ink, side: int) -> Image.Image:
    sheet = Image.new("L", (side, side), "white")
    draw = ImageDraw.Draw(sheet)
    scale, width = side / SIZE, round(PEN * side / SIZE)
    for stroke in ink.strokes:
        points = [tuple(point) for point in (stroke * scale).tolist()]
        draw.line(points, fill="black", width=width, joint="curve")
        for end in (points[0], points[-1]):
            draw.circle(end, width / 2, fill="black")
    if ink.blank:
        hint = "Run this notebook\nto draw a digit."
        draw.text((side / 2, side / 2), hint, "grey", _font(side / 14), "mm", align="center")
    draw.rectangle((0, 0, side - 1, side - 1), outline="lightgrey", width=_SCALE)
    return sheet


def _answer(prediction: Prediction, side: int) -> Image.Image:
    answer = Image.new("L", (side, side), "white")
    draw = ImageDraw.Draw(answer)
    sign = str(prediction.digit) if prediction.confident else "?"
    draw.text((0, 0.55 * side), sign, "black", _font(0.65 * side), "ls")
    small = _font(side / 16)
    left, right, thickness = 0.1 * side, 0.68 * side, 0.03 * side
    for row, (digit, probability) in enumerate(prediction.top(N_TOP)):
        y = (0.72 + 0.12 * row) * side
        draw.text((0, y), str(digit), "black", small, "lm")
        draw.text((side, y), percent(probability), "black", small, "rm")
        for end, colour in (right, "gainsboro"), (left + (right - left) * probability, "dimgrey"):
            draw.rectangle((left, y - thickness / 2, end, y + thickness / 2), fill=colour)
    return answer


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
