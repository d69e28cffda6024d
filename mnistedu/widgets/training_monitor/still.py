"""The training monitor as a still picture, for places where no widget can show.

Pillow takes a hundredth of the time of matplotlib, and the cell that trains waits for the picture.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_SIDE = 240  # pixels of a panel
_GAP = 28
_SCALE = 2  # drawn larger and shrunk, for smooth lines
_HEAD, _FOOT, _LEFT = 30, 22, 44  # pixels of a panel around its axes
_COLOURS = {"": ("training", "#0072b2"), "val_": ("validation", "#d55e00")}


def training_png(
    history: Mapping[str, Sequence[float]], metrics: Sequence[str], confusion: np.ndarray | None
) -> bytes:
    r"""Draw the curves of some metrics and a confusion matrix side by side.

    Parameters
    ----------
    history : mapping of str to sequence of float
        The metrics after each epoch, by name; the validation's names start with ``val_``.
    metrics : sequence of str
        The metrics to draw.
    confusion : ndarray of shape (10, 10), optional

    Returns
    -------
    png : bytes

    Examples
    --------
    >>> training_png({"loss": [0.3, 0.1]}, ["loss"], np.eye(10))[:4]
    b'\x89PNG'
    """
    panels = [_curves(history, metric) for metric in metrics]
    if confusion is not None:
        panels.append(_matrix(confusion))
    step = (_SIDE + _GAP) * _SCALE
    size = step * len(panels) - _GAP * _SCALE, _SIDE * _SCALE
    picture = Image.new("RGB", size, "white")
    for column, panel in enumerate(panels):
        picture.paste(panel, (column * step, 0))
    png = io.BytesIO()
    picture.reduce(_SCALE).save(png, "PNG")
    return png.getvalue()


def _curves(history: Mapping[str, Sequence[float]], metric: str) -> Image.Image:
    curves = {prefix: np.asarray(history.get(prefix + metric, ()), float) for prefix in _COLOURS}
    values = np.concatenate(list(curves.values()))
    values = values[np.isfinite(values)]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 1.0)
    epochs = max(map(len, curves.values()))
    panel, draw = _panel()

    def to_pixels(epoch: float, value: float) -> tuple[float, float]:
        across = (epoch - 1) / max(epochs - 1, 1)
        up = 0.05 + 0.9 * (value - low) / ((high - low) or 1.0)
        height = _SIDE - _HEAD - _FOOT
        x, y = _LEFT + across * (_SIDE - _LEFT - 8), _SIDE - _FOOT - up * height
        return x * _SCALE, y * _SCALE

    for value in (low, high):
        x, y = to_pixels(1, value)
        draw.line((x, y, (_SIDE - 8) * _SCALE, y), fill="#dddddd", width=_SCALE)
        _write(draw, x / _SCALE - 6, y / _SCALE, f"{value:.3g}", anchor="rm")
    _write(draw, 2, 10, metric, anchor="lm", size=14)
    _write(draw, _SIDE - 8, _SIDE - 9, f"epoch {epochs}", anchor="rm")
    for row, (prefix, curve) in enumerate(curves.items()):
        name, colour = _COLOURS[prefix]
        points = [to_pixels(i + 1, value) for i, value in enumerate(curve) if math.isfinite(value)]
        if not points:
            continue
        draw.line(points, fill=colour, width=2 * _SCALE, joint="curve")
        draw.circle(points[-1], 3 * _SCALE, fill=colour)
        text = f"{name} {curve[-1]:.4f}"
        _write(draw, _SIDE - 8, 7 + 14 * row, text, anchor="rm", colour=colour)
    return panel


def _matrix(confusion: np.ndarray) -> Image.Image:
    panel, draw = _panel()
    cell = (_SIDE - _HEAD) // 11
    shades = 0.7 * np.log1p(confusion) / np.log1p(max(confusion.max(), 1))
    _write(draw, 2, 10, "true digit (row), prediction (column)", anchor="lm")
    for digit in range(10):
        _write(draw, (digit + 1.5) * cell, _HEAD + cell / 2, str(digit))
        _write(draw, cell / 2, _HEAD + (digit + 1.5) * cell, str(digit))
    for (true, answer), count in np.ndenumerate(confusion):
        x, y = (answer + 1) * cell, _HEAD + (true + 1) * cell
        colour = np.array([25, 118, 210] if true == answer else [245, 124, 0])
        mixed = 255 - shades[true, answer] * (255 - colour)
        fill = tuple(mixed.astype(int)) if count else "#f4f4f4"
        corners = np.array([x, y, x + cell - 1, y + cell - 1]) * _SCALE
        draw.rectangle(tuple(corners), fill=fill)
        if count:
            _write(draw, x + cell / 2, y + cell / 2, f"{count:.0f}", size=9)
    return panel


def _panel() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    panel = Image.new("RGB", (_SIDE * _SCALE, _SIDE * _SCALE), "white")
    return panel, ImageDraw.Draw(panel)


def _write(
    draw: ImageDraw.ImageDraw,
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "mm",
    size: float = 11,
    colour: str = "#333333",
) -> None:
    font = ImageFont.load_default(size * _SCALE)
    draw.text((x * _SCALE, y * _SCALE), text, colour, font, anchor)
