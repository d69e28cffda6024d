"""Feature maps of a layer."""

import numpy as np
import pytest

from mnistedu.displays import FeatureMapsDisplay
from mnistedu.inspection import layer_output


@pytest.fixture
def image(digits):
    return digits.test.images[0]


def test_maps_are_the_outputs_of_the_layer(cnn, image):
    display = FeatureMapsDisplay.from_model(cnn, image).plot()
    (maps,) = layer_output(cnn, image[None], cnn.layers[0].name)
    np.testing.assert_array_equal(display.axes_[0, 0].images[0].get_array(), image)
    np.testing.assert_array_equal(display.axes_.flat[3].images[0].get_array(), maps[:, :, 2])
    assert "8 maps, 26 by 26 pixels each" in display.alt_text
    pooled = FeatureMapsDisplay.from_model(cnn, image, layer=cnn.layers[1].name, most=4)
    assert pooled.maps.shape == (4, 13, 13)


def test_rejects_layers_without_maps(cnn, mlp, image):
    with pytest.raises(ValueError, match="must have a layer that returns maps"):
        FeatureMapsDisplay.from_model(mlp, image)
    with pytest.raises(
        ValueError, match=r"must return maps, but .* returns values of shape \(10,\)"
    ):
        FeatureMapsDisplay.from_model(cnn, image, layer=cnn.layers[-1].name)
    with pytest.raises(ValueError, match=r"layer must be one of .*, got 'gone'"):
        FeatureMapsDisplay.from_model(cnn, image, layer="gone")
