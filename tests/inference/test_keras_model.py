import gc
import tracemalloc
import weakref

import numpy as np
import pytest

import mnistedu
from mnistedu.inference.keras_model import predict


@pytest.mark.parametrize("count", [1, 249, 251, 400])
def test_predict_equals_keras_predict(digits, count):
    model = mnistedu.build_cnn()
    images = digits.test.images[:count]
    expected = model.predict(mnistedu.to_input(images), verbose=0)
    outputs = predict(model, images)
    assert outputs.dtype == np.float32
    np.testing.assert_allclose(outputs, expected, atol=1e-6)


def test_predict_of_no_images_has_no_outputs():
    outputs = predict(mnistedu.build_mlp(), np.zeros((0, 28, 28), np.uint8))
    assert outputs.shape == (0, 10)


def test_predict_uses_new_weights(digits):
    model = mnistedu.build_mlp()
    before = predict(model, digits.test.images[:5])
    model.set_weights([weights + 0.1 for weights in model.get_weights()])
    assert not np.allclose(predict(model, digits.test.images[:5]), before)


def test_predict_does_not_keep_the_model_alive(digits):
    model = mnistedu.build_mlp()
    predict(model, digits.test.images[:5])
    reference = weakref.ref(model)
    del model
    gc.collect()
    assert reference() is None


@pytest.mark.parametrize("images", [np.zeros((28, 28), np.uint8), np.zeros((2, 28, 28))])
def test_predict_rejects_other_images(images):
    with pytest.raises(ValueError, match=r"images must be uint8 of shape \(n, 28, 28\)"):
        predict(mnistedu.build_mlp(), images)


def test_predict_converts_a_batch_at_a_time(digits):
    model = mnistedu.build_mlp(units=())
    predict(model, digits.test.images)
    images = np.zeros((20_000, 28, 28), np.uint8)  # many, since other threads allocate too
    tracemalloc.start()
    try:
        predict(model, images)
        assert tracemalloc.get_traced_memory()[1] < images.nbytes / 2
    finally:
        tracemalloc.stop()
