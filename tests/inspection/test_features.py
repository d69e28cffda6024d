import keras
import numpy as np
import pytest

import mnistedu
from mnistedu.inspection import embed, layer_output, occlusion, saliency


@pytest.fixture(scope="module")
def model(digits):
    """A softmax regression: what it looks at can be read off its weights."""
    model = mnistedu.build_mlp(units=())
    mnistedu.train(model, digits, epochs=5, verbose=False)
    return model


def test_the_saliency_of_a_linear_model_is_its_weights(model, digits):
    weights = np.asarray(model.layers[-1].kernel).reshape(28, 28, 10)
    for digit in (3, 8):
        strength = saliency(model, digits.test.images[0], digit=digit)
        np.testing.assert_allclose(strength, np.abs(weights[:, :, digit]), rtol=1e-5)


def test_the_saliency_of_a_sure_model_does_not_vanish(digits):
    model = mnistedu.build_mlp(units=())
    model.layers[-1].kernel.assign(1000 * model.layers[-1].kernel)
    assert saliency(model, digits.test.images[0]).max() > 1


def test_the_saliency_of_a_model_with_another_head(model, digits):
    scores = keras.layers.Dense(10)
    plain = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), scores, keras.layers.Softmax()]
    )
    scores.set_weights(model.layers[-1].get_weights())
    image = digits.test.images[0]
    assert saliency(plain, image).shape == (28, 28)
    assert saliency(plain, image).max() > 0


def test_occlusion_finds_the_pixels_that_matter(digits):
    def looks_at_the_corner(images):
        share = images[:, 2, 3] / 255
        return np.stack([share, 1 - share, *np.zeros((8, len(images)))], axis=1)

    image = np.full((28, 28), 255, np.uint8)
    loss = occlusion(looks_at_the_corner, image, size=3)
    matters = np.zeros((28, 28))
    matters[1:4, 2:5] = 1
    np.testing.assert_array_equal(loss, matters)
    np.testing.assert_array_equal(occlusion(looks_at_the_corner, image, digit=1, size=3), -matters)


def test_occlusion_in_steps_keeps_the_size(model, digits):
    image = digits.test.images[0]
    fine, coarse = occlusion(model, image), occlusion(model, image, step=4)
    assert coarse.shape == (28, 28)
    np.testing.assert_array_equal(coarse[::4, ::4], fine[2::4, 2::4])
    with pytest.raises(ValueError, match="step must be 1, 2, 4, 7 or 14, got 3"):
        occlusion(model, image, step=3)


@pytest.mark.parametrize("size", [0, 2, 29])
def test_a_cover_that_has_no_centre(model, digits, size):
    with pytest.raises(ValueError, match=f"odd number from 1 to 27, got {size}"):
        occlusion(model, digits.test.images[0], size=size)


def test_images_and_digits_that_are_none(model, digits):
    image = digits.test.images[0]
    for look in (saliency, occlusion):
        with pytest.raises(ValueError, match="digit must be from 0 to 9, got 10"):
            look(model, image, digit=10)
        with pytest.raises(
            ValueError, match=r"shape \(28, 28\) and dtype uint8, got \(1, 28, 28\)"
        ):
            look(model, image[None])


def test_a_layers_output_is_kerass(digits):
    model = mnistedu.build_mlp(units=(16,))
    images = digits.test.images[:9]
    expected = model.layers[1](model.layers[0](mnistedu.to_input(images)))
    output = layer_output(model, images, model.layers[1].name)
    np.testing.assert_allclose(output, expected, atol=1e-5)


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_a_map_keeps_neighbours_together(model, digits, method):
    """Most images lie next to one of the same digit."""
    places = embed(model, digits.test.images[:150], method=method)
    labels = digits.test.labels[:150]
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (labels[distances.argmin(axis=1)] == labels).mean() > 0.3
    np.testing.assert_array_equal(embed(model, digits.test.images[:150], method=method), places)


def test_maps_that_cannot_be_drawn(model, digits):
    with pytest.raises(ValueError, match="method must be 'pca' or 'tsne', got 'umap'"):
        embed(model, digits.test.images, method="umap")
    with pytest.raises(ValueError, match="at least three images, got 2"):
        embed(model, digits.test.images[:2])
