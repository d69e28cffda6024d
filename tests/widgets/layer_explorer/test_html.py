"""The layer explorer's HTML."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

from mnistedu.widgets.layer_explorer.html import attribution_html, filters_html, lay_out, layer_html
from tests.widgets.driver import first_image


def test_the_outline_of_the_digit_is_drawn() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[10:18, 10:18] = 255
    html = attribution_html("What counts", np.zeros((28, 28)), image)
    png = base64.b64decode(html.split("base64,")[1].split('"')[0])
    white = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) == 255).all(axis=2)
    assert white.sum() == 4 * 8 * 6 - 4


def test_a_layer_with_maps_shows_all_of_them_or_the_first_row() -> None:
    output = np.random.default_rng(0).random((5, 5, 20))
    assert first_image(layer_html("conv", "Conv2D", output)).shape == (3 * 6 - 1, 8 * 6 - 1)
    assert first_image(layer_html("conv", "Conv2D", output, first_row=True)).shape == (5, 8 * 6 - 1)


def test_a_layer_of_values_names_the_largest() -> None:
    html = layer_html("dense", "Dense", np.eye(10)[7])
    assert "dense (Dense): 10 values; the largest is number 7" in html


def test_all_maps_share_one_scale() -> None:
    output = np.zeros((2, 2, 2))
    output[..., 1] = 4
    sheet, _ = lay_out(output, first_row=False)
    assert sheet[0, 0] == 0
    assert sheet[0, 3] == 254


def test_filters_are_scaled_alike_for_both_signs() -> None:
    filters = np.zeros((2, 3, 3))
    filters[0, 0, 0], filters[1, 0, 0] = -2, 1
    html = filters_html(filters)
    assert "2 of 2" in html
    assert "from -2.00 to 2.00" in html
