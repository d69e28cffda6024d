import keras
import numpy as np
import pytest

import mnistedu
from mnistedu.inspection import occlusion, saliency


def test_saliency_of_a_linear_model_is_its_absolute_weights(model, digits):
    weights = np.asarray(model.layers[-1].kernel).reshape(28, 28, 10)
    for digit in (3, 8):
        gradient = saliency(model, digits.test.images[0], digit=digit)
        np.testing.assert_allclose(gradient, np.abs(weights[:, :, digit]), rtol=1e-5)


def test_saliency_of_a_confident_model_does_not_vanish(digits):
    model = mnistedu.build_mlp(units=())
    model.layers[-1].kernel.assign(1000 * model.layers[-1].kernel)
    assert saliency(model, digits.test.images[0]).max() > 1


def test_saliency_of_a_model_with_a_separate_softmax_layer(model, digits):
    scores = keras.layers.Dense(10)
    plain = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), scores, keras.layers.Softmax()]
    )
    scores.set_weights(model.layers[-1].get_weights())
    image = digits.test.images[0]
    assert saliency(plain, image).shape == (28, 28)
    assert saliency(plain, image).max() > 0


def test_occlusion_finds_the_pixels_that_a_function_depends_on():
    def predict_from_one_pixel(images):
        brightness = images[:, 2, 3] / 255
        return np.stack([brightness, 1 - brightness, *np.zeros((8, len(images)))], axis=1)

    image = np.full((28, 28), 255, np.uint8)
    loss = occlusion(predict_from_one_pixel, image, size=3)
    expected = np.zeros((28, 28))
    expected[1:4, 2:5] = 1
    np.testing.assert_array_equal(loss, expected)
    loss = occlusion(predict_from_one_pixel, image, digit=1, size=3)
    np.testing.assert_array_equal(loss, -expected)


def test_occlusion_with_steps_has_the_size_of_the_image(model, digits):
    image = digits.test.images[0]
    fine, coarse = occlusion(model, image), occlusion(model, image, step=4)
    assert coarse.shape == (28, 28)
    np.testing.assert_array_equal(coarse[::4, ::4], fine[2::4, 2::4])
    with pytest.raises(ValueError, match="step must be 1, 2, 4, 7 or 14, got 3"):
        occlusion(model, image, step=3)


@pytest.mark.parametrize("size", [0, 2, 29])
def test_occlusion_rejects_invalid_sizes(model, digits, size):
    with pytest.raises(ValueError, match=f"odd number from 1 to 27, got {size}"):
        occlusion(model, digits.test.images[0], size=size)


def test_rejects_other_digits_and_images(model, digits):
    image = digits.test.images[0]
    for compute in (saliency, occlusion):
        with pytest.raises(ValueError, match="digit must be from 0 to 9, got 10"):
            compute(model, image, digit=10)
        with pytest.raises(
            ValueError, match=r"shape \(28, 28\) and dtype uint8, got \(1, 28, 28\)"
        ):
            compute(model, image[None])
