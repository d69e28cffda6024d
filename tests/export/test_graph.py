"""Keras models as steps that the page can run."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from mnistedu.export.graph import read_graph


def model_of(*layers: keras.Layer) -> keras.Model:
    return keras.Sequential([keras.Input((28, 28, 1)), *layers])


def classifier(*layers: keras.Layer) -> keras.Model:
    return model_of(*layers, keras.layers.Flatten(), keras.layers.Dense(10, "softmax"))


def test_layers_that_only_train_leave_no_step():
    model = classifier(keras.layers.Dropout(0.5), keras.layers.GaussianNoise(0.1))
    assert [step["operation"] for step in read_graph(model)] == ["reshape", "dense", "softmax"]


def test_a_model_inside_a_model_is_opened():
    inner = model_of(keras.layers.Flatten(), keras.layers.Dense(10, "softmax"))
    image = keras.Input((28, 28, 1))
    twice = keras.layers.Average()([inner(image), inner(image)])
    steps = read_graph(keras.Model(image, twice))
    assert [step["operation"] for step in steps] == [
        *["reshape", "dense", "softmax"] * 2,
        "average",
    ]
    assert [step["inputs"] for step in steps] == [[0], [1], [2], [0], [4], [5], [3, 6]]


def test_models_side_by_side_are_put_together():
    image = keras.Input((28, 28, 1))
    columns = [keras.layers.Flatten()(keras.layers.ReLU()(image)), keras.layers.Flatten()(image)]
    joined = keras.layers.Concatenate()(columns)
    steps = read_graph(keras.Model(image, keras.layers.Dense(10, "softmax")(joined)))
    assert [step["inputs"] for step in steps] == [[0], [1], [0], [2, 3], [4], [5]]
    assert steps[3]["operation"] == "concatenate"


class Doubled(keras.layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (keras.layers.UpSampling2D(), r"the layer 'up_sampling2d\w*' \(UpSampling2D\). It can run"),
        (Doubled(1), r"\(Doubled\)"),
        (keras.layers.Conv2D(2, 3, activation=keras.ops.sin), "the activation 'sin'"),
        (keras.layers.Softmax(axis=1), "axis=1"),
        (keras.layers.BatchNormalization(axis=1), "axis=1"),
    ],
)
def test_a_layer_that_the_page_cannot_run_is_named(layer, reason):
    with pytest.raises(ValueError, match=f"the page cannot run .*{reason}"):
        read_graph(classifier(layer))


def test_a_reshape_is_a_step():
    steps = read_graph(classifier(keras.layers.Reshape((28, 28))))
    assert steps[0]["shape"] == (28, 28)


def test_a_model_with_code_of_its_own():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.inner = classifier()

        def call(self, x):
            return self.inner(x)

    model = Own()
    model(np.zeros((1, 28, 28, 1)))
    with pytest.raises(ValueError, match="of the class Own, with code of its own"):
        read_graph(model)
