"""What the training monitor shows as HTML: curves, digits with their predictions, a matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from mnistedu.widgets.common.answer_html import percent
from mnistedu.widgets.common.pixel_images import picture_html
from mnistedu.widgets.training_monitor.axes import (
    BOTTOM,
    HEIGHT,
    LEFT,
    RIGHT,
    TOP,
    WIDTH,
    Axes,
    Point,
)

_MAX_POINTS = 300  # of a curve
_LABELS = {"": "training", "val_": "validation"}


def curves_html(
    points: Mapping[str, Sequence[Point]], metric: str, earlier: Sequence[Sequence[Point]] = ()
) -> Markup:
    """Render a metric over the epochs, for training and validation.

    The loss is drawn on a logarithmic axis if it spans more than a factor of ten. The horizontal
    axis ends with the last epoch so far.

    Parameters
    ----------
    points : mapping of str to sequence of (float, float)
        The curves by name; the validation's name starts with ``val_``.
    metric : str
        The metric to draw.
    earlier : sequence of sequence of (float, float), default=()
        Curves of earlier runs, to compare with.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> print(curves_html({"loss": [(0.5, 0.9), (1, 0.4)], "val_loss": [(1, 0.3)]}, "loss"))
    <figure class="mnistedu-curves"><figcaption><b>loss</b>...training 0.4000...</svg></figure>
    """
    curves = {prefix: points.get(prefix + metric, ()) for prefix in _LABELS}
    curves = {_LABELS[prefix]: _thin(curve) for prefix, curve in curves.items() if curve}
    axes = Axes([*curves.values(), *earlier], log=metric == "loss")
    lines = [_curve(axes, curve, "earlier") for curve in map(_thin, earlier)]
    lines += [_curve(axes, curve, label) for label, curve in curves.items()]
    latest = {label: f"{label} {curve[-1][1]:.4f}" for label, curve in curves.items()}
    legend = Markup(" · ").join(
        Markup('<span class="mnistedu-{}">{}</span>').format(label, text)
        for label, text in latest.items()
    )
    return Markup(
        '<figure class="mnistedu-curves"><figcaption><b>{metric}</b> {legend}</figcaption>'
        '<svg viewBox="0 0 {width} {height}" role="img" aria-label="{alt}">'
        "{grid}{lines}{epochs}</svg></figure>"
    ).format(
        metric=metric + " (logarithmic)" * axes.log + f", earlier: {len(earlier)}" * bool(earlier),
        legend=legend,
        width=WIDTH,
        height=HEIGHT,
        alt=f"The {metric} over {axes.epochs} epoch{'s' * (axes.epochs != 1)}: "
        f"{', '.join(latest.values()) or 'nothing yet'}",
        grid=axes.grid(),
        lines=Markup().join(lines),
        epochs=_epochs(axes, curves),
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
    >>> confusion_html(np.diag(np.full(10, 7))).count("<td class")
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
        "<thead><tr><td></td>{}</tr></thead><tbody>{}</tbody></table>"
    ).format(confusion.sum(), Markup().join(column.format(digit) for digit in range(10)), rows)


def _thin(curve: Sequence[Point]) -> Sequence[Point]:
    """Drop points that would be too close to tell apart, but never the last one."""
    return curve[:: -max(1, len(curve) // _MAX_POINTS)][::-1]


def _curve(axes: Axes, curve: Sequence[Point], label: str) -> Markup:
    points = [axes.to_pixels(point) for point in curve if math.isfinite(point[1])]
    if not points:
        return Markup()
    line = Markup('<g class="mnistedu-{}"><polyline points="{}"/>{}</g>')
    dot = Markup('<circle cx="{:.1f}" cy="{:.1f}" r="3.5"/>').format(*points[-1])
    text = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return line.format(label, text, "" if label == "earlier" else dot)


def _epochs(axes: Axes, curves: Mapping[str, Sequence[Point]]) -> Markup:
    """Return a strip for each epoch, which tells its values under a mouse."""
    values: dict[int, list[str]] = {}
    for label, curve in curves.items():
        for epoch, value in curve:
            if epoch == int(epoch) > 0:
                values.setdefault(int(epoch), []).append(f"{label} {value:.4f}")
    strip = Markup(
        '<rect x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>Epoch {}: {}</title></rect>'
    )
    width = (RIGHT - LEFT) / axes.epochs
    strips = [
        strip.format(LEFT + (epoch - 1) * width, TOP, width, BOTTOM - TOP, epoch, ", ".join(texts))
        for epoch, texts in values.items()
    ]
    return Markup('<g class="mnistedu-epochs">{}</g>').format(Markup().join(strips))
