import numpy as np

from mnistedu import to_input
from mnistedu.pretrained import load_pretrained, load_weights
from mnistedu.pretrained.forward import predict_proba


def test_numpy_and_keras_predict_the_same(digits):
    weights, _ = load_weights()
    x = to_input(digits.test.images[:150])
    np.testing.assert_allclose(predict_proba(weights, x), load_pretrained()(x), atol=1e-5)


def test_accuracy_on_mnist(mnist):
    images, labels = mnist.test[::5]
    probabilities = predict_proba(load_weights()[0], to_input(images))
    assert (probabilities.argmax(axis=1) == labels).mean() >= 0.995
