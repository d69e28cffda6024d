import keras
import numpy as np
import pytest
from scipy.special import softmax

from mnistedu import to_input
from mnistedu.pretrained.architecture import COLUMNS, SHALLOW, resampling_matrix, weight_shapes
from mnistedu.pretrained.forward import compute_features, predict_proba
from mnistedu.pretrained.network import (
    apply_temperature,
    build_pretrained,
    build_trainable,
    fold_batch_norm,
    join_columns,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def untrained(column, rng):
    """Return a column with random statistics of its batch normalization."""
    model = build_trainable(column)
    for layer in model.layers:
        if "normalization" in layer.name:
            shape = layer.get_weights()[0].shape
            layer.set_weights(
                [rng.normal(0, 0.1, shape), rng.normal(0, 0.1, shape), rng.uniform(0.5, 2, shape)]
            )
    return model


@pytest.mark.parametrize("column", COLUMNS)
def test_folding_batch_norm_does_not_change_predictions(column, digits, rng):
    model = untrained(column, rng)
    last_inputs = keras.Model(model.inputs[0], model.layers[-1].input)
    kernel, bias = model.layers[-1].get_weights()
    x = to_input(digits.test.images[:20])
    matrices = [resampling_matrix(scale) for scale in column.scales]
    resampled = [np.einsum("ij,njkc,lk->nilc", m, x, m) for m in matrices]
    features = np.mean([last_inputs(images) for images in resampled], axis=0)
    eleven = softmax(features @ kernel + bias, axis=1)
    expected = eleven[:, :10] + eleven[:, 10:] / 10
    weights = fold_batch_norm(model, column)
    np.testing.assert_allclose(predict_proba(weights, x), expected, atol=1e-5)
    np.testing.assert_allclose(build_pretrained(weights)(x), expected, atol=1e-5)


def test_joined_columns_average_their_scores(digits, rng):
    parts = [fold_batch_norm(untrained(column, rng), column) for column in COLUMNS]
    joined = join_columns(parts)
    assert {name: array.shape for name, array in joined.items()} == weight_shapes(COLUMNS)
    x = to_input(digits.test.images[:20])
    scores = [
        compute_features(part, x) @ part["classes_kernel"] + part["classes_bias"] for part in parts
    ]
    eleven = softmax(np.mean(scores, axis=0), axis=1)
    expected = eleven[:, :10] + eleven[:, 10:] / 10
    np.testing.assert_allclose(predict_proba(joined, x), expected, atol=1e-5)
    np.testing.assert_allclose(build_pretrained(joined)(x), expected, atol=1e-5)


def test_a_higher_temperature_lowers_the_confidence(digits):
    weights = fold_batch_norm(build_trainable(SHALLOW), SHALLOW)
    x = to_input(digits.test.images[:20])
    cold, hot = (
        predict_proba(apply_temperature(weights, value), x).max(axis=1) for value in (0.5, 2)
    )
    assert (hot < cold).all()
