"""The training monitor's HTML."""

from __future__ import annotations

import numpy as np
import pytest

from mnistedu.widgets.training_monitor.html import confusion_html, curves_html


def test_curves_are_where_their_values_are() -> None:
    html = curves_html({"loss": [(0, 4.0), (5, 2.0), (10, 0.0)], "val_loss": [(10, 1.0)]}, "loss")
    line = html.split('<polyline points="')[1].split('"')[0]
    (x0, y0), (x1, y1), (x2, y2) = (map(float, point.split(",")) for point in line.split())
    assert x1 - x0 == pytest.approx(x2 - x1)
    assert y1 - y0 == pytest.approx(y2 - y1)
    assert y0 < y2, "larger is higher up"
    assert 'aria-label="The loss over 10 epochs: training 0.0000, validation 1.0000"' in html


def test_curves_of_a_training_that_diverged() -> None:
    assert "nan" in curves_html({"loss": [(1, 2.0), (2, float("nan"))]}, "loss")
    assert "nothing yet" in curves_html({}, "loss")


def test_epochs_tell_their_values_under_a_mouse() -> None:
    html = curves_html({"loss": [(0.5, 0.9), (1, 0.4)], "val_loss": [(1, 0.3)]}, "loss")
    assert "<title>Epoch 1: training 0.4000, validation 0.3000</title>" in html
    assert html.count("<title>") == 1


def test_earlier_runs_stay_on_the_charts() -> None:
    html = curves_html({"loss": [(1, 0.4)]}, "loss", [[(1, 0.5), (2, 0.4)], [(1, 0.6)]])
    assert html.count('class="mnistedu-earlier"') == 2
    assert "earlier: 2" in html
    assert "over 2 epochs" in html, "the longest of the runs"


def test_the_table_has_a_cell_for_each_pair() -> None:
    html = confusion_html(np.arange(100).reshape(10, 10))
    assert html.count("<td class") == 100
    assert ">99</td>" in html
