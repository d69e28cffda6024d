"""An evaluation as a notebook shows it, in whatever colours the notebook has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mnistedu.evaluation.result import ClassReport, Evaluation

_TILES = "display: flex; flex-wrap: wrap; gap: 0.5em 2em; margin: 0.5em 0"
_FIGURE = "font-size: 1.6em; font-weight: 600; line-height: 1.2"
_NUMBER = "text-align: right; font-variant-numeric: tabular-nums"


def write_html(result: Evaluation) -> str:
    """Write the figures of an evaluation as HTML without colours of its own.

    Parameters
    ----------
    result : Evaluation

    Returns
    -------
    html : str
        The main figures, and a table of the ten digits.
    """
    low, high = result.interval
    tiles = "".join(
        f'<div><div style="{_FIGURE}">{figure}</div><div>{name}</div></div>'
        for figure, name in (
            (f"{result.accuracy:.2%}", f"accuracy, 95&nbsp;% interval {low:.2%} to {high:.2%}"),
            (f"{len(result.mistakes):,}", f"mistakes in {len(result.split):,} images"),
            (f"{result.top_k_accuracy(3):.2%}", "among the top three"),
            (f"{result.loss:.4f}", "loss"),
            (f"{result.calibration_error:.4f}", "calibration error"),
        )
    )
    names = ("digit", "images", "precision", "recall", "F1", "most often taken for")
    head = "".join(f'<th scope="col" style="{_NUMBER}">{name}</th>' for name in names)
    rows = "".join(_write_row(result, report) for report in result.per_class)
    return (
        f'<div style="{_TILES}">{tiles}</div>'
        '<div style="overflow-x: auto"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _write_row(result: Evaluation, report: ClassReport) -> str:
    others = result.confusion[report.digit].copy()
    others[report.digit] = 0
    taken_for = f"{np.argmax(others)} ({others.max():,}&times;)" if others.any() else "&ndash;"
    cells = (
        f"{report.support:,}",
        f"{report.precision:.2%}",
        f"{report.recall:.2%}",
        f"{report.f1:.2%}",
        taken_for,
    )
    columns = "".join(f'<td style="{_NUMBER}">{cell}</td>' for cell in cells)
    return f'<tr><th scope="row" style="{_NUMBER}">{report.digit}</th>{columns}</tr>'
