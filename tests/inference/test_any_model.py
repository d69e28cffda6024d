import keras
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier

import mnistedu
from mnistedu.inference.any_model import ask


@pytest.fixture
def images(digits):
    return digits.test.images[:7]


def test_a_keras_model_is_asked_in_the_form_it_learned_from(images):
    model = mnistedu.build_mlp(units=())
    expected = model.predict(mnistedu.to_input(images), verbose=0)
    np.testing.assert_allclose(ask(model, images), expected, atol=1e-6)


def test_a_keras_model_without_a_channel(images):
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    expected = model.predict(mnistedu.to_input(images)[..., 0], verbose=0)
    np.testing.assert_allclose(ask(model, images), expected, atol=1e-6)


def test_a_keras_model_that_is_not_built_yet(images):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    assert ask(model, images).shape == (7, 10)


def test_a_keras_model_of_other_images(images):
    model = keras.Sequential([keras.Input((784,)), keras.layers.Dense(10, "softmax")])
    with pytest.raises(ValueError, match=r"shape \(28, 28, 1\), but it takes \(784,\)"):
        ask(model, images)


def test_a_keras_model_of_other_classes(digits):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(5, "softmax")]
    )
    with pytest.raises(ValueError, match=r"shape \(400, 10\), .* got \(400, 5\)"):
        mnistedu.evaluate(model, digits.test)


def test_a_classifier_that_has_not_seen_every_digit(images):
    classifier = DummyClassifier(strategy="prior").fit(np.zeros(4), [3, 3, 3, 8])
    np.testing.assert_allclose(
        ask(classifier, images), np.tile([0, 0, 0, 0.75, 0, 0, 0, 0, 0.25, 0], (7, 1))
    )


def test_a_recognizer(digits):
    model = mnistedu.build_mlp()
    mnistedu.train(model, digits, epochs=2, verbose=False)
    recognizer = mnistedu.Recognizer(model)
    np.testing.assert_array_equal(
        mnistedu.evaluate(recognizer, digits.test).probabilities,
        recognizer.predict_batch(digits.test.images),
    )


def test_what_cannot_be_asked(images):
    with pytest.raises(TypeError, match=r"model must be a keras\.Model, .* got str"):
        ask("m.keras", images)
