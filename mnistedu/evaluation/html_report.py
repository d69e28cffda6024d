"""An evaluation as HTML, in the colours of the page."""

from __future__ import annotations

from typing import Any

_TILES = "display: flex; flex-wrap: wrap; gap: 0.5em 2em; margin: 0.5em 0"
_FIGURE = "font-size: 1.6em; font-weight: 600; line-height: 1.2"
_NUMBER = "text-align: right; font-variant-numeric: tabular-nums"


def render_html(figures: dict[str, Any]) -> str:
    """Render the metrics of an evaluation as HTML without setting colours.

    Parameters
    ----------
    figures : dict
        Result of :meth:`mnistedu.Evaluation.to_dict`.

    Returns
    -------
    html : str
        The main metrics, and a table of the ten digits.
    """
    low, high = figures["interval"]
    tiles = "".join(
        f'<div><div style="{_FIGURE}">{figure}</div><div>{name}</div></div>'
        for figure, name in (
            (
                f"{figures['accuracy']:.2%}",
                f"accuracy, 95&nbsp;% interval {low:.2%} to {high:.2%}",
            ),
            (f"{len(figures['mistakes']):,}", f"mistakes in {figures['images']:,} images"),
            (f"{figures['top_3_accuracy']:.2%}", "among the top three"),
            (f"{figures['loss']:.4f}", "loss"),
            (f"{figures['calibration_error']:.4f}", "calibration error"),
        )
    )
    names = ("digit", "images", "precision", "recall", "F1", "most often read as")
    head = "".join(f'<th scope="col" style="{_NUMBER}">{name}</th>' for name in names)
    rows = "".join(map(_render_row, figures["per_class"], figures["confusion"]))
    return (
        f'<div style="{_TILES}">{tiles}</div>'
        '<div style="overflow-x: auto"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _render_row(report: dict[str, Any], counts: list[int]) -> str:
    digit = report["digit"]
    others = [0 if other == digit else count for other, count in enumerate(counts)]
    most = max(others)
    cells = (
        f"{report['support']:,}",
        f"{report['precision']:.2%}",
        f"{report['recall']:.2%}",
        f"{report['f1']:.2%}",
        f"{others.index(most)} ({most:,}&times;)" if most else "&ndash;",
    )
    columns = "".join(f'<td style="{_NUMBER}">{cell}</td>' for cell in cells)
    return f'<tr><th scope="row" style="{_NUMBER}">{digit}</th>{columns}</tr>'
