import keras
import numpy as np
import pytest

import mnistedu
from mnistedu.inspection import layer_output, occlusion, saliency
from mnistedu.inspection.probe import Probe


def test_activations_equal_those_of_the_model(digits):
    cnn = mnistedu.build_cnn(filters=(8, 16))
    image = digits.test.images[0]
    probe = Probe(cnn)
    activations = probe.activations(image)
    assert list(activations.outputs) == list(probe.kinds)
    for name, output in activations.outputs.items():
        expected = layer_output(cnn, image[None], name)[0]
        np.testing.assert_allclose(output, expected, atol=1e-5)
    np.testing.assert_allclose(activations.saliency, saliency(cnn, image), rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(probe.occlusion(image), occlusion(cnn, image, step=2), atol=1e-5)
    np.testing.assert_array_equal(probe.filters()[3], np.asarray(cnn.layers[0].kernel)[:, :, 0, 3])


def test_probe_uses_new_weights_after_training(digits):
    model = mnistedu.build_mlp(units=())
    probe = Probe(model)
    before = probe.filters()
    mnistedu.train(model, digits, epochs=1, verbose=False)
    assert np.abs(probe.filters() - before).max() > 0


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2])
def test_a_window_times_the_kernel_is_the_output(padding: str, strides: int) -> None:
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(3, 3, activation="relu"),
            keras.layers.Conv2D(4, (5, 3), strides=strides, padding=padding, name="second"),
            keras.layers.Flatten(),
            keras.layers.Dense(10, "softmax"),
        ]
    )
    probe = Probe(model)
    image = np.random.default_rng(0).integers(0, 256, (28, 28)).astype(np.uint8)
    activations = probe.activations(image)
    rows, columns, _ = activations.outputs["second"].shape
    for row, column in ((0, 0), (rows - 1, columns - 1), (4, 7)):
        window = probe.window(activations, "second", 2, row, column)
        assert window.values.shape == window.kernel.shape == (5, 3, 3)
        total = (window.values * window.kernel).sum() + window.bias
        assert total == pytest.approx(activations.outputs["second"][row, column, 2], abs=1e-4)
    assert probe.window(activations, "no convolution", 0, 0, 0) is None
