"""How a convolution computes one pixel, as HTML."""

from __future__ import annotations

import numpy as np

from mnistedu.inspection.probe import Window
from mnistedu.widgets.layer_explorer.window_html import window_html


def test_the_input_that_adds_most_is_shown_in_numbers() -> None:
    values, kernel = np.ones((2, 2, 3)), np.zeros((2, 2, 3))
    kernel[..., 1], kernel[..., 2] = -1.5, 0.5
    html = window_html(Window(values, kernel, 1.0, 0.0), "relu")
    assert html.count("−1.50") == 4
    assert "Input map 2 adds most. All 3: −4.00 + bias 1.00 = −3.00, after relu: 0.00" in html


def test_a_large_kernel_has_no_numbers() -> None:
    ones = np.ones((9, 9, 1))
    html = window_html(Window(ones, ones, 0.0, 81.0), "linear")
    assert "<td" not in html
    assert "81.00 + bias 0.00 = 81.00" in html
