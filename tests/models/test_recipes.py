import numpy as np
import pytest

import mnistedu


@pytest.mark.parametrize("name", ["adadelta-cnn", "gradio-cnn", "flask-mlp"])
def test_every_recipe_returns_ten_probabilities(name, digits):
    model = mnistedu.build_recipe(name)
    probabilities = model.predict(mnistedu.to_input(digits.test.images[:8]), verbose=0)
    assert probabilities.shape == (8, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert model.compiled


def test_the_adadelta_recipe_has_the_rate_of_the_paper():
    assert float(mnistedu.build_recipe("adadelta-cnn").optimizer.learning_rate.value) == 1.0


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ValueError, match="name must be one of adadelta-cnn"):
        mnistedu.build_recipe("alexnet")
