"""The layer explorer as a still picture."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from mnistedu.widgets.layer_explorer.html import WIDTH
from mnistedu.widgets.layer_explorer.still import layers_png


def decode(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)))


def test_each_layer_adds_a_row() -> None:
    maps, values = np.random.default_rng(0).random((4, 4, 8)), np.eye(10)[3]
    kinds = {"conv": "Conv2D", "dense": "Dense"}
    one = decode(layers_png(kinds, {"conv": maps}))
    two = decode(layers_png(kinds, {"conv": maps, "dense": values}))
    assert one.shape[1] == two.shape[1] == WIDTH
    assert two.shape[0] > one.shape[0] + 24
    np.testing.assert_array_equal(two[: one.shape[0] - 8], one[:-8])


def test_without_a_drawing_there_is_a_hint() -> None:
    hint = decode(layers_png({}, {}))
    assert hint.shape == (24, WIDTH, 3)
    assert hint.min() < 100
