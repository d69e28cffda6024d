"""What the training monitor shows, as HTML: curves, digits with their answers, a matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from mnistedu.widgets.common.answer_html import percent
from mnistedu.widgets.common.pixel_images import picture_html

Point = tuple[float, float]
"""Epochs, from 0, and the value of a measure then."""

_WIDTH, _HEIGHT = 320, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 312, 10, 164  # of the axes
_MOST = 300  # points of a curve
_LABELS = {"": "training", "val_": "validation"}


def curves_html(points: Mapping[str, Sequence[Point]], metric: str, epochs: int) -> str:
    """Draw a measure over the epochs, for training and validation.

    Parameters
    ----------
    points : mapping of str to sequence of (float, float)
        The curves by name; that of the validation is called ``val_...``.
    metric : str
        Which measure.
    epochs : int
        How many there will be.

    Returns
    -------
    html : str

    Examples
    --------
    >>> curves_html({"loss": [(0.5, 0.9), (1, 0.4)], "val_loss": [(1, 0.3)]}, "loss", 5)
    '<figure class="mnistedu-curves"><figcaption><b>loss</b>...training 0.4000...</svg></figure>'
    """
    curves = {prefix: points.get(prefix + metric, ()) for prefix in _LABELS}
    curves = {prefix: _thin(curve) for prefix, curve in curves.items() if curve}
    values = [value for curve in curves.values() for _, value in curve if math.isfinite(value)]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    margin = 0.05 * (high - low) or 0.05
    low, high = low - margin, high + margin

    def place(point: Point) -> str:
        x = _LEFT + point[0] / epochs * (_RIGHT - _LEFT)
        y = _BOTTOM - (point[1] - low) / (high - low) * (_BOTTOM - _TOP)
        return f"{x:.1f},{y:.1f}"

    lines = "".join(
        _curve([place(point) for point in curve if math.isfinite(point[1])], _LABELS[prefix])
        for prefix, curve in curves.items()
    )
    latest = " · ".join(
        f'<span class="mnistedu-{_LABELS[prefix]}">{_LABELS[prefix]} {curve[-1][1]:.4f}</span>'
        for prefix, curve in curves.items()
    )
    spoken = ", ".join(f"{_LABELS[p]} {curve[-1][1]:.4f}" for p, curve in curves.items())
    return (
        f'<figure class="mnistedu-curves"><figcaption><b>{metric}</b> {latest}</figcaption>'
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="The {metric} over {epochs} epochs: {spoken or "nothing yet"}">'
        f"{_axes(low, high, epochs)}{lines}</svg></figure>"
    )


def digits_html(pictures: Sequence[str], labels: np.ndarray, probabilities: np.ndarray) -> str:
    """Show some digits with a model's answers.

    Parameters
    ----------
    pictures : sequence of str
        The addresses of the images.
    labels : ndarray of shape (n,)
    probabilities : ndarray of shape (n, 10)

    Returns
    -------
    html : str

    Examples
    --------
    >>> digits_html(["data:,"], np.array([4]), np.eye(10)[[9]])
    '<ul class="mnistedu-answers" ...><li class="mnistedu-wrong"><img ...><b>9</b> ...</li></ul>'
    """
    items = []
    for picture, label, answers in zip(pictures, labels, probabilities, strict=True):
        digit = answers.argmax()
        items.append(
            f'<li class="mnistedu-{"right" if digit == label else "wrong"}">'
            f"{picture_html(picture, alt=f'A {label}, read as', width=42)}"
            f"<b>{digit}</b> {percent(answers[digit])}</li>"
        )
    return (
        '<ul class="mnistedu-answers" aria-label="Validation digits and the answers to them">'
        f"{''.join(items)}</ul>"
    )


def confusion_html(confusion: np.ndarray) -> str:
    """Show a confusion matrix as a table.

    Parameters
    ----------
    confusion : ndarray of shape (10, 10)
        Rows are true digits, columns answers.

    Returns
    -------
    html : str

    Examples
    --------
    >>> confusion_html(np.diag(np.full(10, 7))).count("<td")
    100
    """
    shades = 70 * np.log1p(confusion) / np.log1p(max(confusion.max(), 1))
    head = "".join(f'<th scope="col">{digit}</th>' for digit in range(10))
    rows = "".join(
        f'<tr><th scope="row">{true}</th>'
        + "".join(
            f'<td class="mnistedu-{"right" if true == answer else "wrong"}"'
            f' style="--shade:{shades[true, answer]:.0f}%">{confusion[true, answer] or ""}</td>'
            for answer in range(10)
        )
        + "</tr>"
        for true in range(10)
    )
    return (
        '<table class="mnistedu-confusion"><caption>Rows: true digits, columns: answers, '
        f"on {confusion.sum():,} validation images</caption>"
        f"<thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _thin(curve: Sequence[Point]) -> Sequence[Point]:
    """Leave out points that would lie too close to be seen, but never the last one."""
    return curve[:: -max(1, len(curve) // _MOST)][::-1]


def _curve(places: list[str], label: str) -> str:
    if not places:
        return ""
    x, y = places[-1].split(",")
    return (
        f'<g class="mnistedu-{label}"><polyline points="{" ".join(places)}"/>'
        f'<circle cx="{x}" cy="{y}" r="3.5"/></g>'
    )


def _axes(low: float, high: float, epochs: int) -> str:
    grid = []
    for share in (0.05, 0.5, 0.95):
        y = _BOTTOM - share * (_BOTTOM - _TOP)
        value = low + share * (high - low)
        grid.append(
            f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>'
        )
    for epoch in range(0, epochs + 1, -(-epochs // (10 if epochs <= 100 else 4))):
        x = _LEFT + epoch / epochs * (_RIGHT - _LEFT)
        grid.append(f'<text x="{x:.1f}" y="{_BOTTOM + 16}" text-anchor="middle">{epoch:,}</text>')
    return f'<g class="mnistedu-axes">{"".join(grid)}</g>'
