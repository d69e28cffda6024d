"""The displays that look into a model."""

import numpy as np
import pytest

from mnistedu.displays import (
    EmbeddingDisplay,
    FeatureMapsDisplay,
    FiltersDisplay,
    OcclusionDisplay,
    SaliencyDisplay,
)
from mnistedu.inspection import layer_output, occlusion, saliency


@pytest.fixture
def image(digits):
    return digits.test.images[0]


def test_filters_of_a_convolution(cnn):
    display = FiltersDisplay.from_model(cnn).plot(columns=4)
    kernel = np.asarray(cnn.layers[0].kernel)
    for index, ax in enumerate(display.axes_.flat):
        np.testing.assert_array_equal(ax.images[0].get_array(), kernel[:, :, 0, index])
    low, high = display.axes_[0, 0].images[0].get_clim()
    assert low == -high  # so that 0 is neutral
    assert "8 filters of the layer" in display.alt_text


def test_filters_of_a_dense_layer_are_as_large_as_the_image(mlp):
    display = FiltersDisplay.from_model(mlp, most=5)
    assert display.filters.shape == (5, 28, 28)
    np.testing.assert_array_equal(
        display.filters[2].ravel(), np.asarray(mlp.layers[1].kernel)[:, 2]
    )


def test_a_model_without_filters():
    import keras

    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match="must start with a convolution"):
        FiltersDisplay.from_model(model)


def test_feature_maps_are_what_the_layer_answers(cnn, image):
    display = FeatureMapsDisplay.from_model(cnn, image).plot()
    (maps,) = layer_output(cnn, image[None], cnn.layers[0].name)
    np.testing.assert_array_equal(display.axes_[0, 0].images[0].get_array(), image)
    np.testing.assert_array_equal(display.axes_.flat[3].images[0].get_array(), maps[:, :, 2])
    assert "8 maps, 26 by 26 pixels each" in display.alt_text
    pooled = FeatureMapsDisplay.from_model(cnn, image, layer=cnn.layers[1].name, most=4)
    assert pooled.maps.shape == (4, 13, 13)


def test_layers_without_maps(cnn, mlp, image):
    with pytest.raises(ValueError, match="must have a layer that gives maps"):
        FeatureMapsDisplay.from_model(mlp, image)
    with pytest.raises(ValueError, match=r"gives no maps, but values of shape \(10,\)"):
        FeatureMapsDisplay.from_model(cnn, image, layer=cnn.layers[-1].name)
    with pytest.raises(ValueError, match=r"layer must be one of .*, got 'gone'"):
        FeatureMapsDisplay.from_model(cnn, image, layer="gone")


def test_attributions_are_drawn_beside_their_image(mlp, image):
    for show, compute in ((SaliencyDisplay, saliency), (OcclusionDisplay, occlusion)):
        display = show.from_model(mlp, image, digit=4).plot()
        left, right = display.axes_.flat
        np.testing.assert_array_equal(left.images[0].get_array(), image)
        np.testing.assert_allclose(right.images[0].get_array(), compute(mlp, image, digit=4))
        assert left.get_title() == "read as 4"
        assert right.get_title() == show.meaning


def test_an_attribution_says_where():
    strength = np.zeros((28, 28))
    for place, words in (((2, 3), "upper left"), ((14, 14), "middle"), ((27, 14), "lower middle")):
        strength[:] = 0
        strength[place] = 1
        display = SaliencyDisplay(np.zeros((28, 28), np.uint8), strength, digit=7)
        assert display.alt_text.endswith(f"The strongest place is in the {words}.")


def test_a_map_has_each_digit_in_its_place(digits, mlp):
    display = EmbeddingDisplay.from_model(mlp, digits.test[:60]).plot()
    labels = digits.test.labels[:60]
    assert sorted(display.points_) == sorted(set(labels.tolist()))
    for digit, points in display.points_.items():
        np.testing.assert_allclose(points.get_offsets(), display.places[labels == digit])
    assert display.ax_.get_title(loc="left") == "Who looks like whom (principal components)"


def test_a_map_says_which_groups_are_neighbours():
    places = [[0, 0], [0, 1], [9, 9]]
    text = EmbeddingDisplay(places, [4, 9, 1], method="tsne").alt_text
    assert text == (
        "Map of 3 images by t-SNE, each drawn as its digit. "
        "The groups nearest each other are 4 and 9."
    )
