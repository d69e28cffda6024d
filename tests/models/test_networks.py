import numpy as np
import pytest

import mnistedu
from mnistedu.layers import Conv2D, MaxPooling2D


@pytest.fixture
def images(digits):
    return mnistedu.to_input(digits.test.images[:8])


@pytest.mark.parametrize("build", [mnistedu.build_mlp, mnistedu.build_cnn])
def test_every_model_answers_with_ten_probabilities(build, images):
    model = build()
    answer = model.predict(images, verbose=0)
    assert answer.shape == (8, 10)
    np.testing.assert_allclose(answer.sum(axis=1), 1, atol=1e-5)
    assert model.compiled


def test_an_mlp_has_the_layers_that_were_asked_for():
    model = mnistedu.build_mlp(units=(30, 20), dropout=0.2)
    kinds = [type(layer).__name__ for layer in model.layers]
    assert kinds == ["Flatten", "Dense", "Dense", "Dropout", "Dense"]
    assert [layer.units for layer in model.layers if hasattr(layer, "units")] == [30, 20, 10]


def test_a_cnn_uses_the_layers_that_are_fast_on_a_cpu():
    kinds = {type(layer) for layer in mnistedu.build_cnn(filters=(4, 8, 16)).layers}
    assert {Conv2D, MaxPooling2D} <= kinds


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mnistedu.build_mlp(units=(0,)), "positive numbers of neurons, got 0"),
        (lambda: mnistedu.build_mlp(dropout=1.0), r"dropout must be in \[0, 1\), got 1.0"),
        (lambda: mnistedu.build_cnn(filters=()), "one to three convolutions, got 0"),
        (lambda: mnistedu.build_cnn(filters=(8, 8, 8, 8)), "one to three convolutions, got 4"),
        (lambda: mnistedu.build_cnn(filters=(-1,)), "positive numbers, got -1"),
    ],
)
def test_bad_settings_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
