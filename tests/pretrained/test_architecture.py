import numpy as np

from mnistedu.pretrained import load_weights
from mnistedu.pretrained.architecture import (
    COLUMNS,
    distribute_no_digit,
    get_columns,
    weight_shapes,
)


def test_weights_of_the_file_have_the_shapes_of_the_architecture():
    weights, _ = load_weights()
    assert tuple(get_columns(weights)) == COLUMNS
    assert {name: array.shape for name, array in weights.items()} == weight_shapes(COLUMNS)


def test_distribute_no_digit_keeps_the_sum():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(11), size=5)
    distributed = distribute_no_digit(probabilities)
    assert distributed.shape == (5, 10)
    np.testing.assert_allclose(distributed.sum(axis=1), 1)
    added = distributed - probabilities[:, :10]
    np.testing.assert_allclose(added, np.tile(probabilities[:, 10:] / 10, 10))
