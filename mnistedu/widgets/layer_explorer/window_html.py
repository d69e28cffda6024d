"""How a convolution computes one pixel, as HTML."""

from __future__ import annotations

import numpy as np
from markupsafe import Markup

from mnistedu.inspection.probe import Window

_LARGEST = 7  # sides of kernels whose numbers are shown


def window_html(window: Window, activation: str) -> Markup:
    """Render a window, the kernel, and how their products add up to the output.

    If there are several inputs, only the one that adds most is shown in numbers.

    Parameters
    ----------
    window : Window
    activation : str
        The name of the layer's activation.

    Returns
    -------
    html : markupsafe.Markup

    Examples
    --------
    >>> ones = np.ones((3, 3, 1))
    >>> html = window_html(Window(ones, 0.5 * ones, 0.25, 4.75), "relu")
    >>> "4.50 + bias 0.25 = 4.75" in html
    True
    """
    products = (window.values * window.kernel).sum(axis=(0, 1))
    total = float(products.sum())
    strongest = int(np.abs(products).argmax())
    values, kernel = window.values[..., strongest], window.kernel[..., strongest]
    numbers = Markup()
    if max(kernel.shape) <= _LARGEST:
        numbers = Markup('<div class="mnistedu-window">{} × {} → {:.2f}</div>').format(
            _table(values, "The window"), _table(kernel, "The kernel"), products[strongest]
        )
    inputs = ""
    if len(products) > 1:
        inputs = f"Input map {strongest + 1} adds most. All {len(products)}: "
    sums = f"{inputs}{total:.2f} + bias {window.bias:.2f} = {total + window.bias:.2f}"
    after = "" if activation == "linear" else f", after {activation}: {window.output:.2f}"
    return numbers + Markup("<p>{}{}</p>").format(sums.replace("-", "−"), after.replace("-", "−"))


def _table(values: np.ndarray, label: str) -> Markup:
    limit = np.abs(values).max() or 1.0
    cell = Markup('<td class="mnistedu-{}" style="--shade:{:.0f}%">{}</td>')
    row = Markup("<tr>{}</tr>")
    rows = Markup().join(
        row.format(
            Markup().join(
                cell.format(
                    "more" if value > 0 else "less", 60 * abs(value) / limit, _number(value)
                )
                for value in line
            )
        )
        for line in values.tolist()
    )
    return Markup('<table aria-label="{}"><tbody>{}</tbody></table>').format(label, rows)


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")
