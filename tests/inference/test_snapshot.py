import numpy as np
import pytest

import mnistedu
from mnistedu.inference.snapshot import BATCH, Snapshot


@pytest.mark.parametrize("count", [1, 3, BATCH, BATCH + 1])
def test_predictions_equal_those_of_the_model(digits, count):
    model = mnistedu.build_mlp(units=(16,))
    x = mnistedu.to_input(digits.test.images[:count])
    np.testing.assert_allclose(Snapshot(model)(x), model(x), atol=1e-6)


def test_predictions_use_new_weights(digits):
    model = mnistedu.build_mlp(units=())
    x = mnistedu.to_input(digits.test.images[:3])
    snapshot = Snapshot(model)
    before = snapshot(x)
    mnistedu.train(model, digits, epochs=1, verbose=False)
    assert not np.allclose(snapshot(x), before)
    np.testing.assert_allclose(snapshot(x), model(x), atol=1e-6)


def test_predictions_use_the_last_copy_while_weights_are_donated(digits):
    model = mnistedu.build_mlp(units=())
    x = mnistedu.to_input(digits.test.images[:3])
    snapshot = Snapshot(model)
    before = snapshot(x)
    model.trainable_variables[0].value.delete()  # as a training step does
    np.testing.assert_array_equal(snapshot(x), before)


def test_rejects_a_model_whose_weights_are_donated():
    model = mnistedu.build_mlp(units=())
    model.trainable_variables[0].value.delete()
    with pytest.raises(RuntimeError, match="cannot be read while it trains"):
        Snapshot(model)


def test_rejects_a_model_of_other_classes():
    import keras

    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match="must return 10 probabilities"):
        Snapshot(model)
