"""Weights of the first layer as images."""

import numpy as np
import pytest

from mnistedu.displays import FiltersDisplay


def test_filters_are_the_kernels_of_a_convolution(cnn):
    display = FiltersDisplay.from_model(cnn).plot(columns=4)
    kernel = np.asarray(cnn.layers[0].kernel)
    for index, ax in enumerate(display.axes_.flat):
        np.testing.assert_array_equal(ax.images[0].get_array(), kernel[:, :, 0, index])
    low, high = display.axes_[0, 0].images[0].get_clim()
    assert low == -high  # so that 0 is white
    assert "8 filters of the layer" in display.alt_text


def test_filters_of_a_dense_layer_have_the_size_of_the_image(mlp):
    display = FiltersDisplay.from_model(mlp, most=5)
    assert display.filters.shape == (5, 28, 28)
    np.testing.assert_array_equal(
        display.filters[2].ravel(), np.asarray(mlp.layers[1].kernel)[:, 2]
    )


def test_rejects_a_model_without_weights():
    import keras

    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match="must start with a convolution"):
        FiltersDisplay.from_model(model)
