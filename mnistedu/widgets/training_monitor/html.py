"""What the training monitor shows as HTML: curves, digits with their predictions, a matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from mnistedu.widgets.common.answer_html import percent
from mnistedu.widgets.common.pixel_images import picture_html

Point = tuple[float, float]
"""Epochs trained so far, from 0, and the value of a metric."""

_WIDTH, _HEIGHT = 320, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 312, 10, 164  # of the axes
_MAX_POINTS = 300  # of a curve
_LABELS = {"": "training", "val_": "validation"}


def curves_html(points: Mapping[str, Sequence[Point]], metric: str, epochs: int) -> Markup:
    """Render a metric over the epochs, for training and validation.

    Parameters
    ----------
    points : mapping of str to sequence of (float, float)
        The curves by name; the validation's name starts with ``val_``.
    metric : str
        The metric to draw.
    epochs : int
        The number of epochs to train, the right end of the axis.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(curves_html({"loss": [(0.5, 0.9), (1, 0.4)], "val_loss": [(1, 0.3)]}, "loss", 5))
    <figure class="mnistedu-curves"><figcaption><b>loss</b>...training 0.4000...</svg></figure>
    """
    curves = {prefix: points.get(prefix + metric, ()) for prefix in _LABELS}
    curves = {_LABELS[prefix]: _thin(curve) for prefix, curve in curves.items() if curve}
    values = [value for curve in curves.values() for _, value in curve if math.isfinite(value)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = 0.05 * (high - low) or 0.05
    low, high = low - margin, high + margin

    def to_pixels(point: Point) -> str:
        x = _LEFT + point[0] / epochs * (_RIGHT - _LEFT)
        y = _BOTTOM - (point[1] - low) / (high - low) * (_BOTTOM - _TOP)
        return f"{x:.1f},{y:.1f}"

    lines = Markup().join(
        _curve([to_pixels(point) for point in curve if math.isfinite(point[1])], label)
        for label, curve in curves.items()
    )
    latest = {label: f"{label} {curve[-1][1]:.4f}" for label, curve in curves.items()}
    legend = Markup(" · ").join(
        Markup('<span class="mnistedu-{}">{}</span>').format(label, text)
        for label, text in latest.items()
    )
    return Markup(
        '<figure class="mnistedu-curves"><figcaption><b>{metric}</b> {legend}</figcaption>'
        '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{alt}">'
        "{axes}{lines}</svg></figure>"
    ).format(
        metric=metric,
        legend=legend,
        width=_WIDTH,
        height=_HEIGHT,
        alt=f"The {metric} over {epochs} epochs: {', '.join(latest.values()) or 'nothing yet'}",
        axes=_axes(low, high, epochs),
        lines=lines,
    )


def digits_html(pictures: Sequence[str], labels: np.ndarray, probabilities: np.ndarray) -> Markup:
    """Render some digits with a model's predictions.

    Parameters
    ----------
    pictures : sequence of str
        The URLs of the images.
    labels : ndarray of shape (n,)
    probabilities : ndarray of shape (n, 10)

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(digits_html(["data:,"], np.array([4]), np.eye(10)[[9]]))
    <ul class="mnistedu-answers" ...><li class="mnistedu-wrong"><img ...><b>9</b> ...</li></ul>
    """
    items = []
    for picture, label, answers in zip(pictures, labels, probabilities, strict=True):
        digit = answers.argmax()
        items.append(
            Markup('<li class="mnistedu-{}">{}<b>{}</b> {}</li>').format(
                "right" if digit == label else "wrong",
                picture_html(picture, alt=f"A {label}, read as", width=42),
                digit,
                percent(answers[digit]),
            )
        )
    return Markup(
        '<ul class="mnistedu-answers" aria-label="Validation digits and how they are read">{}</ul>'
    ).format(Markup().join(items))


def confusion_html(confusion: np.ndarray) -> Markup:
    """Render a confusion matrix as a table.

    Parameters
    ----------
    confusion : ndarray of shape (10, 10)
        Rows are true digits, columns predicted ones.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> confusion_html(np.diag(np.full(10, 7))).count("<td")
    100
    """
    shades = 70 * np.log1p(confusion) / np.log1p(max(confusion.max(), 1))
    column = Markup('<th scope="col">{}</th>')
    row = Markup('<tr><th scope="row">{}</th>{}</tr>')
    cell = Markup('<td class="mnistedu-{}" style="--shade:{:.0f}%">{}</td>')
    rows = Markup().join(
        row.format(
            true,
            Markup().join(
                cell.format(
                    "right" if true == answer else "wrong",
                    shades[true, answer],
                    confusion[true, answer] or "",
                )
                for answer in range(10)
            ),
        )
        for true in range(10)
    )
    return Markup(
        '<table class="mnistedu-confusion"><caption>Rows: true digits, columns: predictions, '
        "on {:,} validation images</caption>"
        "<thead><tr><th></th>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(confusion.sum(), Markup().join(column.format(digit) for digit in range(10)), rows)


def _thin(curve: Sequence[Point]) -> Sequence[Point]:
    """Drop points that would be too close to tell apart, but never the last one."""
    return curve[:: -max(1, len(curve) // _MAX_POINTS)][::-1]


def _curve(points: Sequence[str], label: str) -> Markup:
    if not points:
        return Markup()
    x, y = points[-1].split(",")
    return Markup(
        '<g class="mnistedu-{}"><polyline points="{}"/><circle cx="{}" cy="{}" r="3.5"/></g>'
    ).format(label, " ".join(points), x, y)


def _axes(low: float, high: float, epochs: int) -> Markup:
    line = Markup('<line x1="{}" x2="{}" y1="{:.1f}" y2="{:.1f}"/>')
    text = Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
    grid = []
    for fraction in (0.05, 0.5, 0.95):
        y = _BOTTOM - fraction * (_BOTTOM - _TOP)
        value = low + fraction * (high - low)
        grid += [
            line.format(_LEFT, _RIGHT, y, y),
            text.format(_LEFT - 6, y + 4, "end", f"{value:.3g}"),
        ]
    for epoch in range(0, epochs + 1, -(-epochs // (10 if epochs <= 100 else 4))):
        x = _LEFT + epoch / epochs * (_RIGHT - _LEFT)
        grid.append(text.format(x, _BOTTOM + 16, "middle", f"{epoch:,}"))
    return Markup('<g class="mnistedu-axes">{}</g>').format(Markup().join(grid))
