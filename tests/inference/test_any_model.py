"""Probabilities from any kind of model, and errors."""

import keras
import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.svm import SVC

import mnistedu
from mnistedu.inference import predict_proba
from mnistedu.inference.any_model import check_probabilities


@pytest.fixture
def images(digits):
    return digits.test.images[:7]


@pytest.fixture
def count_ink():
    """Return a function that every part of the package accepts."""

    def predict(images):
        assert images.dtype == np.uint8
        assert images.shape[1:] == (28, 28)
        return np.eye(10)[images.any(axis=2).sum(axis=1) % 10]

    return predict


@pytest.mark.parametrize("shape", [(28, 28, 1), (28, 28), (784,), (1, 784)])
def test_accepts_keras_models_with_any_shape_of_784_pixels(images, shape):
    model = keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    expected = model.predict(mnistedu.to_input(images).reshape(-1, *shape), verbose=0)
    np.testing.assert_allclose(predict_proba(model, images), expected, atol=1e-6)


def test_accepts_a_keras_model_that_is_not_built(images):
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10, "softmax")])
    assert predict_proba(model, images).shape == (7, 10)


@pytest.mark.parametrize("shape", [(32, 32, 1), (28, 28, 3), (785,)])
def test_rejects_keras_models_of_other_images(images, shape):
    model = keras.Sequential(
        [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    with pytest.raises(ValueError, match=r"must take images of shape \(28, 28, 1\), .* it takes"):
        predict_proba(model, images)


def test_rejects_keras_models_of_other_classes(digits):
    model = keras.Sequential(
        [keras.Input((28, 28, 1)), keras.layers.Flatten(), keras.layers.Dense(5, "softmax")]
    )
    with pytest.raises(ValueError, match=r"must return 10 probabilities .* returns \(5,\)"):
        mnistedu.evaluate(model, digits.test)


def test_pad_recognizer_and_evaluation_accept_the_same_function(digits, count_ink):
    recognizer = mnistedu.Recognizer(count_ink)
    expected = count_ink(digits.test.images)
    np.testing.assert_array_equal(recognizer.predict_batch(digits.test.images), expected)
    for model in (count_ink, recognizer):
        result = mnistedu.evaluate(model, digits.test)
        np.testing.assert_array_equal(result.probabilities, expected)
    assert mnistedu.DrawingPad(count_ink).recognizer.model is count_ink
    mnistedu.robustness(count_ink, digits.test[:20])


def test_classifier_fitted_on_some_digits_predicts_0_for_others(images):
    classifier = DummyClassifier(strategy="prior").fit(np.zeros(4), [3, 3, 3, 8])
    np.testing.assert_allclose(
        predict_proba(classifier, images), np.tile([0, 0, 0, 0.75, 0, 0, 0, 0, 0.25, 0], (7, 1))
    )


def test_recognizer_accepts_a_classifier(digits):
    classifier = mnistedu.build_baseline("class_means").fit(*digits.train)
    image = mnistedu.normalize(digits.test.images[0])
    np.testing.assert_allclose(
        mnistedu.Recognizer(classifier).predict(digits.test.images[0]).probabilities,
        classifier.predict_proba(image[None])[0],
        atol=1e-6,
    )


def test_rejects_classifiers_without_probabilities_unfitted_or_of_other_labels(images):
    rows = images.reshape(7, -1)
    with pytest.raises(TypeError, match=r"SVC has no predict_proba.*probability=True"):
        predict_proba(SVC().fit(rows, range(7)), images)
    with pytest.raises(ValueError, match=r"not fitted yet; call model.fit"):
        predict_proba(mnistedu.build_baseline("knn"), images)
    named = DummyClassifier(strategy="prior").fit(np.zeros(2), ["one", "two"])
    with pytest.raises(ValueError, match=r"labels 0 to 9, but its classes are \['one', 'two'\]"):
        predict_proba(named, images)


@pytest.mark.parametrize("model", ["m.keras", 7, None, dict, keras.Model])
def test_rejects_other_types(images, model):
    with pytest.raises(TypeError, match=r"model must be a keras\.Model, .* got"):
        predict_proba(model, images)


@pytest.mark.parametrize(
    ("probabilities", "message"),
    [
        (np.ones(10) / 10, r"shape \(2, 10\) for 2 images .* got \(10,\)"),
        (np.ones((2, 9)) / 9, r"got \(2, 9\)"),
        (3, r"got \(\)"),
        ("seven", "got str"),
        (None, r"got \(\)|got NoneType"),
        (np.tile(np.arange(10.0), (2, 1)), "softmax"),
        (np.full((2, 10), np.nan), "finite.*image 0"),
        (np.eye(10)[:2] * [[1], [1.01]], "sum to 1.*image 1"),
        (np.tile([1.5, -0.5, *[0] * 8], (2, 1)), "at least 0"),
    ],
)
def test_rejects_values_that_are_not_probabilities(probabilities, message):
    with pytest.raises(ValueError, match=message):
        check_probabilities(probabilities, 2)


def test_no_images_have_no_probabilities():
    assert check_probabilities(np.zeros((0, 10)), 0).shape == (0, 10)


def test_a_classifier_gets_a_batch_at_a_time():
    lengths = []

    class Counting(DummyClassifier):
        def predict_proba(self, images):
            lengths.append(len(images))
            return super().predict_proba(images)

    images = np.zeros((4500, 28, 28), np.uint8)
    probabilities = predict_proba(Counting().fit(images[:2], [3, 3]), images)
    assert (probabilities == np.eye(10)[3]).all()
    assert sum(lengths) == 4500
    assert max(lengths) <= 2000
